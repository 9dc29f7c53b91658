from collections.abc import Callable
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

#: written in superuser mode only
KEPT = frozenset({'document_version_id', 'document_rendition_id', 'document_archive_id'})


class Placeholder(NamedTuple):
    """One entry of a model's allow-list: what staff picks, and where the value comes from."""
    label: str
    #: dotted path of fields, or a function of the record that returns str
    value: str | Callable


class DocumentMixin(models.AbstractModel):
    """A record that becomes a paper: made from a template's wording, frozen, signed, archived."""
    _name = 'document.mixin'
    _description = "A record that becomes a paper"

    document_template_id = fields.Many2one(
        'document.template', "Document Template", index='btree_not_null', ondelete='restrict')
    document_version_id = fields.Many2one(
        'document.template.version', "Wording", index='btree_not_null', ondelete='restrict', copy=False, readonly=True,
        help="The version of the template that this document was made with.")
    document_rendition_id = fields.Many2one(
        'document.rendition', copy=False, readonly=True, index='btree_not_null', ondelete='restrict',
        groups='base.group_user')
    document_archive_id = fields.Many2one(
        'document.archive', copy=False, readonly=True, index='btree_not_null', ondelete='restrict', groups='base.group_user')
    is_archived = fields.Boolean("Archived", compute='_compute_archive', compute_sudo=True)
    archive_number = fields.Char("Archive No.", compute='_compute_archive', compute_sudo=True, search='_search_archive_number')
    archived_at = fields.Datetime("Archived on", compute='_compute_archive', compute_sudo=True)
    archive_sha256 = fields.Char("SHA-256", compute='_compute_archive', compute_sudo=True)

    # COMPUTE -------------------------------------------------------------------

    @api.depends('document_archive_id')
    def _compute_archive(self):
        for record in self:
            archive = record.document_archive_id
            record.is_archived = bool(archive)
            record.archive_number = archive.name
            record.archived_at = archive.archived_at
            record.archive_sha256 = archive.sha256

    def _search_archive_number(self, operator, value):
        # Numbers of the records that the user may see anyway.
        archives_sudo = self.env['document.archive'].sudo().search([('name', operator, value)])
        return [('document_archive_id', 'in', archives_sudo.ids)]

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains('document_template_id')
    def _check_document_template_model(self):
        for record in self:
            template_sudo = record.sudo().document_template_id
            if template_sudo and template_sudo.model != self._name:
                raise ValidationError(self.env._(
                    "Template %(template)s is made for other documents than %(record)s. Choose another.",
                    template=template_sudo.name, record=record.display_name))

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_document_values(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_document_values(vals)
        return super().write(vals)

    def _check_document_values(self, vals):
        """Which wording a paper has, and which file is its own, follows from what was done, not from what somebody writes."""
        kept = KEPT.intersection(vals)
        if kept and not self.env.su and any(vals[name] or self.sudo().mapped(name) for name in kept):
            raise UserError(self.env._("The wording and the files of a document are kept by the system."))

    # HOOKS ---------------------------------------------------------------------

    @api.model
    def _document_placeholders(self):
        """Return the allow-list of the picker: {name: :class:`Placeholder`}. To override.

        Nothing that isn't named here can get into a paper, whatever staff writes.
        """
        return {'number': Placeholder(self.env._("Document: number"), lambda record: record._get_document_number())}

    @api.model
    def _document_sample_domain(self):
        """Return the records that a preview may take by itself. To override."""
        return []

    def _get_document_number(self):
        """Return the number in the page header. To override."""
        self.ensure_one()
        return self.display_name

    def _get_document_parties(self):
        """Return the parties in order, each a dict: key (``party_a``…), role, name, rows [(label, value)]. To override."""
        return []

    def _get_document_lines(self):
        """Return the rows of the line table, records or others that `_get_document_cell` knows. To override."""
        return self.browse()

    def _get_document_cell(self, line, key):
        """Return the text of a column (`document.column`) of ``line``. To override."""
        raise NotImplementedError

    def _get_document_footnote(self):
        """Return the sentence below the line table, or False. To override."""
        return False

    def _get_document_additional(self):
        """Return the additional terms: records with ``name`` and ``body``. To override."""
        return self.browse()

    def _is_document_frozen(self):
        """Tell whether the paper may no longer change: others have read it. To override."""
        return False

    def _get_default_document_template(self):
        """Return the template of a record that names none. To override."""
        return self.env['document.template']

    # PAPER ---------------------------------------------------------------------

    def _document_env(self, lang):
        """Return the record as papers see it: whole, in the paper's language, whoever prints it.

        What gets out of it is ruled by the allow-list, not by the rights of who prints.
        """
        installed = dict(self.env['res.lang'].get_installed())
        return self.sudo().with_context(lang=lang if lang in installed else self.env.lang, tz='Asia/Shanghai')

    def _get_document_version(self):
        """Return the wording: the one the document was made with, else the one in force today.

        :raise UserError: when there is none
        """
        self.ensure_one()
        record = self.sudo()
        version = record.document_version_id
        if not version:
            template = record.document_template_id or record._get_default_document_template()
            if not template:
                raise UserError(self.env._("%(record)s has no document template: choose one.", record=self.display_name))
            version = template.sudo()._get_version(fields.Date.context_today(self))
            if not version:
                raise UserError(self.env._(
                    "Template %(template)s has no published wording yet: publish it first.", template=template.name))
        return version

    def _get_document_html(self):
        """Return the paper of this record as HTML."""
        self.ensure_one()
        return self._get_document_version()._get_html(self)

    def _get_document_pdf(self):
        """Return the paper of this record as PDF; once frozen always the same bytes, kept with their digest."""
        self.ensure_one()
        self.check_access('read')
        record_sudo = self.sudo()  # the reader of a paper needn't be allowed to keep it
        if record_sudo.document_rendition_id:
            return record_sudo.document_rendition_id.attachment_id.raw
        version = self._get_document_version()
        rendered = self._draw_document(version)
        if self._is_document_frozen():
            record_sudo.document_version_id = version
            record_sudo.document_rendition_id = self.env['document.rendition'].sudo()._keep(record_sudo, version, rendered)
        return rendered.pdf

    def _draw_document(self, version):
        """Return the paper of this record as :class:`~odoo.addons.document_template.tools.Rendered`. To override."""
        return self.env['document.renderer']._render(version._get_html(self))

    def _thaw_document(self):
        """Let the paper follow its template and its record again, when it goes back to its author."""
        self.sudo().write({'document_version_id': False, 'document_rendition_id': False})

    def _pin_document(self):
        """Fix the wording: what is approved is what will be signed."""
        unpinned_sudo = self.sudo().filtered(lambda record: not record.document_version_id)
        today = fields.Date.context_today(self)
        for template, records_sudo in unpinned_sudo.grouped(
                lambda record: record.document_template_id or record._get_default_document_template()).items():
            if template:
                records_sudo.document_version_id = template._get_version(today)

    def _get_document_filename(self):
        self.ensure_one()
        return f'{self._get_document_number()}.pdf'.replace('/', '-')

    def action_preview_document(self):
        """Show the paper in Odoo's PDF viewer."""
        self.ensure_one()
        return self.env['document.preview']._open(self._get_document_pdf(), self._get_document_filename())

    # VALUES --------------------------------------------------------------------

    def _get_document_values(self):
        """Return {placeholder: text} of this record (in the environment of `_document_env`)."""
        self.ensure_one()
        return {
            name: str(placeholder.value(self) or '') if callable(placeholder.value) else self._format_document_path(placeholder.value)
            for name, placeholder in self._document_placeholders().items()}

    def _format_document_path(self, path):
        *parents, name = path.split('.')
        record = self
        for parent in parents:
            record = record[parent][:1]
        field = record._fields[name]
        value = record[name]
        if field.type in ('date', 'datetime'):
            return format_date(self.env, value, date_format='long') if value else ''
        if field.type == 'selection':
            return field.convert_to_export(value, record) or ''
        if field.type == 'boolean':
            return self.env._("Yes") if value else self.env._("No")
        if field.type in ('float', 'monetary'):
            return self._format_document_number(value, 2 if field.type == 'monetary' else None)
        if field.relational:
            return '、'.join(value.mapped('display_name'))
        return str(value or '')

    @api.model
    def _format_document_number(self, value, decimals=None):
        """Return a number as papers show it: thousands apart, no trailing zeros unless ``decimals``."""
        text = f'{value:,.{6 if decimals is None else decimals}f}'
        return text if decimals is not None else text.rstrip('0').rstrip('.')

    @api.model
    def _is_document_path_public(self, path):
        """Tell whether every field of ``path`` may be read by all of the staff."""
        model = self
        for name in path.split('.'):
            field = model._fields.get(name)
            if field is None or (field.groups and 'base.group_user' not in field.groups.split(',')):
                return False
            model = self.env[field.comodel_name] if field.comodel_name else model
        return True

    # ARCHIVE -------------------------------------------------------------------

    def _archive_document(self, attachment):
        """Lock ``attachment`` as the signed paper of this record, under the next archive number.

        :return: `document.archive`
        :raise UserError: when one is archived already
        """
        self.ensure_one()
        if self.sudo().document_archive_id:
            raise UserError(self.env._(
                "%(record)s is archived as %(number)s. An administrator can take it out of the archive, with a reason.",
                record=self.display_name, number=self.archive_number))
        self.check_access('write')
        # Whoever writes the record locks its file, though nobody may lock files otherwise.
        archive_sudo = self.env['document.archive'].sudo()._keep(self, attachment.sudo())
        self.sudo().document_archive_id = archive_sudo
        self._message_log(body=self.env._(
            "Archived as %(number)s: %(file)s, SHA-256 %(digest)s.",
            number=archive_sudo.name, file=attachment.sudo().name, digest=archive_sudo.sha256))
        return archive_sudo

    def _unarchive_document(self, reason):
        """Take the record out of the archive, so that another file can follow. The file itself stays locked.

        :raise AccessError: for everybody but administrators of documents
        """
        self.ensure_one()
        if not self.env.user.has_group('document_template.group_manager'):
            raise AccessError(self.env._(
                "%(record)s: only an administrator of documents can take it out of the archive.", record=self.display_name))
        self.check_access('write')
        if not (reason or '').strip():
            raise UserError(self.env._("Write the reason why %(record)s leaves the archive.", record=self.display_name))
        archive_sudo = self.sudo().document_archive_id
        if archive_sudo:
            archive_sudo._withdraw(reason.strip())
            self.sudo().document_archive_id = False
            self._message_log(body=self.env._(
                "Taken out of the archive (%(number)s): %(reason)s", number=archive_sudo.name, reason=reason.strip()))
        return True

    def action_unarchive_document(self):
        """Ask for the reason to take the record out of the archive."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'document.unarchive', 'view_mode': 'form', 'target': 'new',
            'name': self.env._("Take out of the Archive"),
            'context': {'default_res_model': self._name, 'default_res_id': self.id},
        }
