from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import pattern

SAMPLE = '123456'


class SmsCnTest(models.TransientModel):
    """One message to a number of one's own: does the account work?"""
    _name = 'sms.cn.test'
    _description = "SMS gateway test"

    account_id = fields.Many2one('sms.cn.account', "Gateway", required=True, ondelete='cascade')
    template_id = fields.Many2one(
        'sms.cn.template', "Template", required=True, domain="[('account_id', '=', account_id)]",
        compute='_compute_template_id', store=True, readonly=False, precompute=True, ondelete='cascade')
    number = fields.Char("Mobile", required=True, default=lambda self: self.env.user.phone)
    text = fields.Text(compute='_compute_text', store=True, readonly=False, precompute=True, required=True)

    @api.depends('account_id')
    def _compute_template_id(self):
        for test in self:
            test.template_id = test.account_id.template_ids.sorted(lambda template: template.kind != 'code')[:1]

    @api.depends('template_id')
    def _compute_text(self):
        for test in self:
            wording = test.template_id.wording or ''
            test.text = pattern.fill(wording, dict.fromkeys(pattern.names(wording), SAMPLE))

    def action_send(self):
        """Send it through the same path as any other message and say what the gateway said."""
        self.ensure_one()
        self.account_id.check_access('write')
        result = self.account_id._deliver(self.text, [(uuid4().hex, self.number)])[0]
        if result['failure_reason']:
            raise UserError(result['failure_reason'])
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
                'type': 'success', 'message': self.env._("The gateway took the message to %(number)s.", number=self.number),
                'next': {'type': 'ir.actions.act_window_close'},
            },
        }
