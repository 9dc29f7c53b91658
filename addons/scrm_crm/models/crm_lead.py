from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError

FOLLOW_UP_TYPES = {"comment", "email_outgoing", "sms"}
POOL_FIELDS = {"pool_id", "pooled_at", "former_user_id", "followed_at", "reminded_at"}


class CrmLead(models.Model):
    """Whoever has a lead follows it up, or it goes back to the public pool, from which others claim it."""

    _inherit = "crm.lead"

    pool_id = fields.Many2one(
        "scrm.pool", string="Public pool", readonly=True, copy=False, index="btree_not_null", ondelete="restrict", tracking=True)
    pooled_at = fields.Datetime(string="In the pool since", readonly=True, copy=False)
    former_user_id = fields.Many2one("res.users", string="Had it before", readonly=True, copy=False)
    followed_at = fields.Datetime(
        string="Last follow-up", readonly=True, copy=False, index=True,
        help="A message, a note or a done activity of somebody on the staff.")
    reminded_at = fields.Datetime(string="Reminded of", readonly=True, copy=False, help="Since when a reminder waits for a follow-up.")
    pool_move_ids = fields.One2many("scrm.pool.move", "lead_id", readonly=True)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_pool_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_pool_fields(vals)
        pooled = self.filtered("pool_id") if vals.get("user_id") and "pool_id" not in vals else self.browse()
        if pooled:
            pooled._leave_pool(self.env["res.users"].browse(vals["user_id"]))
        if vals.keys() & {"user_id", "stage_id"}:
            self.filtered("reminded_at")._end_reminders()  # the days begin anew
        return super().write(vals)

    def _check_pool_fields(self, vals):
        if not self.env.su and vals.keys() & POOL_FIELDS:
            raise AccessError(self.env._("Leads go into the public pool and out of it by its buttons only."))

    def _leave_pool(self, user):
        """Somebody gives pooled leads an owner by hand: superiors may, others claim."""
        if not self.env.su and not self.env.user.has_group("waste.group_sales_manager"):
            raise UserError(self.env._(
                "%(lead)s is in the public pool: claim it there instead of writing in a salesperson.", lead=self[0].name))
        self.env["scrm.pool.move"]._note(self, "assigned", to_user_id=user.id)
        self._write_pool({"pool_id": False, "pooled_at": False})

    def _write_pool(self, vals):
        self.sudo().write(vals)  # sudo: people may not write these fields; who calls has checked what he does

    # === FOLLOW-UP === #

    def _message_post_after_hook(self, message, msg_vals):
        """What somebody on the staff says, sends or has done is a follow-up; what the system notes, or ticking off the reminder, isn't."""
        kind = message.mail_activity_type_id
        if self and (message.message_type in FOLLOW_UP_TYPES or kind) and kind != self.env.ref("scrm_crm.mail_activity_type_follow_up"):
            users_sudo = message.author_id.sudo().user_ids  # sudo: whether the author is one of the staff is no secret
            if any(user._is_internal() and not user._is_superuser() for user in users_sudo):
                self._note_follow_up()
        return super()._message_post_after_hook(message, msg_vals)

    def _note_follow_up(self):
        self._write_pool({"followed_at": fields.Datetime.now()})
        self._end_reminders()

    def _end_reminders(self):
        self._write_pool({"reminded_at": False})
        self._get_reminders().unlink()

    def _get_reminders(self):
        kind = self.env.ref("scrm_crm.mail_activity_type_follow_up")
        # sudo: the leader's reminder goes as well
        return self.sudo().activity_ids.filtered(lambda activity: activity.activity_type_id == kind)

    def _remind_of_follow_up(self, pool):
        """Put an overdue to-do on the owner and the leader of his team, once."""
        leads = self.filtered(lambda lead: not lead.reminded_at)
        leads._write_pool({"reminded_at": fields.Datetime.now()})
        for lead in leads:
            since = max(filter(None, (lead.followed_at, lead.date_open, lead.date_last_stage_update)))
            leader = lead.team_id.user_id or lead.user_id.sale_team_id.user_id
            for user in (lead.user_id | leader).filtered("active"):
                lead_user = lead.with_context(lang=user.lang, tz=user.tz)
                lead_user.activity_schedule(
                    "scrm_crm.mail_activity_type_follow_up", user_id=user.id,
                    date_deadline=fields.Datetime.context_timestamp(lead_user, since).date() + timedelta(days=pool.warn_days - 1),
                    summary=lead_user._get_reminder_sentence(pool, since))

    def _get_reminder_sentence(self, pool, since):
        days = (fields.Datetime.now() - since).days
        if not pool.return_days:
            return self.env._("No follow-up for %(days)s days", days=days)
        day = fields.Datetime.context_timestamp(self, since + timedelta(days=pool.return_days)).date()
        return self.env._(
            "No follow-up for %(days)s days; on %(day)s it goes back to the public pool", days=days, day=fields.Date.to_string(day))

    # === POOL === #

    def _return_to_pool(self, pool, reason=False):
        """Take the leads from their owners into a pool; their history stays."""
        for lead in self.with_context(lang=self.user_id[:1].lang or self.env.lang):
            owner = lead.user_id
            # sudo: the former owner's to-dos end with his ownership, whoever may see them
            todo = lead.sudo().activity_ids.filtered(lambda activity: activity.user_id == owner)
            planned = (todo - lead._get_reminders()).mapped("display_name")
            todo.unlink()
            lead._write_pool({
                "pool_id": pool.id, "pooled_at": fields.Datetime.now(), "former_user_id": owner.id, "user_id": False})
            self.env["scrm.pool.move"]._note(lead, "put_back" if reason else "returned", from_user_id=owner.id, reason=reason)
            body = lead.env._("%(user)s put it back: %(reason)s", user=owner.name, reason=reason) if reason else lead.env._(
                "%(user)s didn't follow it up for %(days)s days.", user=owner.name, days=pool.return_days)
            if planned:
                body += " " + lead.env._("Was planned: %(activities)s", activities=", ".join(planned))
            lead.message_post(body=body, message_type="notification")

    def action_claim(self):
        """Take leads from the public pool, as their salesperson.

        :raise UserError: when somebody was quicker, or a rule of the pool forbids it; then none is taken
        """
        self.check_access("write")
        user = self.env.user
        if not user.has_group("waste.group_salesperson"):
            raise AccessError(self.env._("Only salespeople claim leads."))
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError:
            raise UserError(self.env._("Somebody else is claiming one of these leads right now. Look again.")) from None
        self.invalidate_recordset(["pool_id", "user_id"])
        for lead in self:
            if not lead.pool_id:
                raise UserError(self.env._(
                    "%(lead)s is no longer in the public pool; %(user)s has it.",
                    lead=lead.name, user=lead.user_id.name or self.env._("nobody")))
            lead._check_claim(user)
        for pool, leads in self.grouped("pool_id").items():
            claimed = pool._count_claims(user)
            if pool.claims_per_day and claimed + len(leads) > pool.claims_per_day:
                raise UserError(self.env._(
                    "You may claim %(most)s leads a day from “%(pool)s”, and have claimed %(claimed)s today.",
                    most=pool.claims_per_day, pool=pool.name, claimed=claimed))
            self.env["scrm.pool.move"]._note(leads, "claimed", to_user_id=user.id)
        self._write_pool({"pool_id": False, "pooled_at": False, "user_id": user.id})
        if len(self) == 1:
            return self.get_formview_action()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _check_claim(self, user):
        pool = self.pool_id
        if pool.team_ids and user not in pool.team_ids.member_ids and user not in pool.team_ids.user_id:
            raise UserError(self.env._(
                "%(lead)s is in “%(pool)s”, which is for %(teams)s.", lead=self.name, pool=pool.name,
                teams=", ".join(pool.team_ids.mapped("name"))))
        free_at = self.pooled_at + timedelta(days=pool.keep_off_days)
        if self.former_user_id == user and fields.Datetime.now() < free_at:
            raise UserError(self.env._(
                "You had %(lead)s before; you may claim it again from %(day)s on.", lead=self.name,
                day=fields.Date.to_string(fields.Datetime.context_timestamp(self, free_at).date())))

    def action_put_back(self):
        """Ask for the reason, then put these leads back into the public pool."""
        return self._open_wizard("scrm_crm.scrm_pool_put_back_action")

    def action_assign(self):
        """Ask for the salespeople, then give them these leads of the public pool."""
        return self._open_wizard("scrm_crm.scrm_pool_assign_action")

    def _open_wizard(self, action):
        self.check_access("read")
        return {**self.env["ir.actions.act_window"]._for_xml_id(action), "context": {
            "default_lead_ids": self.ids, "dialog_size": "medium"}}
