from odoo import api, fields, models

from odoo.addons.wecom.models.wecom_client import WeComError
from odoo.addons.wecom.tools import envelope

GONE = (40058, 40050)  # no such chat, or not any more


class WecomChat(models.Model):
    """A group chat with customers (客户群), of one of our members."""
    _name = 'wecom.chat'
    _inherit = ['wecom.fetched.mixin']
    _description = "WeCom group chat"
    _order = 'id desc'

    _fetch_cron = 'wecom_contact.ir_cron_wecom_chat_fetch'

    app_id = fields.Many2one('wecom.app', "App", required=True, readonly=True, ondelete='restrict')
    company_id = fields.Many2one(related='app_id.company_id', store=True)
    number = fields.Char("WeCom ID", required=True, readonly=True)
    name = fields.Char(readonly=True)
    owner_id = fields.Many2one('wecom.member', "Owner", readonly=True, index=True, ondelete='restrict')
    user_id = fields.Many2one(related='owner_id.user_id', store=True, string="User")
    notice = fields.Text(readonly=True)
    member_version = fields.Char(readonly=True, help="WeCom's version of the list of people; an event that names it tells nothing new.")
    opened_at = fields.Datetime("Opened", readonly=True)
    dismissed_at = fields.Datetime("Dismissed", readonly=True)
    active = fields.Boolean(default=True, readonly=True)
    participant_ids = fields.One2many('wecom.chat.participant', 'chat_id', "People", readonly=True)
    customer_count = fields.Integer("Customers", compute='_compute_customer_count', store=True)

    _number_uniq = models.UniqueIndex("(app_id, number)", "The group chat is known already.")

    @api.depends('participant_ids.is_customer', 'participant_ids.left_at')
    def _compute_customer_count(self):
        for chat in self:
            chat.customer_count = len(chat.participant_ids.filtered(lambda person: person.is_customer and not person.left_at))

    @api.depends('name', 'number')
    def _compute_display_name(self):
        for chat in self:
            chat.display_name = chat.name or self.env._("Group chat without a name")

    # === WHAT WECOM SAYS === #

    @api.model
    def _ensure(self, app, numbers):
        """Return {number: chat}; unknown ones are made and fetched soon."""
        known = {chat.number: chat for chat in self.with_context(active_test=False).search(
            [('app_id', '=', app.id), ('number', 'in', list(numbers))])}
        new = self.create([{'app_id': app.id, 'number': number, 'is_stale': True}
                           for number in dict.fromkeys(numbers) if number not in known])
        return known | {chat.number: chat for chat in new}

    def _dismiss(self, moment=None):
        self.filtered('active').write({'active': False, 'dismissed_at': moment or fields.Datetime.now(), 'is_stale': False})

    def _fetch(self):
        """Ask WeCom who is in the chat now."""
        if not self:
            return
        self.ensure_one()
        try:
            row = self.env['wecom.client']._call(
                self.app_id, 'externalcontact/groupchat/get', {'chat_id': self.number, 'need_name': 1})['group_chat']
        except WeComError as error:
            if error.code not in GONE:
                raise
            self._dismiss()
            return
        owner = self.env['wecom.member']._ensure(self.app_id, [row['owner']])[row['owner'].lower()]
        self.write({
            'name': row.get('name') or False, 'owner_id': owner.id, 'notice': row.get('notice') or False,
            'active': True, 'dismissed_at': False, 'member_version': row.get('member_version') or False,
            'opened_at': envelope.moment(row['create_time']), 'is_stale': False, 'fetched_at': fields.Datetime.now()})
        self.env['wecom.chat.participant']._keep(self, row.get('member_list') or [])
