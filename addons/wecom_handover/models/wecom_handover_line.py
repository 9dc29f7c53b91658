from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..const import TOO_OFTEN
from .wecom_handover import AGAIN


class WecomHandoverLine(models.Model):
    """A customer or a group chat that passes from one member to another: planned, asked for, and what WeCom says became of it."""
    _name = 'wecom.handover.line'
    _description = "WeCom handover of one customer or chat"
    _order = 'handover_id desc, id'

    handover_id = fields.Many2one('wecom.handover', "Handover", required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='handover_id.company_id', store=True)
    giver_id = fields.Many2one(related='handover_id.giver_id', store=True)
    taker_id = fields.Many2one(related='handover_id.taker_id', store=True)
    relation_id = fields.Many2one('wecom.relation', "Relation", readonly=True, index='btree_not_null', ondelete='restrict')
    contact_id = fields.Many2one(related='relation_id.contact_id', store=True, index='btree_not_null')
    chat_id = fields.Many2one('wecom.chat', "Group chat", readonly=True, index='btree_not_null', ondelete='restrict')
    state = fields.Selection([
        ('planned', "Planned"),
        ('sent', "Asked for"),
        ('waiting', "Waits 24 hours"),
        ('done', "Passed over"),
        ('refused', "Customer refused"),
        ('full', "New member is full"),
        ('failed', "Refused by WeCom"),
        ('cancelled', "Cancelled"),
    ], required=True, readonly=True, default='planned')
    code = fields.Integer("WeCom's code", readonly=True)
    problem = fields.Char(readonly=True)
    planned_for = fields.Date("Planned for", required=True, readonly=True)
    tried_at = fields.Datetime("Asked for at", readonly=True)
    ended_at = fields.Datetime("Ended", readonly=True)
    records_moved_at = fields.Datetime("Records followed", readonly=True)
    records_problem = fields.Char("Records that did not follow", readonly=True)
    record_ids = fields.One2many('wecom.handover.record', 'line_id', "Records", readonly=True)

    _one_of_both = models.Constraint(
        'CHECK((relation_id IS NULL) != (chat_id IS NULL))', "A line is about a customer or about a group chat.")
    _relation_open_uniq = models.UniqueIndex(
        "(relation_id) WHERE state IN ('planned', 'sent', 'waiting')", "This customer is being handed over already.")
    _chat_open_uniq = models.UniqueIndex(
        "(chat_id) WHERE state IN ('planned', 'sent', 'waiting')", "This group chat is being handed over already.")
    _due_idx = models.Index("(planned_for) WHERE state IN ('planned', 'sent', 'waiting')")

    @api.depends('contact_id.display_name', 'chat_id.display_name')
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.contact_id.display_name or line.chat_id.display_name

    # === ACTION METHODS === #

    def action_again(self):
        """Open the wizard for those of the lines that didn't pass over."""
        self.handover_id._check_manager()
        lines = self.filtered(lambda line: line.state in AGAIN and line._is_still_his())
        if not lines:
            raise UserError(self.env._("Nothing here is left to hand over: choose customers who refused, or whom WeCom refused."))
        if len(lines.giver_id) > 1:
            raise UserError(self.env._("Hand over the customers of one member at a time: these have %(names)s.",
                                       names=', '.join(lines.giver_id.mapped('name'))))
        return self.env['wecom.handover.start']._open(
            giver=lines.giver_id, relations=lines.relation_id, chats=lines.chat_id, reason=lines.handover_id[-1:].reason)

    def action_move_records(self):
        """Let the records of a customer follow, though he himself didn't pass over: somebody must serve him."""
        self.handover_id._check_manager()
        # sudo: nobody writes handovers by hand
        lines_sudo = self.sudo().filtered(lambda line: line.contact_id and not line.records_moved_at and line.state in (*AGAIN, 'done'))
        if not lines_sudo:
            raise UserError(self.env._("The records of these customers are where they belong, or their handover is still under way."))
        for line_sudo in lines_sudo:
            line_sudo._move_records()
        return True

    # === BUSINESS METHODS === #

    def _is_still_his(self):
        """Whether the giver still has the customer or owns the chat."""
        return self.relation_id.state == 'active' or (self.chat_id.active and self.chat_id.owner_id == self.giver_id)

    @api.model
    def _prepare_too_often(self, day):
        """Return the values of a customer whom WeCom would refuse before ``day``: it isn't even asked."""
        if not day:
            return {}
        return {'state': 'failed', 'code': TOO_OFTEN, 'ended_at': fields.Datetime.now(),
                'problem': self._get_sentence(TOO_OFTEN, day=format_date(self.env, day))}

    @api.model
    def _get_sentence(self, code, **words):
        """Say why WeCom doesn't hand over, and what to do."""
        sentences = {
            40003: self.env._("The new member has left the corp or is outside the app's range: choose another."),
            40096: self.env._("WeCom doesn't know this customer (any more): compare the customers."),
            40097: self.env._("The member hasn't left WeCom yet: hand over again, as on the job."),
            40098: self.env._("The new member hasn't proved his identity in WeCom: let him do so, or choose another."),
            40099: self.env._("The new member has as many customers as WeCom allows: choose another."),
            40100: self.env._("The customer is being handed over to somebody else: try again in a day."),
            40128: self.env._("WeCom hands a customer over twice within 90 days on the job at most; again from %(day)s on.", **words)
            if words else self.env._("WeCom hands a customer over twice within 90 days on the job at most: try again later."),
            40129: self.env._("The customer is being handed over to somebody else: try again in a day."),
            40130: self.env._("Giver and taker are the same in WeCom."),
            40131: self.env._("The customer isn't a friend of the member on WeCom any more: compare the customers."),
            40143: self.env._("WeCom has banned the member or the customer."),
            40058: self.env._("WeCom doesn't know this group chat (any more): compare the customers."),
            90500: self.env._("The owner of the chat hasn't left WeCom yet: hand over again, as on the job."),
        }
        return sentences.get(code) or self.env._("WeCom refused: %(code)s.", code=code)

    def _finish(self, state, code=0, problem=False):
        self.write({'state': state, 'code': code, 'problem': problem, 'ended_at': fields.Datetime.now()})
