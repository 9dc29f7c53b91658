from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ContactCase


@tagged('post_install', '-at_install')
class TestWecomRelation(ContactCase):

    def setUp(self):
        super().setUp()
        self.external = self.friend()
        self.run_queue(self.event('add_external_contact', self.external))
        self.relation = self.contact(self.external).relation_ids

    def note(self, **values):
        self.relation.with_user(self.lina).write(values)
        self.env.flush_all()

    def send(self):
        self.run_job(lambda: self.env['wecom.relation']._cron_send())

    def there(self):
        [row] = self.seen('state')['relations']
        return row['remark'], row['description'], row.get('remark_corp_name')

    def test_what_a_member_notes_is_told_to_wecom(self):
        self.note(remark='王经理', description='采购', remark_corp_name='宏达电子')
        self.send()
        self.send()

        self.assertEqual(self.there(), ('王经理', '采购', '宏达电子'))
        self.assertEqual((self.relation.is_unsent, self.called().count('externalcontact/remark')), (False, 1))

    def test_what_is_on_its_way_is_not_overwritten_by_an_event(self):
        self.note(remark='王经理')
        self.run_queue(self.event('edit_external_contact', self.external))
        self.assertEqual((self.relation.remark, self.relation.is_unsent), ('王经理', True))

        self.control('settings', hang_up={'externalcontact/remark': 1})
        self.send()
        self.assertEqual((self.there()[0], self.relation.is_unsent), ('王女士', True))
        self.send()
        self.assertEqual((self.there()[0], self.relation.is_unsent), ('王经理', False))

    def test_a_refused_note_goes_back_to_what_wecom_has(self):
        self.control('settings', fail_next={'externalcontact/remark': [84061]})
        self.note(remark='王经理')
        self.send()
        self.run_job(lambda: self.env['wecom.contact']._cron_fetch())

        self.assertEqual((self.relation.remark, self.relation.is_unsent), ('王女士', False))
        self.assertIn('84061', self.relation.problem)

    def test_people_change_nothing_else(self):
        for values in ({'state': 'lost'}, {'member_id': 1}, {'is_unsent': False}, {'remark': 'x', 'mobiles': '[]'}):
            with self.subTest(values), self.assertRaises(AccessError):
                self.note(**values)
