from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class EsignTemplate(models.Model):
    """Who signs a kind of document, how and in which order. Once used it stays as it is; editing makes the next version."""

    _name = 'esign.template'
    _inherit = ['mail.thread']
    _description = "Signing template"
    _order = 'sequence, name, version desc'

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', "Company", index='btree_not_null', help="Empty: all companies.")
    version = fields.Integer(default=1, readonly=True, copy=False)
    previous_id = fields.Many2one(
        'esign.template', "Version before", readonly=True, copy=False, index='btree_not_null', ondelete='restrict'
    )
    next_ids = fields.One2many('esign.template', 'previous_id', "Next version")
    party_ids = fields.One2many('esign.template.party', 'template_id', "Parties", copy=True)
    statement = fields.Text(
        "Declaration",
        help="What the signer confirms; it becomes part of the evidence. Empty: the usual sentence, in the signers' language.",
    )
    valid_days = fields.Integer(default=30, help="A link that nobody used for so many days expires.")
    reminder_days = fields.Integer("Remind after Days", default=3)
    reminder_max = fields.Integer("Reminders at Most", default=3)
    has_seam = fields.Boolean("Seal across the Pages", default=True, help="The seal is put across the edges of all pages too (骑缝章).")
    envelope_ids = fields.One2many('esign.envelope', 'template_id')
    envelope_count = fields.Integer("Envelopes", compute='_compute_envelope_count', compute_sudo=True)
    is_used = fields.Boolean("Used", compute='_compute_envelope_count', compute_sudo=True)

    _valid_days_positive = models.Constraint('CHECK(valid_days BETWEEN 1 AND 365)', "A link is valid for 1 to 365 days.")
    _reminders = models.Constraint(
        'CHECK(reminder_days >= 1 AND reminder_max BETWEEN 0 AND 20)', "Remind after a day at the earliest, 20 times at most."
    )

    # COMPUTE -------------------------------------------------------------------

    @api.depends('envelope_ids')
    def _compute_envelope_count(self):
        counts = dict(self.env['esign.envelope']._read_group([('template_id', 'in', self.ids)], ['template_id'], ['__count']))
        for template in self:
            template.envelope_count = counts.get(template, 0)
            template.is_used = bool(template.envelope_count)

    @api.depends('name', 'version')
    def _compute_display_name(self):
        for template in self:
            template.display_name = f"{template.name or ''} v{template.version}"

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains('party_ids')
    def _check_parties(self):
        for template in self:
            keys = template.party_ids.mapped('key')
            if len(keys) != len(set(keys)):
                raise ValidationError(
                    self.env._("%(template)s names a signature place twice: give each party its own.", template=template.display_name)
                )

    # CRUD ----------------------------------------------------------------------

    def write(self, vals):
        if vals.keys() - {'active', 'sequence'} and not all(name.startswith(('message_', 'activity_')) for name in vals):
            self._check_unused()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_unused()

    def _check_unused(self):
        for template in self:
            if template.is_used:
                raise UserError(
                    self.env._("%(template)s was signed with and stays as it is. Make a new version.", template=template.display_name)
                )

    # ACTION --------------------------------------------------------------------

    def action_new_version(self):
        """Make the next version, for the envelopes to come; the old one is archived."""
        self.ensure_one()
        self.check_access('write')
        latest = self._get_latest()
        version = latest.copy({'name': latest.name, 'version': latest.version + 1, 'previous_id': latest.id})
        latest.active = False
        return {
            'type': 'ir.actions.act_window',
            'res_model': self._name,
            'res_id': version.id,
            'view_mode': 'form',
            'name': version.display_name,
        }

    # BUSINESS ------------------------------------------------------------------

    def _get_latest(self):
        """Return the newest version of this template."""
        self.ensure_one()
        latest = self.sudo()
        while latest.with_context(active_test=False).next_ids:
            latest = latest.with_context(active_test=False).next_ids[:1]
        return latest.sudo(self.env.su).with_env(self.env)

    def _get_statement(self, partners):
        """Return what signers confirm.

        :param partners: who signs and who asks; the first language that is installed counts
        """
        self.ensure_one()
        lang = self._get_language(partners)
        return self.statement or self.with_context(lang=lang).env._(
            "I have read the document to its end and agree to sign it electronically. My handwriting on this page is my signature."
        )

    @api.model
    def _get_language(self, partners):
        """Return the first language of the partners that is installed."""
        installed = dict(self.env['res.lang'].get_installed())
        return next((partner.lang for partner in partners if partner.lang in installed), self.env.lang)
