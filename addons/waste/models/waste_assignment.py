from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, float_compare

_HISTORY_FIELDS = ("producer_id", "user_id", "business_id", "category_id", "team_id", "share_percent", "date_from")


class WasteAssignment(models.Model):
    """Who serves which producer, in which business, with which share and when.

    Performance reads this table by the date of what happened, never the present owner of a contract. So a row that
    has counted is history: it is closed, never rewritten. It may be corrected on the day on which it was typed.
    """

    _name = "waste.assignment"
    _description = "Assignment of a producer to a salesperson"
    _inherit = ["waste.external.mixin", "mail.thread"]
    _order = "producer_id, business_id, date_from desc, id desc"

    producer_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="restrict", tracking=True,
        domain=[("party_role_ids.code", "=", "producer")])
    business_id = fields.Many2one("waste.business", required=True, index=True, ondelete="restrict", tracking=True)
    category_id = fields.Many2one(
        "waste.category", string="Waste category", index="btree_not_null", ondelete="restrict", tracking=True,
        domain="[('business_id', '=', business_id)]",
        help="Only this waste category of the business; such a row goes before the rows of the whole business.")
    category_code = fields.Char(related="category_id.code", store=True)
    user_id = fields.Many2one(
        "res.users", string="Salesperson", required=True, index=True, ondelete="restrict", tracking=True,
        domain=[("share", "=", False)])
    team_id = fields.Many2one(
        "crm.team", string="Sales team", compute="_compute_team_id", store=True, readonly=False, precompute=True,
        index="btree_not_null", ondelete="restrict", tracking=True,
        help="The team that this share counts for; it stays when the salesperson changes team.")
    share_percent = fields.Float(
        string="Share (%)", required=True, default=100.0, digits=(5, 2), tracking=True,
        help="Part of the performance that counts for this salesperson, in percent.")
    date_from = fields.Date(
        string="First day", required=True, default=fields.Date.context_today, index=True, tracking=True)
    date_to = fields.Date(string="Last day", tracking=True, help="The last day; empty as long as it goes on.")
    is_current = fields.Boolean(compute="_compute_is_current", search="_search_is_current", string="In force")
    is_locked = fields.Boolean(
        compute="_compute_is_locked", string="History",
        help="Has counted already: it can be closed, but no longer rewritten.")
    note = fields.Char()

    _share_range = models.Constraint(
        "CHECK(share_percent > 0 AND share_percent <= 100)", "A share is more than 0 and at most 100 percent.")
    _period_ordered = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)", "An assignment can not end before it starts.")
    _key_idx = models.Index("(producer_id, business_id, date_from)")

    # === COMPUTE METHODS === #

    @api.depends("user_id")
    def _compute_team_id(self):
        for assignment in self:
            assignment.team_id = assignment.user_id.sale_team_id

    @api.depends("date_from", "date_to")
    @api.depends_context("tz")
    def _compute_is_current(self):
        today = fields.Date.context_today(self)
        current = self.filtered("date_from")._valid_on(today)
        for assignment in self:
            assignment.is_current = assignment in current

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._domain_valid_on(fields.Date.context_today(self))
        if set(value) == {True, False}:
            return Domain.TRUE
        return domain if True in value else ~domain

    @api.depends("date_from", "create_date")
    @api.depends_context("tz")
    def _compute_is_locked(self):
        today = fields.Date.context_today(self)
        for assignment in self:
            created = assignment.create_date and fields.Datetime.context_timestamp(self, assignment.create_date).date()
            assignment.is_locked = bool(created and created < today and assignment._origin.date_from < today)

    @api.depends("producer_id", "business_id", "user_id", "share_percent")
    def _compute_display_name(self):
        for assignment in self:
            assignment.display_name = " · ".join(filter(None, (
                assignment.producer_id.name, assignment.business_id.name, assignment.user_id.name,
                f"{assignment.share_percent:g} %")))

    # === CONSTRAINT METHODS === #

    @api.constrains("business_id", "category_id")
    def _check_category(self):
        for assignment in self:
            if assignment.category_id and assignment.category_id.business_id != assignment.business_id:
                raise ValidationError(self.env._(
                    "%(category)s is no waste category of the business %(business)s; choose another.",
                    category=assignment.category_id.display_name, business=assignment.business_id.name))

    @api.constrains("producer_id", "user_id", "business_id", "category_id", "share_percent", "date_from", "date_to")
    def _check_shares(self):
        """On no day more than 100 % for the same producer, business and category, and no salesperson twice."""
        self._touch_producers()
        rows = self.search([
            ("producer_id", "in", self.producer_id.ids), ("business_id", "in", self.business_id.ids),
            Domain("date_to", "=", False) | Domain("date_to", ">=", min(self.mapped("date_from")))])
        mine = {assignment._key() for assignment in self}
        for key, group in rows.grouped(lambda row: row._key()).items():
            if key in mine:
                group._check_group()

    def _touch_producers(self):
        """Make two people who assign the same producer at once collide, so that the second one is tried again.

        Each would see only its own row otherwise, and the sum of both could be above 100 %.
        """
        self.env.execute_query(SQL(
            "UPDATE res_partner SET write_date = write_date WHERE id IN %s RETURNING id",
            tuple(sorted(self.producer_id.ids))))

    def _check_group(self):
        """Check the rows of one key; a sum can only grow on a day on which a row starts."""
        for day in sorted(set(self.mapped("date_from"))):
            valid = self._valid_on(day)
            if len(valid.user_id) < len(valid):
                twice = next(user for user, rows in valid.grouped("user_id").items() if len(rows) > 1)
                raise ValidationError(self.env._(
                    "%(user)s is already assigned to %(producer)s for %(business)s on %(date)s; close that assignment "
                    "first or change its share.",
                    user=twice.name, producer=valid.producer_id.name, business=valid.business_id.name, date=day))
            total = sum(valid.mapped("share_percent"))
            if float_compare(total, 100.0, precision_digits=2) > 0:
                raise ValidationError(self.env._(
                    "The shares of %(producer)s for %(business)s would be %(total)g %% on %(date)s; lower a share or "
                    "close an assignment so that they are at most 100 %%.",
                    producer=valid.producer_id.name, business=valid.business_id.name, total=round(total, 2), date=day))

    # === CRUD METHODS === #

    def write(self, vals):
        if any(name in vals for name in _HISTORY_FIELDS):
            for assignment in self.filtered("is_locked"):
                assignment._check_history_kept(vals)
        return super().write(vals)

    def _check_history_kept(self, vals):
        old = {name: self._fields[name].convert_to_write(self[name], self) for name in _HISTORY_FIELDS}
        if any(name in vals and vals[name] != old[name] and str(vals[name]) != str(old[name]) for name in old):
            raise UserError(self.env._(
                "%(assignment)s has counted since %(date)s and stays as it was: close it and make a new one.",
                assignment=self.display_name, date=self.date_from))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        for assignment in self.filtered("is_locked"):
            raise UserError(self.env._(
                "%(assignment)s has counted since %(date)s and can not be deleted: close it instead.",
                assignment=assignment.display_name, date=assignment.date_from))

    # === ACTION METHODS === #

    def action_close(self):
        """Let today be the last day of the assignments; those that have ended stay as they are."""
        self.check_access("write")
        today = fields.Date.context_today(self)
        for assignment in self:
            if assignment.date_from > today:
                raise UserError(self.env._(
                    "%(assignment)s has not started yet: delete it instead.", assignment=assignment.display_name))
        self._valid_on(today).write({"date_to": today})
        return True

    # === BUSINESS METHODS === #

    def _key(self):
        """What shares add up to 100 % within."""
        self.ensure_one()
        return self.producer_id, self.business_id, self.category_id

    @api.model
    def _domain_valid_on(self, day):
        return Domain("date_from", "<=", day) & (Domain("date_to", "=", False) | Domain("date_to", ">=", day))

    def _valid_on(self, day):
        """Return those of the assignments that are in force on ``day``."""
        return self.filtered(lambda row: row.date_from <= day <= (row.date_to or date.max))

    @api.model
    def _share_on(self, producer, business, day, category=None):
        """Say who a performance of that day counts for.

        :param producer: `res.partner`, one record
        :param business: `waste.business`, one record
        :param day: date of what happened, in local time
        :param category: `waste.category` of the waste; rows of the category go before those of the whole business
        :return: dict `res.users` -> share in percent; the rest up to 100 belongs to nobody
        """
        rows = self.search(
            Domain("producer_id", "=", producer.id) & Domain("business_id", "=", business.id)
            & Domain("category_id", "in", [False, *(category.ids if category else ())]) & self._domain_valid_on(day))
        narrow = rows.filtered("category_id")
        return {row.user_id: row.share_percent for row in narrow or rows}

    def _hand_over(self, to_user, day):
        """Give what the assignments are from ``day`` on to another salesperson, whose own shares are added.

        :param to_user: `res.users`, one record
        :param day: first day of the new salesperson
        :return: the new `waste.assignment` records
        """
        theirs = self.search(Domain("user_id", "=", to_user.id) & Domain("producer_id", "in", self.producer_id.ids)
                             & (Domain("date_to", "=", False) | Domain("date_to", ">=", day)))
        giving = self.filtered(lambda row: row.user_id != to_user and (row.date_to or date.max) >= day)
        given = {row._key() for row in giving}
        touched = giving | theirs.filtered(lambda row: row._key() in given)
        vals_list = []
        for key, rows in touched.grouped(lambda row: row._key()).items():
            vals_list += [{
                "producer_id": key[0].id, "business_id": key[1].id, "category_id": key[2].id, "user_id": to_user.id,
                "share_percent": share, "date_from": start, "date_to": end if end < date.max else False,
            } for start, end, share in rows._periods_from(day)]
        # First make room, then fill it: the shares may not be above 100 % on any day in between.
        touched.filtered(lambda row: row.date_from >= day).unlink()
        touched.exists().write({"date_to": day - timedelta(days=1)})
        return self.create(vals_list)

    def _periods_from(self, day):
        """Add the shares of the records up, day by day, as periods (first day, last day, sum)."""
        ends = [row.date_to or date.max for row in self]
        starts = sorted(
            {max(row.date_from, day) for row in self}
            | {end + timedelta(days=1) for end in ends if day <= end < date.max})
        periods = []
        for index, start in enumerate(starts):
            last = index + 1 == len(starts)
            end = date.max if last else starts[index + 1] - timedelta(days=1)
            share = sum(self._valid_on(start).mapped("share_percent"))
            if share:
                periods.append((start, end, share))
        return periods
