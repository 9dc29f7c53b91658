from stdnum.cn import uscc as uscc_number

from odoo import api, fields, models
from odoo.exceptions import ValidationError


def _uscc_taken(env, diagnostics):
    """Name the credit code in the refusal; the database tells it as "Key (uscc)=(91…) already exists."."""
    detail = (diagnostics and diagnostics.message_detail) or ""
    code = detail.partition(")=(")[2].partition(")")[0]
    return env._("Another company already has the credit code %(code)s: search for it and use that one.", code=code)


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "waste.external.mixin"]
    _rec_names_search = ["complete_name", "email", "ref", "vat", "company_registry", "uscc", "external_key"]

    party_role_ids = fields.Many2many(
        "waste.party.role", string="Party roles", help="What this partner is to us; it may be several things at once.")
    uscc = fields.Char(
        string="Credit code", index="btree_not_null", copy=False, tracking=True,
        help="Unified social credit code (统一社会信用代码), 18 characters with a check digit.")
    region_id = fields.Many2one("waste.region", index="btree_not_null", help="Town, park or city where the waste arises.")
    producer_tier = fields.Selection(
        [("key", "Key"), ("simplified", "Simplified"), ("registered", "Registered")],
        help="Management tier by hazardous waste a year (HJ 1259): key from 100 t, simplified from 10 t, registered below.")
    industry_name = fields.Char(string="Trade")
    # Whoever may not read licences and assignments must still be able to read a partner with all its fields.
    licence_ids = fields.One2many("waste.licence", "partner_id", string="Licences", groups="waste.group_user")
    licence_count = fields.Integer(compute="_compute_licence_count", groups="waste.group_user")
    assignment_ids = fields.One2many("waste.assignment", "producer_id", string="Assignments", groups="waste.group_user")
    assigned_user_ids = fields.Many2many(
        "res.users", compute="_compute_assigned_user_ids", search="_search_assigned_user_ids", string="Served by",
        groups="waste.group_user", help="Salespeople to whom this producer is assigned today.")
    served_producer_count = fields.Integer(
        compute="_compute_served_producer_count", string="Producers served", groups="waste.group_user")

    _uscc_uniq = models.UniqueIndex("(uscc) WHERE uscc IS NOT NULL AND is_company AND active", _uscc_taken)

    # === COMPUTE METHODS === #

    def _compute_licence_count(self):
        counts = dict(self.env["waste.licence"]._read_group([("partner_id", "in", self.ids)], ["partner_id"], ["__count"]))
        for partner in self:
            partner.licence_count = counts.get(partner._origin, 0)

    @api.depends("assignment_ids.user_id", "assignment_ids.date_from", "assignment_ids.date_to")
    def _compute_assigned_user_ids(self):
        today = fields.Date.context_today(self)
        for partner in self:
            partner.assigned_user_ids = partner.assignment_ids.filtered("date_from")._valid_on(today).user_id

    def _search_assigned_user_ids(self, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        assignments = self.env["waste.assignment"]
        current = assignments._domain_valid_on(fields.Date.context_today(self))
        if operator == "in" and False in value:
            assigned = [("assignment_ids", "any", current)]
            others = [user for user in value if user]
            return ["|", "!", *assigned, *self._search_assigned_user_ids("in", others)] if others else ["!", *assigned]
        return [("assignment_ids", "any", current & fields.Domain("user_id", operator, value))]

    def _compute_served_producer_count(self):
        today = fields.Date.context_today(self)
        assignments = self.env["waste.assignment"]
        counts = dict(assignments._read_group(
            fields.Domain("user_id", "in", self.user_ids.ids) & assignments._domain_valid_on(today),
            ["user_id"], ["producer_id:count_distinct"]))
        for partner in self:
            partner.served_producer_count = sum(counts.get(user, 0) for user in partner.user_ids)

    # === CONSTRAINT METHODS === #

    @api.constrains("uscc")
    def _check_uscc(self):
        for partner in self:
            if partner.uscc and not uscc_number.is_valid(partner.uscc):
                raise ValidationError(self.env._(
                    "“%(code)s” of %(partner)s is no valid credit code: compare its 18 characters with the company registration.",
                    code=partner.uscc, partner=partner.display_name))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._normalise_uscc(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._normalise_uscc(vals))

    @api.model
    def _normalise_uscc(self, vals):
        if not vals.get("uscc"):
            return vals if vals.get("uscc", True) else {**vals, "uscc": False}
        return {**vals, "uscc": uscc_number.compact(vals["uscc"])}

    @api.model
    def load(self, fields, data):
        """Import partners; a credit code that is known already updates its company instead of creating another.

        Rows that name their record themselves, by `id` or `.id`, are left to Odoo.
        """
        if "uscc" not in fields or {"id", ".id"} & set(fields):
            return super().load(fields, data)
        column = fields.index("uscc")
        codes = {row[column]: uscc_number.compact(row[column]) for row in data if row[column]}
        known = {partner.uscc: partner.id for partner in self.search([
            ("uscc", "in", list(codes.values())), ("is_company", "=", True)])}
        return super().load(
            [*fields, ".id"], [[*row, str(known.get(codes.get(row[column]), ""))] for row in data])

    @api.model
    def get_import_templates(self):
        return [*super().get_import_templates(), {
            "label": self.env._("Import template for producers"),
            "template": "/waste/static/xls/producers_import_template.csv",
        }]

    # === ACTION METHODS === #

    def action_open_served_producers(self):
        """Open the assignments of the users behind these partners."""
        action = self.env["ir.actions.act_window"]._for_xml_id("waste.waste_assignment_action")
        return {**action, "domain": [("user_id", "in", self.user_ids.ids)]}

    def action_open_licences(self):
        """Open the licences of these partners."""
        action = self.env["ir.actions.act_window"]._for_xml_id("waste.waste_licence_action")
        return {**action, "domain": [("partner_id", "in", self.ids)], "context": {"default_partner_id": self.id}}
