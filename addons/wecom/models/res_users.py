from odoo import api, fields, models
from odoo.exceptions import AccessDenied
from odoo.tools import hash_sign, verify_hash_signed

SCOPE = 'wecom login'


class ResUsers(models.Model):
    _inherit = 'res.users'

    notification_type = fields.Selection(selection_add=[('wecom', "In WeCom")], ondelete={'wecom': 'set default'})

    @api.depends('share', 'all_group_ids')
    def _compute_notification_type(self):
        """Override of `mail`: only staff are reached in WeCom."""
        super()._compute_notification_type()
        self.filtered(lambda user: user.share and user.notification_type == 'wecom').notification_type = 'email'

    def _wecom_ticket(self):
        """Return what proves for a minute, inside the server, that WeCom named this user."""
        self.ensure_one()
        return hash_sign(self.sudo().env, SCOPE, self.id, expiration_hours=1 / 60)

    def _check_credentials(self, credential, env):
        """Override of `base`: let in whom WeCom named. Second factors stay as the user has them."""
        if credential.get('type') != 'wecom':
            return super()._check_credentials(credential, env)
        try:
            named = verify_hash_signed(self.sudo().env, SCOPE, credential['ticket'])
        except (ValueError, KeyError):  # damaged, or none
            named = None
        if named != self.env.uid or not self.env.user.active:
            raise AccessDenied()
        return {'uid': self.env.uid, 'auth_method': 'wecom', 'mfa': 'default'}
