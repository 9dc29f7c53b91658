import json
from hashlib import sha256

from odoo import api, models
from odoo.exceptions import AccessError, UserError


class EsignRegisterMixin(models.AbstractModel):
    """What is kept as evidence: nobody changes or deletes it, superuser and jobs included; who tries is recorded.

    The record's own verbs write through `_set`; RPC, import, server actions and other rooms come through ``write``.
    """

    _name = 'esign.register.mixin'
    _description = "Evidence that nobody edits"

    #: fields that people may write, access rights permitting; all others belong to the register
    _register_open = frozenset()
    #: verb -> (states it may start from, state it leads to)
    _transitions = {}

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("%(model)s entries are made by the system.", model=self._description))
        return super().create(vals_list)

    def write(self, vals):
        closed = {name: value for name, value in vals.items() if name not in self._register_open and not self._is_discussion(name)}
        if closed and self:
            self._refuse('write', closed)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if self:
            self._refuse('unlink', {})

    def _set(self, vals):
        """Write what a verb of the record itself decides."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _is_discussion(self, name):
        """Tell whether ``name`` belongs to the chatter, not to the register."""
        return name.startswith(('message_', 'activity_', 'website_message_'))

    # BUSINESS ------------------------------------------------------------------

    def _transition(self, verb, **vals):
        """Move the records; those already there are left alone; the others are refused.

        :return: the records that moved
        :raise UserError: from a state in which ``verb`` isn't possible
        """
        starts, target = self._transitions[verb]
        moved = self.filtered(lambda record: record.state != target)
        for record in moved:
            if record.state not in starts:
                labels = dict(self._fields['state']._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "%(record)s is “%(state)s” and can't become “%(target)s”.",
                        record=record.display_name,
                        state=labels[record.state],
                        target=labels[target],
                    )
                )
        if moved:
            moved._set({**vals, 'state': target})
        return moved

    def _refuse(self, operation, vals):
        names = ', '.join(self.sudo().mapped('display_name')[:3])
        self._record_blocked(operation, vals)
        raise UserError(
            self.env._(
                "%(records)s: the register of signatures can't be changed or deleted, by nobody. The attempt was recorded.", records=names
            )
        )

    def _record_blocked(self, operation, vals):
        """Record the attempt in a transaction of its own: the one that tried is rolled back."""
        origin = self.sudo()
        fields = sorted(name for name in vals if name in self._fields)
        stored = [name for name in fields if self._fields[name].store]
        payload = {
            'model': self._name,
            'ids': self.ids[:20],
            'operation': operation,
            'fields': fields,
            'old_sha256': digest(origin.read(stored, load='') if stored else []),
            'tried_sha256': digest(vals),
        }
        self.env['esign.event']._append_system(
            'write_blocked', actor=self.env.user.login, payload=payload, subject_model=self._name, subject_id=self.ids[0]
        )


def digest(value):
    """Return what a register notes of values that it doesn't keep."""
    return sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
