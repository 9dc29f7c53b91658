from decimal import Decimal

from odoo import api, models

from odoo.addons.waste.tools.changes import is_change
from odoo.addons.waste_contract.tools import Settled, exact, half_up

from ..const import POOLED_MODES
from ..tools import Movement, Movements, day_start_utc, local_day


class WasteStatement(models.Model):
    """From accepted batches and contract prices to statement lines."""

    _inherit = "waste.statement"

    # BUSINESS ------------------------------------------------------------------

    @api.model
    def _make_statements(self, contracts, period_start, period_end):
        """Create the missing statements of contracts for a period and calculate them.

        A contract gets a statement for each direction in which something moved, and a receivable one when its
        yearly lump sum is due. Contracts that another system keeps, and days that a statement covers already,
        are left alone.

        :param contracts: `sale.order`, contracts of any company of the user
        :param period_start: first day
        :param period_end: last day
        :return: the new statements
        """
        contracts = contracts.filtered(
            lambda contract: contract.business_id and not contract.external_system
            and contract.date_start <= period_end and contract.contract_state in ("active", "expired", "terminated"))
        existing = self.search([("contract_id", "in", contracts.ids), ("state", "!=", "cancelled")])
        covered = {
            (statement.contract_id, statement.direction) for statement in existing
            if statement.period_start <= period_end and period_start <= statement.period_end
        }
        lumped = {
            line.statement_id.contract_id for line in existing.line_ids
            if line.is_lump and line.statement_id.period_start.year == period_start.year
        }
        movements = self._get_movements(contracts, period_start)
        vals_list = []
        for contract in contracts:
            directions = {
                contract_line._get_settlement_direction()
                for contract_line in contract.order_line.filtered("pricing_mode")
                if movements.between(contract_line.id, period_start, period_end)
            }
            if contract._has_lump_sum() and contract.date_end >= period_start and contract not in lumped:
                directions.add("receivable")
            vals_list += [
                {
                    "contract_id": contract.id,
                    "direction": direction,
                    "period_start": period_start,
                    "period_end": period_end,
                }
                for direction in sorted(directions, reverse=True) if (contract, direction) not in covered
            ]
        statements = self.create(vals_list)
        self._refresh(statements.contract_id)
        return statements

    @api.model
    def _refresh(self, contracts):
        """Recalculate the statements of contracts from their accepted batches, in the order of the periods.

        Drafts and statements that another system keeps get new lines; on those and on all others ``computed_amount``
        says what the batches and prices come to now, so that a late batch shows as a difference. The number of
        queries doesn't depend on the number of contracts.

        :param contracts: `sale.order`
        :return: the statements looked at
        """
        statements = self.search(
            [("contract_id", "in", contracts.ids), ("state", "!=", "cancelled")], order="period_start, id")
        if not statements:
            return statements
        movements = self._get_movements(statements.contract_id, statements[0].period_start)
        lump_owners = statements._get_lump_owners()
        obsolete = self.env["waste.statement.line"]
        vals_list = []
        for statement in statements:
            lines = statement._prepare_lines(movements, has_lump=statement in lump_owners)
            amount = float(sum(exact(line["amount"]) for line in lines))
            if is_change(statement, "computed_amount", amount):
                statement.computed_amount = amount
            if statement._is_recalculated():
                kept, gone = statement.line_ids._match_lines(lines)
                obsolete += gone
                vals_list += [line for line in lines if line not in kept]
        obsolete.unlink()
        self.env["waste.statement.line"].create(vals_list)
        return statements

    def _is_recalculated(self):
        return self.state == "draft" or bool(self.external_system)

    # HELPERS -------------------------------------------------------------------

    @api.model
    def _get_movements(self, contracts, day):
        """Return the accepted batches of contracts since the start of the year of ``day``, as :class:`Movements`."""
        batches = self.env["waste.batch"].search_fetch([
            ("contract_id", "in", contracts.ids),
            ("inbound_at", ">=", day_start_utc(day.replace(month=1, day=1))),
        ], ["contract_line_id", "inbound_at", "accepted_kg", "accepted_package_count", "pickup_id"])
        return Movements(
            Movement(
                line_id=batch.contract_line_id.id,
                day=local_day(batch.inbound_at),
                net_kg=exact(batch.accepted_kg),
                packages=batch.accepted_package_count,
                trip=("pickup", batch.pickup_id.id) if batch.pickup_id else ("batch", batch.id),
                batch_id=batch.id,
            )
            for batch in batches
        )

    def _get_lump_owners(self):
        """Return which of the statements carry the yearly lump sum: once per contract and calendar year.

        A frozen statement keeps the lump sum that it carries; else the first receivable statement of the year has it.

        :param self: all statements of some contracts, in the order of their periods
        """
        owners = self.browse()
        receivable = self.filtered(lambda statement: (
            statement.direction == "receivable" and statement.contract_id._has_lump_sum()))
        groups = receivable.grouped(lambda statement: (statement.contract_id, statement.period_start.year))
        for statements in groups.values():
            frozen = statements.filtered(lambda statement: not statement._is_recalculated())
            carried = frozen.line_ids.filtered("is_lump").statement_id
            owners += (carried or statements - frozen)[:1]
        return owners

    def _prepare_lines(self, movements, has_lump):
        """Return the values of the lines that this statement should have now."""
        self.ensure_one()
        contract = self.contract_id.with_context(lang=self.partner_id.lang or self.env.lang)
        vals_list = [self._prepare_lump_line(contract)] if has_lump else []
        pool = []
        for contract_line in contract.order_line.filtered("pricing_mode"):
            if contract_line._get_settlement_direction() == self.direction:
                vals_list += self._prepare_waste_line(contract_line, movements, pool)
                if contract_line.pricing_mode in POOLED_MODES:
                    pool.append(contract_line.id)
        return vals_list

    def _prepare_lump_line(self, contract):
        year = str(self.period_start.year)
        return {
            "statement_id": self.id,
            "sequence": 0,
            "name": contract.env._("Lump sum %(year)s", year=year),
            "contract_line_id": False,
            "is_lump": True,
            "batch_ids": [],
            "quantity_kg": 0.0,
            "package_count": 0,
            "trip_count": 0,
            "before_kg": 0.0,
            "pricing_mode": "lump_year",
            "price_unit": contract.lump_sum_amount,
            "amount": float(half_up(exact(contract.lump_sum_amount))),
            "explanation": contract.env._(
                "Lump sum of the calendar year %(year)s, charged once; %(included)s t are included.",
                year=year, included=f"{contract.included_quantity_t:g}"),
        }

    def _prepare_waste_line(self, contract_line, movements, pool):
        """Return the line of one waste detail as a list of none or one.

        A period that spans several counting periods (a quarter's quota in a yearly statement) is priced in as
        many parts; the amount is rounded once.

        :param pool: ids of the lines before this one that use up the same quantity
        """
        # The environment of the contract line speaks the producer's language: he reads the explanations.
        pricing = contract_line.env[f"waste.pricing.{contract_line.pricing_mode}"]
        kind = pricing._counting_period(contract_line)
        counted = movements.counted(contract_line.id, self.period_start, self.period_end, kind)
        if not counted:
            return []
        is_pooled = contract_line.pricing_mode in POOLED_MODES
        shared = contract_line.order_id._get_lines_of_mode(contract_line.pricing_mode) if is_pooled else contract_line
        amount, explanations, parts, before_kg = Decimal(0), [], [], None
        for first, part in counted:
            before = Decimal(0)
            if first:
                before = movements.net_kg_before(shared.ids, first, self.period_start)
                if is_pooled:
                    before += sum(
                        (movement.net_kg for line_id in pool
                         for start, moved in movements.counted(line_id, self.period_start, self.period_end, kind)
                         if start == first for movement in moved), Decimal(0))
            settled = Settled(
                net_kg=sum(movement.net_kg for movement in part),
                packages=sum(movement.packages for movement in part),
                trips=len({movement.trip for movement in part}),
                before_kg=before,
            )
            before_kg = before if before_kg is None else before_kg
            amount += pricing._amount(contract_line, settled)
            explanations.append(pricing._explain(contract_line, settled))
            parts += part
        return [{
            "statement_id": self.id,
            "sequence": contract_line.sequence,
            "name": contract_line.waste_name or contract_line.name,
            "contract_line_id": contract_line.id,
            "is_lump": False,
            "batch_ids": [movement.batch_id for movement in parts],
            "quantity_kg": float(sum(movement.net_kg for movement in parts)),
            "package_count": sum(movement.packages for movement in parts),
            "trip_count": len({movement.trip for movement in parts}),
            "before_kg": float(before_kg),
            "pricing_mode": contract_line.pricing_mode,
            "price_unit": contract_line.price_unit,
            "amount": float(half_up(amount)),
            "explanation": "\n".join(explanations),
        }]


class WasteStatementLine(models.Model):
    _inherit = "waste.statement.line"

    def _match_lines(self, vals_list):
        """Tell which wanted lines exist already, so that a recalculation without news writes nothing.

        :return: (the values that exist as they are, the lines that are to go)
        """
        kept, gone = [], self.browse()
        wanted = {(vals["contract_line_id"], vals["is_lump"]): vals for vals in vals_list}
        for line in self:
            vals = wanted.pop((line.contract_line_id.id, line.is_lump), None)
            if vals and set(line.batch_ids.ids) == set(vals["batch_ids"]) and not any(
                    is_change(line, name, value) for name, value in vals.items() if name != "batch_ids"):
                kept.append(vals)
            else:
                gone += line
        return kept, gone
