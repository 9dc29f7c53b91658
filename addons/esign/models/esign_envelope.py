import uuid

from odoo import api, fields, models

from .esign_certificate_provider import LEVELS

KINDS = [
    ('contract', "Contract"),
    ('supplement', "Supplementary agreement"),
    ('termination', "Termination"),
    ('void', "Annulment"),
    ('form', "Form"),
    ('other', "Other document"),
]
STATES = [
    ('draft', "In preparation"),
    ('signing', "Being signed"),
    ('completed', "Completed"),
    ('declined', "Declined"),
    ('expired', "Expired"),
    ('cancelled', "Cancelled"),
]
#: nobody signs, reviews or seals any more
ENDED = ('completed', 'declined', 'expired', 'cancelled')


class EsignEnvelope(models.Model):
    """One document on its way through its signers. What happened to it is in its revisions and events."""

    _name = 'esign.envelope'
    _inherit = ['esign.register.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Envelope"
    _order = 'id desc'
    _rec_names_search = ['name', 'document_name']
    _mail_post_access = 'read'
    _transitions = {
        'start': (('draft',), 'signing'),
        'complete': (('signing',), 'completed'),
        'decline': (('signing',), 'declined'),
        'expire': (('signing',), 'expired'),
        'resume': (('expired',), 'signing'),
        'cancel': (('draft', 'signing', 'expired'), 'cancelled'),
    }

    name = fields.Char("Envelope No.", required=True, readonly=True, index='trigram')
    uuid = fields.Char("UUID", required=True, readonly=True, default=lambda self: str(uuid.uuid4()), index=True)
    kind = fields.Selection(KINDS, required=True, readonly=True, default='contract')
    document_name = fields.Char("Document", required=True, readonly=True, index='trigram')
    template_id = fields.Many2one('esign.template', "Template", readonly=True, required=True, ondelete='restrict', index=True)
    company_id = fields.Many2one('res.company', "Company", required=True, readonly=True, index=True)
    user_id = fields.Many2one('res.users', "Sender", required=True, readonly=True, index=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference("Record", model_field='res_model', readonly=True, index=True)
    replaces_id = fields.Many2one(
        'esign.envelope',
        "Follows",
        readonly=True,
        ondelete='restrict',
        index='btree_not_null',
        help="The envelope that this one supplements, terminates or annuls.",
    )
    follower_envelope_ids = fields.One2many('esign.envelope', 'replaces_id', "Followed by", readonly=True)
    state = fields.Selection(STATES, default='draft', required=True, readonly=True, index=True, tracking=True)
    reason = fields.Char(readonly=True, help="Why it was declined or cancelled.")
    is_annulled = fields.Boolean("Annulled", compute='_compute_is_annulled', compute_sudo=True)

    signer_ids = fields.One2many('esign.signer', 'envelope_id', "Signers", readonly=True)
    revision_ids = fields.One2many('esign.revision', 'envelope_id', "Revisions", readonly=True)
    event_ids = fields.One2many('esign.event', 'envelope_id', "Events", readonly=True)
    verification_ids = fields.One2many('esign.verification', 'envelope_id', "Verifications", readonly=True)
    seal_request_ids = fields.One2many('esign.seal.request', 'envelope_id', "Seals", readonly=True)
    progress = fields.Char(compute='_compute_progress', compute_sudo=True, help="Signed of all who sign, review or seal.")
    waiting_for = fields.Char("Waits for", compute='_compute_progress', compute_sudo=True)

    revision_id = fields.Many2one('esign.revision', "Current Revision", readonly=True, ondelete='restrict', index='btree_not_null')
    current_sha256 = fields.Char("SHA-256", related='revision_id.sha256')
    final_sha256 = fields.Char("SHA-256 when completed", readonly=True, index='btree_not_null')
    places = fields.Json(readonly=True)
    page_sizes = fields.Json(readonly=True, help="Width and height of the pages, in points.")
    statement = fields.Text("Declaration", readonly=True)
    level = fields.Selection(LEVELS, readonly=True)
    level_note = fields.Text(compute='_compute_level_note')
    checklist = fields.Html(compute='_compute_checklist', sanitize=False)
    is_reliable = fields.Boolean("Reliable", compute='_compute_checklist', help="Every item of the checklist holds.")

    started_at = fields.Datetime("Started on", readonly=True)
    completed_at = fields.Datetime("Completed on", readonly=True)
    retimestamp_at = fields.Datetime("Time Stamp to Renew on", readonly=True, index='btree_not_null')
    retain_until = fields.Date("To Be Kept until", readonly=True)
    has_alarm = fields.Boolean("Alarm", readonly=True, index='btree_not_null', help="The last verification found something wrong.")
    checked_at = fields.Datetime("Checked on", readonly=True, index=True)
    report_id = fields.Many2one('ir.attachment', "Evidence Report", readonly=True, ondelete='restrict', index='btree_not_null')
    report_sha256 = fields.Char(readonly=True)
    retry_error = fields.Char("Waits because", readonly=True)
    is_told = fields.Boolean(readonly=True, help="The parties got the completed document.")

    event_count = fields.Integer(readonly=True)
    event_head = fields.Char("Head of the events", readonly=True)

    _uuid_uniq = models.Constraint('UNIQUE(uuid)', "Two envelopes of one UUID.")

    # COMPUTE -------------------------------------------------------------------

    @api.depends('name', 'document_name')
    def _compute_display_name(self):
        for envelope in self:
            envelope.display_name = f"{envelope.name or ''} {envelope.document_name or ''}".strip()

    @api.depends('signer_ids.state')
    def _compute_progress(self):
        for envelope in self:
            active = envelope.signer_ids.filtered(lambda signer: signer.action != 'cc')._alternatives()
            done = [group for group in active if any(signer.state == 'signed' for signer in group)]
            envelope.progress = f'{len(done)}/{len(active)}'
            envelope.waiting_for = '、'.join(envelope.signer_ids.filtered('is_turn').mapped('name'))

    @api.depends('follower_envelope_ids.state', 'follower_envelope_ids.kind')
    def _compute_is_annulled(self):
        for envelope in self:
            envelope.is_annulled = any(
                follower.kind == 'void' and follower.state == 'completed' for follower in envelope.follower_envelope_ids
            )

    @api.depends('level')
    def _compute_level_note(self):
        for envelope in self:
            envelope.level_note = self.env['esign.certificate.provider']._get_note(envelope.level)

    @api.depends('state', 'verification_ids')
    def _compute_checklist(self):
        for envelope in self:
            items = envelope.sudo()._get_checklist()
            envelope.is_reliable = all(item['ok'] for item in items)
            envelope.checklist = self.env['ir.qweb']._render(
                'esign.checklist', {'items': items, 'reliable': envelope.is_reliable, 'note': envelope.level_note}
            )

    # ACTION --------------------------------------------------------------------

    def action_open_record(self):
        """Open the record whose document this is."""
        self.ensure_one()
        if not self.res_model or self.res_model not in self.env:
            return False
        return {'type': 'ir.actions.act_window', 'res_model': self.res_model, 'res_id': self.res_id, 'view_mode': 'form'}

    def action_download(self):
        """Download the current file."""
        self.ensure_one()
        return self.revision_id.action_download()

    def action_download_report(self):
        """Download the evidence report."""
        self.ensure_one()
        self.check_access('read')
        return {'type': 'ir.actions.act_url', 'url': f'/web/content/{self.report_id.id}?download=true', 'target': 'self'}

    def action_verify(self):
        """Verify file, chain and anchors now, and show what was found."""
        self.ensure_one()
        self.check_access('read')
        verification = self.env['esign.verification']._verify_envelope(self, by=self.env.user.login)
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'esign.verification',
            'res_id': verification.id,
            'view_mode': 'form',
            'name': self.env._("Verification"),
            'target': 'new',
        }

    # BUSINESS ------------------------------------------------------------------

    def _lock(self):
        """Wait for the rows; a change since this transaction began runs the request again (serialization failure)."""
        self.flush_recordset()
        self.env.cr.execute('SELECT id FROM esign_envelope WHERE id = ANY(%s) FOR UPDATE', [self.ids])

    def _log(self, event_type, *, actor='', payload=None, meta=None):
        """Add an event to the chain of this envelope."""
        return self.env['esign.event']._append(self, event_type, actor=actor, payload=payload, meta=meta)

    def _get_record(self):
        """Return the record whose document this is, if it still takes part."""
        self.ensure_one()
        if not self.res_model or self.res_model not in self.env or not hasattr(self.env[self.res_model], '_esign_completed'):
            return None
        return self.env[self.res_model].sudo().browse(self.res_id).exists() or None
