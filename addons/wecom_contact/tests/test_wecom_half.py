from odoo.tests import tagged

from .common import ContactCase

SOON = 1_900_000_000  # after the app was set up


@tagged('post_install', '-at_install')
class TestWecomHalf(ContactCase):
    """A customer who added a member (免验证), and the member who confirms him or not."""

    def half(self, **values):
        external = self.friend(half=True, **values)
        self.run_queue(self.event('add_half_external_contact', external, at=SOON))
        return self.contact(external)

    def confirm(self, contact):
        self.act('confirms', userid='LiNa', external_userid=contact.external_userid)
        self.run_queue(self.event('add_external_contact', contact.external_userid))

    def losses(self, contact):
        return self.env['wecom.loss'].search_count([('contact_id', '=', contact.id)])

    def test_a_half_added_customer_has_a_lead_at_once_and_a_name_when_confirmed(self):
        contact = self.half()
        lead = contact.lead_ids
        self.assertEqual((contact.standing, contact.member_count, contact.relation_ids.state), ('half', 0, 'half'))
        self.assertEqual((lead.name, lead.contact_name, lead.user_id), ('企业微信 · 李娜', False, self.lina))
        self.assertEqual(contact.display_name, f'Name unknown ({contact.external_userid[-4:]})')

        self.confirm(contact)

        self.assertEqual((contact.display_name, contact.standing, contact.member_count), ('王女士', 'friend', 1))
        self.assertEqual((contact.relation_ids.mapped('state'), contact.lead_ids), (['active'], lead))
        self.assertEqual((lead.name, lead.contact_name), ('王女士', '王女士'))

    def test_what_people_wrote_in_his_lead_stays(self):
        contact = self.half()
        contact.lead_ids.write({'name': '展会上的电镀厂', 'phone': '13900139000'})

        self.confirm(contact)

        self.assertEqual((contact.lead_ids.name, contact.lead_ids.phone), ('展会上的电镀厂', '13900139000'))

    def test_check_05_who_goes_before_he_is_confirmed_is_no_loss_in_whichever_order(self):
        for seconds, name in ((0, '先扫后删'), (10, '先到的是删除')):
            with self.subTest(name):
                external = self.friend(name, half=True)
                self.act('customer_deletes', userid='LiNa', external_userid=external)
                texts = [self.event('add_half_external_contact', external, at=1_796_000_000),
                         self.event('del_follow_user', external, at=1_796_000_005)]
                for text in reversed(texts) if seconds else texts:
                    self.run_queue(text)
                contact = self.contact(external)

                self.assertEqual((contact.relation_ids.state, contact.standing, self.losses(contact)), ('lapsed', 'lapsed', 0))
                self.assertFalse(self.env['mail.activity'].search([('res_model', '=', 'wecom.loss'), ('user_id', '=', self.lina.id)]))

        contact = self.contact(external)
        self.friend('先到的是删除', half=True, external_userid=external)
        self.run_queue(self.event('add_half_external_contact', external, at=1_796_000_100))
        self.assertEqual(contact.standing, 'half', "he may come again")

    def test_late_and_doubled_events_change_nothing(self):
        contact = self.half()
        self.confirm(contact)
        for at in (SOON, SOON - 10, SOON + 10):
            self.run_queue(self.event('add_half_external_contact', contact.external_userid, at=at))

        self.assertEqual((contact.relation_ids.mapped('state'), len(contact.lead_ids)), (['active'], 1))

    def test_a_comparison_confirms_whose_event_got_lost_and_lets_the_others_wait(self):
        contact, other = self.half(), self.half(name='李先生')
        self.act('confirms', userid='LiNa', external_userid=contact.external_userid)
        self.run_resync()

        self.assertEqual((contact.standing, other.standing), ('friend', 'half'))
        self.assertFalse(self.losses(contact) + self.losses(other))
