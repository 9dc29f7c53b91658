from ast import literal_eval

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_wecom_handover import HandoverCase

UNASSIGNED = 'externalcontact/get_unassigned_list'


@tagged('post_install', '-at_install')
class TestWecomHandoverOffer(HandoverCase):
    """Who left can't serve his customers: they wait, are found, and are offered to his leader."""

    def offered(self, member=None):
        return (member or self.giver).activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref('wecom_handover.mail_activity_type_handover'))

    def leavers(self):
        """Whom the list of leavers shows to the leader."""
        domain = literal_eval(self.env.ref('wecom_handover.wecom_member_action_leavers').domain)
        return self.env['wecom.member'].with_context(active_test=False).with_user(self.chen).search(domain)

    def read_unassigned(self):
        self.run_job(lambda: self.env['wecom.app']._cron_read_unassigned())

    def test_whose_user_is_archived_is_offered_once(self):
        self.customers(2)
        self.assertNotIn(self.giver, self.leavers())
        self.zhang.active = False

        self.assertEqual((self.offered().user_id, self.leavers()), (self.chen, self.giver))
        self.assertIn('2', self.offered().summary)
        self.zhang.active = True
        self.zhang.active = False
        self.assertEqual(len(self.offered()), 1)
        self.lina.active = False
        self.assertFalse(self.offered(self.member), "nobody is hers")

    def test_an_event_that_he_left_offers(self):
        self.customers(1)
        self.app.has_address_book = True
        self.act('leaves', userid='ZhangWei')
        text = self.event('delete_user', '').replace('change_external_contact', 'change_contact').replace('LiNa', 'ZhangWei')
        self.run_queue(text)

        self.assertEqual((self.giver.active, self.offered().user_id), (False, self.chen))

    def test_a_comparison_ends_no_relation_of_a_leaver(self):
        relation = self.customers(1)
        self.act('leaves', userid='ZhangWei')
        self.giver._leave()
        self.run_resync()
        relation.contact_id._mark_stale()
        self.run_job(lambda: self.env['wecom.contact']._cron_fetch())

        self.assertEqual(relation.state, 'active')
        self.assertFalse(relation.contact_id.loss_ids)

    def test_wecoms_list_of_the_unassigned_finds_leavers_and_ends_what_the_console_handed_over(self):
        here, handed = self.customers(2)
        unknown = self.control('customers', count=1, userid='ChenHao')['external_userid'][0]
        for userid in ('ZhangWei', 'ChenHao'):
            self.act('leaves', userid=userid)
        self.giver._leave()
        self.control('settings', hang_up={UNASSIGNED: 1})
        self.read_unassigned()
        self.assertEqual((here.state, handed.state, self.third.active), ('active', 'active', True), "no list, no change")

        self.act('console_hands_over', userid='ZhangWei', to='LiNa', external_userid=handed.contact_id.external_userid)
        self.read_unassigned()
        self.assertEqual((here.state, handed.state, self.third.active), ('active', 'transferred', False))
        self.assertEqual(self.contact(unknown).relation_ids.member_id, self.third)
        self.assertTrue(self.offered(self.third))
        self.assertFalse(handed.contact_id.loss_ids)

    def test_the_ways_into_the_wizard(self):
        mine = self.customers(2)
        theirs = self.customers(1, 'LiNa')
        chen = self.chen
        whole = self.env['wecom.handover.start'].with_user(chen).with_context(
            **self.zhang.with_user(chen).action_hand_over_wecom()['context']).create({'taker_id': self.member.id, 'reason': 'x'})
        part = self.env['wecom.handover.start'].with_user(chen).with_context(
            **mine[0].with_user(chen).action_hand_over()['context']).create({'taker_id': self.member.id, 'reason': 'x'})

        self.assertEqual((whole.relation_ids, part.relation_ids), (mine, mine[0]))
        self.hand_over(mine[0])
        rest = self.env['wecom.handover.start'].with_user(chen).create(
            {'giver_id': self.giver.id, 'taker_id': self.member.id, 'reason': 'x'})
        self.assertEqual(rest.relation_ids, mine[1], "who is under way already is left out")
        with self.assertRaisesRegex(UserError, "one member at a time"):
            (mine + theirs).with_user(chen).action_hand_over()
        with self.assertRaisesRegex(UserError, "linked to no member"):
            self.env.ref('base.user_root').with_user(chen).action_hand_over_wecom()
        with self.assertRaisesRegex(UserError, "aren't customers of"):
            self.hand_over(theirs)
        with self.assertRaisesRegex(UserError, "nobody to hand over"):
            self.hand_over()

    def test_companies_are_kept_apart(self):
        """A manager of one company neither sees nor moves what is another's."""
        other = self.env['res.company'].create({'name': '别的公司'})
        (self.zhang + self.lina).company_ids += other
        relation = self.customers(1)
        partner = self.env['res.partner'].create({'name': '宏达', 'is_company': True})
        relation.contact_id.partner_id = partner
        mine, theirs = self.env['crm.lead'].create([
            {'name': company.name, 'partner_id': partner.id, 'user_id': self.zhang.id, 'company_id': company.id}
            for company in (self.env.company, other)])
        handover = self.hand_over(relation)
        self.pass_time(hours=25)
        self.ask()
        self.assertEqual((mine.user_id, theirs.user_id), (self.lina, self.zhang))

        self.app.company_id = other
        for record in (handover, handover.line_ids, handover.record_ids):
            with self.subTest(record._name):
                self.assertFalse(record.search([('id', 'in', record.ids)]) - record)
                self.assertFalse(record.with_user(self.chen).search([('id', 'in', record.ids)]))
        with self.assertRaises(AccessError):
            handover.with_user(self.chen).action_again()

    def test_history_is_kept(self):
        handover = self.hand_over(self.customers(1))
        for record in (handover, handover.line_ids):
            for user in (self.chen, self.env.ref('base.user_admin')):
                with self.subTest(f'{record._name} {user.login}'), self.assertRaises(AccessError):
                    record.with_user(user).unlink()
                with self.subTest(f'{record._name} {user.login}'), self.assertRaises(AccessError):
                    record.with_user(user).write({'problem' if 'problem' in record else 'reason': 'x'})
        self.assertEqual((handover.started_by_id, handover.line_ids.tried_at.date()), (self.chen, handover.started_at.date()))
