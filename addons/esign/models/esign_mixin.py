from odoo import api, fields, models
from odoo.exceptions import UserError


class EsignMixin(models.AbstractModel):
    """A record whose document is signed. The hooks are called once each, in the transaction of what happened."""

    _name = 'esign.mixin'
    _description = "A record that is signed electronically"

    envelope_ids = fields.One2many(
        'esign.envelope',
        'res_id',
        "Envelopes",
        domain=lambda self: [('res_model', '=', self._name)],
        copy=False,
        readonly=True,
        groups='esign.group_user',
    )
    envelope_count = fields.Integer("Envelope Count", compute='_compute_esign', compute_sudo=True)
    esign_state = fields.Selection(
        lambda self: self.env['esign.envelope']._fields['state']._description_selection(self.env),
        "Signing",
        compute='_compute_esign',
        compute_sudo=True,
    )

    @api.depends('envelope_ids.state')
    def _compute_esign(self):
        envelopes = self.env['esign.envelope'].sudo().search([('res_model', '=', self._name), ('res_id', 'in', self.ids)], order='id desc')
        grouped = envelopes.grouped('res_id')
        for record in self:
            own = grouped.get(record.id, envelopes.browse())
            record.envelope_count = len(own)
            record.esign_state = own[:1].state

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        for record in self:
            if record.envelope_count:
                raise UserError(
                    self.env._("%(record)s was sent for signing and is kept as evidence: it can't be deleted.", record=record.display_name)
                )

    def action_open_envelopes(self):
        """Show the envelopes of this record."""
        self.ensure_one()
        self.check_access('read')
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'esign.envelope',
            'view_mode': 'list,form',
            'name': self.env._("Signing"),
            'domain': [('res_model', '=', self._name), ('res_id', '=', self.id)],
        }

    # HOOKS ---------------------------------------------------------------------

    def _esign_signed(self, signer):
        """One party signed, reviewed or sealed. To override."""

    def _esign_completed(self, envelope):
        """All have signed. To override."""

    def _esign_reported(self, envelope):
        """The evidence report of a completed envelope was made. To override."""

    def _esign_declined(self, envelope, reason):
        """A party declined, or a reviewer returned the document. To override."""

    def _esign_expired(self, envelope):
        """Time ran out. To override."""

    def _esign_resumed(self, envelope):
        """Time was given anew after it ran out. To override."""
