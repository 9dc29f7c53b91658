from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ..tools.events import EVENTS
from ..tools.types import Objects


class WimFieldMapping(models.Model):
    """WIM's own name of a field: the column is renamed before the message is read, so real names are data (S0-3.2.2-k)."""
    _name = 'wim.field.mapping'
    _description = "WIM field name"
    _order = 'event, wim_field'
    _rec_name = 'wim_field'

    event = fields.Selection(
        selection=lambda self: self.env['wim.message']._selection_event(), required=True, help="The kind of message it stands in.")
    wim_field = fields.Char(
        "WIM's name", required=True, help="Name of the column in WIM, such as LDH. In the lines of a contract: lines.NAME.")
    field = fields.Char(
        "Our name", required=True, help="Name of the field in our interface, such as manifest_no. In the lines of a contract: lines.NAME.")
    allowed_fields = fields.Text("Fields of this event", compute='_compute_allowed_fields')
    active = fields.Boolean(default=True)
    note = fields.Char()

    _name_uniq = models.Constraint(
        'UNIQUE(event, wim_field)', "This WIM name is mapped already for this kind of message.")

    # === COMPUTE METHODS === #

    @api.depends('event')
    def _compute_allowed_fields(self):
        for mapping in self:
            mapping.allowed_fields = ", ".join(self._allowed(mapping.event)) if mapping.event else False

    # === CONSTRAINTS === #

    @api.constrains('event', 'wim_field', 'field')
    def _check_field(self):
        for mapping in self:
            allowed = self._allowed(mapping.event)
            if mapping.field not in allowed:
                raise ValidationError(self.env._(
                    "%(field)s isn't a field of %(event)s; choose one of: %(allowed)s.",
                    field=mapping.field, event=mapping.event, allowed=", ".join(allowed)))
            if mapping.wim_field in allowed:
                raise ValidationError(self.env._(
                    "%(field)s is already a field of %(event)s in our interface and can't mean another one.",
                    field=mapping.wim_field, event=mapping.event))
            if mapping.wim_field.rpartition('.')[0] != mapping.field.rpartition('.')[0]:
                raise ValidationError(self.env._(
                    "%(wim)s and %(ours)s must stand in the same place: both in the lines or both outside of them.",
                    wim=mapping.wim_field, ours=mapping.field))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # === BUSINESS METHODS === #

    @api.model
    def _allowed(self, event):
        names = []
        for name, kind in EVENTS[event].fields.items():
            names.append(name)
            if isinstance(kind, Objects):
                names += [f'{name}.{inner}' for inner in kind.fields]
        return names

    @api.model
    @ormcache()
    def _get_renames(self):
        """Return {event: {place: {wim name: our name}}}; the place is '' or the field that holds the lines."""
        table = {}
        for mapping in self.sudo().search([]):
            place, _dot, wim_name = mapping.wim_field.rpartition('.')
            table.setdefault(mapping.event, {}).setdefault(place, {})[wim_name] = mapping.field.rpartition('.')[2]
        return table

    @api.model
    def _rename(self, payload, places):
        """Return the payload with WIM's names replaced; a field that also came under our name keeps that value.

        :param places: what ``_get_renames`` says of the event
        """
        payload = self._rename_keys(payload, places.get('', {}))
        for place, names in places.items():
            if place and isinstance(payload.get(place), list):
                payload[place] = [
                    self._rename_keys(item, names) if isinstance(item, dict) else item for item in payload[place]]
        return payload

    @api.model
    def _rename_keys(self, content, names):
        renamed = {}
        for name, value in content.items():
            target = names.get(name, name)
            renamed[name if target != name and content.get(target) is not None else target] = value
        return renamed
