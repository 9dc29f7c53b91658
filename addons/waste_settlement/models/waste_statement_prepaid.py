from collections import defaultdict, namedtuple

from dateutil.relativedelta import relativedelta

from odoo import api, models

from odoo.addons.waste_contract.tools import Settled, exact, half_up

from ..tools import day_start_utc, local_day
from .waste_statement_amounts import EMPTY_LINE

# What advances and the settlement of prepaid years follow from:
# - batches: {(producer id, business id): batches stored since a year before the first advance}
# - advances: {(contract id, first day): lines of the released advance of that year}
# - credits: {(producer id, business id, company id): {statement: Decimal that is still to be carried in}}
PrepaidFacts = namedtuple("PrepaidFacts", ["batches", "advances", "credits"])

RELEASED = ("state", "not in", ("draft", "cancelled"))


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model
    def _get_settled_line_key(self, contract_line):
        """Waste details of one year and the next are the same waste by code and name."""
        return contract_line.waste_code_id.id, contract_line.waste_name


class WasteStatement(models.Model):
    """Prepaid contracts (多退少补): an advance when the year begins, the difference when it ends."""

    _inherit = "waste.statement"

    # FACTS ---------------------------------------------------------------------

    @api.model
    def _get_prepaid_facts(self, dues):
        """Fetch what the prepaid ones of :class:`Due` statements follow from: nothing when there are none."""
        asked = [due for due in dues if due.kind == "advance"]
        settled = [due for due in dues if due.kind == "true_up"]
        return PrepaidFacts(
            batches=self._get_batches_before(asked) if asked else {},
            advances=self._get_released_advances(settled) if settled else {},
            credits=self._get_credits(asked) if asked else {})

    @api.model
    def _get_batches_before(self, dues):
        """Return the batches of the producers since a year before the first advance, whatever their contract was."""
        first = min(due.start for due in dues) - relativedelta(years=1)
        batches = self.env["waste.batch"].search_fetch([
            ("producer_id", "in", [due.contract.partner_id.id for due in dues]),
            ("company_id", "in", [due.contract.company_id.id for due in dues]),
            ("inbound_at", ">=", day_start_utc(first)),
        ], ["contract_line_id", "producer_id", "business_id", "company_id", "inbound_at", "accepted_kg",
            "accepted_package_count", "pickup_id"])
        return batches.grouped(self._get_party_key)

    @api.model
    def _get_released_advances(self, dues):
        lines = self.env["waste.statement.line"].search([
            ("statement_id.contract_id", "in", [due.contract.id for due in dues]),
            ("kind", "=", "advance"), ("statement_id.state", *RELEASED[1:])])
        return lines.grouped(lambda line: (line.statement_id.contract_id.id, line.statement_id.period_start))

    @api.model
    def _get_credits(self, dues):
        """Return what earlier years left over and no advance took up yet; the advances asked for may take it again."""
        lines = self.env["waste.statement.line"].search([
            ("statement_id.partner_id", "in", [due.contract.partner_id.id for due in dues]),
            "|", "&", ("kind", "=", "carried_out"), ("statement_id.state", *RELEASED[1:]),
            "&", ("kind", "=", "carried_in"), ("statement_id.state", "!=", "cancelled")], order="statement_id, id")
        own = {(due.contract.id, due.start) for due in dues}
        credits = defaultdict(lambda: defaultdict(lambda: exact(0)))
        for line in lines:
            statement = line.statement_id
            if line.kind == "carried_out":
                credits[self._get_party_key(statement)][statement] += exact(line.amount)
            elif (statement.contract_id.id, statement.period_start) not in own or not statement._is_recalculated():
                credits[self._get_party_key(statement)][line.source_id] += exact(line.amount)
        return credits

    @api.model
    def _get_party_key(self, record):
        party = record.producer_id if record._name == "waste.batch" else record.partner_id
        return party.id, record.business_id.id, record.company_id.id

    # LINES ---------------------------------------------------------------------

    @api.model
    def _prepare_advance_lines(self, due, facts):
        """Return the advance of a year, by waste detail, less what the years before left over."""
        contract = due.contract
        if contract.deposit_amount:
            lines = [self._prepare_deposit_line(contract)]
        else:
            lines = [
                self._prepare_advance_line(due, contract_line, facts)
                for contract_line in contract.order_line.filtered("pricing_mode")
                if contract_line._is_settled_on(due.direction)]
        rest = exact(self._sum_lines(lines))
        for source, credit in facts.prepaid.credits.get(self._get_party_key(contract), {}).items():
            taken = min(credit, rest)
            if taken > 0:
                # Another advance of the same run must not take it again.
                facts.prepaid.credits[self._get_party_key(contract)][source] -= taken
                rest -= taken
                lines.append({
                    **EMPTY_LINE,
                    "kind": "carried_in",
                    "sequence": 1000,
                    "name": contract.env._("Carried over from %(statement)s", statement=source.name),
                    "source_id": source.id,
                    "amount": float(-taken),
                    "explanation": contract.env._(
                        "Left over from the advance for %(start)s to %(end)s.", start=source.period_start, end=source.period_end),
                })
        return lines

    @api.model
    def _prepare_deposit_line(self, contract):
        return {
            **EMPTY_LINE,
            "kind": "advance",
            "sequence": 10,
            "name": contract.env._("Advance"),
            "amount": float(half_up(exact(contract.deposit_amount))),
            "explanation": contract.env._("As agreed in contract %(contract)s.", contract=contract.name),
        }

    @api.model
    def _prepare_advance_line(self, due, contract_line, facts):
        """Return the advance for one waste: on the volume of the year before, else on what the contract plans."""
        env = contract_line.env
        # No laboratory has seen the waste of the new year: its price is the one that the contract expects.
        pricing = contract_line._get_pricing()._get_planning_pricing()
        settled = self._get_volume_before(due, contract_line, facts)
        basis = env._("Advance on the volume of the year before")
        if not settled.net_kg:
            settled = pricing._planned(contract_line)
            basis = env._("Advance on the planned quantity")
        return {
            **EMPTY_LINE,
            "kind": "advance",
            "sequence": contract_line.sequence,
            "name": contract_line.waste_name or contract_line.name,
            "contract_line_id": contract_line.id,
            "pricing_mode": contract_line.pricing_mode,
            "price_unit": contract_line.price_unit,
            "amount": float(half_up(pricing._amount(contract_line, settled))),
            "explanation": env._("%(basis)s: %(sentence)s", basis=basis, sentence=pricing._explain(contract_line, settled)),
        }

    @api.model
    def _get_volume_before(self, due, contract_line, facts):
        """Return what the producer delivered of this waste in the year before the advance's, under any contract."""
        contract = due.contract
        first = due.start - relativedelta(years=1)
        moved_lines = contract_line._get_pricing()._get_moved_lines(contract_line)
        keys = {contract._get_settled_line_key(line) for line in moved_lines}
        batches = [
            batch for batch in facts.prepaid.batches.get(self._get_party_key(contract), ())
            if first <= local_day(batch.inbound_at) < due.start
            and contract._get_settled_line_key(batch.contract_line_id) in keys]
        return Settled(
            net_kg=sum((exact(batch.accepted_kg) for batch in batches), exact(0)),
            packages=sum(batch.accepted_package_count for batch in batches),
            trips=len({batch.pickup_id or batch for batch in batches}),
            samples=contract_line.planned_count)

    @api.model
    def _prepare_true_up_lines(self, due, facts, amount):
        """Return the lines that take the advance off what moved, and carry over what is left if so agreed.

        :param amount: what the year came to
        """
        contract = due.contract
        if due.direction != "receivable":
            return []
        lines = []
        paid = facts.prepaid.advances.get((contract.id, due.start), self.env["waste.statement.line"])
        for advance, advance_lines in paid.grouped("statement_id").items():
            lines.append({
                **EMPTY_LINE,
                "kind": "advance_paid",
                "sequence": 1000,
                "name": contract.env._("Less the advance %(statement)s", statement=advance.name),
                "source_id": advance.id,
                "amount": float(-sum(exact(line.amount) for line in advance_lines)),
                "explanation": contract.env._("Asked for when the year began, whether paid or not."),
            })
        left = exact(amount) + exact(self._sum_lines(lines))
        if left < 0 and contract.deposit_rule == "carry_over":
            lines.append({
                **EMPTY_LINE,
                "kind": "carried_out",
                "sequence": 1010,
                "name": contract.env._("Carried over to the next year"),
                "amount": float(-left),
                "explanation": contract.env._("Taken off the next advance instead of being paid back."),
            })
        return lines
