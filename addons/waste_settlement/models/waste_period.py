from odoo import api, fields, models
from odoo.exceptions import ValidationError


class WastePeriod(models.Model):
    """A season or quarter of the trade that volumes are reported by, such as 2026春: any split of the days, without overlaps."""

    _name = "waste.period"
    _description = "Business Period"
    _order = "date_start"

    name = fields.Char(required=True, help="Such as 2026 Q1 or 2026春.")
    date_start = fields.Date("From", required=True, index=True)
    date_end = fields.Date("To", required=True, help="Last day of the period.")

    _name_uniq = models.Constraint("UNIQUE(name)", "A period with this name exists already.")
    _dates_ordered = models.Constraint("CHECK(date_start <= date_end)", "A period must not end before it starts.")

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains("date_start", "date_end")
    def _check_overlap(self):
        for period in self:
            other = self.search([
                ("id", "!=", period.id), ("date_start", "<=", period.date_end), ("date_end", ">=", period.date_start)], limit=1)
            if other:
                raise ValidationError(self.env._(
                    "%(period)s (%(start)s to %(end)s) overlaps %(other)s (%(other_start)s to %(other_end)s): "
                    "a day belongs to one period.",
                    period=period.name, start=period.date_start, end=period.date_end, other=other.name,
                    other_start=other.date_start, other_end=other.date_end))
