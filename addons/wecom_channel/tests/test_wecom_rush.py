import hashlib
import time

from odoo.tests import tagged

from odoo.addons.wecom_contact.tests.common import ContactCase

BACKLOG, ADDED = 10_000, 100


@tagged('post_install', '-at_install')
class TestWecomRush(ContactCase):

    def test_check_04_a_hundred_welcomes_in_a_second_overtake_ten_thousand_events(self):
        """By the order of the work, and by WeCom's own clock: each within the 20 seconds that its code lives."""
        channel = self.env['wecom.channel'].create(
            {'app_id': self.app.id, 'name': '展台', 'member_ids': self.member.ids, 'welcome': '您好'})
        texts = [f'<xml><Event>other</Event><N>{number}</N></xml>' for number in range(BACKLOG)]
        self.env['wecom.callback']._insert([{
            'app_id': self.app.id, 'key': hashlib.sha256(text.encode()).hexdigest(), 'payload': text, 'event': 'other', 'lane': 'normal',
            'state': 'pending', 'attempts': 0} for text in texts])
        for number in range(ADDED):
            self.friend(f'客户{number}', state=channel.key)
        now = int(time.time())
        for code, row in self.seen('state')['welcome'].items():
            self.env['wecom.callback']._receive(self.app.id, self.app.company_id.id, self.event(
                'add_external_contact', row['external_userid'], State=channel.key, WelcomeCode=code, at=now))
        self.env.flush_all()

        lanes = []
        while 'normal' not in lanes:
            batch = self.env['wecom.callback']._lock_due(BACKLOG)
            lanes += batch.mapped('lane')
            if 'normal' not in lanes:
                self.run_job(lambda batch=batch: self.env['wecom.callback']._process_and_commit(batch))
        self.run_job(lambda: self.env['wecom.welcome']._cron_send())

        self.assertEqual(lanes.count('priority'), ADDED, "all of them before the first of the backlog")
        self.assertEqual(self.env['wecom.callback'].search_count([('app_id', '=', self.app.id), ('state', '=', 'pending')]), BACKLOG)
        self.assertEqual(self.env['wecom.welcome'].search([('channel_id', '=', channel.id)]).mapped('state'), ['sent'] * ADDED)
        welcomed = self.seen('state')['welcome'].values()
        self.assertTrue(all(row['used'] and row['sent_at'] - row['at'] < 20 for row in welcomed))
        self.assertEqual(self.called().count('externalcontact/send_welcome_msg'), ADDED)
