from odoo import fields, models
from odoo.fields import Command

from ..tools import as_of
from .waste_price_terms_mixin import PRICE_TERMS


class SaleOrder(models.Model):
    """The terms of a contract on any day: those of today, and those that agreements replaced.

    While an agreement is applied, and only then, sealed terms are open.
    """
    _inherit = 'sale.order'

    change_ids = fields.One2many('waste.contract.change', 'order_id', "History of Terms", groups='waste.group_user')

    # CHECKS --------------------------------------------------------------------

    def _check_sealed(self, vals):
        amended = self._filter_being_amended() if self._sealed_from.keys() & vals.keys() else self.browse()
        super(SaleOrder, self - amended)._check_sealed(vals)
        super(SaleOrder, amended)._check_sealed(
            {name: value for name, value in vals.items() if name not in self._get_term_fields()})

    def _check_terms_open(self, what):
        super(SaleOrder, self - self._filter_being_amended())._check_terms_open(what)

    def _filter_being_amended(self):
        active = self.filtered(lambda order: order.contract_state == 'active')
        # Set only inside `_apply_supplement`, which is superuser's.
        return active.filtered(lambda order: any(order.sudo().agreement_ids.mapped('is_being_applied')))

    # BUSINESS ------------------------------------------------------------------

    def _get_terms(self):
        """Return the terms as JSON-able values, the ladder of all details as ``tiers``."""
        self.ensure_one()
        return {**self._read_terms(), 'tiers': self.tier_ids.filtered(lambda tier: not tier.line_id)._get_steps()}

    def _read_terms(self):
        terms = self.read(self._get_term_fields(), load=None)[0]
        del terms['id']
        return {name: fields.Date.to_string(value) if self._fields[name].type == 'date' else value for name, value in terms.items()}

    def _as_of(self, day):
        """Return the contract with the terms in force on ``day``: itself, or a record that isn't saved.

        The day decides for the tiers too, those of the details among them. ``order_line`` stays as it is today:
        ask `sale.order.line._as_of`.
        """
        self.ensure_one()
        # Terms of the contract, read for whoever may read it: also a producer whose statement is shown.
        self_sudo = self.sudo()
        later = self_sudo.change_ids.filtered(lambda change: change.date_from > day)
        if not later:
            return self
        terms = dict(later._get_former(self.env['sale.order.line']) or self_sudo._get_terms())
        tiers = [Command.clear(), *(Command.create(step) for step in terms.pop('tiers'))]
        for line in self_sudo.order_line.filtered('pricing_mode'):
            steps = (later._get_former(line) or line._get_terms())['tiers']
            tiers += [Command.create({**step, 'line_id': line.id}) for step in steps]
        return as_of(self, day, {**terms, 'tier_ids': tiers})

    def _get_copiable_order_lines(self):
        """A waste detail that an agreement ended isn't agreed again by copying its contract."""
        return super()._get_copiable_order_lines().filtered(lambda line: not line.date_to)


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'

    date_from = fields.Date("Agreed from", copy=False, readonly=True, help="First day of a waste detail that an agreement added.")
    date_to = fields.Date("Agreed until", copy=False, readonly=True, help="Last day of a waste detail that an agreement ended.")

    # BUSINESS ------------------------------------------------------------------

    def _get_term_fields(self):
        """Return the names of the terms of a waste detail that an agreement may change. To override."""
        return ['pricing_mode', 'payer', 'price_unit', 'planned_quantity_t', 'planned_count', 'is_unlimited', *PRICE_TERMS]

    def _filter_agreed_on(self, day):
        """Return the waste details that the parties agree on for ``day``: added by then, not ended before."""
        return self.filtered(lambda line: line.pricing_mode and not (
            line.date_from and day < line.date_from or line.date_to and day > line.date_to))

    def _get_terms(self):
        """Return the terms as JSON-able values, the detail's own ladder as ``tiers``."""
        self.ensure_one()
        terms = self.read(self._get_term_fields(), load=None)[0]
        del terms['id']
        own = self.order_id.tier_ids.filtered(lambda tier: tier.line_id == self)
        return {**terms, 'tiers': own._get_steps()}

    def _as_of(self, day):
        """Return the waste detail with the terms in force on ``day``: itself, or a record that isn't saved.

        The strategies read price, mode, tiers and the contract's own terms from it as from any other; its id is
        ``_origin.id``.

        :param day: date, in Asia/Shanghai
        """
        self.ensure_one()
        order = self.order_id._as_of(day)
        if order == self.order_id:
            return self
        later = self.order_id.sudo().change_ids.filtered(lambda change: change.date_from > day)
        terms = dict(later._get_former(self._origin) or {})
        terms.pop('tiers', None)
        return as_of(self._origin, day, {**terms, 'order_id': order})

    def _get_term_changes(self, start, end):
        """Return the days after ``start``, up to ``end``, from which on other terms price this detail, sorted.

        A period is to be priced in the parts that these days begin, each with the detail `_as_of` its first day.
        """
        self.ensure_one()
        line = self._origin
        # History is read for whoever may read the contract, see `sale.order._as_of`.
        return sorted(set(self.order_id.sudo().change_ids.filtered(
            lambda change: change.is_price_change and start < change.date_from <= end
            and (not change.line_id or change.line_id.id == line.id)).mapped('date_from')))
