from odoo import api, models
from odoo.exceptions import ValidationError


class WasteStatement(models.Model):
    """What a statement may not say, whoever writes it."""

    _inherit = "waste.statement"

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains("contract_id", "direction", "kind", "period_start", "period_end", "state")
    def _check_period_once(self):
        """Two statements of one contract and direction never cover the same day, or a batch would be charged twice."""
        live = self.filtered(lambda statement: statement.state != "cancelled")
        live._refuse_taken_periods([
            (each.contract_id.id, each.direction, each.kind, each.period_start, each.period_end, each) for each in live])

    @api.model
    def _refuse_taken_periods(self, wanted):
        """Raise when a day is taken already.

        Advances stand apart: they are taken off what the same days come to. Adjustments may meet any day.

        :param wanted: list of (contract id, direction, kind, first day, last day, the statement itself or an empty one)
        """
        others = self.search([
            ("contract_id", "in", [row[0] for row in wanted]), ("state", "!=", "cancelled"), ("kind", "!=", "adjustment")])
        taken = others.grouped(lambda other: (other.contract_id.id, other.direction, other.kind == "advance"))
        for contract_id, direction, kind, start, end, statement in wanted:
            for other in taken.get((contract_id, direction, kind == "advance"), self) if kind != "adjustment" else ():
                if other != statement and other.period_start <= end and start <= other.period_end:
                    raise ValidationError(self.env._(
                        "Contract %(contract)s already has the %(direction)s statement %(other)s from %(start)s to %(end)s. "
                        "Cancel that one first, or choose another period.",
                        contract=other.contract_id.name, other=other.name,
                        direction=dict(self._fields["direction"]._description_selection(self.env))[direction],
                        start=other.period_start, end=other.period_end))

    @api.constrains("contract_id", "company_id", "partner_id")
    def _check_contract_party(self):
        for statement in self:
            contract = statement.contract_id
            if not contract.business_id:
                raise ValidationError(self.env._(
                    "%(contract)s is not a waste contract: statements are made for contracts of a business.",
                    contract=contract.name))
            party = contract._get_statement_party(statement.direction)
            if statement.partner_id != party:
                raise ValidationError(self.env._(
                    "Statement %(statement)s names %(partner)s, but its contract %(contract)s is with %(party)s.",
                    statement=statement.name, partner=statement.partner_id.display_name,
                    contract=contract.name, party=party.display_name or "-"))

    @api.constrains("tax_rate_percent")
    def _check_tax_rate(self):
        for statement in self:
            if not 0 <= statement.tax_rate_percent < 100:
                raise ValidationError(self.env._(
                    "The tax rate of statement %(statement)s is a percentage such as 6, not %(rate)s.",
                    statement=statement.name, rate=statement.tax_rate_percent))

    @api.constrains("contract_id", "currency_id")
    def _check_currency(self):
        for statement in self:
            if statement.currency_id != statement.contract_id.currency_id:
                raise ValidationError(self.env._(
                    "Statement %(statement)s is in %(currency)s, but its contract %(contract)s is in %(agreed)s: "
                    "amounts of two currencies are never added up.",
                    statement=statement.name, currency=statement.currency_id.name,
                    contract=statement.contract_id.name, agreed=statement.contract_id.currency_id.name))

    @api.constrains("contract_id", "period_start", "period_end", "kind")
    def _check_period_in_contract(self):
        """Waste that was fetched on the last day may be stored after it: then the batches say that the period is right."""
        outside = self.filtered(lambda statement: not statement.external_system and statement.kind != "adjustment" and (
            statement.period_end < statement.contract_id.date_start
            or statement.period_start > statement.contract_id.date_end))
        if not outside:
            return
        dues = {statement: statement._get_due() for statement in outside}
        facts = self._get_facts(dues.values())
        for statement in outside:
            if statement.period_start > statement.contract_id.date_end and statement._has_something_due(
                    dues[statement], facts):
                continue
            raise ValidationError(self.env._(
                "Contract %(contract)s runs from %(start)s to %(end)s: nothing of it is to be settled from "
                "%(first)s to %(last)s. Choose a period of the contract.",
                contract=statement.contract_id.name, start=statement.contract_id.date_start,
                end=statement.contract_id.date_end, first=statement.period_start, last=statement.period_end))
