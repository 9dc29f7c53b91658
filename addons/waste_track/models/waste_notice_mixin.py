from datetime import timedelta

from odoo import fields, models
from odoo.tools import format_datetime

#: what WIM tells of days long gone is history, not news
NEWS = timedelta(hours=48)
# The group works in one time zone; who never chose his own reads the times of the plant.
PLANT_TIMEZONE = "Asia/Shanghai"


class WasteNoticeMixin(models.AbstractModel):
    """A document whose events its parties are told of."""

    _name = "waste.notice.mixin"
    _description = "A document whose parties are told of its events"

    # === BUSINESS METHODS === #

    def _announce(self, event):
        """Queue the notices of an event that just happened to these records; repeating it queues nothing.

        Called where a state moves, so nothing is asked of the database for what is no news.
        """
        since = fields.Datetime.now() - NEWS
        news = self.filtered(lambda record: (record._get_notice_time(event) or since) > since)
        if news:
            self.env["waste.notice"].sudo()._queue(event, news.sudo())

    def _get_notice_contacts(self, audience):
        """Return whom to tell of this record: contacts that want notices, else the party itself.

        :param audience: 'producer', 'salesperson', 'carrier' or 'regulator'
        :return: `res.partner`
        """
        self.ensure_one()
        if audience == "salesperson":
            return self._get_notice_salespeople().partner_id
        party = self._get_notice_party(audience).commercial_partner_id
        return party.child_ids.filtered("receives_waste_notices") or party

    def _get_notice_salespeople(self):
        """Return who serves the producer: the contract's salesperson, else those to whom it is assigned today."""
        contract = self._get_notice_contract()
        if contract.user_id:
            return contract.user_id
        today = fields.Date.context_today(self)
        assignments = self.producer_id.assignment_ids._valid_on(today)
        return assignments.filtered(lambda assignment: not assignment.business_id or assignment.business_id == self.business_id).user_id

    def _get_notice_party(self, audience):
        if audience == "producer":
            return self.producer_id
        if audience == "carrier":
            return self._get_notice_pickup().carrier_id
        return self._get_notice_contract().government_id

    def _get_notice_words(self, event):
        """Return the facts that a text may name, in the language and time zone of the context."""
        self.ensure_one()
        time = self._get_notice_time(event)
        # E.g. 3月12日9:00
        pattern = self.env._("MMM d, H:mm")
        return {
            "producer": self.producer_id.name,
            "company": self.company_id.name,
            "time": time and format_datetime(self.env, time, tz=self.env.context.get("tz") or PLANT_TIMEZONE, dt_format=pattern),
            **self._get_notice_facts(),
        }

    def _format_notice_weight(self, weight_kg):
        """Return a weight as people say it, to the kilogram from a tonne on: 3.2 t, 620 kg."""
        if not weight_kg:
            return ""
        number, unit = (weight_kg / 1000, "t") if weight_kg >= 1000 else (weight_kg, "kg")
        return f"{number:.3f}".rstrip("0").rstrip(".") + f" {unit}"

    # === HOOKS === #

    def _get_notice_time(self, event):
        """Return when the event happened in the world (naive UTC), or False. To override."""
        raise NotImplementedError

    def _get_notice_facts(self):
        """Return the facts of this document: placeholder -> text. To override."""
        raise NotImplementedError

    def _get_notice_pickup(self):
        raise NotImplementedError

    def _get_notice_contract(self):
        return self.contract_id
