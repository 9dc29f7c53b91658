import re
from itertools import pairwise

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

CODE_PATTERN = re.compile(r"^\d{3}-\d{3}-(S?\d{2})$")
_SHOWN_NAME_LENGTH = 32


class WasteCode(models.Model):
    """One row of an official list, with the days on which it is the law.

    A code whose text changed in a later list is two records that follow each other; old documents keep the old words.
    """

    _name = "waste.code"
    _description = "Waste code"
    _order = "code, valid_from desc, id"
    _rec_names_search = ["code", "name"]

    code = fields.Char(required=True, index=True, help="Eight digits with dashes, such as 398-004-22.")
    name = fields.Char(required=True, translate=False, string="Waste", help="The words of the official list.")
    category_id = fields.Many2one("waste.category", required=True, index=True, ondelete="restrict")
    business_id = fields.Many2one(related="category_id.business_id", store=True, index=True)
    industry = fields.Char(translate=False, string="Industry source")
    hazard_ids = fields.Many2many("waste.hazard", string="Hazard marks")
    hazard_text = fields.Char(
        string="Hazard marks as printed",
        help="A comma: surely the first, perhaps the others. A slash: one or several of them.")
    catalogue_version_id = fields.Many2one(
        "waste.catalogue.version", required=True, index=True, ondelete="restrict", string="Introduced by")
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(index=True)
    is_fallback = fields.Boolean(
        string="After identification", help="For waste identified as hazardous that fits no other code of its category.")

    is_transport_exempt = fields.Boolean(
        string="Transport exempt", help="The exemption list frees its transport from the rules of dangerous goods, in fit vehicles.")

    _open_code_uniq = models.UniqueIndex("(code) WHERE valid_to IS NULL", "This waste code is already valid.")
    _period_ordered = models.Constraint(
        "CHECK(valid_to IS NULL OR valid_to >= valid_from)", "A waste code can not end before it starts.")

    # === COMPUTE METHODS === #

    @api.depends("code", "name")
    def _compute_display_name(self):
        for code in self:
            name = code.name or ""
            if len(name) > _SHOWN_NAME_LENGTH:
                name = f"{name[:_SHOWN_NAME_LENGTH]}…"
            code.display_name = f"{code.code or ''} {name}".strip()

    # === CONSTRAINT METHODS === #

    @api.constrains("code", "category_id")
    def _check_code(self):
        for code in self:
            match = CODE_PATTERN.match(code.code)
            if not match:
                raise ValidationError(self.env._(
                    "“%(code)s” is not a waste code: write it like 398-004-22 or 900-003-S17.", code=code.code))
            if match[1].lstrip("S") != code.category_id.code[-2:]:
                raise ValidationError(self.env._(
                    "Waste code %(code)s does not belong to %(category)s: its last two digits name another category.",
                    code=code.code, category=code.category_id.display_name))

    @api.constrains("code", "valid_from", "valid_to")
    def _check_no_overlap(self):
        for rows in self.search([("code", "in", self.mapped("code"))], order="valid_from").grouped("code").values():
            for earlier, later in pairwise(rows):
                if not earlier.valid_to or earlier.valid_to >= later.valid_from:
                    raise ValidationError(self.env._(
                        "Waste code %(code)s would be valid twice from %(date)s; close the earlier row first.",
                        code=later.code, date=later.valid_from))

    # === BUSINESS METHODS === #

    def _valid_on(self, date):
        """Return those of the records that are valid on ``date``."""
        return self.filtered(
            lambda code: code.valid_from <= date and (not code.valid_to or code.valid_to >= date))

    @api.model
    def _find(self, codes, date):
        """Find waste codes that are valid on a day.

        :param codes: iterable of texts such as "398-004-22"
        :param date: the day of the document
        :return: dict text -> `waste.code`; texts that are no valid code on that day are missing from it
        """
        valid = self.search(
            Domain("code", "in", list(codes)) & Domain("valid_from", "<=", date)
            & (Domain("valid_to", "=", False) | Domain("valid_to", ">=", date)))
        return {code.code: code for code in valid}
