from odoo import api, models
from odoo.tools import SQL


class IrSequence(models.Model):
    _inherit = "ir.sequence"

    @api.model
    def _draw_many(self, code, days):
        """Draw a number for each of ``days``, with one query per year instead of several per number.

        :param code: code of a sequence that is shared by all companies
        :param days: list of dates, which decide the date range
        :return: list of numbers, in the order of ``days``
        """
        sequence = self.search([("code", "=", code), ("company_id", "=", False)], limit=1)
        if sequence.implementation != "standard" or not sequence.use_date_range or len(days) == 1:
            return [sequence._next(sequence_date=day) for day in days]
        drawn = {}
        for year in {day.year for day in days}:
            positions = [position for position, day in enumerate(days) if day.year == year]
            drawn.update(zip(positions, sequence._draw_range([days[position] for position in positions]), strict=True))
        return [drawn[position] for position in range(len(days))]

    def _draw_range(self, days):
        """Draw the numbers of days of one year; ranges that somebody cut smaller go one by one."""
        self.ensure_one()
        # Made by whoever draws the first number of a year, whatever the rights on sequences.
        sequence_sudo = self.sudo()
        date_range = sequence_sudo.date_range_ids.filtered(
            lambda candidate: candidate.date_from <= min(days) <= candidate.date_to)[:1]
        date_range = date_range or sequence_sudo._create_date_range_seq(min(days))
        if max(days) > date_range.date_to:
            return [self._next(sequence_date=day) for day in days]
        prefix, suffix = self._get_prefix_suffix(date_range=date_range.date_from)
        rows = self.env.execute_query(SQL(
            "SELECT nextval(%s) FROM generate_series(1, %s)",
            f"ir_sequence_{self.id:03d}_{date_range.id:03d}", len(days)))
        return [f"{prefix}{number:0{self.padding}d}{suffix}" for [number] in rows]
