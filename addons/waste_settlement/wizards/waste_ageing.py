from odoo import api, fields, models
from odoo.exceptions import AccessError

BUCKETS = [
    ("not_due", "Not Due"),
    ("d30", "0–30 Days"),
    ("d60", "31–60 Days"),
    ("d90", "61–90 Days"),
    ("more", "Over 90 Days"),
]


class WasteAgeing(models.TransientModel):
    """What customers owe on a day, by how long it is overdue."""

    _name = "waste.ageing"
    _description = "Receivables by Age"

    date = fields.Date("As of", required=True, default=fields.Date.context_today)
    is_only_overdue = fields.Boolean("Only Overdue", default=True)
    line_ids = fields.One2many("waste.ageing.line", "ageing_id", "Items")

    # ACTION --------------------------------------------------------------------

    def action_show(self):
        """Compute the items of the day and open them."""
        self.ensure_one()
        self._fill()
        action = self.env["ir.actions.act_window"]._for_xml_id("waste_settlement.waste_ageing_line_action")
        return {
            **action, "domain": [("ageing_id", "=", self.id)],
            "display_name": self.env._("Receivables by Age, %(date)s", date=self.date)}

    # BUSINESS ------------------------------------------------------------------

    def _fill(self):
        """Write the lines: the contracts that the user may read, and no others."""
        self.line_ids.unlink()
        if not self.env["waste.collection"].has_access("read"):
            raise AccessError(self.env._("Receivables are shown to sales, customer service and finance."))
        contracts = self.env["sale.order"].search([("business_id", "!=", False)])
        vals_list = []
        for item in contracts._get_open_items(self.date):
            days = (self.date - item.date_due).days
            if self.is_only_overdue and days <= 0:
                continue
            contract = item.contract.sudo()
            vals_list.append({
                "ageing_id": self.id,
                "name": item.name,
                "contract_id": contract.id,
                "partner_id": item.partner.id,
                "user_id": contract.user_id.id,
                "business_id": contract.business_id.id,
                "company_id": contract.company_id.id,
                "currency_id": contract.currency_id.id,
                "date_due": item.date_due,
                "overdue_days": max(days, 0),
                "bucket": self._get_bucket(days),
                "amount": item.amount,
            })
        self.env["waste.ageing.line"].create(vals_list)

    @api.model
    def _get_bucket(self, days):
        if days <= 0:
            return "not_due"
        return next((bucket for bucket, last in (("d30", 30), ("d60", 60), ("d90", 90)) if days <= last), "more")


class WasteAgeingLine(models.TransientModel):
    _name = "waste.ageing.line"
    _description = "Receivable of a Day"
    _order = "date_due, id"

    ageing_id = fields.Many2one("waste.ageing", required=True, index=True, ondelete="cascade")
    name = fields.Char("Item")
    contract_id = fields.Many2one("sale.order", "Contract", index=True)
    partner_id = fields.Many2one("res.partner", "Customer")
    user_id = fields.Many2one("res.users", "Salesperson")
    business_id = fields.Many2one("waste.business", "Business")
    company_id = fields.Many2one("res.company", "Operating Company")
    currency_id = fields.Many2one("res.currency")
    date_due = fields.Date("Due")
    overdue_days = fields.Integer("Days Overdue", aggregator="max")
    bucket = fields.Selection(BUCKETS, "Age")
    amount = fields.Monetary("Open")
