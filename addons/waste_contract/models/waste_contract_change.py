from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

# What doesn't enter an amount: a change of these alone needs no second price in a period.
_NOT_PRICED = frozenset({
    'date_end', 'planned_quantity_t', 'planned_count', 'is_unlimited', 'frame_quantity_t', 'frame_amount', 'is_frame_unlimited'})


class WasteContractChange(models.Model):
    """The history of sealed terms: what one agreement changed on a contract or on one of its details, from which day.

    ``former`` holds all terms of the target just before, so that one row answers for every day since the change before it.
    """
    _name = 'waste.contract.change'
    _description = "Change of Contract Terms"
    _order = 'date_from desc, id desc'

    order_id = fields.Many2one('sale.order', "Contract", required=True, index=True, ondelete='cascade')
    line_id = fields.Many2one(
        'sale.order.line', "Waste Detail", index='btree_not_null', ondelete='cascade', help="Empty: terms of the contract itself.")
    agreement_id = fields.Many2one('waste.contract.agreement', "Agreement", required=True, index=True, ondelete='restrict')
    company_id = fields.Many2one(related='order_id.company_id', store=True, index=True, precompute=True)
    kind = fields.Selection(
        [('change', "Changed"), ('add', "Added"), ('end', "Ended")], required=True, default='change')
    date_from = fields.Date("From", required=True, help="First day on which the new terms are in force.")
    is_price_change = fields.Boolean(help="Amounts are computed differently from this day on.")
    former = fields.Json("Former Terms")
    current = fields.Json("New Terms")
    summary = fields.Text("What", compute='_compute_summary')

    _target_uniq = models.UniqueIndex(
        "(order_id, COALESCE(line_id, 0), date_from)", "The same terms were changed from that day on already.")

    # COMPUTE -------------------------------------------------------------------

    @api.depends('former', 'current', 'kind')
    @api.depends_context('lang')
    def _compute_summary(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for change in self:
            if change.kind == 'change':
                change.summary = '\n'.join(change._explain_differences())
            else:
                change.summary = kinds[change.kind]

    # CRUD ----------------------------------------------------------------------

    def write(self, vals):
        raise UserError(self.env._("The history of contract terms is never rewritten. Make another agreement."))

    # BUSINESS ------------------------------------------------------------------

    @api.model
    def _prepare(self, agreement, target, former, kind='change'):
        """Return the values of the row that says how ``target`` changed, or None when it did not.

        :param target: `sale.order` or `sale.order.line` after the change
        :param former: its terms before (``_get_terms()``)
        """
        current = target._get_terms()
        changed = {name for name, value in current.items() if (former or {}).get(name) != value}
        if kind == 'change' and not changed:
            return None
        is_line = target._name == 'sale.order.line'
        return {
            'agreement_id': agreement.id,
            'order_id': target.order_id.id if is_line else target.id,
            'line_id': target.id if is_line else False,
            'kind': kind,
            'date_from': agreement.date_effective,
            'former': former,
            'current': current,
            'is_price_change': kind == 'change' and bool(changed - _NOT_PRICED),
        }

    def _get_former(self, line):
        """Return the terms of ``line`` (none: of the contract itself) before the first of these changes, or None."""
        mine = self.filtered(lambda change: change.line_id == line and change.kind == 'change')
        return min(mine, key=lambda change: change.date_from).former if mine else None

    def _explain_differences(self):
        """Return one sentence for each term that changed: label, old and new value."""
        return [
            self.env._("%(term)s: %(old)s → %(new)s", term=term, old=old, new=new)
            for term, old, new in self._get_differences()]

    def _get_differences(self):
        """Return (label, old value, new value) of each term that changed, in the reader's language."""
        self.ensure_one()
        target = self.line_id or self.order_id
        former, current = self.former or {}, self.current or {}
        return [
            (self._get_term_label(target, name), self._format_term(target, name, former.get(name)),
             self._format_term(target, name, value))
            for name, value in current.items() if former.get(name) != value]

    @api.model
    def _get_term_label(self, target, name):
        if name == 'tiers':
            return self.env._("Price tiers")
        return target._fields[name]._description_string(self.env)

    @api.model
    def _format_term(self, target, name, value):
        """Say a value of ``_get_terms()`` in the reader's language."""
        if name == 'tiers':
            return '; '.join(
                self.env._("from %(from)s t: %(price)s", **{'from': f"{tier['from_t']:g}", 'price': f"{tier['price_unit']:,g}"})
                for tier in value or []) or '–'
        field = target._fields[name]
        if field.type == 'boolean':
            return self.env._("yes") if value else self.env._("no")
        if field.type == 'selection':
            return dict(field._description_selection(self.env)).get(value, '–')
        if field.type == 'many2one':
            return self.env[field.comodel_name].browse(value or []).display_name or '–'
        if field.type == 'monetary':
            return format_amount(self.env, value or 0.0, target.currency_id)
        if field.type == 'date':
            return format_date(self.env, value) if value else '–'
        return f'{value:,g}' if isinstance(value, (int, float)) else value or '–'
