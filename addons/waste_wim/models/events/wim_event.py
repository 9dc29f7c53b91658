from datetime import timedelta

from odoo import api, models

SYSTEM = "wim"
# China has one time zone and no summer time; days and months of the trade are local ones (I-41).
UTC_OFFSET = timedelta(hours=8)


class WimEvent(models.AbstractModel):
    """One kind of message from WIM: `wim.event.<event>` turns a batch of them into the state they describe.

    Messages come twice, late and in any order. So what a handler writes depends on the set of
    messages alone: documents keep for each field the version it came from, packages keep all events.
    """

    _name = "wim.event"
    _description = "WIM Event"

    @api.model
    def _apply(self, messages):
        """Apply messages of this kind, in any order. To override.

        Every message gets one verdict: ``done``, ``warn``, ``stale``, ``park`` or ``reject``.

        :param messages: list of `WimMessage`
        :return: set of keys now known, such as ``"batch:PC2607…"``; messages parked on them are tried again
        """
        raise NotImplementedError

    # === LOOKUPS === #

    @api.model
    def _by_name(self, model, names, fields=None):
        """Return {number: record} of the documents with these numbers, whatever their company.

        :param fields: further fields that are read of them; all by default, of which versions are the heaviest
        """
        names = {name for name in names if name}
        if not names:
            return {}
        fields = fields and ["name", "company_id", *fields]
        return {record.name: record for record in self.env[model].search_fetch([("name", "in", list(names))], fields)}

    @api.model
    def _by_code(self, model, codes, field="code"):
        """Return {code: record} of reference data, closed records included."""
        codes = {code for code in codes if code}
        if not codes:
            return {}
        records = self.env[model].with_context(active_test=False).search_fetch([(field, "in", list(codes))])
        return {record[field]: record for record in records}

    @api.model
    def _waste_codes(self, codes):
        """Return {code: all records of that code}; ask ``_valid_on`` for the one of the day."""
        codes = {code for code in codes if code}
        records = self.env["waste.code"].search([("code", "in", list(codes))]) if codes else self.env["waste.code"]
        return records.grouped("code")

    @api.model
    def _local_date(self, moment):
        """Return the day of a naive UTC datetime in China."""
        return (moment + UTC_OFFSET).date()

    @api.model
    def _partners(self, codes):
        """Return {WIM partner code: partner}."""
        codes = {code for code in codes if code}
        if not codes:
            return {}
        partners = self.env["res.partner"].with_context(active_test=False).search_fetch(
            [("external_system", "=", SYSTEM), ("external_key", "in", list(codes))], ["external_key", "company_id"],
        )
        return {partner.external_key: partner for partner in partners}

    @api.model
    def _contracts(self, numbers):
        """Return {contract number: contract}; several companies may use a number, see `_of_company`."""
        numbers = {number for number in numbers if number}
        if not numbers:
            return {}
        contracts = self.env["sale.order"].search_fetch(
            [("name", "in", list(numbers)), ("business_id", "!=", False)], ["name", "company_id"])
        return {contract.name: contract for contract in contracts}

    @api.model
    def _details(self, numbers):
        """Return {waste detail number: contract line}."""
        numbers = {number for number in numbers if number}
        if not numbers:
            return {}
        lines = self.env["sale.order.line"].search_fetch(
            [("line_no", "in", list(numbers))], ["line_no", "company_id", "order_id", "waste_code_id"])
        lines.order_id.fetch(["partner_id", "business_id", "company_id"])
        return {line.line_no: line for line in lines}

    # === VERDICTS === #

    @api.model
    def _of_company(self, message, record, field):
        """Refuse a message of one company that names a record of another.

        :return: True when the record is the company's
        """
        if record.company_id == message.company:
            return True
        message.reject("company", f"$.payload.{field}", self.env._(
            "%(number)s isn't a document of company %(company)s; check the company code.",
            number=record.display_name, company=message.company.company_code,
        ))
        return False

    @api.model
    def _find(self, message, found, field, prefix):
        """Return the record that ``payload[field]`` names, or park the message until it is known.

        :param found: {number: record}
        :param prefix: first part of the key that the message waits for
        """
        number = message.payload[field]
        record = found.get(number)
        if not record:
            message.park(f"{prefix}:{number}")
            return None
        # Parties belong to no company or to all of them; documents always to one.
        company = record.company_id if "company_id" in record._fields else None
        if company and company != message.company and not self._of_company(message, record, field):
            return None
        return record

    @api.model
    def _find_code(self, message, found, field):
        """Return the reference record that ``payload[field]`` names; an unknown code is a warning, not a refusal."""
        code = message.payload.get(field)
        if not code:
            return None
        record = found.get(code)
        if not record:
            message.warn(f"$.payload.{field}", self.env._(
                "%(code)s isn't in our list; the value was kept in the message, add it to the list.", code=code,
            ))
        return record
