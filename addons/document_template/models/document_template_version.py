from pathlib import Path

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import wording

STYLE = Markup((Path(__file__).parents[1] / 'report/document.css').read_text(encoding='utf-8'))  # noqa: S704 (ours)


class DocumentTemplateVersion(models.Model):
    """The wording of a template at one time. Once published it stays as it is: papers were made with it."""
    _name = 'document.template.version'
    _description = "Version of a document template"
    _order = 'template_id, number desc'
    _rec_names_search = ['template_id.name']

    template_id = fields.Many2one('document.template', "Template", required=True, ondelete='cascade', index=True)
    model = fields.Selection(related='template_id.model')
    company_id = fields.Many2one(related='template_id.company_id', store=True, index='btree_not_null', precompute=True)
    number = fields.Integer("Version", default=1, required=True, readonly=True)
    title = fields.Char(required=True, help="Heading of the document.")
    clause_ids = fields.One2many('document.clause', 'version_id', "Clauses")
    date_effective = fields.Date("In Force from", help="Documents made from this day on use the version.")
    published_at = fields.Datetime("Published on", readonly=True, copy=False)
    published_by_id = fields.Many2one('res.users', "Published by", readonly=True, copy=False)
    note = fields.Char("What Changed")
    state = fields.Selection(
        [('draft', "Draft"), ('published', "Published"), ('superseded', "Superseded")], compute='_compute_state')
    sample_id = fields.Many2oneReference(
        "Sample", model_field='model', compute='_compute_sample_id', store=True, readonly=False, compute_sudo=False,
        help="The document that the preview shows.")
    preview = fields.Html(compute='_compute_preview', sanitize=False)

    _number_uniq = models.Constraint('UNIQUE(template_id, number)', "The template already has a version of this number.")

    # COMPUTE -------------------------------------------------------------------

    @api.depends('published_at', 'date_effective', 'template_id.version_ids.published_at', 'template_id.version_ids.date_effective')
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for version in self:
            if not version.published_at:
                version.state = 'draft'
            elif version.date_effective <= today and version != version.template_id._get_version(today):
                version.state = 'superseded'
            else:
                version.state = 'published'

    @api.depends('template_id', 'number')
    def _compute_display_name(self):
        for version in self:
            version.display_name = f"{version.template_id.name or ''} v{version.number}"

    @api.depends('template_id')
    def _compute_sample_id(self):
        for version in self:
            if not version.sample_id:
                version.sample_id = version._find_sample().id

    @api.depends('title', 'sample_id', 'clause_ids.name', 'clause_ids.kind', 'clause_ids.body', 'clause_ids.condition',
                 'clause_ids.sequence', 'clause_ids.column_ids')
    def _compute_preview(self):
        for version in self:
            sample = version._get_sample()
            try:
                version.preview = sample and version._get_html(sample)
            except UserError as error:  # while the wording is being typed it may be incomplete
                version.preview = str(error)

    # CRUD ----------------------------------------------------------------------

    def write(self, vals):
        if vals.keys() - {'sample_id'}:
            self._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        self._check_open()

    def _check_open(self):
        """Refuse changes of published wording."""
        for version in self.filtered('published_at'):
            raise UserError(self.env._(
                "%(version)s is published and stays as it is. Edit the template: that makes its next version.",
                version=version.display_name))

    # ACTION --------------------------------------------------------------------

    def action_publish(self):
        """Put the wording into force from its day on (today when none is given)."""
        for version in self:
            if version.published_at:
                continue
            if error := version._get_publish_error():
                raise UserError(error)
            version._publish()
            version.template_id.message_post(body=self.env._(
                "Version %(number)s published, in force from %(date)s. %(note)s",
                number=version.number, date=version.date_effective, note=version.note or ""))
        return True

    def action_edit(self):
        """Edit the template: the draft, or the version that comes after the published ones."""
        self.ensure_one()
        return self.template_id.action_edit()

    def action_preview(self):
        """Show the PDF with the sample document."""
        self.ensure_one()
        sample = self._get_sample()
        if not sample:
            raise UserError(self.env._("Choose a document to preview %(version)s with.", version=self.display_name))
        sample.check_access('read')
        return self.env['document.preview']._open(
            self.env['document.renderer']._render_pdf(self._get_html(sample)), self.display_name)

    def action_add_standard(self):
        """Choose standard clauses to copy into this version."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'document.clause.pick', 'view_mode': 'form', 'target': 'new',
            'name': self.env._("Add Standard Clauses"), 'context': {'default_version_id': self.id},
        }

    @api.model
    def get_placeholders(self, model):
        """Return what the picker offers for documents of ``model``: [{name, label}].

        :param model: technical name of a model whose records become papers
        """
        self.check_access('read')
        if model not in dict(self.env['document.template']._selection_model()):
            return []
        return [
            {'name': name, 'label': placeholder.label}
            for name, placeholder in self.env[model]._document_placeholders().items()]

    # BUSINESS ------------------------------------------------------------------

    def _publish(self):
        """Close the wording; those published already are left alone (data of a module is loaded again and again)."""
        for version in self.filtered(lambda version: not version.published_at):
            version.write({
                'date_effective': version.date_effective or fields.Date.context_today(self),
                'published_at': fields.Datetime.now(),
                'published_by_id': self.env.uid,
            })

    def _get_sample(self):
        self.ensure_one()
        if not self.sample_id or self.model not in self.env:
            return self._find_sample()
        sample = self.env[self.model].browse(self.sample_id).exists()
        # Somebody of another company may have chosen it.
        return sample if sample.has_access('read') else self._find_sample()

    def _find_sample(self):
        """Return a document that the user may read, of this template where there is one."""
        model = self.template_id.model
        if model not in self.env or not self.env[model].has_access('read'):
            return self.browse()
        domain = Domain(self.env[model]._document_sample_domain())
        return (self.env[model].search(domain & Domain('document_template_id', '=', self.template_id.id), limit=1)
                or self.env[model].search(domain, limit=1))

    def _get_publish_error(self):
        """Return the sentence why the wording can't be published yet, or False."""
        self.ensure_one()
        clauses = self.clause_ids
        if not clauses:
            return self.env._("%(version)s has no clauses yet.", version=self.display_name)
        clauses._check_placeholders()
        if self.date_effective and self.date_effective < fields.Date.context_today(self):
            return self.env._(
                "%(version)s can't be in force from %(date)s: that day is past, and papers were made since.",
                version=self.display_name, date=self.date_effective)
        if not self.template_id.is_signed:
            return False
        # 电子签名法 art. 3: the parties agree to sign electronically, always, not by condition.
        agreed = clauses.filtered(lambda clause: clause.kind == 'esign' and not clause.condition)
        if not any(wording.text(clause.body) for clause in agreed):
            return self.env._(
                "%(version)s is to be signed, so it needs the clause “Electronic Signing”, with wording and without condition.",
                version=self.display_name)
        places = clauses.filtered(lambda clause: clause.kind == 'signatures' and not clause.condition)
        if len(places) != 1:
            return self.env._(
                "%(version)s is to be signed, so it needs one clause “Signature Places”, without condition.",
                version=self.display_name)
        return False

    def _get_html(self, record):
        """Return the whole document of ``record`` in this wording, as HTML."""
        self.ensure_one()
        record = record._document_env(self.template_id.lang)
        paper = self.sudo().with_env(record.env)
        values = record._get_document_values()
        lang = record.env.lang or 'en_US'
        is_chinese = lang.startswith('zh')
        sections = []
        number = 0
        for clause in paper.clause_ids.filtered('active').sorted(lambda clause: (clause.sequence, clause._origin.id)):
            if not clause._applies_to(record):
                continue
            number += bool(clause.name)
            body = wording.fill(clause.body, values, clause._get_picture)
            sections.append({
                'kind': clause.kind, 'body': body, 'name': clause.name, 'label': wording.label(number, is_chinese),
                'columns': clause._get_columns(),
            })
        return record.env['ir.qweb']._render('document_template.document_layout', {
            'record': record,
            'title': self.title,
            'number': record._get_document_number(),
            'language': lang.replace('_', '-'),
            'style': STYLE + wording.page_footer(is_chinese),
            'colon': '：' if is_chinese else ':',
            'blank': wording.BLANK,
            'is_draft': not record._is_document_frozen(),
            **self._split_keep(sections),
        })

    def _split_keep(self, sections):
        """Keep the signature places with the clause before them, so that they never stand alone on a page."""
        last = next((index for index, section in enumerate(sections) if section['kind'] == 'signatures'), None)
        if last is None:
            return {'before': sections, 'kept': [], 'after': []}
        first = max(last - 1, 0)
        return {'before': sections[:first], 'kept': sections[first:last + 1], 'after': sections[last + 1:]}
