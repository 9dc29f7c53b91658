from odoo import fields, models


class SaleOrderLine(models.Model):
    """The agreed price of a waste detail beside the price of the list and the lowest one allowed."""
    _inherit = 'sale.order.line'

    list_price = fields.Float(
        min_display_digits='Product Price', groups='base.group_user', help="What the price list says, before any reduction.")

    # BUSINESS ------------------------------------------------------------------

    def _is_below_floor(self):
        """Tell whether the price is lower than its floor; of what we pay, whether we pay more than the most allowed."""
        # Only managers read the floor; that a price is below it decides who approves.
        floor = self.sudo().floor_price
        return bool(self.pricing_mode and floor and self.price_unit < floor)

    def _get_discount_percent(self):
        """Return by how much the price is under the list price; 0 without a list price."""
        if not self.pricing_mode or self.list_price <= 0:
            return 0.0
        return max(0.0, (self.list_price - self.price_unit) / self.list_price * 100)
