from decimal import Decimal

from odoo import api, models
from odoo.tools import float_compare, groupby

from odoo.addons.waste_contract.tools import Settled, exact, half_up

# What a line says when nothing else is known of it; each kind of line fills in its own.
EMPTY_LINE = {
    "contract_line_id": False, "date_from": False, "date_to": False, "source_id": False, "batch_ids": [],
    "quantity_kg": 0.0, "package_count": 0, "trip_count": 0, "before_kg": 0.0, "pricing_mode": False, "price_unit": 0.0,
    "has_own_tax_rate": False, "own_tax_rate_percent": 0.0, "government_amount": 0.0,
}


class WasteStatement(models.Model):
    """From movements and prices to lines: amount, sentence, batches."""

    _inherit = "waste.statement"

    @api.model
    def _prepare_lines(self, due, facts, has_lump=False):
        """Return the values of the lines that a statement should have now, without ``statement_id``.

        :param due: :class:`Due`
        :param facts: :class:`Facts` of its contract
        :param has_lump: whether the yearly lump sum is on this statement
        """
        if due.kind == "advance":
            return self._prepare_advance_lines(due, facts)
        lines = [self._prepare_lump_line(due)] if has_lump else []
        for contract_line in due.contract.order_line.filtered("pricing_mode"):
            lines += self._prepare_waste_lines(due, contract_line, facts.movements)
        lines += self._prepare_charge_lines(due, facts.movements, lines)
        if due.kind == "true_up":
            lines += self._prepare_true_up_lines(due, facts, self._sum_lines(lines))
        return lines

    @api.model
    def _sum_lines(self, lines):
        return float(sum(exact(line["amount"]) for line in lines))

    @api.model
    def _prepare_lump_line(self, due):
        contract, year = due.contract._as_of(due.start), str(due.start.year)
        return {
            **EMPTY_LINE,
            "kind": "lump",
            "sequence": 0,
            "name": contract.env._("Lump sum %(year)s", year=year),
            "pricing_mode": "lump_year",
            "price_unit": contract.lump_sum_amount,
            "amount": float(half_up(exact(contract.lump_sum_amount))),
            "explanation": contract.env._(
                "Lump sum of the calendar year %(year)s, charged once; %(included)s t are included.",
                year=year, included=f"{contract.included_quantity_t:g}"),
        }

    @api.model
    def _prepare_waste_lines(self, due, contract_line, movements):
        """Return the lines of one waste detail: none when nothing moved, several when its terms changed in the period."""
        if not movements.between(contract_line._get_moved_ids(), due.start, due.end):
            return []
        parts = self._get_parts(due, contract_line)
        lines = []
        for start, end, terms in parts:
            if not terms._is_settled_on(due.direction):
                continue
            if line := self._prepare_waste_line(start, end, contract_line, terms, movements):
                if due.direction == "government":
                    line.update(amount=line["government_amount"], government_amount=0.0)
                dates = {"date_from": start, "date_to": end} if len(parts) > 1 else {}
                lines.append({**line, **dates})
        return lines

    @api.model
    def _get_parts(self, due, contract_line):
        """Return the terms of a waste detail in the period, see `sale.order.line._get_terms_between`."""
        # Asked of the contract, which is fetched with all others; history is read for whoever may read the contract.
        if not due.contract.sudo().change_ids:
            return [(due.start, due.end, contract_line)]
        return contract_line._get_terms_between(due.start, due.end)

    @api.model
    def _prepare_waste_line(self, start, end, contract_line, terms, movements):
        """Return the line of one waste detail for days under the same terms, or None when nothing moved.

        Days that span several counting periods (a quarter's quota in a yearly statement) are priced in as many
        parts; the amount is rounded once.

        :param terms: the waste detail as it was agreed for these days
        """
        pricing = terms.env[f"waste.pricing.{terms.pricing_mode}"]
        kind = pricing._counting_period(terms)
        counted = movements.counted(terms._get_moved_ids(), start, end, kind)
        if not counted:
            return None
        shared = pricing._get_counted_lines(terms).ids
        # Waste details before this one use up what they share, such as an included quantity, first.
        pool = shared[:shared.index(contract_line.id)] if contract_line.id in shared else []
        amount, government_amount, explanations, moved, before_kg = Decimal(0), Decimal(0), [], [], None
        for first, part in counted:
            before = Decimal(0)
            if first:
                before = movements.net_kg_before(shared, first, start) + sum(
                    (movement.net_kg for since, together in movements.counted(pool, start, end, kind)
                     if since == first for movement in together), Decimal(0))
            before_kg = before if before_kg is None else before_kg
            for piece in self._get_pieces(pricing._settle_by(terms), part):
                settled = self._get_settled(piece, before)
                amount += pricing._amount(terms, settled)
                if pricing._payer == "government":
                    government_amount += pricing._government_amount(terms, settled)
                explanations.append(pricing._explain(terms, settled))
            moved += part
        quantity_kg = sum(movement.net_kg for movement in moved)
        has_own_tax_rate = bool(float_compare(
            terms.tax_rate_percent, contract_line.order_id.tax_rate_percent, precision_digits=2))
        return {
            **EMPTY_LINE,
            "kind": "waste",
            "sequence": contract_line.sequence,
            "name": contract_line.waste_name or contract_line.name,
            "contract_line_id": contract_line.id,
            "batch_ids": [movement.batch_id for movement in moved],
            # The tonnes of a fee are those of the waste it is for, and shown there.
            "quantity_kg": 0.0 if pricing._is_service else float(quantity_kg),
            "package_count": sum(movement.packages for movement in moved),
            "trip_count": len({movement.trip for movement in moved}),
            "before_kg": float(before_kg),
            "pricing_mode": terms.pricing_mode,
            "price_unit": terms.price_unit,
            "amount": float(half_up(amount)),
            "government_amount": float(half_up(government_amount)),
            "has_own_tax_rate": has_own_tax_rate,
            "own_tax_rate_percent": terms.tax_rate_percent if has_own_tax_rate else 0.0,
            "explanation": "\n".join(explanations),
        }

    @api.model
    def _get_pieces(self, settle_by, movements):
        """Split movements into what is priced at a time: all of them, each trip, or each batch by its laboratory values."""
        if settle_by == "period":
            return [movements]
        if settle_by == "trip":
            return [together for _trip, together in groupby(movements, lambda movement: movement.trip)]
        return [[movement] for movement in movements]

    @api.model
    def _get_settled(self, movements, before_kg):
        return Settled(
            net_kg=sum((movement.net_kg for movement in movements), Decimal(0)),
            packages=sum(movement.packages for movement in movements),
            trips=len({movement.trip for movement in movements}),
            before_kg=before_kg,
            samples=sum(movement.samples for movement in movements),
            bins=sum(movement.packages for movement in movements),
            lab=movements[-1].lab,
            day=movements[-1].day,
        )
