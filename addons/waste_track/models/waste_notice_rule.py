import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
#: what a text may name; who edits it must not reach prices or persons
PLACEHOLDERS = (
    "pickup_no", "batch_no", "manifest_no", "producer", "waste", "weight", "packages", "plate", "carrier", "method",
    "time", "company",
)
#: what stands where a fact is not known
BLANK = "—"


class WasteNoticeRule(models.Model):
    """Who is told when something happens to waste, and in which words."""

    _name = "waste.notice.rule"
    _description = "Notice Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, help="Switched off: nobody is told of this event.")
    event = fields.Selection(
        [
            ("pickup_confirmed", "Pickup order confirmed"),
            ("pickup_loaded", "Waste loaded"),
            ("pickup_departed", "Vehicle departed"),
            ("pickup_arrived", "Vehicle arrived at the plant"),
            ("batch_received", "Waste received at the plant"),
            ("batch_disposed", "All waste of a batch disposed of"),
        ],
        required=True, readonly=True,
    )
    body = fields.Text(
        "Words", required=True, translate=True,
        help="The words of the message, with placeholders such as {{ pickup_no }}. Chinese SMS gateways send only texts that "
        "were registered there: register each wording before you change it.",
    )
    to_producer = fields.Boolean("Producer", default=True)
    to_salesperson = fields.Boolean("Salesperson", default=True)
    to_carrier = fields.Boolean("Carrier")
    to_regulator = fields.Boolean("Regulator")

    _event_uniq = models.Constraint("UNIQUE(event)", "There is a rule for this event already.")

    # === CONSTRAINT METHODS === #

    @api.constrains("body")
    def _check_body(self):
        for rule in self:
            unknown = sorted(set(PLACEHOLDER.findall(rule.body)) - set(PLACEHOLDERS))
            if unknown or "{{" in PLACEHOLDER.sub("", rule.body):
                raise ValidationError(self.env._(
                    "The text of “%(rule)s” names %(unknown)s, which is unknown; use: %(known)s.",
                    rule=rule.name, unknown=", ".join(unknown) or "{{", known=", ".join(PLACEHOLDERS)))

    # === BUSINESS METHODS === #

    def _write_text(self, facts):
        """Return the words of this rule, in the language of the context, with facts filled in.

        :param dict facts: placeholder -> text; what is missing is shown as a dash
        """
        self.ensure_one()
        return PLACEHOLDER.sub(lambda found: str(facts.get(found[1]) or BLANK), self.body)

    def _get_audiences(self):
        self.ensure_one()
        return [name for name in ("producer", "salesperson", "carrier", "regulator") if self[f"to_{name}"]]
