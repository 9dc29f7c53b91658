import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

PLACEHOLDERS = ("customer", "amount", "days", "items", "company", "salesperson")


class WasteDunningLevel(models.Model):
    """From how many days overdue on a customer is written to, and what."""

    _name = "waste.dunning.level"
    _description = "Dunning Level"
    _order = "days, id"

    name = fields.Char(required=True, translate=True)
    days = fields.Integer("From (days overdue)", required=True, aggregator=None)
    body = fields.Text(
        "Text", required=True, translate=True,
        help="Words in braces are filled in: {customer}, {amount}, {days}, {items}, {company}, {salesperson}.")
    active = fields.Boolean(default=True)

    _days_positive = models.Constraint("CHECK(days > 0)", "Dunning starts one day after the due day at the earliest.")
    _days_uniq = models.UniqueIndex("(days) WHERE active", "Another dunning level starts on this day already.")

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains("body")
    def _check_body(self):
        for level in self:
            for word in re.findall(r"\{([^{}]*)\}", level.body):
                if word not in PLACEHOLDERS:
                    raise ValidationError(self.env._(
                        "“{%(word)s}” in dunning level %(level)s can not be filled in: use %(known)s.",
                        word=word, level=level.name, known=", ".join(f"{{{name}}}" for name in PLACEHOLDERS)))

    # BUSINESS ------------------------------------------------------------------

    def _render_body(self, values):
        """Return the text with its words filled in. No other syntax: the text is typed by users."""
        self.ensure_one()
        return re.sub(r"\{(\w+)\}", lambda match: str(values.get(match.group(1), match.group(0))), self.body)
