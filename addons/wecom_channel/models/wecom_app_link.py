from odoo import fields, models

from odoo.addons.wecom.models.wecom_client import WeComError

from .wecom_channel_kind_link import FORBIDDEN


class WecomApp(models.Model):
    """How many customers may still come by links (获客助手): WeCom sells them."""
    _inherit = 'wecom.app'

    link_total = fields.Integer("Customers by links bought", readonly=True, copy=False)
    link_balance = fields.Integer("Customers by links left", readonly=True, copy=False)
    link_read_at = fields.Datetime("Allowance read", readonly=True, copy=False)

    def _read_link_quota(self):
        try:
            answer = self.env['wecom.client']._call(self, 'externalcontact/customer_acquisition_quota', expected=FORBIDDEN)
        except WeComError:
            return  # the last figures stand, with their time; the client has told whom it concerns
        self.write({'link_total': answer['total'], 'link_balance': answer['balance'], 'link_read_at': fields.Datetime.now()})

    def _tell_of_links(self, sentence):
        self.activity_schedule('wecom.mail_activity_type_problem', user_id=self.user_id.id, summary=sentence)
