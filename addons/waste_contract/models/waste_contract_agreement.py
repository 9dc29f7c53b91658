from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .sale_order import LUMP_SUM_UNITS, MINIMUM_UNITS, SETTLEMENT_CYCLES
from .waste_contract_agreed_mixin import agreed
from .waste_contract_review_mixin import REVIEW_STATES

KINDS = [
    ('supplement', "Supplementary Agreement"),
    ('termination', "Termination Agreement"),
    ('void', "Voiding Agreement"),
]
AGREEMENT_STATES = [
    *REVIEW_STATES,
    ('in_force', "In Force"),
    ('refused', "Refused"),
    ('cancelled', "Cancelled"),
]
AMOUNTS = ('lump_sum_amount', 'included_quantity_t', 'minimum_charge_amount', 'frame_quantity_t', 'frame_amount')


class WasteContractAgreement(models.Model):
    """What the parties agree on top of a contract in force: the only way in which its sealed terms change.

    What is agreed is here; the agreement's life is in ``waste_contract_agreement_life.py``, what it does to the
    contract in ``waste_contract_agreement_apply.py``.
    """
    _name = 'waste.contract.agreement'
    _description = "Agreement on a Contract"
    _inherit = ['waste.contract.review.mixin', 'waste.contract.agreed.mixin', 'portal.mixin', 'mail.thread', 'mail.activity.mixin']
    _order = 'date_effective desc, id desc'
    _rec_names_search = ['name', 'order_id.name', 'partner_id.name']

    name = fields.Char("Agreement", readonly=True, copy=False, default='/', index='trigram')
    kind = fields.Selection(KINDS, required=True, default='supplement', tracking=True)
    order_id = fields.Many2one(
        'sale.order', "Contract", required=True, index=True, ondelete='restrict', tracking=True,
        domain="[('business_id', '!=', False), ('contract_state', '=', 'active'), ('external_system', '=', False)]")
    partner_id = fields.Many2one(related='order_id.partner_id', string="Producer", store=True, index=True)
    business_id = fields.Many2one(related='order_id.business_id', store=True)
    company_id = fields.Many2one(related='order_id.company_id', store=True, index=True, precompute=True)
    user_id = fields.Many2one(related='order_id.user_id', string="Salesperson")
    currency_id = fields.Many2one(related='order_id.currency_id')
    needs_government_review = fields.Boolean(related='order_id.needs_government_review')

    date_effective = fields.Date(
        "Effective from", required=True, tracking=True, default=fields.Date.context_today,
        help="First day of the new terms; of a termination, the first day without the contract.")
    reason = fields.Text(required=True, help="Why the parties agree on it; the producer reads it.")

    line_ids = fields.One2many('waste.contract.agreement.line', 'agreement_id', "Waste Details")
    tier_ids = fields.One2many(
        'waste.contract.agreement.tier', 'agreement_id', "New Price Tiers",
        help="Replace the ladder of the contract, or of one waste detail. Empty: the tiers stay.")
    date_end = fields.Date("End", **agreed('date_end'))
    settlement_cycle = fields.Selection(SETTLEMENT_CYCLES, **agreed('settlement_cycle'))
    lump_sum_amount = fields.Monetary("Lump Sum", **agreed('lump_sum_amount'))
    lump_sum_unit = fields.Selection(LUMP_SUM_UNITS, "Lump Sum per", **agreed('lump_sum_unit'))
    minimum_charge_amount = fields.Monetary("Minimum Charge", **agreed('minimum_charge_amount'))
    minimum_charge_unit = fields.Selection(MINIMUM_UNITS, "Minimum per", **agreed('minimum_charge_unit'))
    included_quantity_t = fields.Float("Included (t)", digits=(16, 6), min_display_digits=3, **agreed('included_quantity_t'))
    frame_quantity_t = fields.Float("Frame (t)", digits=(16, 6), min_display_digits=3, **agreed('frame_quantity_t'))
    frame_amount = fields.Monetary("Frame (Amount)", **agreed('frame_amount'))
    is_frame_unlimited = fields.Boolean("More May Be Called Off", **agreed('is_frame_unlimited'))
    contract_kind = fields.Selection(related='order_id.contract_kind', string="Kind of Contract")
    change_ids = fields.One2many('waste.contract.change', 'agreement_id', "History")

    _name_uniq = models.UniqueIndex("(name) WHERE name <> '/'", "Another agreement already has this number.")

    # COMPUTE -------------------------------------------------------------------

    @api.depends('order_id')
    def _compute_former_terms(self):
        super()._compute_former_terms()

    def _compute_access_url(self):
        super()._compute_access_url()
        for agreement in self:
            agreement.access_url = f'/my/agreements/{agreement.id}'

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains('order_id', 'date_effective')
    def _check_day(self):
        for agreement in self:
            order = agreement.order_id
            if not order.date_start <= agreement.date_effective <= order.date_end:
                raise ValidationError(self.env._(
                    "Agreement %(agreement)s: %(day)s isn't within contract %(contract)s, which runs from %(start)s to "
                    "%(end)s. Choose a day of the contract.", agreement=agreement.name, day=agreement.date_effective,
                    contract=order.name, start=order.date_start, end=order.date_end))

    @api.constrains('date_effective', 'date_end', *AMOUNTS)
    def _check_terms(self):
        for agreement in self:
            if agreement.date_end and agreement.date_end < agreement.date_effective:
                raise ValidationError(self.env._(
                    "Agreement %(agreement)s: the new end %(end)s is before %(day)s, when it takes effect.",
                    agreement=agreement.name, end=agreement.date_end, day=agreement.date_effective))
            for name in AMOUNTS:
                if agreement[name] < 0:
                    raise ValidationError(self.env._(
                        "%(field)s of agreement %(agreement)s must not be negative.",
                        field=agreement._waste_field_label(name), agreement=agreement.name))

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        agreements = super().create(vals_list)
        for agreement in agreements:
            if error := agreement._get_contract_error():
                raise UserError(error)
        for order, added in agreements.grouped('order_id').items():
            # Numbers are given to whoever may write agreements, whatever he sees of the others.
            taken = self.sudo().search_count([('order_id', '=', order.id), ('name', '!=', '/')])
            for number, agreement in enumerate(added, taken + 1):
                agreement.name = f'{order.name}-S{number:02d}'
        return agreements

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        for agreement in self:
            if agreement.state != 'draft':
                raise UserError(self.env._(
                    "Agreement %(agreement)s is “%(state)s”: only drafts can be deleted. Cancel it instead.",
                    agreement=agreement.name, state=agreement._waste_state_label(agreement.state)))

    # BUSINESS ------------------------------------------------------------------

    def _get_agreed_target(self):
        return self.order_id

    def _get_contract_error(self):
        """Return why there can be no agreement on this contract, or False."""
        self.ensure_one()
        order = self.order_id
        if order.external_system:
            return self.env._(
                "Contract %(contract)s is kept by %(system)s; agree on changes there.",
                contract=order.name, system=order.external_system.upper())
        if not order.business_id or order.contract_state != 'active':
            return self.env._(
                "Contract %(contract)s is “%(state)s”: agreements are made on active contracts. "
                "Change a draft directly.", contract=order.name, state=order._waste_state_label(order.contract_state))
        return False

    # ACTION --------------------------------------------------------------------

    def action_open_contract(self):
        self.ensure_one()
        return self.order_id.get_formview_action()
