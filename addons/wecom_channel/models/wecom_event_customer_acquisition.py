from odoo import api, models


class WecomEventCustomerAcquisition(models.AbstractModel):
    """What WeCom tells of links (D:97299): the allowance ends, a link doesn't work or was deleted. Taps and chats are counted elsewhere."""
    _name = 'wecom.event.customer_acquisition'
    _inherit = ['wecom.event']
    _description = "Handler of events of links"

    @api.model
    def _apply(self, callbacks):
        for callback in callbacks:
            row = callback._read_fields()
            change, link = row.get('ChangeType'), row.get('LinkId')
            sentences = self.with_context(lang=callback.app_id.user_id.lang)._get_sentences()
            if change in sentences:
                callback.app_id._tell_of_links(sentences[change])
                self.env.ref('wecom_channel.ir_cron_wecom_link').sudo()._trigger()
            elif change == 'balance_increased':
                self.env.ref('wecom_channel.ir_cron_wecom_link').sudo()._trigger()
            elif link and change in ('link_unavailable', 'delete_link'):
                self._note(callback, link, is_deleted=change == 'delete_link')

    @api.model
    def _get_sentences(self):
        return {
            'balance_low': self.env._("Fewer than 20 customers may still come by links: buy more in WeCom's admin console."),
            'balance_exhausted': self.env._("No more customers can come by links: buy more in WeCom's admin console."),
            'quota_expire_soon': self.env._("A part of the customers by links that were bought expires soon; see WeCom's admin console."),
        }

    @api.model
    def _note(self, callback, number, is_deleted):
        channel = self.env['wecom.channel'].search([('app_id', '=', callback.app_id.id), ('config_id', '=', number)])
        if is_deleted:
            sentence = self.env._("Somebody deleted this link on WeCom. Archive it, or make a new one.")
            channel.write({'config_id': False, 'url': False, 'to_send': False, 'problem': sentence})
        else:
            channel.problem = self.env._(
                "WeCom says that this link doesn't work: check its members and the allowance of customers by links.")
        if channel:
            callback.app_id._tell_of_links(f'{channel.name}: {channel.problem}')
