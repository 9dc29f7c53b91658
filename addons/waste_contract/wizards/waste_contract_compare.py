from odoo import api, fields, models


class WasteContractCompare(models.TransientModel):
    """Two versions side by side: a contract and its renewal, or one contract on two days."""
    _name = 'waste.contract.compare'
    _description = "Compare contracts"

    left_id = fields.Many2one('sale.order', "Version", required=True, domain=[('business_id', '!=', False)])
    left_date = fields.Date("On", required=True)
    right_id = fields.Many2one('sale.order', "Compared with", required=True, domain=[('business_id', '!=', False)])
    right_date = fields.Date("Compared on", required=True)
    only_differences = fields.Boolean()
    table = fields.Html(compute='_compute_table', sanitize=False)

    # COMPUTE -------------------------------------------------------------------

    @api.depends('left_id', 'left_date', 'right_id', 'right_date', 'only_differences')
    @api.depends_context('lang')
    def _compute_table(self):
        for comparison in self:
            if not (comparison.left_id and comparison.right_id and comparison.left_date and comparison.right_date):
                comparison.table = False
                continue
            sections = comparison._get_sections()
            if comparison.only_differences:
                sections = [(title, differing) for title, rows in sections if (differing := [row for row in rows if row[3]])]
            comparison.table = self.env['ir.qweb']._render('waste_contract.comparison', {
                'sections': sections, 'left': comparison.left_id.name, 'right': comparison.right_id.name,
                'left_date': comparison.left_date, 'right_date': comparison.right_date})

    # BUSINESS ------------------------------------------------------------------

    def _get_sections(self):
        """Return [(title, [(label, left, right, whether they differ)])]: the terms, then each waste detail."""
        self.ensure_one()
        left, right = self.left_id._describe_version(self.left_date), self.right_id._describe_version(self.right_date)
        sections = []
        for title in dict.fromkeys((*left, *right)):
            ours, theirs = left.get(title, {}), right.get(title, {})
            sections.append((title, [
                (label, ours.get(label, ''), theirs.get(label, ''), ours.get(label, '') != theirs.get(label, ''))
                for label in dict.fromkeys((*ours, *theirs))]))
        return sections


class SaleOrder(models.Model):
    _inherit = 'sale.order'

    # ACTION --------------------------------------------------------------------

    def action_compare(self):
        """Compare the contract with the one it renews, else with itself before its last agreement."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        former = self.renewal_of_id
        changed = max(self.change_ids.mapped('date_from'), default=today)
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Compare"),
            'res_model': 'waste.contract.compare',
            'view_mode': 'form',
            'target': 'new',
            'context': {
                'default_left_id': (former or self).id,
                'default_left_date': fields.Date.to_string(former.date_end or fields.Date.subtract(changed, days=1)),
                'default_right_id': self.id,
                'default_right_date': fields.Date.to_string(max(today, self.date_start, changed)),
                'dialog_size': 'extra-large',
            },
        }

    # BUSINESS ------------------------------------------------------------------

    def _describe_version(self, day):
        """Return {section: {label: text}}, the terms in words as they were on ``day``."""
        self.ensure_one()
        Change = self.env['waste.contract.change']
        order = self._as_of(day)
        names = ('partner_id', 'disposer_id', 'invoicing_company_id', 'date_start', 'transport_mode_id', 'tax_rate_percent')
        general = {
            self._fields[name]._description_string(self.env): Change._format_term(self, name, value)
            for name, value in self.read(names, load=None)[0].items() if name in names}
        for name in self._get_term_fields():
            general[self._fields[name]._description_string(self.env)] = Change._format_term(
                self, name, self._fields[name].convert_to_read(order[name], order, use_display_name=False))
        general[Change._get_term_label(self, 'tiers')] = Change._format_term(
            self, 'tiers', order.tier_ids.filtered(lambda tier: not tier.line_id)._get_steps())
        sections = {self.env._("Contract"): general}
        for line in self.order_line.filtered('pricing_mode'):
            if (line.date_from and line.date_from > day) or (line.date_to and line.date_to < day):
                continue
            then = line._as_of(day)
            title = f"{line.waste_name} {line.waste_code_id.code or ''}".strip()
            sections[title] = {
                **{self.env['sale.order.line']._fields[name]._description_string(self.env): Change._format_term(
                    line, name, line._fields[name].convert_to_read(then[name], then, use_display_name=False))
                   for name in line._get_term_fields()},
                Change._get_term_label(line, 'tiers'): Change._format_term(
                    line, 'tiers', then.order_id.tier_ids.filtered(lambda tier: tier.line_id == line)._get_steps()),
            }
        return sections
