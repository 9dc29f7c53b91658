from odoo.tests import tagged

from .common import ContactCase


@tagged('post_install', '-at_install')
class TestWecomChat(ContactCase):

    def setUp(self):
        super().setUp()
        self.external = self.friend()
        self.run_queue(self.event('add_external_contact', self.external))
        self.number = self.act('opens_chat', name='宏达对接群', owner='LiNa', members=[self.external])['chat_id']
        self.change('create')
        self.chat = self.env['wecom.chat'].search([('app_id', '=', self.app.id)])

    def change(self, change='update', last='', current='', **more):
        rows = {'Event': 'change_external_chat', 'ChangeType': change, 'ChatId': self.number, 'CreateTime': self.clock, **more}
        if current:
            rows |= {'LastMemVer': last, 'CurMemVer': current}
        self.clock += 1
        text = f'<xml>{"".join(f"<{name}>{value}</{name}>" for name, value in rows.items())}</xml>'
        self.env['wecom.callback']._receive(self.app.id, self.app.company_id.id, text)
        self.run_job(lambda: self.env['wecom.callback']._process_queue())
        self.run_job(lambda: self.env['wecom.chat']._cron_fetch())

    def there(self):
        return self.seen('state')['chats'][self.number]

    def here(self):
        return {person.number for person in self.chat.participant_ids if not person.left_at}

    def gets(self):
        return self.called().count('externalcontact/groupchat/get')

    def test_a_chat_is_kept_with_its_people(self):
        self.assertRecordValues(self.chat, [{'name': '宏达对接群', 'owner_id': self.member.id, 'customer_count': 1}])
        self.assertEqual(self.here(), {'LiNa', self.external})
        customer = self.chat.participant_ids.filtered('is_customer')
        self.assertEqual((customer.contact_id, customer.name), (self.contact(self.external), '王女士'))

    def test_check_03_a_gap_in_the_versions_is_closed_by_asking(self):
        self.act('joins_chat', chat_id=self.number, member='wmLost')
        missed = self.there()['version']
        self.act('leaves_chat', chat_id=self.number, member=self.external)
        self.change(last=missed, current=self.there()['version'], UpdateDetail='del_member')

        self.assertEqual((self.here(), self.chat.member_version), ({'LiNa', 'wmLost'}, self.there()['version']))
        self.assertTrue(self.chat.participant_ids.filtered(lambda person: person.number == self.external).left_at)

    def test_check_03_an_event_of_a_version_that_we_have_costs_no_call(self):
        calls = self.gets()
        self.change(last='older', current=self.chat.member_version, UpdateDetail='add_member')
        self.assertEqual(self.gets(), calls)

        self.change(UpdateDetail='change_name')
        self.assertEqual(self.gets(), calls + 1)

    def test_a_dismissed_chat_is_kept_and_closed(self):
        self.change('dismiss')

        self.assertEqual((self.chat.active, bool(self.chat.dismissed_at), len(self.chat.participant_ids)), (False, True, 2))

    def test_check_06_a_comparison_finds_chats_whose_events_were_lost(self):
        other = self.act('opens_chat', name='没听说的群', owner='ZhangWei', members=['wmOther'])['chat_id']
        self.act('joins_chat', chat_id=self.number, member='wmLate')
        self.run_resync()
        self.run_job(lambda: self.env['wecom.chat']._cron_fetch())

        self.assertEqual(self.here(), {'LiNa', self.external, 'wmLate'})
        found = self.env['wecom.chat'].search([('number', '=', other)])
        self.assertEqual((found.name, found.participant_ids.mapped('number')), ('没听说的群', ['ZhangWei', 'wmOther']))
