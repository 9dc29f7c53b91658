from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class DocumentTemplate(models.Model):
    """A kind of paper. Its wording is in versions; a document is made with the version in force on its day."""
    _name = 'document.template'
    _description = "Document template"
    _inherit = ['mail.thread']
    _order = 'sequence, name, id'

    name = fields.Char(required=True, tracking=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    model = fields.Selection('_selection_model', "Document", required=True, tracking=True)
    company_id = fields.Many2one('res.company', "Company", index='btree_not_null', help="Empty: all companies.")
    is_signed = fields.Boolean(
        "To Be Signed", default=True, tracking=True,
        help="The wording must hold the clause on electronic signing and the signature places.")
    lang = fields.Selection(
        '_selection_lang', "Language", required=True, default=lambda self: self._default_lang(),
        help="Of headings, dates and amounts in the document.")
    version_ids = fields.One2many('document.template.version', 'template_id', "Versions")
    version_id = fields.Many2one(
        'document.template.version', "In Force", compute='_compute_version_id', help="The version that new documents use.")
    draft_id = fields.Many2one('document.template.version', "In Preparation", compute='_compute_version_id')

    # COMPUTE -------------------------------------------------------------------

    @api.model
    def _selection_model(self):
        """Offer the models that can become papers."""
        mixin = self.env.registry['document.mixin']
        names = sorted(
            name for name, model in self.env.registry.items() if issubclass(model, mixin) and not model._abstract)
        return [(name, self.env['ir.model']._get(name).name or name) for name in names]

    @api.model
    def _selection_lang(self):
        return self.env['res.lang'].get_installed()

    @api.model
    def _default_lang(self):
        installed = dict(self._selection_lang())
        return 'zh_CN' if 'zh_CN' in installed else self.env.lang or 'en_US'

    @api.depends('version_ids.published_at', 'version_ids.date_effective')
    def _compute_version_id(self):
        today = fields.Date.context_today(self)
        for template in self:
            template.version_id = template._get_version(today)
            template.draft_id = template.version_ids.filtered(lambda version: not version.published_at)[:1]

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains('model')
    def _check_model(self):
        for template in self:
            if template.version_ids.filtered('published_at') and template.version_ids.clause_ids.filtered(
                    lambda clause: clause.model != template.model):
                raise ValidationError(self.env._(
                    "Template %(template)s has published versions: it stays with its kind of document.",
                    template=template.name))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        for template in self:
            if template.version_ids.filtered('published_at'):
                raise UserError(self.env._(
                    "Template %(template)s has published versions and can't be deleted. Archive it instead.",
                    template=template.name))

    # ACTION --------------------------------------------------------------------

    def action_edit(self):
        """Open the version in preparation; make it from the latest one when there is none."""
        self.ensure_one()
        draft = self.draft_id or self._make_draft()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'document.template.version', 'res_id': draft.id,
            'view_mode': 'form', 'name': self.name,
        }

    # BUSINESS ------------------------------------------------------------------

    def _get_version(self, day):
        """Return the version in force on ``day``: published, effective by then, the latest of them."""
        self.ensure_one()
        return self.version_ids.filtered(
            lambda version: version.published_at and version.date_effective <= day,
        ).sorted(lambda version: (version.date_effective, version.number))[-1:]

    def _make_draft(self):
        """Prepare the next version with the wording of the latest one."""
        self.ensure_one()
        latest = self.version_ids.sorted('number')[-1:]
        return self.env['document.template.version'].create({
            'template_id': self.id,
            'number': latest.number + 1,
            'title': latest.title or self.name,
            'clause_ids': [fields.Command.create(clause._copy_values()) for clause in latest.clause_ids],
        })
