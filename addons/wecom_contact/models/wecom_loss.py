import logging

from odoo import api, fields, models

_logger = logging.getLogger(__name__)


class WecomLoss(models.Model):
    """A relation that ended: who, when, by which side, and whether his people were told. Kept for ever."""
    _name = 'wecom.loss'
    _description = "WeCom loss"
    _order = 'happened_at desc, id desc'
    _rec_name = 'contact_id'

    relation_id = fields.Many2one('wecom.relation', "Relation", required=True, readonly=True, ondelete='cascade', index=True)
    contact_id = fields.Many2one(related='relation_id.contact_id', store=True, index=True)
    member_id = fields.Many2one(related='relation_id.member_id', store=True)
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
    reason = fields.Char(help="Why he went, as far as known.")

    _untold_idx = models.Index("(id) WHERE alerted_at IS NULL")

    @api.model_create_multi
    def create(self, vals_list):
        losses = super().create(vals_list)
        if losses:
            self.env.ref('wecom_contact.ir_cron_wecom_loss_alert').sudo()._trigger()
        return losses

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
        """Put a to-do on the customer for the member and the leader of his team; a member's own deletion is a matter for the leader."""
        for user in self._get_people_to_tell():
            self.contact_id.with_context(lang=user.lang).activity_schedule(
                'wecom_contact.mail_activity_type_loss', user_id=user.id, summary=self.with_context(lang=user.lang)._get_sentence())

    def _get_people_to_tell(self):
        """Return the users to whom the loss matters. To override."""
        leader = self.user_id.sale_team_id.user_id or self.contact_id.app_id.user_id
        people = leader if self.side == 'removed' else self.user_id | leader
        return people.filtered('active')

    def _get_sentence(self):
        words = {'customer': self.contact_id.name, 'member': self.member_id.name}
        if self.side == 'lost':
            return self.env._("%(customer)s deleted %(member)s on WeCom: win him back", **words)
        if self.side == 'removed':
            return self.env._("%(member)s deleted the customer %(customer)s on WeCom: ask why", **words)
        return self.env._("%(customer)s is no longer a WeCom friend of %(member)s; when that happened isn't known", **words)
