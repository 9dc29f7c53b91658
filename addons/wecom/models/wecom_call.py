from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.constants import GC_UNLINK_LIMIT

KEEP = timedelta(days=7)


class WecomCall(models.Model):
    """One call to WeCom: which, when, how long, what came of it. No parameters, no content, no secret."""
    _name = 'wecom.call'
    _description = "WeCom call"
    _order = 'id desc'
    _rec_name = 'path'

    app_id = fields.Many2one('wecom.app', "App", required=True, readonly=True, ondelete='cascade', index=True)
    company_id = fields.Many2one(related='app_id.company_id')
    path = fields.Char("Endpoint", required=True, readonly=True)
    code = fields.Char(readonly=True, help="0: it went well. Empty: no answer.")
    message = fields.Char("What WeCom said", readonly=True)
    milliseconds = fields.Integer("Duration (ms)", readonly=True, aggregator='avg')
    create_date = fields.Datetime("At", readonly=True)

    _date_idx = models.Index("(create_date)")

    @api.autovacuum
    def _gc_calls(self):
        old = self.search([('create_date', '<', fields.Datetime.now() - KEEP)], order='id', limit=GC_UNLINK_LIMIT)
        count = len(old)
        old.unlink()
        return count, count == GC_UNLINK_LIMIT
