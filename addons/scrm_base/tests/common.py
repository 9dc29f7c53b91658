"""Factories of the room: something that waits for every role, on Wednesday 11 March 2026, 10:00 in Dongguan."""

from odoo.addons.waste_settlement.tests.common import SettlementCase

NOW = "2026-03-11 02:00:00"
ROLES = ("admin", "sales_manager", "dispatcher", "salesperson", "finance", "customer_service")


class WorkbenchCase(SettlementCase):
    """The company of `SettlementCase`, alone in what its users see; `_fill_company` gives it a day's work."""

    @classmethod
    def _home(cls, role, tab=None, companies=None):
        """Return the home page of a role's user, in English, who works in all of his companies."""
        user = cls.users[role]
        env = cls.env(user=user, context={
            "lang": "en_US", "tz": "Asia/Shanghai", "allowed_company_ids": (companies or user.company_ids).ids})
        return env["scrm.workbench"].get_home(tab)

    @classmethod
    def _counts(cls, role, tab=None):
        return {tile["key"]: tile["count"] for tile in cls._home(role, tab)["tiles"]}

    @classmethod
    def _panel_of(cls, role, key):
        return next(panel for panel in cls._home(role)["panels"] if panel["key"] == key)

    @classmethod
    def _partner(cls, name, role="producer", **values):
        return cls.env["res.partner"].create({
            "name": name, "is_company": True, "party_role_ids": cls.env.ref(f"waste.party_role_{role}").ids, **values})

    @classmethod
    def _assign(cls, producer, user=None, business=None, **values):
        return cls.env["waste.assignment"].create({
            "producer_id": producer.id, "user_id": (user or cls.salesperson).id, "business_id": (business or cls.hazardous).id,
            "date_from": "2026-01-01", **values})

    @classmethod
    def _pickup(cls, planned_at, state="to_dispatch", contract=None, **values):
        """Return a pickup; ``planned_at`` is UTC."""
        return cls.env["waste.pickup"].create({
            "contract_id": contract.id if contract else False, "is_contract_pending": not contract,
            "producer_id": (contract.partner_id if contract else cls.producer).id, "business_id": cls.hazardous.id,
            "company_id": cls.company.id, "planned_at": planned_at, "state": state, **values})

    @classmethod
    def _licence(cls, partner, valid_to, **values):
        return cls.env["waste.licence"].create({
            "name": f"L-{next(cls._numbers)}", "partner_id": partner.id, "kind": "road_transport",
            "valid_from": "2024-01-01", "valid_to": valid_to, **values})

    @classmethod
    def _message(cls, state, received_at=NOW, company=None):
        number = next(cls._numbers)
        return cls.env["wim.message"].create({
            "msg_id": f"home-{number}", "key": f"home-{number}", "event": "pickup.upsert", "entity_key": f"SY-{number}",
            "company_id": (company or cls.company).id, "payload": "{}", "state": state, "received_at": received_at})

    @classmethod
    def _statement_in(cls, state, period="2026-02"):
        """Return a statement of 2,800 (1 t at 2,800) of a contract of its own, in ``state``."""
        contract = cls._active(partner_id=cls._partner(f"{state} {next(cls._numbers)}").id)
        cls._batch(contract, 1000, day=f"{period}-10 02:00:00")
        statement = cls._make(contract, period)
        if state != "draft":
            statement.action_approve()
        if state in ("confirmed", "invoiced"):
            statement.action_confirm()
        if state == "invoiced":
            statement.action_make_invoices()
        if state == "disputed":
            statement.action_dispute("重量不符")
        return statement

    @classmethod
    def _application(cls, state):
        """Return an application for all of a contract in ``state``."""
        contract = cls._active(partner_id=cls._partner(f"开票 {next(cls._numbers)}", fapiao_kind="ordinary").id)
        application = cls.env["waste.invoice.application"].create({"contract_id": contract.id})
        if state != "draft":
            application.action_submit()
        if state == "to_issue":
            application.action_approve()
        return application

    @classmethod
    def _collection(cls):
        """Return a collection that waits for finance."""
        contract = cls._active(partner_id=cls._partner(f"回款 {next(cls._numbers)}").id)
        collection = cls.env["waste.collection"].create({"contract_id": contract.id, "amount": 100.0})
        collection.action_submit()
        return collection

    @classmethod
    def _instalment(cls, day, **values):
        """Return an instalment of a contract of its own."""
        contract = cls._active(partner_id=cls._partner(f"分期 {next(cls._numbers)}").id, **values)
        return cls.env["waste.payment.plan"].create({"contract_id": contract.id, "amount": 100.0, "date_due": day})
