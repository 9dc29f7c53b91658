from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    company_code = fields.Char(help="Short code of the operating company, as other systems send it (DS-HW).")

    _company_code_uniq = models.Constraint("UNIQUE(company_code)", "Another company already has this company code.")
