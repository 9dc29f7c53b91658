from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .waste_contract_agreed_mixin import agreed
from .waste_price_terms_mixin import PRICE_TERMS
from .waste_pricing_mode import PRICING_MODES

DETAIL_FIELDS = ('waste_name', 'waste_code_id', 'physical_form_id', 'packaging_id', 'disposal_method_id')


class WasteContractAgreementLine(models.Model):
    """What an agreement does to one waste detail: change it, add it, end it."""
    _name = 'waste.contract.agreement.line'
    _description = "Agreed Change of a Waste Detail"
    _inherit = ['waste.price.terms.mixin', 'waste.contract.agreed.mixin', 'waste.contract.part.mixin']
    _order = 'agreement_id, sequence, id'

    _part_of = 'agreement_id'

    agreement_id = fields.Many2one('waste.contract.agreement', required=True, index=True, ondelete='cascade')
    order_id = fields.Many2one(related='agreement_id.order_id', store=True, index=True, precompute=True)
    company_id = fields.Many2one(related='agreement_id.company_id', store=True, precompute=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [('change', "Change"), ('add', "Add"), ('end', "End")], "What", required=True, default='change')
    line_id = fields.Many2one(
        'sale.order.line', "Waste Detail", index='btree_not_null', ondelete='restrict',
        domain="[('order_id', '=', order_id), ('pricing_mode', '!=', False), ('date_to', '=', False)]")

    waste_name = fields.Char("Waste")
    waste_code_id = fields.Many2one('waste.code', "Waste Code", index='btree_not_null', ondelete='restrict')
    physical_form_id = fields.Many2one('waste.physical.form', "Form", index='btree_not_null')
    packaging_id = fields.Many2one('waste.packaging', "Packaging", index='btree_not_null')
    disposal_method_id = fields.Many2one('waste.disposal.method', "Disposal Method", index='btree_not_null')

    pricing_mode = fields.Selection(
        PRICING_MODES, compute='_compute_pricing_mode', store=True, readonly=False, precompute=True)
    price_unit = fields.Float("Price", min_display_digits='Product Price', **agreed('price_unit'))
    planned_quantity_t = fields.Float("Planned (t)", digits=(16, 6), min_display_digits=3, **agreed('planned_quantity_t'))
    planned_count = fields.Integer(**agreed('planned_count'))
    is_unlimited = fields.Boolean("Unlimited", **agreed('is_unlimited'))
    # What single modes need; of an added waste detail, what stays empty is as on any new one.
    tax_rate_percent = fields.Float(**agreed('tax_rate_percent'))
    included_quantity_t = fields.Float(**agreed('included_quantity_t'))
    price_basis = fields.Selection(**agreed('price_basis'))
    for_line_id = fields.Many2one(domain="[('order_id', '=', order_id), ('id', '!=', line_id)]", **agreed('for_line_id'))
    waived_over_t = fields.Float(**agreed('waived_over_t'))
    distance_km = fields.Float(**agreed('distance_km'))
    t_per_bin = fields.Float(default=None, **agreed('t_per_bin'))
    lab_item = fields.Char(**agreed('lab_item'))
    index_metal = fields.Selection(**agreed('index_metal'))
    index_coefficient = fields.Float(**agreed('index_coefficient'))
    index_fee = fields.Float(**agreed('index_fee'))
    summary = fields.Text("Changes", compute='_compute_summary')

    # COMPUTE -------------------------------------------------------------------

    @api.depends('line_id')
    def _compute_former_terms(self):
        super()._compute_former_terms()

    @api.depends('former_terms', 'order_id')
    def _compute_pricing_mode(self):
        for change in self:
            former = (change.former_terms or {}).get('pricing_mode')
            change.pricing_mode = former or change.pricing_mode or (
                change.order_id and change.order_id.business_id._get_default_pricing_mode())

    @api.depends('kind', 'line_id', 'waste_name', 'agreement_id.tier_ids', 'pricing_mode', 'price_unit', 'planned_quantity_t',
                 'planned_count', 'is_unlimited', 'former_terms', *PRICE_TERMS)
    @api.depends_context('lang')
    def _compute_summary(self):
        for change in self:
            if change.kind == 'change' and change.former_terms:
                change.summary = '\n'.join(change._explain_agreed())
            elif change.kind == 'end' and change.line_id:
                change.summary = self.env._("%(waste)s ends.", waste=change.line_id.waste_name)
            else:
                change.summary = change.waste_name and self.env._("%(waste)s is added.", waste=change.waste_name)

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains('kind', 'line_id', 'waste_name', 'agreement_id')
    def _check_target(self):
        for change in self:
            if change.kind == 'add':
                if not change.waste_name:
                    raise ValidationError(self.env._(
                        "Agreement %(agreement)s adds a waste detail: write the name of the waste.",
                        agreement=change.agreement_id.name))
            elif not change.line_id:
                raise ValidationError(self.env._(
                    "Agreement %(agreement)s: choose the waste detail that changes or ends.", agreement=change.agreement_id.name))
            elif change.line_id.order_id != change.order_id:
                raise ValidationError(self.env._(
                    "Agreement %(agreement)s: waste detail %(waste)s is one of another contract.",
                    agreement=change.agreement_id.name, waste=change.line_id.display_name))

    @api.constrains('line_id', 'agreement_id')
    def _check_one_for_each_day(self):
        """Two agreements on one detail from one day on would leave open which one holds."""
        # The other agreement counts also when the one who types may not see it.
        for change in self.filtered('line_id'):
            twin_sudo = self.sudo().search([
                ('line_id', '=', change.line_id.id), ('id', '!=', change.id),
                ('agreement_id.date_effective', '=', change.agreement_id.date_effective),
                ('agreement_id.state', 'not in', ('refused', 'cancelled')),
            ], limit=1)
            if twin_sudo:
                raise ValidationError(self.env._(
                    "Agreement %(other)s already changes waste detail %(waste)s from %(day)s on. "
                    "Complete that one, or choose another day.", other=twin_sudo.agreement_id.name,
                    waste=change.line_id.display_name, day=change.agreement_id.date_effective))

    # BUSINESS ------------------------------------------------------------------

    def _get_part_words(self):
        return self.env._("Change of a waste detail")

    def _get_agreed_target(self):
        return self.line_id

    def _get_agreed_steps(self):
        return self.agreement_id.tier_ids.filtered(lambda tier: tier.line_id == self.line_id)._get_steps() if self.line_id else []

    def _prepare_detail(self):
        """Return the values of the waste detail that is added."""
        self.ensure_one()
        names = (*DETAIL_FIELDS, *self._get_agreed_fields())
        vals = self.read(names, load=None)[0]
        return {
            **{name: vals[name] for name in names if vals[name] or name not in PRICE_TERMS},
            'order_id': self.order_id.id, 'date_from': self.agreement_id.date_effective}
