from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.waste_contract.tests.common import ContractCase


@tagged('post_install', '-at_install')
class TestWasteWecomTagRule(ContractCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        app = cls.env['wecom.app'].create({'name': "WeCom", 'corp_id': 'ww1', 'agent_id': 1, 'company_id': cls.company.id})
        cls.tag = cls.env['wecom.tag'].create({'app_id': app.id, 'group_name': "状态", 'name': "合同快到期", 'number': 'et1'})
        member = cls.env['wecom.member'].create({'app_id': app.id, 'userid': 'LiNa', 'name': "李娜"})
        cls.contact, stranger = cls.env['wecom.contact'].create([
            {'app_id': app.id, 'external_userid': f'wm{number}', 'name': name} for number, name in enumerate(("王经理", "路人"))])
        cls.contact.partner_id = cls.env['res.partner'].create({'name': "王经理", 'parent_id': cls.producer.id})
        cls.env['wecom.relation'].create([
            {'contact_id': contact.id, 'member_id': member.id, 'added_at': '2026-01-01'} for contact in cls.contact + stranger])

    def on(self, **values):
        rule = self.env['wecom.tag.rule'].create({'name': '试', 'tag_id': self.tag.id, **values})
        rule.action_switch_on()
        self.apply()
        return rule

    def apply(self):
        with patch.object(self.registry['ir.cron'], '_commit_progress', lambda *_args, **_words: float('inf')):
            self.env['wecom.tag.rule']._cron_apply()
        self.env.invalidate_all()

    def reason(self, rule):
        """Why the customer has the tag, or None."""
        self.assertEqual(self.tag.relation_ids.contact_id, rule.reason_ids.filtered(lambda reason: not reason.ended_at).contact_id)
        running = rule.reason_ids.filtered(lambda reason: not reason.ended_at)
        return running.sentence if running else None

    @freeze_time('2026-11-22 04:00')
    def test_a_contract_that_ends_soon_tags_until_it_has_ended(self):
        contract = self._walk(self._contract(), 'approving', 'customer_review', 'signing')
        rule = self.on(name='六十天内到期', kind='contract', contract_state='active', ending_days=60)
        self.assertFalse(self.reason(rule))

        self._walk(contract, 'active')
        self.apply()
        self.assertEqual(self.reason(rule), f"Tagged because of the contract {contract.name}: 六十天内到期.")

        self._walk(contract, 'terminated')
        self.apply()
        self.assertFalse(self.reason(rule))

    @freeze_time('2026-11-22 04:00')
    def test_only_contracts_of_the_rules_businesses_and_company_count(self):
        self._walk(self._contract(), 'approving', 'customer_review', 'signing', 'active')
        rule = self.on(kind='contract', contract_state='active', business_ids=self.kitchen.ids)
        self.assertEqual((rule.match_count, self.reason(rule)), (0, None))
        rule.business_ids = self.hazardous
        self.apply()
        self.assertTrue(self.reason(rule))
        self.tag.app_id.company_id = self.env['res.company'].create({'name': 'Theirs'})
        self.assertEqual(rule.match_count, 0)

    def test_who_is_served_in_a_business_is_tagged(self):
        rule = self.on(kind='business', business_ids=self.hazardous.ids)
        self.assertFalse(self.reason(rule))
        self.env['waste.assignment'].create({
            'producer_id': self.producer.id, 'user_id': self.salesperson.id, 'business_id': self.hazardous.id,
            'share_percent': 100, 'date_from': '2026-01-01'})
        self.apply()

        self.assertEqual(self.reason(rule), f"Tagged because the customer's company is served in {self.hazardous.name}.")

    def test_who_submitted_an_intent_is_tagged(self):
        rule = self.on(kind='intent')
        intent = self.env['waste.intent'].create({
            'partner_id': self.producer.id, 'contact_id': self.contact.partner_id.id, 'contact_name': "王经理",
            'contact_phone': '13800138000', 'business_id': self.hazardous.id, 'waste_name': "废活性炭", 'yearly_quantity_t': 1,
            'process': "吸附", 'company_id': self.company.id})
        self.assertEqual(rule.match_count, 0)
        intent._transition('submit')
        self.apply()

        self.assertEqual(self.reason(rule), f"Tagged because of the intended transfer {intent.name}.")
