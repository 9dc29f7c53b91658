from collections import Counter, defaultdict
from decimal import Decimal

from odoo import api, models

from odoo.addons.waste_contract.tools import exact, half_up

from .waste_statement_amounts import EMPTY_LINE


class WasteStatement(models.Model):
    """What a contract charges as a whole: lump sums of each month or trip, and what the minimum charge adds."""

    _inherit = "waste.statement"

    @api.model
    def _prepare_charge_lines(self, due, movements, lines):
        """Return the lines of the contract as a whole, without ``statement_id``.

        :param lines: the lines of the waste details
        """
        if due.direction != "receivable":
            return []
        contract = due.contract._as_of(due.start)
        charges = self._prepare_lump_unit_lines(due, contract, movements)
        return [*charges, *self._prepare_minimum_lines(due, contract, movements, [*lines, *charges])]

    @api.model
    def _has_charge_due(self, due):
        """Tell whether a month of the contract begins in the period and costs something, though nothing moved."""
        contract = due.contract
        is_monthly = (
            contract.lump_sum_unit == "month" and contract.lump_sum_amount and contract._get_lines_of_mode("lump_year")
            or contract.minimum_charge_unit == "month" and contract.minimum_charge_amount)
        return bool(due.direction == "receivable" and is_monthly and contract._get_month_starts(due.start, due.end))

    @api.model
    def _prepare_lump_unit_lines(self, due, contract, movements):
        lump_lines = due.contract._get_lines_of_mode("lump_year")
        if not contract.lump_sum_amount or not lump_lines or contract.lump_sum_unit == "year":
            return []
        if contract.lump_sum_unit == "month":
            count = len(due.contract._get_month_starts(due.start, due.end))
        else:
            count = len({movement.trip for movement in movements.between(lump_lines.ids, due.start, due.end)})
        if not count:
            return []
        amount = half_up(exact(contract.lump_sum_amount) * count)
        return [{
            **EMPTY_LINE,
            "kind": "lump",
            "sequence": 0,
            "name": contract.env._("Lump sum"),
            "pricing_mode": "lump_year",
            "price_unit": contract.lump_sum_amount,
            "amount": float(amount),
            "explanation": contract.env._(
                "%(count)s × %(sum)s = %(amount)s, for each %(unit)s",
                count=count, sum=f"{contract.lump_sum_amount:,.2f}", amount=f"{amount:,.2f}",
                unit=contract._get_selection_label("lump_sum_unit")),
        }]

    @api.model
    def _prepare_minimum_lines(self, due, contract, movements, lines):
        if not contract.minimum_charge_amount:
            return []
        amounts = self._get_minimum_amounts(due, contract, movements, lines)
        topup = contract._get_minimum_topup(amounts)
        if not topup:
            return []
        return [{
            **EMPTY_LINE,
            "kind": "minimum",
            "sequence": 1000,
            "name": contract.env._("Minimum charge"),
            "price_unit": contract.minimum_charge_amount,
            "amount": float(topup),
            "explanation": contract.env._(
                "At least %(minimum)s for each %(unit)s, the prices come to %(amounts)s: %(topup)s more",
                minimum=f"{contract.minimum_charge_amount:,.2f}", unit=contract._get_selection_label("minimum_charge_unit"),
                amounts="; ".join(f"{half_up(amount):,.2f}" for amount in amounts), topup=f"{topup:,.2f}"),
        }]

    @api.model
    def _get_minimum_amounts(self, due, contract, movements, lines):
        """Return what each trip, each month or the whole contract comes to, as Decimals.

        Lump sums count for the first month or in equal parts for the trips; a waste detail's amount is shared
        out by what its price is for: weight, trips, packages or samples.
        """
        if contract.minimum_charge_unit == "contract":
            if not due.start <= due.contract.date_end <= due.end:
                return []
            earlier = due.contract.statement_ids.filtered(lambda statement: (
                statement.direction == "receivable" and statement.state != "cancelled" and statement.period_end < due.start))
            return [exact(self._sum_lines(lines)) + sum((exact(amount) for amount in earlier.mapped("amount_total")), Decimal(0))]
        if contract.minimum_charge_unit == "month":
            months = due.contract._get_month_starts(due.start, due.end)
            return self._share_out(lines, movements, due, months, lambda movement: max(
                (month for month in months if month <= movement.day), default=months[0])) if months else []
        trips = list(dict.fromkeys(
            movement.trip for line in due.contract.order_line for movement in movements.between([line.id], due.start, due.end)))
        return self._share_out(lines, movements, due, trips, lambda movement: movement.trip)

    @api.model
    def _share_out(self, lines, movements, due, keys, key_of):
        """Return what ``lines`` come to for each of ``keys``; amounts without movements count evenly."""
        shares = defaultdict(Decimal)
        by_batch = {
            movement.batch_id: movement for line in due.contract.order_line
            for movement in movements.between([line.id], due.start, due.end)}
        for line in lines:
            moved = [by_batch[batch_id] for batch_id in line["batch_ids"]]
            weights = self._get_share_weights(line, due.contract, moved)
            total = sum(weights, Decimal(0))
            if not total:
                weights, total = [Decimal(1)] * len(moved), Decimal(len(moved))
            amount = exact(line["amount"])
            if not moved:
                for key in keys:
                    shares[key] += amount / len(keys)
            for movement, weight in zip(moved, weights, strict=True):
                shares[key_of(movement)] += amount * weight / total
        return [shares[key] for key in keys]

    @api.model
    def _get_share_weights(self, line, contract, movements):
        """Return for each movement what it adds to the quantity that the line's price is for."""
        contract_line = contract.order_line.filtered(lambda detail: detail.id == line["contract_line_id"])
        mode = line["pricing_mode"]
        if mode == "per_trip" or contract_line.price_basis == "trip":
            sizes = Counter(movement.trip for movement in movements)
            return [1 / Decimal(sizes[movement.trip]) for movement in movements]
        if mode == "analysis_fee":
            return [Decimal(movement.samples) for movement in movements]
        if mode in ("unit_package", "kitchen_bin"):
            return [Decimal(movement.packages) for movement in movements]
        return [movement.net_kg for movement in movements]
