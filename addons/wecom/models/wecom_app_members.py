from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .wecom_client import WeComError


class WecomApp(models.Model):
    """The app that reads the corp's address book (通讯录): departments and members, leavers noticed."""
    _inherit = 'wecom.app'

    has_address_book = fields.Boolean("Reads the address book", copy=False, help="One app of a corp does.")
    members_synced_at = fields.Datetime("Address book read", readonly=True, copy=False)
    members_problem = fields.Char("Address book", readonly=True, copy=False)
    member_count = fields.Integer("Members", compute='_compute_member_count')

    _address_book_uniq = models.UniqueIndex(
        "(corp_id) WHERE has_address_book IS TRUE AND active IS TRUE", "Another app of the corp reads the address book already.")

    def _compute_member_count(self):
        counts = dict(self.env['wecom.member']._read_group([('app_id', 'in', self.ids)], ['app_id'], ['__count']))
        for app in self:
            app.member_count = counts.get(app, 0)

    def action_sync_members(self):
        """Read the address book soon, and from now on daily and when WeCom tells of a change."""
        self.ensure_one()
        if not self.env.user.has_group('base.group_system'):
            raise AccessError(self.env._("Only administrators may read the address book of WeCom."))
        self.check_access('write')
        self.has_address_book = True
        self._trigger_member_sync()
        return {'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
            'type': 'info', 'message': self.env._("The address book is being read; members appear in a moment."),
            'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'}}}

    def action_open_members(self):
        return self._open('wecom.member', self.env._("Members"), [])

    @api.model
    def _trigger_member_sync(self):
        self.env.ref('wecom.ir_cron_wecom_members').sudo()._trigger()

    @api.model
    def _cron_sync_members(self):
        """Read the address books, one transaction each: one that can't be read changes nothing and stops no other."""
        apps = self.search([('has_address_book', '=', True), ('state', '=', 'enabled')])
        for left, app in zip(reversed(range(len(apps))), apps):
            try:
                with self.env.cr.savepoint():
                    app._sync_members()
            except (WeComError, UserError) as error:
                app.members_problem = str(error)
            self.env['ir.cron']._commit_progress(1, remaining=left)

    def _sync_members(self):
        """Fetch the whole address book, then write: a refusal on the way leaves all as it was.

        :raise WeComError: when a part can't be fetched
        """
        call = self.env['wecom.client']._call
        departments = call(self, 'department/list')['department']
        people = {}
        for department in departments:
            for row in call(self, 'user/simplelist', department_id=department['id'])['userlist']:
                people[row['userid']] = {'name': row['name'], 'department': row['department']}
        kept = self.env['wecom.department']._keep(self, departments)
        self.env['wecom.member']._keep(self, people, kept)
        self.write({'members_synced_at': fields.Datetime.now(), 'members_problem': False})
