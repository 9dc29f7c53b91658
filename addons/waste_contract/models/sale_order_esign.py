from odoo import fields, models

# Moves back whose reason the other side asks for later, WIM for instance.
RETURNS = ('refuse', 'gov_return', 'decline')


class SaleOrder(models.Model):
    """The contract is signed electronically by its parties."""
    _name = 'sale.order'
    _inherit = ['waste.contract.signing.mixin', 'sale.order']

    return_reason = fields.Text("Why It Came Back", copy=False, readonly=True, groups='base.group_user')

    def _transition_logged(self, verb, sentence, **vals):
        moved = super()._transition_logged(verb, sentence, **vals)
        if verb in RETURNS:
            moved.sudo().return_reason = sentence  # the producer decides on its page, without rights on this field
        return moved

    def _get_next_step(self):
        """While it is being signed, whose turn it is; before, what to do."""
        if self.contract_state == 'signing' and not self.date_signed:
            if envelope := self._get_open_envelope():
                return self.env._(
                    "Being signed (%(progress)s): it is the turn of %(who)s.", progress=envelope.progress, who=envelope.waiting_for)
            return self.env._("Send it for electronic signing; if it is signed on paper, record the day.")
        return super()._get_next_step()
