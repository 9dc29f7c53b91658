from odoo import models

from ..tools.sms_api import SmsApiCn


class ResCompany(models.Model):
    _inherit = 'res.company'

    def _get_sms_cn_account(self):
        self.ensure_one()
        return self.env['sms.cn.account'].search([('company_id', '=', self.id)], limit=1)

    def _get_sms_api_class(self):
        """Override of `sms`: a company with a gateway of its own sends through it, and through nothing else."""
        if self.sudo()._get_sms_cn_account():
            return SmsApiCn
        return super()._get_sms_api_class()
