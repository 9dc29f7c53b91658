"""What the waste details of contracts moved, day by day: plain Python, no ``env``."""
from collections import defaultdict, namedtuple
from decimal import Decimal

from odoo.tools import groupby

from .periods import counting_start

# One accepted batch: `day` is the local day of its storage, `trip` tells trips apart, `lab` holds the (item, value)
# pairs of its laboratory reports and `samples` how many reports there are.
Movement = namedtuple(
    "Movement", ["line_id", "day", "net_kg", "packages", "trip", "batch_id", "samples", "lab"], defaults=[0, ()])


class Movements:
    """The accepted batches of some contracts, by waste detail and in the order of their days."""

    def __init__(self, movements):
        self._by_line = defaultdict(list)
        for movement in sorted(movements, key=lambda movement: (movement.day, movement.batch_id)):
            self._by_line[movement.line_id].append(movement)

    def between(self, line_ids, start, end):
        """Return the movements of waste details from ``start`` to ``end``, both included."""
        return [
            movement for line_id in line_ids for movement in self._by_line.get(line_id, ()) if start <= movement.day <= end]

    def days_by_line(self):
        """Return {id of the waste detail: the days on which something of it moved}."""
        return {line_id: {movement.day for movement in movements} for line_id, movements in self._by_line.items()}

    def counted(self, line_ids, start, end, kind):
        """Split the movements of a period by the counting periods they fall in.

        :return: [(first day of the counting period or None, [Movement])]
        """
        return list(groupby(
            self.between(line_ids, start, end), lambda movement: counting_start(kind, movement.day)))

    def net_kg_before(self, line_ids, first, start):
        """Return the kilograms that waste details moved from ``first`` until the day before ``start``."""
        return sum((
            movement.net_kg
            for line_id in line_ids
            for movement in self._by_line.get(line_id, ())
            if first <= movement.day < start
        ), Decimal(0))
