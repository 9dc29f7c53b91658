from odoo import api, models


class WecomEventTransferFail(models.AbstractModel):
    """A customer refused, or the new member is full. The event names the taker only, so which handover that ends is asked."""
    _name = 'wecom.event.change_external_contact.transfer_fail'
    _inherit = ['wecom.event.change_external_contact']
    _description = "Handler of handovers that failed"

    @api.model
    def _apply(self, callbacks):
        super()._apply(callbacks)
        self.env['wecom.handover']._trigger_ask()
