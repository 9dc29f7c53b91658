"""A record as it was on a day, without saving it."""
from odoo.api import NewId


class DayId(NewId):
    """Id of a record on a day.

    Two `NewId` of one origin are the same record and share their values; the same line on two days must not.
    """
    __slots__ = ('day',)

    def __init__(self, origin, day):
        super().__init__(origin)
        self.day = day

    def __eq__(self, other):
        return isinstance(other, DayId) and (self.origin, self.day) == (other.origin, other.day)

    def __hash__(self):
        return hash((self.origin, self.day))


def as_of(record, day, values):
    """Return ``record`` with ``values`` instead of today's, all else as it is; ``_origin`` leads back.

    :param values: as given to ``new()``
    """
    past = record.browse((DayId(record.id, day),))
    past.invalidate_recordset(flush=False)  # what an earlier call on the same day read
    past._update_cache(values, validate=False)
    return past
