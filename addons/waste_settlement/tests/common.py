"""Factories of the room: companies with books, contracts in force, accepted batches."""
import json
import re
from datetime import datetime
from decimal import Decimal

from odoo.fields import Command, Date
from odoo.tests import new_test_user
from odoo.tools import file_open

from odoo.addons.waste_contract.tests.common import ROLES, ContractCase

from ..tools import month_bounds


class SettlementCase(ContractCase):
    """The company of `ContractCase` with a chart of accounts and a finance clerk; September 2026 is to be settled."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._open_books(cls.company)
        cls.finance = cls.users["finance"]
        cls.statements = cls.env["waste.statement"]
        cls._numbers = iter(range(1, 1_000_000))

    @classmethod
    def _open_books(cls, company):
        """Give a company the generic chart, in yuan."""
        cls.env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
        company.currency_id = cls.env.ref("base.CNY")

    @classmethod
    def _new_company(cls, name):
        company = cls.env["res.company"].create({
            "name": name, "currency_id": cls.env.ref("base.CNY").id, "country_id": cls.env.ref("base.cn").id})
        cls.env.user.company_ids += company
        cls._open_books(company)
        return company

    @classmethod
    def _active(cls, *details, **values):
        """Return a contract of 2026 in force."""
        contract = cls._contract(*details, contract_state="active", date_signed="2025-12-20", **values)
        return contract

    @classmethod
    def _batch(cls, contract, kg, day="2026-09-10 02:00:00", packages=0, line=0, **values):
        """Return an accepted batch of a waste detail; ``day`` is UTC."""
        contract_line = contract.order_line[line]
        return cls.env["waste.batch"].create({
            **contract_line._prepare_batch_values(f"PC{next(cls._numbers):06d}"),
            "accepted_kg": kg,
            "accepted_package_count": packages,
            "inbound_at": day,
            "state": "stored",
            **values,
        })

    @classmethod
    def _make(cls, contracts, period="2026-09"):
        return cls.statements._make_statements(contracts, *month_bounds(period))

    @classmethod
    def _external(cls, contract, amount, period="2026-09", number=None, **values):
        """Return a statement that WIM keeps, approved there."""
        start, end = month_bounds(period)
        number = number or f"JSD-{next(cls._numbers):05d}"
        statements = cls.statements._create_external([{
            "name": number,
            "contract_id": contract.id,
            "direction": "receivable",
            "period_start": start,
            "period_end": end,
            "external_system": "wim",
            "external_key": number,
            "external_amount": amount,
            "external_quantity_kg": 1000,
            "tax_rate_percent": 6.0,
            "state": "approved",
            **values,
        }])
        cls.statements._refresh(contract)
        return statements

    @classmethod
    def _invoice(cls, statement, amount, key="KPTZ-1", **values):
        """Register one invoice that WIM issued."""
        return cls.statements._register_external_invoices("wim", [{
            "key": key, "state": "issued", "statement": statement, "amount": amount,
            "fapiao_no": f"2644{key}", "date": Date.to_date("2026-10-07"), **values}])[0]

    @classmethod
    def _pay(cls, statement, amount, key="SK-1", bank_ref=None, allocated=None, **values):
        """Register one payment that WIM saw, allocated to one statement."""
        return cls.statements._register_external_payments("wim", [{
            "key": key, "partner": statement.partner_id, "amount": amount, "date": Date.to_date("2026-10-20"),
            "bank_ref": bank_ref or f"BK-{key}", "allocations": [(statement, allocated or amount)], **values}])[0]

    @classmethod
    def _portal_user(cls, partner, login="h5_portal"):
        person = cls.env["res.partner"].create({"name": "仓管李工", "parent_id": partner.id})
        return new_test_user(
            cls.env, login, "base.group_portal", lang="en_US", partner_id=person.id, company_id=cls.env.ref("base.main_company").id,
            company_ids=[Command.set(cls.env.ref("base.main_company").ids)])


class OffsetCase(SettlementCase):
    """A producer that owes 2,800 and is owed 600, both invoiced."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        contract = cls._active(cls._detail(), cls._detail(waste_name="含铜污泥", pricing_mode="negative", price_unit=-300.0))
        cls._batch(contract, 1000)
        cls._batch(contract, 2000, line=1)
        cls.receivable, cls.payable = cls._make(contract)
        for statement in cls.receivable + cls.payable:
            statement.action_approve()
            statement.action_confirm()
            statement.action_make_invoices()

    @classmethod
    def _offset(cls, theirs=600.0, ours=600.0, **values):
        return cls.env["waste.statement.offset"].with_user(cls.finance).create({
            "partner_id": cls.producer.id, "company_id": cls.company.id, "date": "2026-10-20",
            "line_ids": [
                Command.create({"statement_id": cls.receivable.id, "amount": theirs}),
                Command.create({"statement_id": cls.payable.id, "amount": ours}),
            ], **values})


class FeedCase(SettlementCase):
    """The money of the feed: its contracts, accepted batches, statements, invoices and payments."""

    MODES = {
        "UNIT_T": "unit_t", "UNIT_KG": "unit_kg", "UNIT_PACK": "unit_package", "NEGATIVE": "negative",
        "LUMP_YEAR": "lump_year", "TIER": "tier_all", "TIER_K": "tier_excess",
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with file_open("waste_settlement/tests/fixtures/feed_money.json") as file:
            # Other numbers than the feed's own, which the demo world may hold already.
            cls.feed = json.loads(re.sub(r'"(?=(DS(WF|GF|CC)-|JSD-|PC2|BK0|KPTZ-|SK-))', '"T-', file.read()))
        cls.hazardous.pricing_mode_ids = cls.industrial.pricing_mode_ids = cls.kitchen.pricing_mode_ids = False
        cls.kitchen.write({"default_quota_t": 15, "excess_price_factor": 2})
        cls.producers = {
            code: cls.env["res.partner"].create({"name": code, "is_company": True})
            for code in sorted({contract["producer"] for contract in cls.feed["contracts"]})}
        cls.contracts = cls.env["sale.order"].create([
            cls._prepare_contract(contract) for contract in cls.feed["contracts"]])
        cls.contract_by_name = {contract.name: contract for contract in cls.contracts}
        lines = {line.line_no: line for line in cls.contracts.order_line}
        cls.batches = cls.env["waste.batch"].create([
            {
                **lines[line_no]._prepare_batch_values(name),
                "accepted_kg": float(kg),
                "accepted_package_count": packages,
                "inbound_at": cls._utc(moment),
                "state": "stored",
            }
            for name, line_no, moment, kg, packages in cls.feed["batches"]])

    @classmethod
    def _prepare_contract(cls, contract):
        business = cls.env.ref(f"waste.business_{contract['business']}")
        return {
            "name": contract["name"],
            "business_id": business.id,
            "company_id": cls.company.id,
            "invoicing_company_id": cls.company.id,
            "partner_id": cls.producers[contract["producer"]].id,
            "date_start": contract["start"],
            "date_end": contract["end"],
            "date_signed": contract["start"],
            "contract_state": "active",
            "settlement_cycle": {"月": "month", "季": "quarter"}[contract["cycle"]],
            "lump_sum_amount": float(contract["lump_sum"] or 0),
            "included_quantity_t": float(contract["included_t"] or 0),
            "tax_rate_percent": 6.0,
            "tier_ids": [
                Command.create({"from_t": float(low), "to_t": float(high or 0), "price_unit": float(price)})
                for low, high, price in contract["tiers"] or []],
            "order_line": [
                Command.create({
                    "line_no": line_no, "waste_name": waste, "pricing_mode": cls.MODES[mode], "price_unit": float(price),
                    "payer": {"甲方": "producer", "乙方": "us"}[payer],
                })
                for line_no, waste, mode, price, payer in contract["lines"]],
        }

    @classmethod
    def _utc(cls, moment):
        moment = datetime.fromisoformat(moment)
        return (moment - moment.utcoffset()).replace(tzinfo=None)

    @classmethod
    def _day(cls, moment):
        return datetime.fromisoformat(moment).date()

    @classmethod
    def _statement_values(cls, rows):
        vals_list = []
        for number, contract, direction, period, quantity_t, amount, _received, _state in rows:
            start, end = month_bounds(period)
            vals_list.append({
                "name": number,
                "contract_id": cls.contract_by_name[contract].id,
                "direction": {"应收": "receivable", "应付": "payable"}[direction],
                "period_start": start,
                "period_end": end,
                "external_system": "wim",
                "external_key": number,
                "external_amount": float(amount),
                "external_quantity_kg": float(Decimal(quantity_t) * 1000),
                "tax_rate_percent": 6.0,
                "state": "approved",
            })
        return vals_list


__all__ = ["ROLES", "FeedCase", "SettlementCase"]
