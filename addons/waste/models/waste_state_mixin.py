from odoo import api, models
from odoo.exceptions import UserError

from ..tools.changes import is_change


class WasteStateMixin(models.AbstractModel):
    """One table of moves per document, obeyed by buttons, imports, RPC and jobs alike.

    A document declares its state field, the moves and what each state freezes::

        _state_field = "state"
        _transitions = {"submit": (("draft",), "review"), "sign": (("review",), "active")}
        _sealed_from = {"partner_id": "active"}

    "From" a state means: in that state or in one that the Selection lists after it.
    """

    _name = "waste.state.mixin"
    _description = "A document that moves through declared states"

    _state_field = "state"
    _transitions = {}  # verb -> (states it may start from, state it leads to)
    _sealed_from = {}  # field -> state from which it can no longer change

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Documents are born in their first state; only jobs in superuser mode take over a life begun elsewhere.

        :raise UserError: when a user creates a record in a later state
        """
        records = super().create(vals_list)
        if not self.env.su:
            # Read back rather than looked up in the values: a default given by context counts too.
            first = records._waste_states()[0]
            for record in records:
                if record[self._state_field] != first:
                    raise UserError(self.env._(
                        "%(record)s can not be created as “%(state)s”: create it as “%(first)s”, then use its buttons.",
                        record=record.display_name,
                        state=record._waste_state_label(record[self._state_field]),
                        first=record._waste_state_label(first),
                    ))
        return records

    def write(self, vals):
        if self._state_field in vals:
            self._check_state_move(vals[self._state_field])
        self._check_sealed(vals)
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _transition(self, verb, **vals):
        """Move the records; those already there are left alone; the others are refused.

        :param verb: key of ``_transitions``
        :param vals: further values written with the move, on the moved records only
        :return: the records that moved
        :raise UserError: when a record is in a state from which ``verb`` is not possible
        """
        starts, target = self._transitions[verb]
        moved = self.filtered(lambda record: record[self._state_field] != target)
        for record in moved:
            if record[self._state_field] not in starts:
                record._raise_move_refused(target)
        if moved:
            moved.write({**vals, self._state_field: target})
        return moved

    def _is_at_or_after(self, state):
        """Tell whether this record has reached ``state`` (order of the Selection)."""
        self.ensure_one()
        states = self._waste_states()
        return states.index(self[self._state_field]) >= states.index(state)

    # === CHECKS === #

    def _check_state_move(self, target):
        edges = {(start, end) for starts, end in self._transitions.values() for start in starts}
        for record in self:
            state = record[self._state_field]
            if state != target and (state, target) not in edges:
                record._raise_move_refused(target)

    def _check_sealed(self, vals):
        sealed = [name for name in self._sealed_from if name in vals]
        for record in self if sealed else ():
            for name in sealed:
                if record._is_at_or_after(self._sealed_from[name]) and is_change(record, name, vals[name]):
                    raise UserError(self.env._(
                        "%(record)s is “%(state)s”: %(field)s can no longer be changed.",
                        record=record.display_name,
                        state=record._waste_state_label(record[self._state_field]),
                        field=record._waste_field_label(name),
                    ))

    def _raise_move_refused(self, target):
        raise UserError(self.env._(
            "%(record)s is “%(state)s” and can not become “%(target)s”.",
            record=self.display_name,
            state=self._waste_state_label(self[self._state_field]),
            target=self._waste_state_label(target),
        ))

    # === WORDS === #

    def _waste_states(self):
        return self._fields[self._state_field].get_values(self.env)

    def _waste_state_label(self, state):
        return dict(self._fields[self._state_field]._description_selection(self.env)).get(state, state)

    def _waste_field_label(self, name):
        return self._fields[name]._description_string(self.env)
