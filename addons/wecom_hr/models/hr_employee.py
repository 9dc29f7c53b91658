import re

from odoo import api, fields, models


class HrEmployee(models.Model):
    """An employee and the member of the corp that he is on WeCom. Who leaves there is shown here; his employee is archived by people."""
    _inherit = 'hr.employee'

    wecom_member_id = fields.Many2one('wecom.member', "WeCom member", compute='_compute_wecom_member_id', groups='hr.group_hr_user')
    wecom_left_at = fields.Datetime("Left WeCom", compute='_compute_wecom_member_id', groups='hr.group_hr_user')
    wecom_customer_count = fields.Integer("Customers on WeCom", compute='_compute_wecom_member_id', groups='hr.group_hr_user')

    @api.depends('user_id', 'work_email', 'mobile_phone')
    def _compute_wecom_member_id(self):
        """The member linked to the user; else the only one whose account is the work e-mail, its name, or the work mobile.

        WeCom tells apps neither e-mail nor mobile of members since 2022 (reference/wecom.md, 2.1); corps use one of them as the account.
        """
        accounts = {employee: employee._get_wecom_accounts() for employee in self}
        # sudo: who manages employees needn't be let into WeCom's settings
        members_sudo = self.env['wecom.member'].sudo().with_context(active_test=False).search([
            '|', ('user_id', 'in', self.user_id.ids), ('userid_key', 'in', [name for names in accounts.values() for name in names])])
        for employee in self:
            own = members_sudo.filtered(lambda member: not member.company_id or member.company_id == employee.company_id)
            linked = own.filtered(lambda member: employee.user_id and member.user_id == employee.user_id)
            same = own.filtered(lambda member: not member.user_id and member.userid_key in accounts[employee])
            found_sudo = linked.sorted('active', reverse=True)[:1] or (same if len(same) == 1 else same.browse())
            employee.wecom_member_id = found_sudo.sudo(False)
            employee.wecom_left_at = found_sudo.left_at
            employee.wecom_customer_count = found_sudo.customer_count

    def _get_wecom_accounts(self):
        """Return, in small letters, by which accounts he may be known on WeCom."""
        email, mobile = (self.work_email or '').strip().lower(), re.sub(r'\D', '', self.mobile_phone or '')[-11:]
        return set(filter(None, (email, email.partition('@')[0], mobile if len(mobile) == 11 else '')))

    def action_hand_over_wecom(self):
        """Open the wizard with his customers on WeCom; that it may be done is checked there."""
        self.ensure_one()
        self.check_access('read')
        return self.wecom_member_id.action_hand_over()
