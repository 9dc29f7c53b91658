from odoo import api, fields, models
from odoo.exceptions import AccessError


class WecomApp(models.Model):
    """The app through which customers are seen (客户联系): it may call, and its door gets the events."""
    _inherit = 'wecom.app'

    resync_id = fields.Many2one('wecom.resync', "Last comparison", compute='_compute_resync_id')
    has_stale_tags = fields.Boolean("Tags to be read", readonly=True, copy=False)

    def _compute_resync_id(self):
        last = {}
        for resync in self.env['wecom.resync'].search([('app_id', 'in', self.ids)], order='id'):
            last[resync.app_id] = resync
        for app in self:
            app.resync_id = last.get(app, False)

    @api.model
    def _get_address_book(self):
        """Return the app that reads the address book of this one's corp; itself where none does."""
        return self.search([('corp_id', '=', self.corp_id), ('has_address_book', '=', True)], limit=1) or self

    def action_resync_contacts(self):
        """Compare all customers with WeCom, page by page; a comparison that was interrupted goes on."""
        self.ensure_one()
        if not self.env.user.has_group('base.group_system'):
            raise AccessError(self.env._("Only administrators may compare the customers with WeCom."))
        self.check_access('write')
        # sudo: comparisons are written by nobody by hand
        self.env['wecom.resync'].sudo()._begin(self.sudo())
        return {'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
            'type': 'info', 'message': self.env._("The customers are being compared with WeCom; see Comparisons for the progress.")}}
