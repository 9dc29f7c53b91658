from odoo import api, fields, models


class WasteContractClause(models.Model):
    """A term agreed in one contract beside its template: a standard clause, or one of its own (非标条款)."""
    _name = 'waste.contract.clause'
    _description = "Additional Term of a Contract"
    _inherit = ['waste.contract.part.mixin']
    _order = 'order_id, sequence, id'

    order_id = fields.Many2one('sale.order', "Contract", required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='order_id.company_id', store=True, index=True, precompute=True)
    sequence = fields.Integer(default=10)
    standard_id = fields.Many2one(
        'document.clause', "Standard Clause", index='btree_not_null', ondelete='restrict',
        domain=[('version_id', '=', False), ('model', 'in', ['sale.order', False])])
    name = fields.Char("Heading", required=True, compute='_compute_wording', store=True, readonly=False, precompute=True)
    body = fields.Html("Wording", compute='_compute_wording', store=True, readonly=False, precompute=True)
    is_custom = fields.Boolean(
        "Non-standard", compute='_compute_is_custom', store=True,
        help="Worded for this contract: it may need a higher approval.")

    # COMPUTE -------------------------------------------------------------------

    @api.depends('standard_id')
    def _compute_wording(self):
        for clause in self:
            # What was agreed stays, also when the standard clause is reworded later.
            clause.name = clause.standard_id.name or clause.name
            clause.body = clause.standard_id.body or clause.body

    @api.depends('standard_id', 'name', 'body')
    def _compute_is_custom(self):
        for clause in self:
            standard = clause.standard_id
            clause.is_custom = not standard or (clause.name, clause.body) != (standard.name, standard.body)

    # BUSINESS ------------------------------------------------------------------

    def _get_part_words(self):
        return self.env._("Additional term")
