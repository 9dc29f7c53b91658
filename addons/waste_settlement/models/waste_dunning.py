from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from odoo.addons.waste_contract.tools import exact


class WasteDunning(models.Model):
    """One message that reminded a customer of what is overdue; the log of dunning."""

    _name = "waste.dunning"
    _description = "Dunning"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", "Operating Company", required=True, index=True)
    level_id = fields.Many2one("waste.dunning.level", "Level", required=True, index=True, ondelete="restrict")
    date = fields.Date(required=True, index=True)
    date_oldest = fields.Date("Oldest Due", required=True, help="The day on which the oldest open item was due.")
    overdue_days = fields.Integer("Days Overdue", aggregator=None)
    currency_id = fields.Many2one("res.currency", required=True)
    amount = fields.Monetary("Overdue")
    user_id = fields.Many2one("res.users", "Salesperson", index="btree_not_null")
    body = fields.Text("Message")

    # What makes the job idempotent: a customer hears each level once for the same debt.
    _once_uniq = models.Constraint(
        "UNIQUE(partner_id, company_id, currency_id, level_id, date_oldest)", "The customer was reminded of this already.")
    _default_order_idx = models.Index("(date DESC, id DESC)")

    # BUSINESS ------------------------------------------------------------------

    @api.model
    def _cron_dun(self):
        """Write to the customers whose items are overdue. Runs each day; the same day again writes to nobody."""
        levels = self.env["waste.dunning.level"].search([])
        if not levels:
            return
        today = fields.Date.context_today(self)
        contracts = self.env["sale.order"].search([
            ("business_id", "!=", False), ("contract_state", "in", ("signing", "active", "expired", "terminated"))])
        overdue = [item for item in contracts._get_open_items() if (today - item.date_due).days >= levels[0].days]
        groups = {}
        for item in overdue:
            contract = item.contract
            groups.setdefault((item.partner, contract.company_id, contract.currency_id), []).append(item)
        stopped = self._get_stopped({partner for partner, _company, _currency in groups}, today)
        vals_list = [
            self._prepare_dunning_values(partner, company, currency, items, levels, today)
            for (partner, company, currency), items in groups.items() if partner not in stopped]
        self._send(self._without_repeats(vals_list))

    @api.model
    def _get_stopped(self, partners, today):
        """Return the customers who are not written to: on the stop list, or with a statement in dispute."""
        partners = self.env["res.partner"].union(*partners)
        stopped = partners.filtered(
            lambda partner: partner.is_dunning_stopped and (not partner.dunning_stop_until or partner.dunning_stop_until >= today))
        disputed = self.env["waste.statement"]._read_group(
            [("partner_id", "in", partners.ids), ("state", "=", "disputed")], ["partner_id"])
        return stopped.union(*(partner for (partner,) in disputed))

    @api.model
    def _prepare_dunning_values(self, partner, company, currency, items, levels, today):
        items = sorted(items, key=lambda item: item.date_due)
        days = (today - items[0].date_due).days
        level = levels.filtered(lambda level: level.days <= days)[-1:].with_context(lang=partner.lang or self.env.lang)
        amount = float(sum(exact(item.amount) for item in items))
        user = items[0].contract.user_id
        return {
            "partner_id": partner.id,
            "company_id": company.id,
            "level_id": level.id,
            "date": today,
            "date_oldest": items[0].date_due,
            "overdue_days": days,
            "currency_id": currency.id,
            "amount": amount,
            "user_id": user.id,
            "body": level._render_body({
                "customer": partner.name,
                "amount": format_amount(level.env, amount, currency),
                "days": days,
                "items": "\n".join(
                    f"{item.name}: {format_amount(level.env, item.amount, currency)} ({format_date(level.env, item.date_due)})"
                    for item in items),
                "company": company.name,
                "salesperson": user.name or company.name,
            }),
        }

    @api.model
    def _without_repeats(self, vals_list):
        """Leave out what the customers heard already: this level, or a higher one, for the same debt."""
        told = {}
        for dunning in self.search([("partner_id", "in", [vals["partner_id"] for vals in vals_list])]):
            key = (dunning.partner_id.id, dunning.company_id.id, dunning.currency_id.id, dunning.date_oldest)
            told[key] = max(told.get(key, 0), dunning.level_id.days)
        days = {level.id: level.days for level in self.env["waste.dunning.level"].search([])}
        return [
            vals for vals in vals_list if days[vals["level_id"]] > told.get(
                (vals["partner_id"], vals["company_id"], vals["currency_id"], vals["date_oldest"]), 0)]

    @api.model
    def _send(self, vals_list):
        """Log the messages and send each to its customer, by whichever channel Odoo has for him."""
        # The message that follows is the log of it.
        for dunning in self.with_context(mail_create_nolog=True).create(vals_list):
            dunning.message_post(
                body=Markup("<p>%s</p>") % Markup("<br/>").join(dunning.body.split("\n")),
                subject=self.with_context(lang=dunning.partner_id.lang or self.env.lang).env._(
                    "Payment reminder of %(company)s", company=dunning.company_id.name),
                author_id=(dunning.user_id.partner_id or dunning.company_id.partner_id).id,
                message_type="comment", subtype_xmlid="mail.mt_comment", partner_ids=dunning.partner_id.ids)
