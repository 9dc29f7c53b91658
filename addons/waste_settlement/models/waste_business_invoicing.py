from odoo import api, fields, models
from odoo.exceptions import UserError

INVOICING_RULES = [
    ("direct", "From the Confirmed Statement"),
    ("application", "Only by Application"),
]


class WasteBusiness(models.Model):
    _inherit = "waste.business"

    invoicing_rule = fields.Selection(
        INVOICING_RULES, "Invoices Are Made", default="direct", required=True,
        help="Only by application: somebody asks for each invoice (开票申请) and it is approved first. "
        "Invoices that another system sends are booked either way.")

    @api.model
    def _get_policy_fields(self):
        return (*super()._get_policy_fields(), "invoicing_rule")


class WasteBusinessPolicy(models.Model):
    _inherit = "waste.business.policy"

    invoicing_rule = fields.Selection(INVOICING_RULES, "Invoices Are Made", help="Empty: as the business says.")


class WasteStatement(models.Model):
    _inherit = "waste.statement"

    is_invoiced_by_application = fields.Boolean(compute="_compute_is_invoiced_by_application")

    # COMPUTE -------------------------------------------------------------------

    @api.depends("business_id.invoicing_rule", "business_id.policy_ids.invoicing_rule", "company_id", "direction")
    def _compute_is_invoiced_by_application(self):
        rules = {
            (business, company): business._get_policy(company)["invoicing_rule"]
            for business, company in {(statement.business_id, statement.company_id) for statement in self} if business}
        for statement in self:
            rule = rules.get((statement.business_id, statement.company_id))
            # A bill comes from the producer: nobody applies for it.
            statement.is_invoiced_by_application = rule == "application" and statement.direction != "payable"

    # CHECKS --------------------------------------------------------------------

    def _check_invoiced_without_application(self):
        """Refuse to invoice by hand what is invoiced by application only; less than nothing is nobody's wish.

        :raise UserError: naming the first statement
        """
        for statement in self:
            if statement.is_invoiced_by_application and statement.amount_total > 0:
                raise UserError(self.env._(
                    "%(business)s invoices only by application: apply for the invoice of statement %(statement)s.",
                    business=statement.business_id.name, statement=statement.name))
