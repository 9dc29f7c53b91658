from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProductTemplate(models.Model):
    """A service of the price list: a waste that a business takes, its list price, floor price and cost (S1A-1.1, S3-prod-*)."""
    _inherit = 'product.template'

    waste_business_id = fields.Many2one(
        'waste.business', "Waste Business", index='btree_not_null', help="Contracts of this business may use the service.")
    waste_category_id = fields.Many2one(
        'waste.category', "Waste Category", compute='_compute_waste_category_id', store=True, readonly=False,
        index='btree_not_null', help="New waste details of this category start with the service's price.")
    waste_code_id = fields.Many2one(
        'waste.code', "Waste Code", index='btree_not_null', help="Goes before the category: the price of this one waste.")
    waste_floor_price = fields.Float(
        "Floor Price", min_display_digits='Product Price', copy=False, groups='waste.group_sales_manager', tracking=True,
        help="Lowest price without a higher approval. Never shown to the customer.")

    # COMPUTE -------------------------------------------------------------------

    @api.depends('waste_code_id')
    def _compute_waste_category_id(self):
        for product in self:
            product.waste_category_id = product.waste_code_id.category_id or product.waste_category_id

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains('waste_business_id', 'uom_id', 'type')
    def _check_waste_service(self):
        for product in self.filtered('waste_business_id'):
            if product.type != 'service':
                raise ValidationError(self.env._(
                    "%(product)s belongs to a waste business: it must be a service.", product=product.display_name))
