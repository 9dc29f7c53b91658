from odoo import fields, models


class MailNotification(models.Model):
    _inherit = 'mail.notification'

    notification_type = fields.Selection(selection_add=[('wecom', "WeCom")], ondelete={'wecom': 'cascade'})
    wecom_message_id = fields.Many2one('wecom.message', "WeCom message", index='btree_not_null', ondelete='set null')
