from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """How a contract is born, typed or copied: its company, number and taxes, and the values of its waste details."""
    _inherit = 'sale.order'

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._prepare_contract_values(vals) for vals in vals_list]
        self._ensure_taxes({
            (vals['company_id'], vals['tax_rate_percent']) for vals in vals_list if vals.get('business_id')})
        return super().create(vals_list)

    def write(self, vals):
        if 'business_id' in vals:
            self._check_business_change(vals['business_id'])
        if 'tax_rate_percent' in vals or 'company_id' in vals:
            self._ensure_taxes({
                (vals.get('company_id') or order.company_id.id, vals.get('tax_rate_percent', order.tax_rate_percent))
                for order in self.filtered('business_id')})
        return super().write(vals)

    def copy(self, default=None):
        """A duplicate takes the price tiers along, those of a waste detail with its copy; fees stay with their waste."""
        copies = super().copy(default)
        for order, copy in zip(self, copies):
            if order.business_id:
                order._complete_copy(copy)
        return copies

    def _complete_copy(self, copy, rise=lambda price: price):
        """Give ``copy`` what hangs between lines: the ladders, and whose waste a fee is for.

        Its lines are those of `_get_copiable_order_lines`, in order.

        :param rise: function that returns the new price for an old one
        """
        self.ensure_one()
        lines = dict(zip(self._get_copiable_order_lines(), copy.order_line))
        for line in lines:
            if line.for_line_id in lines:
                lines[line].for_line_id = lines[line.for_line_id]
        copy.tier_ids = [
            fields.Command.create({
                **step, 'line_id': lines[tier.line_id].id if tier.line_id else False, 'price_unit': rise(tier.price_unit)})
            for tier in self.tier_ids if not tier.line_id or tier.line_id in lines
            for step in tier._get_steps()]

    def _prepare_contract_values(self, vals):
        """Complete the values of a new order when it is a contract: company, number, tax rate."""
        business = self.env['waste.business'].browse(
            vals.get('business_id') or self.env.context.get('default_business_id'))
        if not business:
            return vals
        company = self.env['res.company'].browse(vals.get('company_id')) or business.company_id or self.env.company
        vals = {
            'tax_rate_percent': business._get_policy(company)['tax_rate_percent'], **vals,
            'business_id': business.id, 'company_id': company.id,
        }
        if vals.get('name') in (None, False, '', '/', self.default_get(['name'])['name']):
            vals['name'] = business._next_contract_number(vals.get('date_start'), company)
        return vals

    def _ensure_taxes(self, company_rates):
        for company_id, rate in company_rates:
            self.env['account.tax']._ensure_contract_tax(self.env['res.company'].browse(company_id), rate)

    def _check_business_change(self, business_id):
        for order in self:
            if bool(order.business_id) != bool(business_id) and order.order_line:
                raise UserError(self.env._(
                    "%(order)s has lines already: a sales order can't become a waste contract or stop being one. "
                    "Create a new one.", order=order.name))

    # BUSINESS ------------------------------------------------------------------

    def _prepare_detail_values(self, vals_list):
        """Complete the values of new lines of these contracts: product, number, quantity."""
        taken = {}
        for order, lines in self.order_line.grouped('order_id').items():
            taken[order.id] = max(
                (int(tail) for line in lines if (tail := (line.line_no or '').rpartition('-')[2]).isdigit()), default=0)
        result = []
        for vals in vals_list:
            order = self.browse(vals.get('order_id')) & self
            if order and not vals.get('display_type'):
                vals = {'product_id': order.business_id.product_id.id, **vals}
                if not vals.get('line_no'):
                    taken[order.id] = taken.get(order.id, 0) + 1
                    vals['line_no'] = f'{order.name}-{taken[order.id]:02d}'
                if 'product_uom_qty' not in vals:
                    mode = vals.get('pricing_mode') or order.business_id._get_default_pricing_mode(order.company_id)
                    vals['product_uom_qty'] = 0 if vals.get('is_unlimited') else (
                        self.env[f'waste.pricing.{mode}']._billing_quantity(
                            vals.get('planned_quantity_t', 0), vals.get('planned_count', 0)))
            result.append(vals)
        return result
