import json

from odoo import api, fields, models
from odoo.tools.constants import GC_UNLINK_LIMIT

MOST = 5000  # of one comparison; what is more is counted only
KEPT_DAYS = 90


class WecomResyncDifference(models.Model):
    """What a comparison found to be otherwise on WeCom than here, and what was done about it."""
    _name = 'wecom.resync.difference'
    _description = "Difference found by comparing with WeCom"
    _order = 'resync_id desc, id'
    _rec_name = 'kind'

    resync_id = fields.Many2one('wecom.resync', "Comparison", required=True, readonly=True, ondelete='cascade', index=True)
    company_id = fields.Many2one(related='resync_id.company_id', store=True)
    kind = fields.Selection([
        ('new', "Unknown here"),
        ('changed', "Different"),
        ('ended', "No longer on WeCom"),
        ('chat_new', "Group chat unknown here"),
        ('chat_gone', "Group chat no longer on WeCom"),
        ('no_access', "Member not compared"),
    ], required=True, readonly=True)
    contact_id = fields.Many2one('wecom.contact', "Customer", readonly=True, ondelete='cascade', index='btree_not_null')
    member_id = fields.Many2one('wecom.member', "Member", readonly=True, ondelete='cascade')
    chat_id = fields.Many2one('wecom.chat', "Group chat", readonly=True, ondelete='cascade')
    values = fields.Text(readonly=True, help="JSON: [[field, here before, on WeCom], …]")
    what = fields.Char("What differed", compute='_compute_what')
    outcome = fields.Char("What was done", compute='_compute_outcome')

    @api.depends('values')
    @api.depends_context('lang')
    def _compute_what(self):
        relations = self.env['wecom.relation']
        for difference in self:
            difference.what = '; '.join(
                f'{relations._fields[name]._description_string(self.env)}: {before or "–"} → {after or "–"}'
                for name, before, after in json.loads(difference.values or '[]'))

    @api.depends('kind')
    @api.depends_context('lang')
    def _compute_outcome(self):
        outcomes = {
            'new': self.env._("Added here."),
            'changed': self.env._("Taken over from WeCom."),
            'ended': self.env._("Ended here; noted as a loss, his people are told."),
            'chat_new': self.env._("Added here; its people are being fetched."),
            'chat_gone': self.env._("Archived here."),
            'no_access': self.env._(
                "WeCom doesn't let this member have customers, or the app not see them. Check 客户联系 in the admin console."),
        }
        for difference in self:
            difference.outcome = outcomes[difference.kind]

    @api.model
    def _note(self, resync, rows):
        """Keep rows as far as the comparison's list has room; count all."""
        room = MOST - resync.difference_count
        if rows:
            self.create([{'resync_id': resync.id, **row} for row in rows[:max(room, 0)]])
            resync.difference_count += len(rows)

    @api.autovacuum
    def _gc_differences(self):
        old = self.search([('create_date', '<', fields.Datetime.subtract(fields.Datetime.now(), days=KEPT_DAYS))],
                          order='id', limit=GC_UNLINK_LIMIT)
        count = len(old)
        old.unlink()
        return count, count == GC_UNLINK_LIMIT
