import random

from odoo.tests import new_test_user

from odoo.addons.wecom.tests.common import WecomCase

OPERATIONS = ('read', 'write', 'create', 'unlink')
READ, EDIT = ('read',), ('read', 'write')


class ContactCase(WecomCase):
    """The simulator, two salespeople of it with their leader, and the queue run by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lina, cls.chen = (new_test_user(cls.env, login=login, groups=f'sales_team.{group}') for login, group in (
            ('lina.c', 'group_sale_salesman'), ('chen.c', 'group_sale_manager')))
        cls.team = cls.env['crm.team'].create({'name': '市场部', 'user_id': cls.chen.id, 'member_ids': [(6, 0, [cls.lina.id])]})
        cls.member = cls.env['wecom.member'].create(
            {'app_id': cls.app.id, 'userid': 'LiNa', 'name': '李娜', 'user_id': cls.lina.id})

    def setUp(self):
        super().setUp()
        self.clock = 1_795_000_000

    # WECOM -----------------------------------------------------------------

    def far_app(self):
        """Return the app of another corp, at its limit: what is done for it waits a minute."""
        self.env['wecom.bucket']._close('wwfar', 'gettoken', 45009)
        return self.make_app('1000009', corp_id='wwfar')

    def friend(self, name='王女士', **values):
        """Make a customer the friend of a member on WeCom, unheard of here."""
        return self.act('scan', name=name, **{'userid': 'LiNa', **values})['external_userid']

    def event(self, change, external, userid='LiNa', at=None, **more):
        """Return the text of an event; each has a second of its own unless told."""
        self.clock += 1
        rows = {'ToUserName': 'c', 'FromUserName': 'sys', 'CreateTime': at or self.clock, 'MsgType': 'event',
                'Event': 'change_external_contact', 'ChangeType': change, 'UserID': userid, 'ExternalUserID': external, **more}
        return f'<xml>{"".join(f"<{name}>{value}</{name}>" for name, value in rows.items())}</xml>'

    # HERE ------------------------------------------------------------------

    def run_queue(self, *texts, shuffled=False):
        """Receive events, apply them, fetch what changed, tell people."""
        texts = list(texts)
        if shuffled:
            random.Random(7).shuffle(texts)
        for text in texts:
            self.env['wecom.callback']._receive(self.app.id, self.app.company_id.id, text)
        self.env.flush_all()
        self.run_job(lambda: self.env['wecom.callback']._process_queue())
        self.run_job(lambda: self.env['wecom.contact']._cron_fetch())
        self.run_job(lambda: self.env['wecom.loss']._cron_alert())

    def run_resync(self):
        resync = self.env['wecom.resync']._begin(self.app)
        self.run_job(lambda: self.env['wecom.resync']._cron_resync())
        return resync

    def contact(self, external):
        return self.env['wecom.contact'].search([('app_id', '=', self.app.id), ('external_userid', '=', external)])


class AccessCase(ContactCase):
    """Who may what, as a table that each room fills for its own models."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {'salesperson': cls.lina, 'manager': cls.chen, **{
            role: new_test_user(cls.env, login=f'contact_{role}', groups=group) for role, group in (
                ('portal', 'base.group_portal'), ('staff', 'base.group_user'), ('administrator', 'base.group_system'))}}

    def check_access(self, table):
        """Hold the rights against a table, {model: {role: operations}}; roles that it doesn't name may nothing."""
        for model, allowed in table.items():
            for role, user in self.users.items():
                for operation in OPERATIONS:
                    has = self.env[model].with_user(user).has_access(operation)
                    self.assertEqual(has, operation in allowed.get(role, ()), f'{role} {operation} {model}')
