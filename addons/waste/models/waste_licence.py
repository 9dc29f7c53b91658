from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

LICENCE_KINDS = [
    ("hw_operation", "Hazardous waste operation"),
    ("hw_collection", "Hazardous waste collection"),
    ("road_transport", "Road transport of dangerous goods"),
    ("kitchen_agreement", "Kitchen waste collection agreement"),
    ("discharge_permit", "Pollutant discharge permit"),
]
WARNING_DAYS = (60, 30, 7)  # data/reference: state_machines.csv, licence, valid -> expiring


class WasteLicence(models.Model):
    """A permit of a partner, with what it covers and until when. Its state follows from the calendar."""

    _name = "waste.licence"
    _description = "Licence"
    _inherit = ["mail.thread", "mail.activity.mixin", "waste.external.mixin"]
    _order = "valid_to, id"
    _external_fields = frozenset({
        "name", "partner_id", "kind", "category_text", "yearly_capacity_t", "valid_from", "valid_to", "is_suspended"})

    name = fields.Char(string="Licence number", required=True, tracking=True)
    partner_id = fields.Many2one(
        "res.partner", string="Holder", required=True, index=True, ondelete="restrict", tracking=True)
    kind = fields.Selection(LICENCE_KINDS, required=True, tracking=True)
    user_id = fields.Many2one(
        "res.users", string="Watched by", index=True, default=lambda self: self.env.user, tracking=True,
        help="Gets an activity 60, 30 and 7 days before the licence ends.")
    category_text = fields.Char(string="Scope as printed", help="Categories or codes in the words of the licence.")
    category_ids = fields.Many2many("waste.category", string="Categories covered")
    code_ids = fields.Many2many("waste.code", string="Single codes covered")
    yearly_capacity_t = fields.Float(string="Yearly capacity (t)", digits=(16, 3))
    valid_from = fields.Date(required=True, tracking=True)
    valid_to = fields.Date(required=True, index=True, tracking=True)
    is_suspended = fields.Boolean(string="Suspended", tracking=True, help="Suspended or withdrawn by the authority.")
    state = fields.Selection(
        [
            ("upcoming", "Not yet valid"), ("valid", "Valid"), ("expiring", "Expiring"), ("expired", "Expired"),
            ("suspended", "Suspended"),
        ], compute="_compute_state", search="_search_state")
    days_left = fields.Integer(compute="_compute_state", help="Days until the licence ends; negative once it has ended.")
    warned_days = fields.Integer(
        compute="_compute_warned_days", store=True, copy=False,
        help="The last warning given, in days before the end; zero when none was given yet.")
    note = fields.Text()
    active = fields.Boolean(default=True)

    _number_uniq = models.UniqueIndex(
        "(partner_id, name, kind, valid_from) WHERE active", "This licence of the partner is already registered.")

    # === COMPUTE METHODS === #

    @api.depends("valid_from", "valid_to", "is_suspended")
    @api.depends_context("tz")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for licence in self:
            licence.days_left = (licence.valid_to - today).days if licence.valid_to else 0
            if licence.is_suspended:
                licence.state = "suspended"
            elif not licence.valid_to or not licence.valid_from:
                licence.state = False
            elif licence.valid_from > today:
                licence.state = "upcoming"
            elif licence.days_left < 0:
                licence.state = "expired"
            else:
                licence.state = "expiring" if licence.days_left <= WARNING_DAYS[0] else "valid"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        warned = today + timedelta(days=WARNING_DAYS[0])
        started = Domain("is_suspended", "=", False) & Domain("valid_from", "<=", today)
        domains = {
            "upcoming": Domain("is_suspended", "=", False) & Domain("valid_from", ">", today),
            "valid": started & Domain("valid_to", ">", warned),
            "expiring": started & Domain("valid_to", ">=", today) & Domain("valid_to", "<=", warned),
            "expired": started & Domain("valid_to", "<", today),
            "suspended": Domain("is_suspended", "=", True),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.depends("valid_to")
    def _compute_warned_days(self):
        for licence in self:
            licence.warned_days = 0

    @api.depends("name", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for licence in self:
            licence.display_name = f"{kinds.get(licence.kind, '')} {licence.name or ''}".strip()

    # === CONSTRAINT METHODS === #

    @api.constrains("valid_from", "valid_to")
    def _check_period(self):
        for licence in self:
            if licence.valid_to < licence.valid_from:
                raise ValidationError(self.env._(
                    "Licence %(licence)s ends before it starts; correct its dates.", licence=licence.name))

    # === BUSINESS METHODS === #

    def _valid_on(self, date):
        """Return those of the licences that are in force on ``date``."""
        return self.filtered(
            lambda licence: not licence.is_suspended and licence.valid_from <= date <= licence.valid_to)

    def _covers(self, code):
        """Tell whether one of the licences covers a waste code, by its category or by the code itself.

        :param code: `waste.code`, one record; a later wording of a covered code is covered too
        """
        return code.category_id in self.category_ids or code.code in self.code_ids.mapped("code")

    @api.model
    def _cron_warn_expiring(self):
        """Give each licence one activity 60, 30 and 7 days before it ends."""
        today = fields.Date.context_today(self)
        licences = self.search([
            ("is_suspended", "=", False), ("valid_to", ">=", today),
            ("valid_to", "<=", today + timedelta(days=WARNING_DAYS[0]))])
        for licence in licences:
            due = min(days for days in WARNING_DAYS if licence.days_left <= days)
            if not licence.warned_days or due < licence.warned_days:
                licence._warn(due)

    def _warn(self, days):
        self.ensure_one()
        watcher = self.user_id or self.partner_id.user_id or self.env.user
        watched = self.with_context(lang=watcher.lang)
        self.activity_schedule(
            "waste.mail_activity_licence_expiring",
            date_deadline=self.valid_to,
            user_id=watcher.id,
            summary=watched.env._(
                "%(licence)s of %(partner)s ends on %(date)s",
                licence=watched.display_name, partner=self.partner_id.display_name, date=self.valid_to),
        )
        self.warned_days = days
