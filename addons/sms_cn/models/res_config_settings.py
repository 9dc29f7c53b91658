from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    sms_cn_account_id = fields.Many2one('sms.cn.account', "SMS gateway", compute='_compute_sms_cn_account_id')
    sms_cn_problem = fields.Char(related='sms_cn_account_id.problem')

    def _compute_sms_cn_account_id(self):
        for settings in self:
            settings.sms_cn_account_id = settings.company_id._get_sms_cn_account()

    def action_open_sms_cn_account(self):
        """Open the company's gateway, or begin one."""
        self.env['sms.cn.account'].check_access('write')
        return {
            'type': 'ir.actions.act_window', 'res_model': 'sms.cn.account', 'view_mode': 'form',
            'name': self.env._("SMS Gateway"), 'res_id': self.sms_cn_account_id.id,
            'context': {'default_company_id': self.company_id.id},
        }
