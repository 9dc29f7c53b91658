from odoo import fields, models

CHECKS = [
    ('credit_code', "Credit code of the producer"),
    ('waste_code', "Waste codes"),
    ('licence_missing', "Licence of the disposer on file"),
    ('licence', "Licence of the disposer"),
    ('capacity', "Yearly scale of the disposer"),
    ('transport', "Carrier and transport"),
    ('duplicate', "Other open contract"),
    ('period', "Period"),
    ('own_terms', "Terms of the business"),
]


class WasteContractCheck(models.Model):
    """Whether a check of contracts stops them, warns or is left out; the checks themselves are in ``sale_order_checks.py``."""
    _name = 'waste.contract.check'
    _description = "Contract Check"
    _order = 'sequence, id'
    _rec_name = 'code'

    code = fields.Selection(CHECKS, "Check", required=True)
    severity = fields.Selection(
        [('block', "Stops"), ('warn', "Warns")], "What It Does", required=True, default='block',
        help="Stops: the contract can't be submitted nor signed. Warns: people read it and go on.")
    active = fields.Boolean(default=True, help="Archived checks are left out.")
    sequence = fields.Integer(default=10)
    description = fields.Text(translate=True)

    _code_uniq = models.Constraint('UNIQUE(code)', "This check exists already.")
