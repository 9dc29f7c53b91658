from odoo import fields, models
from odoo.exceptions import UserError


class WasteContractTransfer(models.TransientModel):
    _name = 'waste.contract.transfer'
    _description = "Hand contracts over"

    order_ids = fields.Many2many('sale.order', string="Contracts", required=True)
    user_id = fields.Many2one(
        'res.users', "New Salesperson", required=True, domain=[('share', '=', False)])
    access = fields.Selection(
        [('read', "Stays as a member who reads"), ('write', "Stays as a member who writes")], "Former Salesperson",
        help="Empty: he leaves the contract. What he achieved before today stays his.")

    # ACTION --------------------------------------------------------------------

    def action_transfer(self):
        """Hand the contracts over from today on."""
        self.ensure_one()
        self.order_ids.check_access('write')
        if not self.user_id.has_group('waste.group_salesperson'):
            raise UserError(self.env._(
                "%(user)s can't take over contracts: he is no salesperson.", user=self.user_id.name))
        self.order_ids._hand_over(self.user_id, self.access)
        return {'type': 'ir.actions.act_window_close'}
