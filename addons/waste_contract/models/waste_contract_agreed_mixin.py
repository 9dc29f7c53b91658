from odoo import api, fields, models


def agreed(name):
    """Return what makes a field start with the term ``name`` of the target and keep what is typed over it.

    Each has a function of its own: one for several fields would undo what was typed in the others.
    """
    @api.depends('former_terms')
    def compute(records):
        for record in records:
            former = record.former_terms or {}
            record[name] = former[name] if name in former else record[name]
    return {'compute': compute, 'store': True, 'readonly': False, 'precompute': True}


class WasteContractAgreedMixin(models.AbstractModel):
    """A form in which terms are agreed: it starts with those of its target, and what differs is the change.

    Fields carry the names they have on the target. Only what differs from the terms that the form started with is
    written later, so that two agreements on different terms of one waste detail don't undo each other.
    """
    _name = 'waste.contract.agreed.mixin'
    _description = "Agreed changes of terms"

    former_terms = fields.Json(
        "Terms at the Start", compute='_compute_former_terms', store=True, readonly=False, precompute=True, copy=False)

    def _compute_former_terms(self):
        """Take the terms of the target. To extend by its dependencies."""
        for record in self:
            target = record._get_agreed_target()
            record.former_terms = target._origin._get_terms() if target._origin else False

    def _get_agreed_target(self):
        """Return the contract or waste detail whose terms change. To override."""
        raise NotImplementedError

    def _get_agreed_fields(self):
        """Return the names of the terms that can be agreed here."""
        return [name for name in self._get_agreed_target()._get_term_fields() if name in self._fields]

    def _get_agreed_terms(self):
        """Return {field: new value, JSON-able} of what differs from the terms that the form started with."""
        self.ensure_one()
        former = self.former_terms
        terms = self.read(self._get_agreed_fields(), load=None)[0]
        return {
            name: value for name in self._get_agreed_fields()
            if (value := fields.Date.to_string(terms[name]) if self._fields[name].type == 'date' else terms[name]) != former[name]}

    def _get_agreed_steps(self):
        """Return the new ladder of the target as steps, or an empty list when it stays. To override."""
        return []

    def _explain_agreed(self):
        """Return one sentence for each term that is to change."""
        return self._get_agreed_change()._explain_differences()

    def _get_agreed_differences(self):
        """Return (label, old value, new value) of each term that is to change."""
        return self._get_agreed_change()._get_differences()

    def _get_agreed_change(self):
        """Return the row that the history will have, unsaved."""
        self.ensure_one()
        target = self._get_agreed_target()
        former = self.former_terms
        current = {**former, **self._get_agreed_terms()}
        if steps := self._get_agreed_steps():
            current['tiers'] = steps
        return self.env['waste.contract.change'].new({
            'order_id': (target.order_id if target._name == 'sale.order.line' else target).id,
            'line_id': target.id if target._name == 'sale.order.line' else False,
            'kind': 'change', 'former': former, 'current': current})
