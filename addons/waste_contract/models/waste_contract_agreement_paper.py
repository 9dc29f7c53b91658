from typing import NamedTuple

from odoo import api, fields, models

from odoo.addons.document_template.models.document_mixin import Placeholder

TEMPLATES = {
    'supplement': 'waste_contract.document_template_supplement',
    'termination': 'waste_contract.document_template_termination',
    'void': 'waste_contract.document_template_void',
}


class AgreedRow(NamedTuple):
    """One row of the table of changes."""
    number: int
    target: str
    term: str
    old: str
    new: str


class WasteContractAgreement(models.Model):
    """The agreement as a paper: supplement, termination or voiding, signed by the parties of its contract."""
    _inherit = 'waste.contract.agreement'

    document_template_id = fields.Many2one(
        compute='_compute_document_template_id', store=True, readonly=False, precompute=True,
        domain="[('model', '=', 'waste.contract.agreement')]")

    # COMPUTE -------------------------------------------------------------------

    @api.depends('kind')
    def _compute_document_template_id(self):
        for agreement in self:
            agreement.document_template_id = agreement._get_default_document_template()

    # PAPER ---------------------------------------------------------------------

    def _get_default_document_template(self):
        template = self.kind and self.env.ref(TEMPLATES[self.kind], raise_if_not_found=False)
        return template or self.env['document.template']

    def _get_document_number(self):
        self.ensure_one()
        return self.name

    @api.model
    def _document_placeholders(self):
        return {
            **super()._document_placeholders(),
            'contract.number': Placeholder(self.env._("Contract: number"), 'order_id.name'),
            'contract.signed': Placeholder(self.env._("Contract: day of signature"), 'order_id.date_signed'),
            'contract.start': Placeholder(self.env._("Contract: first day"), 'order_id.date_start'),
            'contract.end': Placeholder(self.env._("Contract: last day"), 'order_id.date_end'),
            'effective': Placeholder(self.env._("Agreement: effective from"), 'date_effective'),
            'reason': Placeholder(self.env._("Agreement: reason"), 'reason'),
            'producer.name': Placeholder(self.env._("Producer: name"), 'partner_id.commercial_partner_id.name'),
            'disposer.name': Placeholder(
                self.env._("Disposer: name"), lambda agreement: agreement.order_id._get_disposer().name),
        }

    def _get_document_parties(self):
        """The parties of the contract agree; nobody else can."""
        return self.order_id._get_document_parties()

    # LINES ---------------------------------------------------------------------

    def _get_document_lines(self):
        """Return the table of changes: one row for each term that changes."""
        self.ensure_one()
        rows = [(self.env._("Whole contract"), *difference) for difference in self._get_agreed_differences()]
        for line in self.line_ids:
            if line.kind == 'change':
                rows += [(line.line_id.waste_name, *difference) for difference in line._get_agreed_differences()]
            elif line.kind == 'end':
                rows.append((line.line_id.waste_name, self.env._("Waste detail"), self.env._("in force"), self.env._("ends")))
            else:
                rows += line._get_added_rows()
        return [AgreedRow(number, *row) for number, row in enumerate(rows, 1)]

    def _get_document_cell(self, line, key):
        return str(getattr(line, key))


class WasteContractAgreementLine(models.Model):
    _inherit = 'waste.contract.agreement.line'

    def _get_added_rows(self):
        """Return (waste, term, old, new) of what an added waste detail is, as the table of changes shows it."""
        self.ensure_one()
        number = self.agreement_id._format_document_number
        quantity = self.env._("as delivered") if self.is_unlimited else number(self.planned_quantity_t)
        modes = dict(self._fields['pricing_mode']._description_selection(self.env))
        return [(self.waste_name, term, '–', value) for term, value in (
            (self.env._("Waste detail"), self.env._("added")),
            (self.env._("Waste code"), self.waste_code_id.code),
            (self.env._("Pricing mode"), modes.get(self.pricing_mode)),
            (self.env._("Price (CNY, tax incl.)"), number(self.price_unit, 2)),
            (self.env._("Planned (t)"), quantity),
        ) if value]
