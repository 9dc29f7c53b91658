import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

_logger = logging.getLogger(__name__)
NOTED = {'reason_id', 'reason'}
TODOS = ['wecom_contact.mail_activity_type_win_back', 'wecom_contact.mail_activity_type_deletion']


class WecomLoss(models.Model):
    """A relation that ended: who, when, by which side, who was told, and whether he was won back. Kept for ever."""
    _name = 'wecom.loss'
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _description = "WeCom loss"
    _order = 'happened_at desc, id desc'
    _rec_name = 'contact_id'

    relation_id = fields.Many2one('wecom.relation', "Relation", required=True, readonly=True, ondelete='cascade', index=True)
    contact_id = fields.Many2one(related='relation_id.contact_id', store=True, index=True)
    member_id = fields.Many2one(related='relation_id.member_id', store=True, index=True)
    user_id = fields.Many2one(related='relation_id.user_id', store=True, string="User")
    company_id = fields.Many2one(related='relation_id.company_id', store=True)
    side = fields.Selection([
        ('lost', "Customer deleted us"),
        ('removed', "Member deleted the customer"),
        ('unknown', "Found by comparing"),
    ], required=True, readonly=True)
    happened_at = fields.Datetime("When", required=True, readonly=True)
    callback_id = fields.Many2one('wecom.callback', "Callback", readonly=True, ondelete='set null')
    alerted_at = fields.Datetime("Told", readonly=True)
    outcome = fields.Selection([
        ('open', "To be won back"),
        ('won', "Won back"),
        ('given_up', "Given up"),
    ], required=True, readonly=True, default='open', tracking=True)
    reason_id = fields.Many2one('wecom.loss.reason', "Reason", ondelete='restrict', tracking=True)
    reason = fields.Char("Remark", help="Why he went, as far as known.")
    closed_at = fields.Datetime("Closed", readonly=True)
    closed_by_id = fields.Many2one('res.users', "Closed by", readonly=True, help="Empty: he was added again.")
    risk_id = fields.Many2one('wecom.risk', "Risk", readonly=True, index='btree_not_null', ondelete='set null')

    _untold_idx = models.Index("(id) WHERE alerted_at IS NULL")
    _open_idx = models.Index("(contact_id) WHERE outcome = 'open'")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        losses = super().create(vals_list)
        if losses:
            self.env.ref('wecom_contact.ir_cron_wecom_loss_alert').sudo()._trigger()
        return losses

    def write(self, vals):
        """People say why he went; what happened stays as it happened."""
        if not self.env.su and vals.keys() - NOTED:
            raise AccessError(self.env._("Of a loss only its reason and remark can be changed; use the buttons to close it."))
        return super().write(vals)

    # === ACTION METHODS === #

    def action_win_back(self):
        """He is a customer again, though perhaps not on WeCom."""
        self.check_access('write')
        # sudo: what happened is written by nobody by hand
        self.sudo()._close('won', self.env.user)
        return True

    def action_give_up(self):
        """He doesn't come back; why is kept for the next time."""
        self.check_access('write')
        for loss in self:
            if not loss.reason_id:
                raise UserError(self.env._("%(customer)s: choose the reason first, then give up.", customer=loss.contact_id.display_name))
        # sudo: what happened is written by nobody by hand
        self.sudo()._close('given_up', self.env.user)
        return True

    # === BUSINESS METHODS === #

    def _close(self, outcome, user=None):
        """Note how it ended; the to-dos are done. What is closed stays closed."""
        closing = self.filtered(lambda loss: loss.outcome == 'open')
        if not closing:
            return
        closing.write({'outcome': outcome, 'closed_at': fields.Datetime.now(), 'closed_by_id': user.id if user else False})
        closing.activity_feedback(TODOS, feedback=dict(
            self._fields['outcome']._description_selection(self.env))[outcome], only_automated=False)

    @api.model
    def _cron_alert(self):
        """Tell of the losses, each in a transaction of its own: an alarm that can't be sent undoes neither the loss nor another alarm."""
        untold = self.search([('alerted_at', '=', False)], order='id', limit=1000)
        for left, loss in zip(reversed(range(len(untold))), untold):
            try:
                with self.env.cr.savepoint():
                    loss._alert()
                    loss.alerted_at = fields.Datetime.now()
            except Exception as error:  # noqa: BLE001 - whatever one alarm does, the others are sent; it is tried again next time
                _logger.error("WeCom loss %s: its alarm failed: %s", loss.id, type(error).__name__)
            self.env['ir.cron']._commit_progress(1, remaining=left)

    def _alert(self):
        """Put a to-do for the member and the leader of his team; a member's own deletion is a matter for the leader, and is counted.

        Deadline and script are those of the kind of to-do, as an administrator set them.
        """
        xmlid = TODOS[self.side == 'removed']
        for user in self._get_people_to_tell() if self.outcome == 'open' else ():
            own = self.with_context(lang=user.lang)
            deadline = own.env.ref(xmlid)._get_date_deadline()
            own.activity_schedule(xmlid, user_id=user.id, summary=own._get_sentence(), date_deadline=deadline)
        if self.side == 'removed':
            self.env['wecom.risk']._watch(self.member_id)

    def _get_people_to_tell(self):
        """Return the users to whom the loss matters. To override."""
        leader = self._get_leader()
        people = leader if self.side == 'removed' else self.user_id | leader
        return people.filtered('active')

    def _get_leader(self):
        return self.user_id.sale_team_id.user_id or self.contact_id.app_id.user_id

    def _get_sentence(self):
        words = {'customer': self.contact_id.display_name, 'member': self.member_id.name}
        if self.side == 'lost':
            return self.env._("%(customer)s deleted %(member)s on WeCom: win him back", **words)
        if self.side == 'removed':
            return self.env._("%(member)s deleted the customer %(customer)s on WeCom: ask why", **words)
        return self.env._("%(customer)s is no longer a WeCom friend of %(member)s; when that happened isn't known", **words)


class WecomRelation(models.Model):
    _inherit = 'wecom.relation'

    @api.model_create_multi
    def create(self, vals_list):
        relations = super().create(vals_list)
        relations.filtered(lambda relation: relation.state == 'active')._note_return()
        return relations

    def write(self, vals):
        result = super().write(vals)
        if vals.get('state') == 'active':
            self._note_return()
        return result

    def _note_return(self):
        """Who adds one of us again, or somebody else of ours, was won back."""
        self.env['wecom.loss'].sudo().search(  # sudo: whatever made the relation
            [('contact_id', 'in', self.contact_id.ids), ('outcome', '=', 'open')])._close('won')
