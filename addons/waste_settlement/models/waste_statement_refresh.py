from collections import namedtuple

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.waste.tools.changes import is_change
from odoo.addons.waste_contract.tools import exact

from ..const import LAB_MODES, TIER_MODES
from ..tools import Movement, Movements, day_start_utc, local_day

# One statement that is due, made or not: `contract` speaks the producer's language, who reads the explanations.
Due = namedtuple("Due", ["contract", "direction", "kind", "start", "end"])

# What many statements are calculated from, fetched with one query for each kind of fact.
Facts = namedtuple("Facts", ["movements", "prepaid"])


class WasteStatement(models.Model):
    """Statements follow the accepted batches and the contract's prices as long as they are drafts, or another system's."""

    _inherit = "waste.statement"

    # BUSINESS ------------------------------------------------------------------

    @api.model
    def _refresh(self, contracts):
        """Recalculate the statements of contracts from their accepted batches, in the order of the periods.

        Drafts and statements that another system keeps get new lines; on those and on all others ``computed_amount``
        says what the batches and prices come to now, so that a late batch shows as a difference. The number of
        queries doesn't depend on the number of contracts.

        :param contracts: `sale.order`
        :return: the statements looked at
        """
        statements = self.search([
            ("contract_id", "in", contracts.ids), ("state", "!=", "cancelled"), ("kind", "!=", "adjustment"),
        ], order="period_start, id")
        if not statements:
            return statements
        spoken = self._get_spoken(statements.contract_id)
        dues = {statement: statement._get_due(spoken) for statement in statements}
        facts = self._get_facts(dues.values())
        lump_owners = statements._get_lump_owners()
        obsolete = self.env["waste.statement.line"]
        vals_list = []
        for statement, due in dues.items():
            lines = statement._prepare_lines_or_problem(due, facts, statement in lump_owners)
            if lines is None:
                continue
            amount = self._sum_lines(lines)
            if is_change(statement, "computed_amount", amount):
                statement.computed_amount = amount
            if statement._is_recalculated():
                kept, gone = statement.line_ids._match_lines(lines)
                obsolete += gone
                vals_list += [{**line, "statement_id": statement.id} for line in lines if line not in kept]
        obsolete.unlink()
        # Deleting emptied the cache; what the new lines take from their statements is read for all of them here.
        statements.fetch(["company_id", "currency_id", "state", "external_system"])
        self.env["waste.statement.line"].create(vals_list)
        return statements

    def _get_due(self, spoken=None):
        """Return this statement as :class:`Due`.

        :param spoken: {contract id: contract in the language of its producer}
        """
        self.ensure_one()
        spoken = spoken or self._get_spoken(self.contract_id)
        return Due(spoken[self.contract_id.id], self.direction, self.kind, self.period_start, self.period_end)

    def _is_recalculated(self):
        return self.state == "draft" or bool(self.external_system)

    # HELPERS -------------------------------------------------------------------

    def _prepare_lines_or_problem(self, due, facts, has_lump):
        """Return the lines as `_prepare_lines` does, or None after noting why they can't be calculated.

        A batch that arrives before its laboratory report must not be refused for it: the amount stays what it was.
        """
        self.ensure_one()
        lines, problem = None, False
        try:
            lines = self._prepare_lines(due, facts, has_lump)
        except UserError as error:
            problem = str(error)
        if is_change(self, "problem", problem):
            self.write({"problem": problem})
        return lines

    @api.model
    def _get_spoken(self, contracts):
        """Return {id: contract in the language of its producer}."""
        return {
            contract.id: contract
            for lang, group in contracts.grouped(lambda contract: contract.partner_id.lang or self.env.lang).items()
            for contract in group.with_context(lang=lang)}

    @api.model
    def _get_facts(self, dues):
        """Fetch what the amounts of :class:`Due` statements follow from."""
        contracts = self.env["sale.order"].union(*(due.contract for due in dues)).with_env(self.env)
        # All columns at once: asked for one by one, each waste detail would be read by itself.
        contracts.order_line.fetch()
        if TIER_MODES.intersection(contracts.order_line.mapped("pricing_mode")):
            # Read for all of them at once: each price would ask for those of its contract.
            contracts.tier_ids.mapped("price_unit")
        return Facts(
            movements=self._get_movements(contracts, min(due.start for due in dues)),
            prepaid=self._get_prepaid_facts(dues))

    @api.model
    def _get_movements(self, contracts, day):
        """Return the accepted batches of contracts since the start of the year of ``day``, as :class:`Movements`."""
        batches = self.env["waste.batch"].search_fetch([
            ("contract_id", "in", contracts.ids),
            ("inbound_at", ">=", day_start_utc(day.replace(month=1, day=1))),
        ], ["contract_line_id", "inbound_at", "accepted_kg", "accepted_package_count", "pickup_id"])
        reports = self._get_lab_reports(contracts, batches)
        return Movements(
            Movement(
                line_id=batch.contract_line_id.id,
                day=local_day(batch.inbound_at),
                net_kg=exact(batch.accepted_kg),
                packages=batch.accepted_package_count,
                trip=("pickup", batch.pickup_id.id) if batch.pickup_id else ("batch", batch.id),
                batch_id=batch.id,
                samples=len(reports.get(batch.id, ())),
                # A later report corrects the items of an earlier one.
                lab=tuple({item: value for values in reports.get(batch.id, ()) for item, value in values}.items()),
            )
            for batch in batches
        )

    @api.model
    def _get_lab_reports(self, contracts, batches):
        """Return {batch id: [[(item, Decimal)] of each report, the oldest first]} where prices ask the laboratory."""
        if not LAB_MODES.intersection(contracts.order_line.mapped("pricing_mode")):
            return {}
        reports = {}
        # What the laboratory found decides the amount, whoever settles.
        for report in self.env["waste.lab"].sudo().search_fetch(
                [("batch_id", "in", batches.ids)], ["batch_id", "items"], order="tested_at, id"):
            reports.setdefault(report.batch_id.id, []).append(
                [(item[0], exact(item[1])) for item in report.items or []])
        return reports

    def _get_lump_owners(self):
        """Return which of the statements carry the yearly lump sum: once per contract and calendar year.

        A frozen statement keeps the lump sum that it carries; else the first receivable statement of the year has it.

        :param self: all statements of some contracts, in the order of their periods
        """
        owners = self.browse()
        receivable = self.filtered(lambda statement: (
            statement.direction == "receivable" and statement.kind != "advance" and statement.contract_id._has_lump_sum()))
        groups = receivable.grouped(lambda statement: (statement.contract_id, statement.period_start.year))
        for statements in groups.values():
            frozen = statements.filtered(lambda statement: not statement._is_recalculated())
            carried = frozen.line_ids.filtered(lambda line: line.kind == "lump").statement_id
            owners += (carried or statements - frozen)[:1]
        return owners


class WasteStatementLine(models.Model):
    _inherit = "waste.statement.line"

    def _match_lines(self, vals_list):
        """Tell which wanted lines exist already, so that a recalculation without news writes nothing.

        :return: (the values that exist as they are, the lines that are to go)
        """
        kept, gone = [], self.browse()
        wanted = {
            (vals["contract_line_id"], vals["kind"], vals["date_from"], vals["source_id"]): vals for vals in vals_list}
        for line in self:
            vals = wanted.pop((line.contract_line_id.id, line.kind, line.date_from, line.source_id.id), None)
            if vals and set(line.batch_ids.ids) == set(vals["batch_ids"]) and not any(
                    is_change(line, name, value) for name, value in vals.items() if name != "batch_ids"):
                kept.append(vals)
            else:
                gone += line
        return kept, gone
