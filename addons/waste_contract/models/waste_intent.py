import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError

INTENT_STATES = [
    ('draft', "To Be Signed"), ('submitted', "Submitted"), ('replaced', "Replaced"), ('cancelled', "Cancelled"),
]
# What the producer says; sealed with its signature, and what the digest is made of.
CONTENT = (
    'partner_id', 'business_id', 'waste_name', 'waste_code', 'physical_form_id', 'packaging_id', 'yearly_quantity_t', 'process', 'hazards',
    'is_sample_wished', 'contact_name', 'contact_phone', 'note',
)


class WasteIntent(models.Model):
    """意向转移: what waste an organisation intends to hand over, filled in and signed by its own person on a phone.

    A signed intent is never changed: who wants to say something else signs the next version, which replaces it.
    """
    _name = 'waste.intent'
    _description = "Intended Transfer"
    _inherit = ['waste.state.mixin', 'esign.mixin', 'document.mixin', 'mail.thread', 'mail.activity.mixin']
    _order = 'id desc'
    _rec_names_search = ['name', 'partner_id.name', 'waste_name']

    _state_field = 'state'
    _transitions = {
        'submit': (('draft',), 'submitted'),
        'replace': (('submitted',), 'replaced'),
        'cancel': (('draft',), 'cancelled'),
    }
    _sealed_from = dict.fromkeys((*CONTENT, 'name', 'version', 'previous_id', 'content_sha256'), 'submitted')

    name = fields.Char("Intent", readonly=True, copy=False, default='/', index='trigram')
    version = fields.Integer(default=1, readonly=True, copy=False)
    previous_id = fields.Many2one('waste.intent', "Version before", readonly=True, copy=False, ondelete='restrict', index='btree_not_null')
    state = fields.Selection(INTENT_STATES, default='draft', required=True, copy=False, index=True, tracking=True)
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)

    partner_id = fields.Many2one('res.partner', "Organisation", required=True, index=True, ondelete='restrict')
    contact_id = fields.Many2one('res.partner', "Filled in by", required=True, index=True, ondelete='restrict')
    contact_name = fields.Char("Contact", required=True)
    contact_phone = fields.Char("Mobile", required=True)
    business_id = fields.Many2one('waste.business', required=True, ondelete='restrict')
    waste_name = fields.Char("Waste", required=True)
    waste_code = fields.Char("Waste Category or Code", help="HW22 or 336-064-17, as far as the producer knows it.")
    physical_form_id = fields.Many2one('waste.physical.form', "Form", ondelete='restrict')
    packaging_id = fields.Many2one('waste.packaging', "Packaging", ondelete='restrict')
    yearly_quantity_t = fields.Float("Yearly Output (t)", digits=(16, 3), required=True)
    process = fields.Text("Production Process", required=True)
    hazards = fields.Char("Main Components and Hazards")
    is_sample_wished = fields.Boolean("Sample Wished", help="We should take a sample first.")
    note = fields.Text("Remarks")
    photo_ids = fields.One2many(
        'ir.attachment', 'res_id', "Photos", domain=[('res_model', '=', 'waste.intent'), ('contract_file_kind', '=', 'photo')])

    content_sha256 = fields.Char("Digest of What Was Signed", readonly=True, copy=False)
    signed_at = fields.Datetime("Signed on", readonly=True, copy=False)
    lead_id = fields.Many2one('crm.lead', "Opportunity", readonly=True, copy=False, index='btree_not_null', ondelete='set null')
    user_id = fields.Many2one('res.users', "Owner", readonly=True, index='btree_not_null')

    _quantity_positive = models.Constraint('CHECK(yearly_quantity_t > 0)', "The yearly output must be above zero.")

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        intents = super().create(vals_list)
        for intent in intents:
            intent.name = (intent.previous_id.name if intent.previous_id else self.env['ir.sequence'].next_by_code('waste.intent'))
        return intents

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        for intent in self:
            if intent.state != 'draft':
                raise UserError(self.env._("Intent %(intent)s is signed and can't be deleted.", intent=intent.display_name))

    @api.depends('name', 'version', 'waste_name')
    def _compute_display_name(self):
        for intent in self:
            version = f' v{intent.version}' if intent.version > 1 else ''
            intent.display_name = f"{intent.name}{version} {intent.waste_name or ''}".strip()

    # ACTION --------------------------------------------------------------------

    def action_open_lead(self):
        self.ensure_one()
        return self.lead_id.get_formview_action()

    # SIGNING -------------------------------------------------------------------

    def _start_signing(self):
        """Draw the form and let whoever filled it in sign it.

        :return: `esign.signer`, in superuser mode
        """
        self.ensure_one()
        pdf = self._get_document_pdf()
        envelope = self.env['esign.envelope']._start(
            self, template=self.env.ref('waste_contract.esign_template_intent').sudo()._get_latest(), pdf=pdf,
            places=self.document_rendition_id.places, kind='form', signers=[{
                'key': 'party_a', 'partner_id': self.contact_id.id, 'name': self.contact_name, 'phone': self.contact_phone,
                'email': self.contact_id.email, 'company_name': self.partner_id.name}])
        return envelope.sudo().signer_ids

    def _get_content_sha256(self):
        """Return the digest of what the form says and shows: the photos are part of it."""
        values = self.read(CONTENT, load=None)[0]
        content = {name: values[name] for name in CONTENT} | {
            'photos': sorted(self.photo_ids.mapped('checksum')), 'version': self.version}
        return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def _esign_completed(self, envelope):
        """The signature submits the form: it is locked, archived and becomes an opportunity."""
        super()._esign_completed(envelope)
        attachment = self.env['ir.attachment'].create({
            'name': self._get_document_filename(), 'raw': envelope.revision_id._get_pdf(), 'mimetype': 'application/pdf',
            'res_model': self._name, 'res_id': self.id, 'contract_file_kind': 'signed'})
        self._archive_document(attachment)
        self.photo_ids.is_locked = True
        self._transition('submit', content_sha256=self._get_content_sha256(), signed_at=fields.Datetime.now())
        self._make_lead(attachment)
        self.previous_id.filtered(lambda intent: intent.state == 'submitted')._transition('replace')

    def _esign_declined(self, envelope, reason):
        super()._esign_declined(envelope, reason)
        self._transition('cancel')

    def _esign_expired(self, envelope):
        super()._esign_expired(envelope)
        self._transition('cancel')

    def _esign_resumed(self, envelope):
        """A form given up stays so; its producer fills in another one."""
        super()._esign_resumed(envelope)
        envelope._cancel(self.env._("The form was given up."))

    def _get_form_values(self):
        """Return what the form says, for the next version."""
        self.ensure_one()
        return {name: value for name, value in self.read(CONTENT, load=None)[0].items() if name in CONTENT}

    # LEAD ----------------------------------------------------------------------

    def _make_lead(self, attachment):
        """Make the opportunity of whoever serves this producer; a new version goes to the opportunity of the one before."""
        owner, team = self._get_owner()
        lead = self.previous_id.lead_id or self.env['crm.lead'].create({
            'name': self.env._("Intent: %(waste)s, %(quantity)s t a year", waste=self.waste_name,
                               quantity=self._format_document_number(self.yearly_quantity_t)),
            'type': 'lead', 'partner_id': self.partner_id.id, 'contact_name': self.contact_name, 'phone': self.contact_phone,
            'business_id': self.business_id.id, 'company_id': self.company_id.id, 'user_id': owner.id, 'team_id': team.id,
        })
        self.write({'lead_id': lead.id, 'user_id': lead.user_id.id})
        lead.message_post(
            body=self.env._("%(intent)s was signed by %(who)s.", intent=self.display_name, who=self.contact_name),
            attachment_ids=attachment.copy({'res_model': lead._name, 'res_id': lead.id, 'is_locked': False}).ids)

    def _get_owner(self):
        """Return (user, team) by the assignment of the producer in that business, else nobody and the team of the business."""
        assignments = self.env['waste.assignment'].search([
            ('producer_id', '=', self.partner_id.id), ('business_id', '=', self.business_id.id), ('is_current', '=', True),
        ], order='share_percent desc, id')
        own = assignments.filtered(lambda assignment: assignment.category_id.code == (self.waste_code or '')[:4])[:1] or assignments[:1]
        team = own.team_id or self.business_id._get_policy(self.company_id)['team_id']
        return own.user_id, team
