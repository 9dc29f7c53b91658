from odoo import fields, models


class ExchangeAttempt(models.Model):
    """One try at a message that did not simply succeed: a failure, or the result a replay set aside."""
    _name = 'exchange.attempt'
    _description = "Attempt at a message"
    _order = 'id desc'

    res_model = fields.Char("Message model", required=True, readonly=True)
    res_id = fields.Many2oneReference("Message", model_field='res_model', required=True, readonly=True, index=True)
    number = fields.Integer("Attempt", readonly=True)
    kind = fields.Selection([
        ('failed', "Failed"),
        ('replayed', "Replayed"),
    ], required=True, readonly=True, help="Failed: we could not handle the message. Replayed: a person sent it back to the queue.")
    state = fields.Char("State before", readonly=True)
    error_category = fields.Char("Category", readonly=True)
    error_path = fields.Char("Path", readonly=True)
    error = fields.Text(readonly=True)
    create_uid = fields.Many2one('res.users', "By", readonly=True)
    create_date = fields.Datetime("At", readonly=True)
