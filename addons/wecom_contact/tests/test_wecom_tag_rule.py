from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.wecom_contact.models import wecom_tag_rule

from .common import ContactCase


@tagged('post_install', '-at_install')
class TestWecomTagRule(ContactCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fair = cls.env['utm.source'].create({'name': '环保展'})

    def setUp(self):
        super().setUp()
        self.control('clock', advance=-86400)  # friends from before: no leads of their own accord
        self.externals = [self.friend(name) for name in ('王女士', '李先生', '赵经理')]
        self.run_resync()
        self.tag, self.other = (
            self.env['wecom.tag'].search([('app_id', '=', self.app.id), ('name', '=', name)]) for name in ('重点', '普通'))
        self.wang, self.li, self.zhao = (self.contact(external) for external in self.externals)

    def lead(self, contact, **values):
        return self.env['crm.lead'].create({'name': contact.name, 'type': 'opportunity', 'wecom_contact_id': contact.id, **values})

    def rule(self, **values):
        rule = self.env['wecom.tag.rule'].with_user(self.chen).create({
            'name': '展会来的', 'tag_id': self.tag.id, 'source_ids': self.fair.ids, **values})
        self.env.flush_all()
        return rule

    def on(self, **values):
        rule = self.rule(**values)
        rule.action_switch_on()
        self.apply()
        return rule

    def apply(self):
        self.run_job(lambda: self.env['wecom.tag.rule']._cron_apply())

    def send(self):
        self.run_job(lambda: self.env['wecom.relation']._cron_send())

    def customers(self, tag=None):
        return self.env['wecom.relation'].search([('tag_ids', 'in', (tag or self.tag).ids)]).contact_id

    def customers_there(self, tag=None):
        return {row['external_userid'] for row in self.seen('state')['relations'] if (tag or self.tag).number in row['tags']}

    def reason(self, contact, rule):
        return self.env['wecom.tag.reason'].search([('contact_id', '=', contact.id), ('rule_id', '=', rule.id)])

    # ONE RULE --------------------------------------------------------------

    def test_a_rule_tells_first_whom_it_concerns_then_tags_them_and_says_why(self):
        self.lead(self.wang, source_id=self.fair.id)
        rule = self.rule()
        self.assertEqual((rule.match_count, rule.new_count, self.customers()), (1, 1, self.wang.browse()))

        rule.action_switch_on()
        self.apply()
        self.send()

        self.assertEqual((self.customers(), self.customers_there()), (self.wang, {self.externals[0]}))
        self.assertEqual((rule.tagged_count, rule.new_count, rule.is_sweeping), (1, 0, False))
        self.assertEqual(self.reason(self.wang, rule).with_user(self.lina).sentence,
                         "Tagged because the customer came by the source “环保展”.")
        self.assertEqual((self.called().count('externalcontact/mark_tag'), self.called().count('externalcontact/remark')), (1, 0))

    def test_it_follows_what_changes_and_takes_off_when_the_condition_ends(self):
        rule = self.on()
        lead = self.lead(self.li, source_id=self.fair.id)
        self.apply()
        self.assertEqual(self.customers(), self.li)

        lead.source_id = False
        self.apply()
        self.send()
        self.assertEqual((self.customers(), self.customers_there()), (self.wang.browse(), set()))
        self.assertEqual(self.reason(self.li, rule).end, 'condition')

    def test_what_is_not_to_be_taken_off_stays(self):
        self.on(is_taken_off=False)
        self.lead(self.li, source_id=self.fair.id).source_id = False
        self.env['crm.lead'].search([('wecom_contact_id', '=', self.li.id)]).source_id = self.fair
        self.apply()
        self.li.lead_ids.source_id = False
        self.apply()

        self.assertEqual(self.customers(), self.li)

    def test_what_a_person_put_on_stays_on(self):
        self.wang.relation_ids.with_user(self.lina).tag_ids = self.tag
        leads = self.lead(self.wang, source_id=self.fair.id) + self.lead(self.li, source_id=self.fair.id)
        rule = self.on()
        self.assertEqual((rule.match_count, self.customers()), (2, self.wang | self.li))

        leads.source_id = False
        self.apply()
        self.assertEqual(self.customers(), self.wang)

    def test_what_a_person_took_off_is_not_put_on_again(self):
        """Here, and by the member on his phone."""
        leads = self.lead(self.wang, source_id=self.fair.id) + self.lead(self.li, source_id=self.fair.id)
        rule = self.on()
        self.send()
        self.wang.relation_ids.with_user(self.lina).tag_ids = self.tag.browse()
        self.act('member_edits', userid='LiNa', external_userid=self.externals[1], tags=[])
        self.run_queue(self.event('edit_external_contact', self.externals[1]))
        leads.priority = '2'
        self.env['wecom.tag.rule']._cron_nightly()
        self.apply()
        self.send()

        self.assertEqual((self.customers(), self.customers_there()), (self.wang.browse(), set()))
        self.assertEqual((self.reason(self.wang, rule) + self.reason(self.li, rule)).mapped('end'), ['person'] * 2)

    def test_what_wecom_refused_counts_as_nobodys_decision(self):
        self.lead(self.wang, source_id=self.fair.id)
        rule = self.on()
        self.control('settings', fail_next={'externalcontact/mark_tag': [40096]})
        self.send()
        self.run_queue()
        self.assertEqual((self.reason(self.wang, rule).end, self.customers()), ('refused', self.wang.browse()))

        self.env['wecom.tag.rule']._cron_nightly()
        self.apply()
        self.send()
        self.assertEqual(self.customers_there(), {self.externals[0]})

    def test_taking_back_takes_off_exactly_what_it_put_on(self):
        self.wang.relation_ids.with_user(self.lina).tag_ids = self.tag
        for contact in (self.wang, self.li, self.zhao):
            self.lead(contact, source_id=self.fair.id)
        self.li.lead_ids.stage_id = self.env['crm.stage'].search([('is_won', '=', True)], limit=1)
        won = self.on(name='赢单', kind='lead', lead_state='won')
        rule = self.on()
        self.send()
        rule.action_take_back()
        self.apply()
        self.send()

        self.assertEqual((self.customers(), rule.state), (self.wang | self.li, 'off'), "a person's, and another rule's")
        self.assertEqual(self.customers_there(), set(self.externals[:2]))
        won.action_take_back()
        self.apply()
        self.assertEqual(self.customers(), self.wang)

    def test_two_rules_of_one_tag_hold_it_together(self):
        lead = self.lead(self.li, source_id=self.fair.id, stage_id=self.env['crm.stage'].search([('is_won', '=', True)], limit=1).id)
        self.on()
        self.on(name='赢单', kind='lead', lead_state='won')
        lead.source_id = False
        self.apply()
        self.assertEqual(self.customers(), self.li)

        lead.stage_id = self.env['crm.stage'].search([('is_won', '=', False)], limit=1)
        self.apply()
        self.assertFalse(self.customers())

    def test_only_the_owner_tags_where_the_rule_says_so(self):
        self.act('scan', userid='ZhangWei', external_userid=self.externals[0])
        self.run_resync()
        self.lead(self.wang, source_id=self.fair.id, user_id=self.lina.id)
        self.on(reach='owner')
        self.on(name='所有人', tag_id=self.other.id)

        relations = self.env['wecom.relation']
        self.assertEqual(relations.search([('tag_ids', 'in', self.tag.ids)]).member_id, self.member)
        self.assertEqual(len(relations.search([('tag_ids', 'in', self.other.ids)])), 2)

    def test_it_goes_through_all_in_batches_and_goes_on_where_it_was_cut(self):
        for contact in (self.wang, self.li, self.zhao):
            self.lead(contact, source_id=self.fair.id)
        rule = self.rule()
        rule.action_switch_on()
        self.env['wecom.tag.due'].search([]).unlink()
        with patch.object(wecom_tag_rule, 'BATCH', 1):
            rule.sudo()._sweep()
            self.assertEqual((self.customers(), rule.swept_to, rule.is_sweeping), (self.wang, self.wang.id, True))
            self.apply()

        self.assertEqual((self.customers(), rule.is_sweeping, bool(rule.applied_at)), (self.wang | self.li | self.zhao, False, True))

    # KINDS -----------------------------------------------------------------

    def test_each_kind_finds_its_customers(self):
        stages = self.env['crm.stage'].search([('is_won', '=', False)], limit=2)
        self.wang.relation_ids.add_way = '1'
        self.li.relation_ids.add_way = '2'
        self.lead(self.wang, stage_id=stages[0].id)
        self.lead(self.li, stage_id=stages[1].id).action_set_lost()
        self.zhao.relation_ids.added_at = '2020-01-01'
        self.wang.relation_ids.added_at = '2020-01-01'
        self.wang.message_post(body="电话沟通", message_type='comment')
        for expected, values in (
            (self.li, {'kind': 'add_way', 'add_way': '2'}),
            (self.zhao, {'kind': 'silent', 'silent_days': 30}),
            (self.li, {'kind': 'lead', 'lead_state': 'lost'}),
            (self.wang, {'kind': 'lead', 'lead_state': 'stage', 'stage_ids': stages[:1].ids}),
            (self.zhao, {'kind': 'domain', 'domain': "[('name', '=', '赵经理')]"}),
        ):
            with self.subTest(**values):
                rule = self.on(name='试', **values)
                self.assertEqual(self.customers(), expected)
                self.assertEqual(rule.match_count, 1)
                self.assertNotIn('False', self.reason(expected, rule).sentence)
                rule.action_take_back()
                self.apply()
                self.assertFalse(self.customers())

    def test_a_filter_sees_what_its_author_sees(self):
        """No tag tells anybody of a field or a company that he may not see."""
        with self.assertRaises(AccessError):
            self.rule(kind='domain', domain="[('app_id.secret_word', '!=', False)]")
        with self.assertRaises(ValidationError):
            self.rule(kind='domain', domain="[('nothing', '=', 1)]")
        with self.assertRaises(ValidationError):
            self.rule(kind='domain', domain="__import__('os')")
        own = new_test_user(self.env, login='own.c', groups='wecom_contact.group_manager')
        rule = self.env['wecom.tag.rule'].with_user(own).create(
            {'name': 'x', 'tag_id': self.tag.id, 'kind': 'domain', 'domain': "[('name', '!=', 'x')]"})
        rule.action_switch_on()
        own.group_ids = self.env.ref('base.group_user')
        self.apply()
        self.assertTrue(rule.sudo().problem)
        self.assertFalse(self.customers())

    # RIGHTS ----------------------------------------------------------------

    def test_rules_are_switched_by_their_buttons_and_kept_while_they_explain(self):
        self.lead(self.wang, source_id=self.fair.id)
        rule = self.on()
        for values in ({'state': 'off'}, {'swept_to': 1}, {'author_id': self.lina.id}):
            with self.subTest(values), self.assertRaises(AccessError):
                rule.write(values)
        for values in ({'tag_id': self.other.id}, {'active': False}):
            with self.subTest(values), self.assertRaises(UserError):
                rule.write(values)
        with self.assertRaises(UserError):
            rule.unlink()
        with self.assertRaises(AccessError):
            rule.with_user(self.lina).action_take_back()
        with self.assertRaises(AccessError):
            self.env['wecom.tag.reason'].with_user(self.chen).search([]).write({'fact': 'x'})
        self.assertEqual((rule.state, self.customers()), ('on', self.wang))
