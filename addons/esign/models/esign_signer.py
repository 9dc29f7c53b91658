import uuid
from datetime import timedelta
from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import UserError

from .esign_template_party import ACTIONS

STATES = [
    ('waiting', "Waits for others"),
    ('invited', "Invited"),
    ('signed', "Completed"),
    ('declined', "Declined"),
    ('delegated', "Handed over"),
    ('expired', "Expired"),
    ('released', "Not needed"),
]


class EsignSigner(models.Model):
    """One party's person in an envelope, with a link of their own."""

    _name = 'esign.signer'
    _inherit = ['esign.register.mixin']
    _description = "Signer"
    _order = 'envelope_id, order, id'
    _transitions = {
        'invite': (('waiting', 'expired'), 'invited'),
        'sign': (('invited',), 'signed'),
        'decline': (('invited',), 'declined'),
        'delegate': (('waiting', 'invited'), 'delegated'),
        'expire': (('waiting', 'invited'), 'expired'),
        'release': (('waiting', 'invited', 'expired'), 'released'),
    }

    envelope_id = fields.Many2one('esign.envelope', "Envelope", required=True, readonly=True, ondelete='restrict', index=True)
    company_id = fields.Many2one(related='envelope_id.company_id', store=True, precompute=True, index=True)
    uuid = fields.Char(required=True, readonly=True, default=lambda self: str(uuid.uuid4()), groups='base.group_system')
    key = fields.Char("Signature Place", required=True, readonly=True)
    role = fields.Char(readonly=True)
    action = fields.Selection(ACTIONS, "Does", required=True, readonly=True)
    order = fields.Integer("Step", readonly=True)
    or_group = fields.Char("Either-or Group", readonly=True)
    partner_id = fields.Many2one('res.partner', "Contact", readonly=True, index='btree_not_null')
    name = fields.Char(required=True, readonly=True)
    company_name = fields.Char("Organisation", readonly=True)
    # Who signs is asked by a code on this number: sales staff needn't see it (esign.md §6, attack 29).
    phone = fields.Char("Mobile", readonly=True, groups='esign.group_administrator')
    email = fields.Char("E-mail", readonly=True, groups='esign.group_administrator')
    contact = fields.Char("Phone, E-mail", compute='_compute_contact', compute_sudo=True, help="Mobile number and e-mail address, masked.")
    needs_otp = fields.Boolean("Code by SMS", readonly=True)
    reading_seconds = fields.Integer("Reading Time (s)", readonly=True)
    per_character = fields.Boolean("One Box per Character", readonly=True)
    seal_id = fields.Many2one('esign.seal', "Seal", readonly=True, ondelete='restrict', index='btree_not_null')

    state = fields.Selection(STATES, default='waiting', required=True, readonly=True)
    is_turn = fields.Boolean("Its Turn", compute='_compute_is_turn', store=True)
    token_version = fields.Integer(default=1, readonly=True, groups='base.group_system')
    token_hash = fields.Char(readonly=True, copy=False, groups='base.group_system')
    expires_at = fields.Datetime("Expires on", readonly=True)
    invited_at = fields.Datetime("Invited on", readonly=True)
    reminded_at = fields.Datetime("Reminded on", readonly=True)
    reminder_count = fields.Integer("Reminders", readonly=True)
    opened_at = fields.Datetime("Opened on", readonly=True)
    pages_seen = fields.Json(readonly=True)
    read_at = fields.Datetime("Read on", readonly=True)
    code_ok_at = fields.Datetime("Identity Verified on", readonly=True)
    signed_at = fields.Datetime("Done on", readonly=True)
    serial = fields.Char("Certificate", readonly=True)
    opinion = fields.Text(readonly=True)
    reason = fields.Char(readonly=True)
    delegated_from_id = fields.Many2one('esign.signer', "Handed over by", readonly=True, ondelete='restrict', index='btree_not_null')

    _token_uniq = models.UniqueIndex('(token_hash) WHERE token_hash IS NOT NULL', "Two links of one token.")
    _due_idx = models.Index("(expires_at) WHERE state IN ('waiting', 'invited')")

    # COMPUTE -------------------------------------------------------------------

    @api.depends('state', 'envelope_id.state')
    def _compute_is_turn(self):
        for signer in self:
            signer.is_turn = signer.state == 'invited' and signer.envelope_id.state == 'signing'

    @api.depends('phone', 'email')
    def _compute_contact(self):
        for signer in self:
            signer.contact = ' '.join(filter(None, (signer._masked_phone(), signer._masked_email())))

    def _masked_phone(self):
        phone = self.sudo().phone or ''
        return f'{phone[:-8]}****{phone[-4:]}' if len(phone) >= 11 else '****' if phone else ''

    def _masked_email(self):
        name, _at, domain = (self.sudo().email or '').partition('@')
        return f'{name[:1]}***@{domain}' if domain else ''

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        signers = super().create(vals_list)
        for signer in signers:
            signer._set(
                {
                    'token_hash': self._hash_token(signer._get_token()),
                    'expires_at': fields.Datetime.now() + timedelta(days=signer.envelope_id.template_id.valid_days),
                }
            )
        return signers

    # LINK ----------------------------------------------------------------------

    @api.model
    def _hash_token(self, token):
        return sha256(token.encode('utf-8', 'replace')).hexdigest()

    def _get_token(self):
        """Return the secret of the link: 192 bits that only the key folder can make again; the database has its hash."""
        self.ensure_one()
        return self.env['esign.keystore']._derive('link', f'{self.sudo().uuid}:{self.sudo().token_version}', 24)

    def _link(self):
        """Return the signer's own link."""
        self.ensure_one()
        return f'{self.get_base_url()}/sign/{self._get_token()}'

    @api.model
    def _by_token(self, token):
        """Return the signer of a link in superuser mode, or an empty recordset: unknown, or handed over.

        Found by the hash of the token, so neither the time nor the index tells how much of a guess was right.
        """
        signer = self.sudo().search([('token_hash', '=', self._hash_token(token or ''))], limit=1) if token else self.sudo().browse()
        if signer.state == 'delegated':
            signer.envelope_id._log('dead_link', actor=signer.name, payload={'party': signer.key})
            return signer.browse()
        return signer

    def action_get_link(self):
        """Show the link to the sender, who passes it on by WeChat; that it was handed out is recorded."""
        self.ensure_one()
        self.envelope_id._check_sender()
        if not self.is_turn:
            raise UserError(self.env._("It isn't the turn of %(signer)s.", signer=self.name))
        signer_sudo = self.sudo()  # the token is made from the key folder
        signer_sudo.envelope_id._log('link_given', actor=self.env.user.login, payload={'party': self.key})
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'esign.link',
            'view_mode': 'form',
            'target': 'new',
            'name': self.env._("Link of %(signer)s", signer=self.name),
            'res_id': self.env['esign.link'].create({'signer_id': self.id, 'url': signer_sudo._link()}).id,
        }

    # STATE ---------------------------------------------------------------------

    def _is_turn(self):
        """Tell whether this signer may act now."""
        self.ensure_one()
        return self.is_turn and not self._is_past()

    def _is_past(self):
        self.ensure_one()
        return bool(self.expires_at and self.expires_at <= fields.Datetime.now())

    def _alternatives(self):
        """Return the signers grouped by place: of one group, one signature is enough."""
        active = self.filtered(lambda signer: signer.state != 'delegated')
        return list(active.grouped(lambda signer: (signer.envelope_id, signer.key)).values())

    def _invite(self):
        """Tell the signers that it's their turn."""
        now = fields.Datetime.now()
        for signer in self:
            signer._transition('invite', invited_at=now)
            signer._set({'expires_at': max(signer.expires_at, now + timedelta(days=signer.envelope_id.template_id.valid_days))})
            if signer.action == 'seal':
                for request in signer.envelope_id.seal_request_ids.filtered(lambda request: request.signer_id == signer):
                    signer.envelope_id._notify_custodians(request)
            else:
                signer._send_invitation()

    def _done(self, serial, **vals):
        """Note the signature, release who could have signed instead."""
        self._transition('sign', signed_at=fields.Datetime.now(), serial=serial, **vals)
        others = self.envelope_id.signer_ids.filtered(lambda other: other.key == self.key and other != self)
        others.filtered(lambda other: other.state in ('waiting', 'invited'))._transition('release')
