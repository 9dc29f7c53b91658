import ast

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools import wording

CLAUSE_KINDS = [
    ('text', "Wording"),
    ('parties', "Parties"),
    ('lines', "Line Table"),
    ('additional', "Additional Terms"),
    ('esign', "Electronic Signing"),
    ('signatures', "Signature Places"),
]


class DocumentClause(models.Model):
    """One clause of a version; without a version it is a standard clause, to be copied into versions and documents."""
    _name = 'document.clause'
    _description = "Clause of a document template"
    _order = 'sequence, id'

    version_id = fields.Many2one('document.template.version', "Version", ondelete='cascade', index='btree_not_null')
    model = fields.Char(compute='_compute_model', store=True, readonly=False, precompute=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char("Heading", help="Numbered by itself in the document; empty: the clause stands without a heading.")
    kind = fields.Selection(
        CLAUSE_KINDS, default='text', required=True,
        help="What follows the wording: a table of the parties, of the lines, the additional terms, the places to sign.")
    body = fields.Html(
        "Wording", sanitize=True, sanitize_attributes=True, sanitize_style=True, sanitize_form=True,
        help="Placeholders such as {{number}} are filled from the document.")
    condition = fields.Char(
        help="Documents that match have the clause; empty: all of them.")
    condition_label = fields.Char("Only if", compute='_compute_condition_label')
    column_ids = fields.Many2many(
        'document.column', string="Columns", domain="[('model', '=', model)]", help="Empty: all columns.")
    active = fields.Boolean(default=True)

    # COMPUTE -------------------------------------------------------------------

    @api.depends('version_id.template_id.model')
    def _compute_model(self):
        for clause in self:
            clause.model = clause.version_id.template_id.model or clause.model

    @api.depends('name', 'kind')
    def _compute_display_name(self):
        labels = dict(self._fields['kind']._description_selection(self.env))
        for clause in self:
            clause.display_name = clause.name or labels.get(clause.kind)

    @api.depends('condition', 'model')
    @api.depends_context('lang')
    def _compute_condition_label(self):
        for clause in self:
            clause.condition_label = '; '.join(
                clause._explain_condition(condition) for condition in clause._get_condition().iter_conditions()
            ) if clause.condition else False

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains('condition', 'model')
    def _check_condition(self):
        for clause in self.filtered('condition'):
            clause._get_condition()

    @api.constrains('body', 'model')
    def _check_placeholders(self):
        for clause in self.filtered('body'):
            known = self.env[clause.model]._document_placeholders() if clause.model in self.env else {}
            found, rest = wording.names(clause.body)
            for name in sorted(found - known.keys()) if clause.model else ():
                raise ValidationError(self.env._(
                    "Clause “%(clause)s”: there is no placeholder {{%(name)s}}. Choose one with the / command.",
                    clause=clause.display_name, name=name))
            if rest:
                raise ValidationError(self.env._(
                    "Clause “%(clause)s” has {{ that begins no placeholder. Choose one with the / command.",
                    clause=clause.display_name))
            if wording.is_broken(clause.body):
                raise ValidationError(self.env._(
                    "Clause “%(clause)s”: a placeholder is only partly bold or coloured. Type it again in one go.",
                    clause=clause.display_name))

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self.env['document.template.version'].browse(
            {vals['version_id'] for vals in vals_list if vals.get('version_id')})._check_open()
        return super().create(vals_list)

    def write(self, vals):
        self.version_id._check_open()
        if vals.get('version_id'):
            self.env['document.template.version'].browse(vals['version_id'])._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        self.version_id._check_open()

    # BUSINESS ------------------------------------------------------------------

    def _get_condition(self):
        """Return the condition as a Domain.

        It is read as data (no expression is run) and may only ask what everybody of the staff may read.

        :raise ValidationError: when it is no domain of the model
        """
        self.ensure_one()
        if not self.condition or self.model not in self.env:
            return Domain.TRUE
        model = self.env[self.model]
        try:
            domain = Domain(ast.literal_eval(self.condition))
            domain.validate(model)
        except (ValueError, SyntaxError, TypeError, KeyError, AttributeError, UserError):
            raise ValidationError(self.env._(
                "The condition of clause “%(clause)s” can't be read. Build it with the editor, from fixed values.",
                clause=self.display_name)) from None
        for condition in domain.iter_conditions():
            if not model._is_document_path_public(condition.field_expr) or (
                    isinstance(condition.value, Domain) or condition.operator in ('any', 'not any')):
                raise ValidationError(self.env._(
                    "The condition of clause “%(clause)s” may not ask for %(field)s.",
                    clause=self.display_name, field=condition.field_expr))
        return domain

    def _explain_condition(self, condition):
        """Return one comparison in the words of the screen: the names of its fields, the values of a selection."""
        model, words = self.env[self.model], []
        for name in condition.field_expr.split('.'):
            field = model._fields[name]
            words.append(field._description_string(self.env))
            model = self.env[field.comodel_name] if field.relational else model
        values = condition.value if isinstance(condition.value, (list, tuple, set, frozenset)) else [condition.value]
        labels = dict(field._description_selection(self.env)) if field.type == 'selection' else {}
        return f"{' › '.join(words)} {condition.operator} {', '.join(str(labels.get(value, value)) for value in values)}"

    def _applies_to(self, record):
        """Tell whether ``record`` has this clause."""
        return bool(record.filtered_domain(self._get_condition()))

    def _get_columns(self):
        """Return the columns of the line table: those chosen, else all of the model."""
        self.ensure_one()
        if self.kind != 'lines':
            return self.env['document.column']
        return self.column_ids or self.env['document.column'].search([('model', '=', self.model)])

    def _get_picture(self, source):
        """Return a picture of the wording as ``data:`` URL, or None when it isn't this version's own."""
        return self.env['ir.attachment']._get_document_picture(source, self._name, self.version_id.clause_ids.ids)

    def _copy_values(self):
        """Return the values that make a copy of this clause for another version."""
        self.ensure_one()
        return {
            'sequence': self.sequence, 'name': self.name, 'kind': self.kind, 'body': self.body,
            'condition': self.condition, 'column_ids': [fields.Command.set(self.column_ids.ids)],
        }
