import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError

from .waste_notice_mixin import PLANT_TIMEZONE

_logger = logging.getLogger(__name__)

#: who may have a notice sent again
SENDERS = ("waste.group_dispatcher", "waste.group_customer_service", "waste.group_admin")


class WasteNotice(models.Model):
    """One party told of one event: kept as proof of what was said to whom, and of what became of it.

    The row is written with the event itself, in its transaction; a job says it within a minute, and Odoo's own queues
    of SMS and mail carry it. Whatever WIM repeats, a party is told once.
    """

    _name = "waste.notice"
    _description = "Notice"
    _order = "id desc"
    _rec_name = "rule_id"

    rule_id = fields.Many2one("waste.notice.rule", "Event", required=True, readonly=True, index=True, ondelete="restrict")
    pickup_id = fields.Many2one("waste.pickup", "Pickup Order", readonly=True, index="btree_not_null", ondelete="cascade")
    batch_id = fields.Many2one("waste.batch", "Batch", readonly=True, index="btree_not_null", ondelete="cascade")
    producer_id = fields.Many2one("res.partner", "Producer", required=True, readonly=True, index=True)
    company_id = fields.Many2one("res.company", "Operating Company", required=True, readonly=True, index=True)
    audience = fields.Selection(
        [("producer", "Producer"), ("salesperson", "Salesperson"), ("carrier", "Carrier"), ("regulator", "Regulator")],
        required=True, readonly=True,
    )
    partner_id = fields.Many2one("res.partner", "Recipient", required=True, readonly=True, index=True)
    key = fields.Char(required=True, readonly=True)
    body = fields.Text("Words", readonly=True)
    channel = fields.Selection([("sms", "SMS"), ("email", "E-mail"), ("inbox", "Inbox")], "Sent By", readonly=True)
    sent_at = fields.Datetime("Told On", readonly=True)
    message_id = fields.Many2one("mail.message", readonly=True, index="btree_not_null", ondelete="set null")
    error = fields.Char("Reason", readonly=True)
    state = fields.Selection(
        [("pending", "To Tell"), ("told", "Told"), ("unreachable", "Nobody to Tell"), ("failed", "Failed")],
        required=True, readonly=True, default="pending", index=True,
    )
    delivery = fields.Selection(
        [("underway", "Being Delivered"), ("sent", "Sent"), ("failed", "Not Delivered")],
        "Receipt", compute="_compute_delivery", help="What the SMS gateway or mail server said.",
    )

    _key_uniq = models.Constraint("UNIQUE(key)", "This party was told of this event already.")

    # === COMPUTE METHODS === #

    @api.depends("message_id")
    def _compute_delivery(self):
        notifications = self.env["mail.notification"].sudo().search([("mail_message_id", "in", self.message_id.ids)])
        status = {
            (notification.mail_message_id, notification.res_partner_id): notification.notification_status
            for notification in notifications
        }
        for notice in self:
            found = status.get((notice.message_id, notice.partner_id))
            notice.delivery = found and {"sent": "sent", "exception": "failed", "bounce": "failed", "canceled": "failed"}.get(
                found, "underway")

    # === ACTION METHODS === #

    def action_send_again(self):
        """Tell these parties again, after a number or a gateway was mended.

        :raise AccessError: for users who are neither dispatcher, customer service nor administrator
        """
        if not any(self.env.user.has_group(group) for group in SENDERS):
            raise AccessError(self.env._("Only dispatchers and customer service send notices again; ask one of them."))
        self.check_access("read")
        # Nobody has the right to write what is proof; the button only puts the row back in the queue.
        self.sudo().write({"state": "pending", "error": False})
        self._wake()
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _queue(self, event, records):
        """Write a row for every party that a rule tells of these events."""
        rule = self.env["waste.notice.rule"].search([("event", "=", event)])
        if not rule:
            return self
        link = "pickup_id" if records._name == "waste.pickup" else "batch_id"
        vals = {}
        for record in records:
            for audience in rule._get_audiences():
                for partner in record._get_notice_contacts(audience):
                    key = f"{event}:{record.id}:{partner.id}"
                    vals.setdefault(key, {
                        "key": key, "rule_id": rule.id, link: record.id, "producer_id": record.producer_id.id,
                        "company_id": record.company_id.id, "audience": audience, "partner_id": partner.id,
                    })
        for known in self.search([("key", "in", list(vals))]):
            del vals[known.key]
        notices = self.create(list(vals.values()))
        if notices:
            self._wake()
        return notices

    @api.model
    def _wake(self):
        self.env.ref("waste_track.ir_cron_notices").sudo()._trigger()

    @api.model
    def _cron_send(self):
        """Tell what waits, one commit each: what was said must never be said twice."""
        remaining = self.search_count([("state", "=", "pending")])
        for notice in self.search([("state", "=", "pending")], order="id", limit=500):
            notice = notice.try_lock_for_update()
            if notice.state == "pending":
                notice._send()
            remaining -= 1
            if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                return

    def _send(self):
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self.write(self._tell())
        except Exception as error:  # one broken text or number must not silence the others
            _logger.exception("Notice %s could not be sent", self.id)
            self.write({"state": "failed", "error": str(error)[:200]})

    def _tell(self):
        """Say it: to staff in their inbox or mail, to others by SMS, or by mail if they have no telephone.

        :return: values of this row
        """
        partner = self.partner_id
        document = (self.pickup_id or self.batch_id).with_context(
            lang=partner.lang or self.env.user.lang, tz=partner.tz or PLANT_TIMEZONE)
        rule = self.rule_id.with_context(lang=document.env.context["lang"])
        body = rule._write_text(document._get_notice_words(rule.event))
        sender = {"author_id": self.company_id.partner_id.id, "email_from": self.company_id.email_formatted or None}
        if self.audience == "salesperson":
            channel = "inbox"
            message = document.message_notify(body=body, subject=rule.name, partner_ids=partner.ids, **sender)
        elif partner.phone:
            channel = "sms"
            message = document._message_sms(body, partner_ids=partner.ids, sms_content=body, put_in_queue=True, **sender)
        elif partner.email:
            channel = "email"
            message = document.message_notify(body=body, subject=rule.name, partner_ids=partner.ids, **sender)
        else:
            return {"state": "unreachable", "body": body, "error": self.env._(
                "%(partner)s has neither telephone nor e-mail; fill one in, or tick “Waste notices” on one of its contacts.",
                partner=partner.display_name)}
        return {
            "state": "told", "body": body, "channel": channel, "message_id": message.id, "error": False,
            "sent_at": fields.Datetime.now(),
        }
