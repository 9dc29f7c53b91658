from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    receives_waste_notices = fields.Boolean(
        "Waste notices", help="This person is told when pickups are confirmed and when waste is loaded, received and disposed of. "
        "If nobody of a company is ticked, the company itself is told.")
