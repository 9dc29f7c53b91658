from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# The places of a paper, see `_get_document_parties`: party A signs by hand, B is us and seals, C is the authority.
PRODUCER, COMPANY, GOVERNMENT = 'party_a', 'party_b', 'party_c'


class WasteContractSigningMixin(models.AbstractModel):
    """A paper of a contract that its parties sign electronically, and what signing does to the record's own life.

    For the contract itself and for agreements on it; each has an envelope of its own.
    """
    _name = 'waste.contract.signing.mixin'
    _inherit = ['esign.mixin']
    _description = "Paper of a Contract that Is Signed"

    _signing_kind = 'contract'

    signing_contact_id = fields.Many2one(
        'res.partner', "Signs for the Producer", compute='_compute_signing_contact_id', store=True, readonly=False, copy=False,
        groups='base.group_user', help="Gets the link, and the code on this mobile number.")
    is_being_signed = fields.Boolean("Being Signed Electronically", compute='_compute_signing', compute_sudo=True)
    signing_waits_for = fields.Char("Signature Awaited of", compute='_compute_signing', compute_sudo=True)

    # COMPUTE -------------------------------------------------------------------

    @api.depends('partner_id')
    def _compute_signing_contact_id(self):
        for record in self:
            record.signing_contact_id = self.env['sale.order']._get_contact(record.partner_id) if record.partner_id else False

    @api.depends('envelope_ids.state', 'envelope_ids.signer_ids.is_turn')
    def _compute_signing(self):
        for record in self:
            envelope = record._get_open_envelope()
            record.is_being_signed = bool(envelope)
            record.signing_waits_for = envelope.waiting_for

    # CRUD ----------------------------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        if (target := vals.get(self._state_field)) in ('draft', 'cancelled'):
            for record in self:
                # Whoever takes back the record takes back its paper.
                record._get_open_envelope()._cancel(self.env._("%(record)s is “%(state)s”.", record=record.display_name,
                                                               state=record._waste_state_label(target)))
        return result

    # ACTION --------------------------------------------------------------------

    def action_start_signing(self):
        """Fix the paper and invite its first signer; the others follow by themselves."""
        self.check_access('write')
        if not self.env.su and not self.env.user.has_group('sales_team.group_sale_salesman'):
            raise AccessError(self.env._("Only sales staff may send papers for signing."))
        for record in self:
            record._start_signing()
        return True

    def action_sign(self):
        """Record that all parties signed on paper; what is being signed electronically goes on by itself."""
        for record in self:
            if envelope := record._get_open_envelope():
                raise UserError(self.env._(
                    "%(record)s is being signed electronically (%(envelope)s). Wait for it, or cancel that envelope first.",
                    record=record.display_name, envelope=envelope.name))
        return super().action_sign()

    # BUSINESS ------------------------------------------------------------------

    def _get_open_envelope(self):
        """Return the envelope that still waits for signatures, in superuser mode, or none."""
        self.ensure_one()
        # Who may read the contract may know how far its signing is.
        return self.env['esign.envelope'].sudo().search([
            ('res_model', '=', self._name), ('res_id', '=', self._origin.id), ('state', '=', 'signing')], limit=1)

    def _get_signed_envelope(self):
        """Return the last completed envelope of this record, in superuser mode, or none."""
        self.ensure_one()
        return self.env['esign.envelope'].sudo().search([
            ('res_model', '=', self._name), ('res_id', '=', self._origin.id), ('state', '=', 'completed')], limit=1)

    def _start_signing(self):
        self.ensure_one()
        if self[self._state_field] != 'signing' or self.date_signed:
            raise UserError(self.env._(
                "%(record)s is “%(state)s”: it is sent for signing when it is agreed and nobody has signed yet.",
                record=self.display_name, state=self._waste_state_label(self[self._state_field])))
        if envelope := self._get_open_envelope():
            raise UserError(self.env._(
                "%(record)s is being signed already (%(envelope)s); it waits for %(who)s.",
                record=self.display_name, envelope=envelope.name, who=envelope.waiting_for))
        pdf = self._get_document_pdf()
        places = self.sudo().document_rendition_id.places
        return self.env['esign.envelope']._start(
            self, template=self._get_signing_template(), pdf=pdf, places=places, signers=self._prepare_signers(places),
            kind=self._signing_kind, replaces=self._get_replaced_envelope())

    def _get_replaced_envelope(self):
        """Return the envelope that this paper follows, or none. To override."""
        return self.env['esign.envelope']

    def _get_signing_template(self):
        """Return who signs in which order, in the version of today: with or without an authority."""
        name = 'three' if self._get_signing_order().government_id else 'two'
        return self.env.ref(f'waste_contract.esign_template_{name}').sudo()._get_latest()

    def _get_signing_order(self):
        """Return the contract. To override."""
        return self

    def _prepare_signers(self, places):
        """Return one row for each party that has a place in the paper."""
        order = self._get_signing_order()
        people = {
            PRODUCER: (self.signing_contact_id, order.partner_id.commercial_partner_id),
            COMPANY: (self.env['res.partner'], order._get_disposer()),
            GOVERNMENT: (order._get_contact(order.government_id) if order.government_id else order.government_id, order.government_id),
        }
        return [{
            'key': key, 'partner_id': person.id, 'name': person.name or organisation.name, 'phone': person.phone,
            'email': person.email, 'company_name': organisation.name,
        } for key, (person, organisation) in people.items() if f'sig_{key}' in places]

    # HOOKS OF SIGNING ----------------------------------------------------------

    def _esign_signed(self, signer):
        super()._esign_signed(signer)
        sentence = {
            'sign': self.env._("%(signer)s signed for %(party)s.", signer=signer.name, party=signer.company_name),
            'seal': self.env._("Sealed for %(party)s.", party=signer.company_name),
            'review': self.env._("%(signer)s reviewed for %(party)s: %(opinion)s", signer=signer.name, party=signer.company_name,
                                 opinion=signer.opinion or self.env._("agreed")),
        }[signer.action]
        self._message_log(body=sentence)

    def _esign_completed(self, envelope):
        """Archive the signed file and go on: in force, or waiting for its first day."""
        super()._esign_completed(envelope)
        self._archive_document(self._keep_signing_file(self._get_document_filename(), envelope.revision_id._get_pdf()))
        # The signatures stand, whatever keeps the record from taking effect: then its salesperson is told.
        try:
            with self.env.cr.savepoint():
                self.action_sign()
        except UserError as error:
            self._tell_salesperson(str(error))

    def _esign_reported(self, envelope):
        """Keep the evidence report beside the signed file."""
        super()._esign_reported(envelope)
        self._keep_signing_file(envelope.report_id.name, envelope.report_id.raw).is_locked = True

    def _esign_declined(self, envelope, reason):
        super()._esign_declined(envelope, reason)
        sentence = self.env._("Not signed (%(envelope)s): %(reason)s", envelope=envelope.name, reason=reason)
        self._transition_logged('decline', sentence)
        self._tell_salesperson(sentence)

    def _esign_expired(self, envelope):
        super()._esign_expired(envelope)
        self._tell_salesperson(self.env._(
            "The time to sign %(envelope)s ran out. Extend it, or send the paper again.", envelope=envelope.name))

    def _esign_resumed(self, envelope):
        """Time given anew is of use only while the paper still is to be signed, and through no other envelope."""
        super()._esign_resumed(envelope)
        others = self.env['esign.envelope'].search_count([
            ('res_model', '=', self._name), ('res_id', '=', self.id), ('state', '=', 'signing'), ('id', '!=', envelope.id)], limit=1)
        if self[self._state_field] != 'signing' or self.date_signed or others:
            raise UserError(self.env._(
                "%(record)s is “%(state)s” or was sent for signing again: %(envelope)s can't be extended.", record=self.display_name,
                state=self._waste_state_label(self[self._state_field]), envelope=envelope.name))

    def _keep_signing_file(self, name, content):
        return self.env['ir.attachment'].create({
            'name': name, 'raw': content, 'mimetype': 'application/pdf', 'res_model': self._name, 'res_id': self.id,
            'contract_file_kind': 'signed'})

    def _tell_salesperson(self, sentence):
        self.activity_schedule('waste_contract.mail_activity_signing', user_id=self.user_id.id or self.env.uid, note=sentence)
