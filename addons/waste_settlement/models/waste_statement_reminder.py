from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.waste.tools.language import to_language


class WasteBusiness(models.Model):
    _inherit = "waste.business"

    confirm_days = fields.Integer(
        "Days to Confirm", default=7, help="A statement that the producer didn't answer so long is brought to mind. 0: never.")
    is_deemed_confirmed = fields.Boolean(
        "Silence Confirms", help="A statement that stays unanswered as long again after the reminder counts as confirmed. "
        "Only where the contract says so.")

    _confirm_days_sane = models.Constraint("CHECK(confirm_days >= 0)", "The days to confirm must not be negative.")


class WasteStatement(models.Model):
    """Statements that nobody answered: a reminder, and where the contract says so, silence confirms."""

    _inherit = "waste.statement"

    reminded_at = fields.Datetime("Reminded", readonly=True, copy=False)
    is_deemed_confirmed = fields.Boolean(
        "Confirmed by Silence", readonly=True, copy=False, help="Nobody answered until the deadline that the contract sets.")

    @api.model
    def _cron_follow_up(self):
        """Remind of statements whose deadline has passed, and confirm those whose silence counts."""
        now = fields.Datetime.now()
        for business in self.env["waste.business"].search([("confirm_days", ">", 0)]):
            limit = now - timedelta(days=business.confirm_days)
            unanswered = [("business_id", "=", business.id), ("state", "=", "approved"), ("external_system", "=", False)]
            self._follow_up_each([*unanswered, ("approved_at", "<=", limit), ("reminded_at", "=", False)], "_remind")
            if business.is_deemed_confirmed:
                self._follow_up_each([*unanswered, ("reminded_at", "<=", limit)], "_confirm_by_silence")

    def _follow_up_each(self, domain, work):
        while statements := self.search(domain, limit=100):
            getattr(statements, work)()
            if not self.env["ir.cron"]._commit_progress(len(statements), remaining=self.search_count(domain)):
                return

    def _remind(self):
        """Tell the producer's people on the statement, and let the salesperson call."""
        for statement in self:
            statement.message_post(
                body=statement.with_context(lang=statement.partner_id.lang).env._(
                    "Statement %(statement)s waits for your confirmation since %(day)s.",
                    statement=statement.name, day=fields.Date.to_string(statement.approved_at)),
                partner_ids=statement.partner_id.ids, subtype_xmlid="mail.mt_comment")
            statement.activity_schedule(
                "waste_settlement.mail_activity_unanswered",
                user_id=statement.user_id.id or statement.create_uid.id,
                summary=to_language(statement, statement.user_id or statement.create_uid).env._(
                    "%(partner)s has not answered the statement", partner=statement.partner_id.display_name))
        self.reminded_at = fields.Datetime.now()

    def _confirm_by_silence(self):
        self._transition("confirm", confirmed_at=fields.Datetime.now(), is_deemed_confirmed=True)
        for statement in self:
            statement.message_post(body=self.env._(
                "Nobody objected until the deadline of the contract: the statement counts as confirmed."))
        self.activity_feedback(["waste_settlement.mail_activity_unanswered"])
        self._follow_money()
