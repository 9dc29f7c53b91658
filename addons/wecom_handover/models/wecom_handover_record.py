from odoo import fields, models


class WecomHandoverRecord(models.Model):
    """A record that followed a customer, or its user, to somebody else: what it was called then. Kept for good."""
    _name = 'wecom.handover.record'
    _description = "Record that was handed over"
    _order = 'id'
    _rec_name = 'name'

    handover_id = fields.Many2one('wecom.handover', "Handover", required=True, readonly=True, index=True, ondelete='cascade')
    line_id = fields.Many2one('wecom.handover.line', "Customer", readonly=True, index='btree_not_null', ondelete='cascade')
    company_id = fields.Many2one(related='handover_id.company_id', store=True)
    kind_id = fields.Many2one('ir.model', "Kind", required=True, readonly=True, ondelete='cascade')
    number = fields.Integer("Record", required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
    giver_user_id = fields.Many2one(related='handover_id.giver_user_id', string="From")
    taker_user_id = fields.Many2one(related='handover_id.taker_user_id', string="To")

    def action_open(self):
        """Open the record, as far as the reader may see it."""
        self.ensure_one()
        self.check_access('read')
        # sudo: which kinds of records there are is no secret
        return {'type': 'ir.actions.act_window', 'res_model': self.sudo().kind_id.model, 'res_id': self.number, 'view_mode': 'form'}
