from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain


class ScrmPool(models.Model):
    """A public pool (公海): where leads go that nobody follows up, and under which rules others take them from it."""

    _name = "scrm.pool"
    _description = "Public pool of leads"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10, help="A lead comes under the first pool that takes its business and its team.")
    company_id = fields.Many2one("res.company", help="Empty: leads of all companies.")
    business_id = fields.Many2one(
        "waste.business", ondelete="restrict", help="Only leads of this business; empty: of any.")
    team_ids = fields.Many2many(
        "crm.team", string="Sales teams",
        help="Only leads of these teams, and only their people claim; empty: of any team, anybody.")
    warn_days = fields.Integer(
        string="Reminder after (days)", required=True, default=15,
        help="Days without follow-up after which the salesperson and the leader of the team get an overdue to-do.")
    return_days = fields.Integer(
        string="Back to the pool after (days)", default=30, help="Days without follow-up after which the lead comes here. 0: never.")
    claims_per_day = fields.Integer(string="Claims a day", default=5, help="As many leads one person may claim a day. 0: any number.")
    keep_off_days = fields.Integer(
        string="Former owner waits (days)", default=7, help="Days in which who had the lead may not claim it back.")
    lead_ids = fields.One2many("crm.lead", "pool_id", readonly=True)
    lead_count = fields.Integer(string="Leads", compute="_compute_lead_count")

    _days_ordered = models.Constraint(
        "CHECK(warn_days > 0 AND (return_days = 0 OR return_days > warn_days))",
        "The reminder comes after at least one day, and before the lead goes back to the pool.")
    _limits_positive = models.Constraint(
        "CHECK(claims_per_day >= 0 AND keep_off_days >= 0)", "Claims a day and days of waiting are 0 or more.")

    @api.depends("lead_ids")
    def _compute_lead_count(self):
        counts = dict(self.env["crm.lead"]._read_group([("pool_id", "in", self.ids)], ["pool_id"], ["__count"]))
        for pool in self:
            pool.lead_count = counts.get(pool, 0)

    # === ACTIONS === #

    def action_open_leads(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("scrm_crm.crm_lead_action_pool")
        return {**action, "domain": [("pool_id", "=", self.id)], "display_name": self.name}

    # === NIGHTLY === #

    @api.model
    def _cron_watch(self):
        """Remind of leads without follow-up, and take back those that stay without."""
        for pool, domain in self._get_lead_domains():
            back = pool._find_idle(domain, pool.return_days) if pool.return_days else self.env["crm.lead"]
            for left, lead in zip(reversed(range(len(back))), back):
                lead._return_to_pool(pool)
                self.env["ir.cron"]._commit_progress(1, remaining=left)
            pool._find_idle(domain, pool.warn_days)._remind_of_follow_up(pool)
            self.env["ir.cron"]._commit_progress(1)

    def _get_lead_domains(self):
        """Return [(pool, domain)]: which leads come under which pool; no lead comes under two."""
        domains, earlier = [], Domain.FALSE
        for pool in self.search([]):
            domain = Domain("company_id", "in", (False, pool.company_id.id)) if pool.company_id else Domain.TRUE
            if pool.business_id:
                domain &= Domain("business_id", "=", pool.business_id.id)
            if pool.team_ids:
                domain &= Domain("team_id", "in", pool.team_ids.ids)
            domains.append((pool, domain & ~earlier))
            earlier |= domain
        return domains

    def _match(self, lead):
        """Return the pool under whose rules a lead comes; empty when none takes it."""
        return next((pool for pool, domain in self._get_lead_domains() if lead.filtered_domain(domain)), self.browse())

    def _find_idle(self, domain, days):
        """Return the leads that somebody has and nobody followed up for ``days`` days.

        A lead whose contract is on its way to the signature or in force is followed up there.
        """
        limit = fields.Datetime.now() - timedelta(days=days)
        return self.env["crm.lead"].search(domain & Domain([
            ("user_id", "!=", False), ("won_status", "=", "pending"), ("pool_id", "=", False),
            ("date_open", "<=", limit), ("date_last_stage_update", "<=", limit),
            "|", ("followed_at", "=", False), ("followed_at", "<=", limit),
            ("order_ids", "not any", [("contract_state", "not in", (False, "draft", "cancelled"))]),
        ]), order="id")

    def _count_claims(self, user):
        """Return how many leads the user claimed from this pool since his day began."""
        zone = pytz.timezone(user.tz or "Asia/Shanghai")
        today = datetime.now(zone).date()
        midnight = zone.localize(datetime.combine(today, time.min)).astimezone(pytz.utc).replace(tzinfo=None)
        return self.env["scrm.pool.move"].sudo().search_count([  # sudo: counts the user's own, whatever he may see of them
            ("pool_id", "=", self.id), ("kind", "=", "claimed"), ("to_user_id", "=", user.id), ("create_date", ">=", midnight)])
