import re

from stdnum.cn import ric, uscc

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize

FAPIAO_KINDS = [
    ("special", "Special VAT Fapiao"),
    ("ordinary", "Ordinary VAT Fapiao"),
]

FAPIAO_FIELDS = (
    "fapiao_kind", "fapiao_title", "fapiao_tax_no", "fapiao_address", "fapiao_phone", "fapiao_bank", "fapiao_bank_account",
    "fapiao_email", "fapiao_mobile",
)


class WasteFapiaoData(models.AbstractModel):
    """What a fapiao says of its buyer: kept on the customer, copied to each invoice application."""

    _name = "waste.fapiao.data"
    _description = "Fapiao data of a buyer"

    # Bank accounts and mobile numbers of others are nobody's business outside the staff.
    fapiao_kind = fields.Selection(FAPIAO_KINDS, "Fapiao Kind", groups="base.group_user")
    fapiao_title = fields.Char("Fapiao Title", groups="base.group_user", help="Name of the buyer as registered (抬头).")
    fapiao_tax_no = fields.Char(
        "Taxpayer No.", groups="base.group_user", help="15, 17, 18 or 20 characters; for most companies the credit code.")
    fapiao_address = fields.Char("Registered Address", groups="base.group_user")
    fapiao_phone = fields.Char("Registered Phone", groups="base.group_user")
    fapiao_bank = fields.Char("Bank of Deposit", groups="base.group_user")
    fapiao_bank_account = fields.Char("Bank Account No.", groups="base.group_user")
    fapiao_email = fields.Char("Receiver's E-mail", groups="base.group_user", help="Where the electronic fapiao is sent.")
    fapiao_mobile = fields.Char("Receiver's Mobile", groups="base.group_user")

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains("fapiao_tax_no")
    def _check_fapiao_tax_no(self):
        for record in self:
            number = record.fapiao_tax_no
            if not number:
                continue
            # 18 characters have a check digit, either of a company's credit code or of a person's identity card.
            if not re.fullmatch(r"[0-9A-Z]{15}|[0-9A-Z]{17,18}|[0-9A-Z]{20}", number) or (
                    len(number) == 18 and not uscc.is_valid(number) and not ric.is_valid(number)):
                raise ValidationError(self.env._(
                    "“%(number)s” of %(record)s is no valid taxpayer number: compare it with the customer's fapiao data.",
                    number=number, record=record.display_name))

    @api.constrains("fapiao_bank_account")
    def _check_fapiao_bank_account(self):
        for record in self:
            if record.fapiao_bank_account and not re.fullmatch(r"[0-9][0-9 -]{4,34}", record.fapiao_bank_account):
                raise ValidationError(self.env._(
                    "“%(number)s” of %(record)s is no bank account number: digits only.",
                    number=record.fapiao_bank_account, record=record.display_name))

    @api.constrains("fapiao_email", "fapiao_mobile")
    def _check_fapiao_receiver(self):
        for record in self:
            if record.fapiao_email and not email_normalize(record.fapiao_email):
                raise ValidationError(self.env._(
                    "“%(email)s” of %(record)s is no e-mail address: the fapiao could not be sent there.",
                    email=record.fapiao_email, record=record.display_name))
            if record.fapiao_mobile and not re.fullmatch(r"(\+?86[ -]?)?1[0-9]{10}", record.fapiao_mobile):
                raise ValidationError(self.env._(
                    "“%(number)s” of %(record)s is no mobile number: 11 digits, such as 13800000000.",
                    number=record.fapiao_mobile, record=record.display_name))

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._normalise_fapiao_data(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._normalise_fapiao_data(vals))

    @api.model
    def _normalise_fapiao_data(self, vals):
        number = vals.get("fapiao_tax_no")
        return {**vals, "fapiao_tax_no": re.sub(r"\s", "", number).upper()} if number else vals

    # BUSINESS ------------------------------------------------------------------

    def _get_fapiao_data_error(self):
        """Return the sentence what the tax office would miss, or False."""
        self.ensure_one()
        if not self.fapiao_title:
            return self.env._("%(record)s has no fapiao title: enter the buyer's registered name.", record=self.display_name)
        if self.fapiao_kind == "special" and not self.fapiao_tax_no:
            return self.env._(
                "%(record)s has no taxpayer number, which a special VAT fapiao needs.", record=self.display_name)
        return False
