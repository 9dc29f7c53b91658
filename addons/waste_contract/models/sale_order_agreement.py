from odoo import fields, models


class SaleOrder(models.Model):
    """The agreements on a contract and how it ends early by one."""
    _inherit = 'sale.order'

    agreement_ids = fields.One2many(
        'waste.contract.agreement', 'order_id', "Agreements", groups='waste.group_user')
    agreement_count = fields.Integer(compute='_compute_agreement_count', groups='waste.group_user')

    # COMPUTE -------------------------------------------------------------------

    def _compute_agreement_count(self):
        counts = dict(self.env['waste.contract.agreement']._read_group(
            [('order_id', 'in', self.ids), ('state', '!=', 'cancelled')], ['order_id'], ['__count']))
        for order in self:
            order.agreement_count = counts.get(order, 0)

    # ACTION --------------------------------------------------------------------

    def action_view_agreements(self):
        """Open the agreements on the contract."""
        action = self.env['ir.actions.act_window']._for_xml_id('waste_contract.waste_contract_agreement_action')
        return {**action, 'domain': [('order_id', 'in', self.ids)], 'context': {'default_order_id': self[:1].id}}

    def action_new_agreement(self):
        """Open an empty agreement on the contract, of the kind in the context."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Agreement"),
            'res_model': 'waste.contract.agreement',
            'view_mode': 'form',
            'context': {'default_order_id': self.id, 'default_kind': self.env.context.get('agreement_kind', 'supplement')},
        }

    # BUSINESS ------------------------------------------------------------------

    def _end_by_agreement(self, agreement):
        """Terminate or void the contract as the parties agreed."""
        self.ensure_one()
        self._transition_logged(
            'terminate' if agreement.kind == 'termination' else 'void',
            self.env._("%(agreement)s: %(reason)s", agreement=agreement.name, reason=agreement.reason),
            date_terminated=agreement.date_effective)
