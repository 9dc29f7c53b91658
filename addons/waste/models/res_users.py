from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    assignment_ids = fields.One2many("waste.assignment", "user_id", string="Assignments", groups="waste.group_user")
