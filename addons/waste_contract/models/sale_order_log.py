from odoo import api, models, tools

from .sale_order_line import SEALED

# Of the sealed fields of a waste detail, those that people type; the others follow from them.
TYPED = SEALED - {
    'order_id', 'product_id', 'product_uom_id', 'product_uom_qty', 'name', 'display_type', 'discount', 'tax_ids', 'line_no',
    'category_id', 'hazard_ids', 'payer', 'list_price', 'service_id', 'date_from', 'date_to'}


class SaleOrder(models.Model):
    """The log of a contract: who created, changed and deleted what, beside the history that agreements write."""
    _inherit = 'sale.order'

    @api.model_create_multi
    def create(self, vals_list):
        # The details that a contract is born with are no change of it.
        return super(SaleOrder, self.with_context(is_new_contract=True)).create(vals_list).with_env(self.env)

    @tools.ormcache('self.env.uid', 'self.env.su')
    def _track_get_fields(self):
        """Whatever is sealed once it is submitted is logged while it is a draft."""
        return super()._track_get_fields() | set(self.fields_get(self._sealed_from, attributes=()))

    @api.ondelete(at_uninstall=False)
    def _log_deletion(self):
        """Who deleted a draft stays to be read at its producer."""
        if self.env.context.get('tracking_disable'):
            return
        for order in self.filtered('business_id'):
            order.partner_id._message_log(body=self.env._(
                "The draft of contract %(contract)s was deleted.", contract=order.name))


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if not self.env.context.get('is_new_contract'):
            lines._log_on_contract(lambda line: self.env._("Waste detail %(detail)s was added.", detail=line.display_name))
        return lines

    def write(self, vals):
        typed = [name for name in TYPED if name in vals]
        logged = self._filter_logged() if typed else self.browse()
        before = {line: line._describe(typed) for line in logged}
        result = super().write(vals)
        logged._log_on_contract(lambda line: line._explain_change(before[line], line._describe(typed)))
        return result

    @api.ondelete(at_uninstall=False)
    def _log_removal(self):
        self._log_on_contract(lambda line: self.env._("Waste detail %(detail)s was removed.", detail=line.display_name))

    def _filter_logged(self):
        """Jobs tell what they do where they do it; Odoo's own switch leaves everything unlogged."""
        silent = self.env.su or self.env.context.get('tracking_disable')
        return self.browse() if silent else self.filtered('pricing_mode')

    def _log_on_contract(self, get_sentence):
        """Leave a note on the contract for each line of which ``get_sentence`` has something to say."""
        for line in self._filter_logged():
            if sentence := get_sentence(line):
                # Whoever changes a detail needn't be allowed to write on the contract itself.
                line.order_id.sudo()._message_log(body=sentence, author_id=self.env.user.partner_id.id)

    def _describe(self, names):
        Change = self.env['waste.contract.change']
        return {
            name: Change._format_term(
                self, name, self._fields[name].convert_to_read(self[name], self, use_display_name=False))
            for name in names}

    def _explain_change(self, former, current):
        Change = self.env['waste.contract.change']
        differences = '; '.join(
            self.env._("%(term)s: %(old)s → %(new)s", term=Change._get_term_label(self, name), old=former[name], new=words)
            for name, words in current.items() if former[name] != words)
        return differences and f'{self.display_name}: {differences}'
