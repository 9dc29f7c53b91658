from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.changes import is_change

_IDENTITY_FIELDS = frozenset({"external_system", "external_key"})


class WasteExternalMixin(models.AbstractModel):
    """A record that another system may own: found again by its key, not edited behind that system's back.

    ``external_versions`` remembers, per field or group of fields, which message set it last:
    ``{name: [version, sent_at as ISO text, msg_id]}``. Jobs write in superuser mode; users meet the refusal.
    """

    _name = "waste.external.mixin"
    _description = "A record that another system may own"

    _external_fields = frozenset()  # fields that the other system owns

    external_system = fields.Char(copy=False, readonly=True, help="The system that keeps this record, such as wim.")
    external_key = fields.Char(copy=False, readonly=True, index=True, help="The number of this record in the other system.")
    # Nobody knows what the other system will send here: it is for staff, also where a portal user may read the record.
    external_extra = fields.Json(copy=False, readonly=True, string="Further external fields", groups="base.group_user")
    external_extra_text = fields.Text(
        compute="_compute_external_extra_text", string="Further fields sent", groups="base.group_user")
    external_versions = fields.Json(copy=False, readonly=True, groups="base.group_user")
    is_external = fields.Boolean(
        compute="_compute_is_external", search="_search_is_external", string="Kept elsewhere",
        help="Another system keeps this record; what it owns is changed there.")

    _external_key_uniq = models.UniqueIndex(
        "(external_system, external_key) WHERE external_system IS NOT NULL",
        "Another record already has this number of the other system.",
    )

    # === COMPUTE METHODS === #

    @api.depends("external_system")
    def _compute_is_external(self):
        for record in self:
            record.is_external = bool(record.external_system)

    def _search_is_external(self, operator, value):
        if operator != "in":
            return NotImplemented
        if set(value) == {True, False}:
            return [(1, "=", 1)]
        return [("external_system", "!=" if True in value else "=", False)]

    @api.depends("external_extra")
    def _compute_external_extra_text(self):
        for record in self:
            extra = record.external_extra or {}
            record.external_extra_text = "\n".join(f"{key}: {extra[key]}" for key in sorted(extra)) or False

    # === CRUD METHODS === #

    def write(self, vals):
        owned = [] if self.env.su else [name for name in vals if name in self._external_fields | _IDENTITY_FIELDS]
        for record in self if owned else ():
            for name in owned:
                if record.external_system and is_change(record, name, vals[name]):
                    raise UserError(self.env._(
                        "%(field)s of %(record)s is kept by %(system)s; change it there.",
                        field=record._fields[name]._description_string(self.env),
                        record=record.display_name,
                        system=record.external_system.upper(),
                    ))
        return super().write(vals)

    def _check_company(self, fnames=None):
        """Odoo evaluates a domain for each link (70 µs); of thousands of documents only those need it that leave their company."""
        names = [name for name, field in self._fields.items() if field.relational and field.check_company]
        suspects = self.sudo().filtered(lambda record: any(record._may_leave_company(name) for name in names))
        super(WasteExternalMixin, suspects.with_env(self.env))._check_company(fnames)

    def _may_leave_company(self, name):
        linked = self[name]
        is_plain = "company_id" in self and "company_id" in linked and not self._fields[name].company_dependent
        return bool(linked) and not (is_plain and linked.company_id == self.company_id)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_external(self):
        for record in self if not self.env.su else ():
            if record.external_system:
                raise UserError(self.env._(
                    "%(record)s is kept by %(system)s and can not be deleted here; void it there.",
                    record=record.display_name,
                    system=record.external_system.upper(),
                ))
