from odoo import api, models


class SaleOrder(models.Model):
    """What Odoo's own sales order does otherwise, or not at all, when it is a contract."""
    _inherit = 'sale.order'

    # COMPUTE -------------------------------------------------------------------

    @api.depends('business_id')
    def _compute_require_signature(self):
        super()._compute_require_signature()
        self.filtered('business_id').require_signature = False

    @api.depends('business_id')
    def _compute_require_payment(self):
        super()._compute_require_payment()
        self.filtered('business_id').require_payment = False

    @api.depends('business_id')
    def _compute_validity_date(self):
        super()._compute_validity_date()
        self.filtered('business_id').validity_date = False

    def _compute_sale_order_template_id(self):
        contracts = self.filtered('business_id')
        super(SaleOrder, self - contracts)._compute_sale_order_template_id()
        contracts.sale_order_template_id = False

    @api.depends('business_id')
    def _compute_type_name(self):
        super()._compute_type_name()
        for order in self.filtered('business_id'):
            order.type_name = self.env._("Contract")

    # ACTION --------------------------------------------------------------------

    def get_formview_id(self, access_uid=None):
        if len(self) == 1 and self.business_id:
            return self.env.ref('waste_contract.sale_order_view_form').id
        return super().get_formview_id(access_uid=access_uid)

    @api.readonly
    def action_open_business_doc(self):
        self.ensure_one()
        return self.get_formview_action() if self.business_id else super().action_open_business_doc()

    def _get_portal_return_action(self):
        self.ensure_one()
        if self.business_id:
            return self.env.ref('waste_contract.sale_order_action')
        return super()._get_portal_return_action()

    def _get_name_portal_content_view(self):
        self.ensure_one()
        if self.business_id:
            return 'waste_contract.portal_contract_content'
        return super()._get_name_portal_content_view()
