from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .common import ContractCase


@tagged('post_install', '-at_install')
@freeze_time('2026-06-15 02:00:00')
class TestSaleOrderApproval(ContractCase):
    """The flows of contracts, switched on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ehs = cls._approver('h3_ehs', 'waste_contract.group_ehs_approver')
        cls.director = cls._approver('h3_director', 'waste_contract.group_director_approver')
        cls.env['tier.definition'].with_context(active_test=False).search(
            [('model', '=', 'sale.order')]).active = True

    @classmethod
    def _approver(cls, login, group):
        return new_test_user(
            cls.env, login, group, name=login.removeprefix('h3_'), company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)])

    def _hazardous(self, price=3000.0, **values):
        """Ten tonnes: 30,000 at the usual price."""
        return self._contract(self._detail(price_unit=price), user=self.salesperson, **values)

    def _kitchen(self, **values):
        return self._contract(
            self._detail(waste_code_id=False, waste_name="厨余垃圾", price_unit=600.0), user=self.salesperson,
            business_id=self.kitchen.id, government_id=self.government.id, **values)

    def _steps(self, contract):
        return [(review.sequence, review.name, review.status) for review in contract.sudo().review_ids]

    def _decide(self, contract, user, comment=None):
        self.env['tier.review'].with_user(user).search(
            [('res_id', '=', contract.id), ('can_review', '=', True)]).action_approve(comment)

    def test_s0_3_1_2_g_s3_con_appr_s3_con_list_b_hazardous_30000_goes_to_sales_head_ehs_and_general_manager(self):
        contract = self._hazardous()
        for step in ("Sales head", "EHS", "General manager: from 30,000 or unlimited"):
            self.assertIn(step, contract.approval_steps)

        contract.action_submit()

        self.assertEqual(self._steps(contract), [
            (1, "Sales head", 'pending'), (2, "EHS", 'waiting'), (3, "General manager: from 30,000 or unlimited", 'waiting')])
        self._decide(contract, self.manager, "同意")
        self.assertEqual(contract.approval_label, "In Approval 1/3")
        for words in ("sales_manager", "同意", "06/15/2026", "Approved"):
            self.assertIn(words, contract.approval_steps)
        self._decide(contract, self.ehs)
        self.assertEqual(contract.contract_state, 'approving')
        self._decide(contract, self.director)
        self.assertEqual((contract.contract_state, contract.approval_label), ('customer_review', "Approved"))

    def test_hazardous_below_30000_needs_no_general_manager_unless_unlimited(self):
        small = self._hazardous(2900.0)
        unlimited = self._contract(self._detail(is_unlimited=True), user=self.salesperson)

        (small + unlimited).action_submit()

        self.assertEqual(len(small.sudo().review_ids), 2)
        self.assertEqual(len(unlimited.sudo().review_ids), 3)

    def test_s0_3_1_2_g_kitchen_6000_goes_to_the_sales_head_only(self):
        contract = self._kitchen()

        contract.action_submit()
        contract.with_user(self.manager).action_approve()

        self.assertEqual(self._steps(contract), [(1, "Sales head", 'approved')])
        self.assertEqual(contract.contract_state, 'customer_review')

    def test_without_a_flow_a_sales_manager_approves(self):
        self.env['tier.definition'].search([('model', '=', 'sale.order')]).active = False
        contract = self._hazardous()
        contract.action_submit()
        self.assertEqual((contract.contract_state, contract.approval_label), ('approving', ""))
        with self.assertRaisesRegex(UserError, "only a sales manager"):
            contract.action_approve()

        contract.with_user(self.manager).action_approve()

        self.assertEqual(contract.contract_state, 'customer_review')

    def test_s3_con_new_a_free_flow_needs_an_approver(self):
        contract = self._contract(
            self._detail(waste_code_id=False), user=self.salesperson, business_id=self.industrial.id)
        self.assertTrue(contract.needs_approver)
        with self.assertRaisesRegex(UserError, f"{contract.name}: choose the approver of step"), self.env.cr.savepoint():
            contract.action_submit()
        contract.invalidate_recordset()
        self.assertEqual(contract.contract_state, 'draft')

        contract.approver_id = self.manager
        contract.action_submit()

        self.assertEqual(contract.sudo().review_ids.reviewer_ids, self.manager)
        with self.assertRaisesRegex(UserError, "Approver can no longer be changed"):
            contract.approver_id = self.director

    def test_s1a_2_2_c_below_the_floor_or_a_large_discount_needs_the_general_manager(self):
        """1,000 under a floor of 1,200; 20 % off the list price; both ask the same person once."""
        self.env.ref('waste_contract.flow_kitchen_sales').active = False
        cases = {
            "General manager: below the floor price": {'floor_price': 1200.0},
            "General manager: discount above 10 %": {'list_price': 1250.0},
            "General manager: below the floor price; General manager: discount above 10 %": {
                'floor_price': 1200.0, 'list_price': 1250.0},
        }
        for step, values in cases.items():
            contract = self._contract(
                self._detail(waste_code_id=False, price_unit=1000.0, **values), business_id=self.kitchen.id,
                government_id=self.government.id)
            with self.subTest(step):
                contract.with_user(self.salesperson).action_submit()
                self.assertEqual(self._steps(contract), [(1, step, 'pending')])
                with self.assertRaisesRegex(UserError, "is still to be decided by director"):
                    contract.with_user(self.manager).action_approve()

    def test_terms_of_its_own_need_the_general_manager(self):
        self.env.ref('waste_contract.flow_kitchen_sales').active = False
        contract = self._kitchen(clause_ids=[Command.create({'name': "付款", 'body': "<p>票到 90 天付款</p>"})])

        contract.action_submit()

        self.assertEqual(self._steps(contract), [(1, "General manager: non-standard terms", 'pending')])

    def test_below_the_floor_is_not_submitted_while_there_is_no_general_manager(self):
        self.director.active = False
        contract = self._contract(self._detail(floor_price=3000.0))

        with self.assertRaisesRegex(UserError, "nobody but yourself, or nobody at all, can decide step “General manager"):
            contract.with_user(self.salesperson).action_submit()

    def test_returned_with_the_reason_to_the_author(self):
        contract = self._hazardous()
        contract.action_submit()

        contract.with_user(self.manager).action_reject("单价太低")

        self.assertEqual((contract.contract_state, contract.approval_label), ('draft', "Returned"))
        self.assertTrue(any("单价太低" in body for body in contract.message_ids.mapped('body')))
        contract.order_line.price_unit = 3200.0
        contract.action_submit()
        self.assertEqual(contract.approval_label, "To Approve")
        self.assertIn("Earlier rounds", contract.approval_steps)

    def test_recalled_by_the_applicant(self):
        contract = self._hazardous()
        contract.action_submit()

        contract.action_recall_approval()

        self.assertEqual((contract.contract_state, contract.approval_label), ('draft', ""))

    def test_no_way_around_the_steps(self):
        contract = self._hazardous()
        contract.write({'contract_state': 'approving'})  # by RPC instead of the button

        self.assertEqual(len(contract.sudo().review_ids), 3)
        for user in (self.salesperson, self.manager, self.users['admin']):
            for state in ('customer_review', 'draft'):
                with self.subTest(user=user.login, state=state), self.assertRaisesRegex(UserError, "is still to be decided"):
                    contract.with_user(user).write({'contract_state': state})
        for user in (self.salesperson, self.director):
            with self.subTest(user=user.login), self.assertRaisesRegex(UserError, "is still to be decided"):
                contract.with_user(user).action_approve()

    def test_cancelled_and_taken_up_again_it_asks_anew(self):
        contract = self._kitchen()
        contract.action_submit()
        contract.action_cancel_contract("客户搬迁")
        self.assertEqual(self._steps(contract), [(1, "Sales head", 'cancel')])
        self.assertFalse(contract.sudo().activity_ids)

        contract.action_reset()
        contract.action_submit()

        self.assertEqual(self._steps(contract), [(1, "Sales head", 'pending')])

    def test_an_approved_contract_that_the_producer_refuses_is_approved_anew(self):
        contract = self._kitchen()
        contract.action_submit()
        self._decide(contract, self.manager)

        contract.action_refuse("单价要降 200 元")

        self.assertEqual((contract.contract_state, contract.approval_label), ('draft', ""))
        self.assertIn("Steps after the submission", contract.approval_steps)

    def test_a_contract_born_in_wim_is_approved_here(self):
        contract = self._contract(
            self._detail(line_no='W-1-01'), name='W-1', external_system='wim', external_key='W-1')

        contract.with_user(self.salesperson).action_submit()

        self.assertEqual(self._steps(contract)[0], (1, "Sales head", 'pending'))

    def test_approvers_read_contracts_and_change_nothing(self):
        contract = self._hazardous()
        contract.action_submit()

        for user in (self.ehs, self.director):
            with self.subTest(user=user.login):
                self.assertEqual(contract.with_user(user).order_line.waste_name, "废活性炭")
                with self.assertRaises(AccessError):
                    contract.with_user(user).write({'note': "x"})
                with self.assertRaises(AccessError):
                    contract.order_line.with_user(user).read(['floor_price'])

    def test_the_card_tells_what_is_decided_and_never_the_floor_price(self):
        contract = self._contract(self._detail(floor_price=2999.0, price_unit=2500.0))
        contract.with_user(self.salesperson).action_submit()

        card = contract.sudo().review_ids[0].with_user(self.manager)

        self.assertEqual((card.partner_id, card.amount), (self.producer, 25000.0))
        for words in ("废活性炭", "2,500.00", "Below the floor price", "01/01/2026"):
            self.assertIn(words, card.essentials)
        self.assertNotIn("2,999", card.essentials)

    def test_escalation_goes_to_the_leader_of_the_team(self):
        leader = self._new_user('sales_manager', 'h3_leader')
        contract = self._kitchen()
        contract.team_id = self.env['crm.team'].create({'name': "市场一部", 'user_id': leader.id, 'company_id': self.company.id})
        flow = self.env.ref('waste_contract.flow_kitchen_sales')
        flow.write({'review_type': 'individual', 'reviewer_id': self.manager.id, 'reviewer_group_id': False})
        contract.action_submit()

        with freeze_time('2026-06-17 02:30:00'):
            self.env['tier.review']._cron_chase()

        self.assertEqual(contract.sudo().review_ids.reviewer_ids, self.manager | leader)

    def test_the_list_costs_no_query_per_contract(self):
        contracts = self._hazardous() + self._hazardous() + self._hazardous()
        contracts.action_submit()
        self.env.flush_all()

        def queries(records):
            records.invalidate_recordset()
            before = self.env.cr.sql_log_count
            records.read(['name', 'approval_label', 'approval_state'])
            return self.env.cr.sql_log_count - before

        queries(contracts)  # warm
        self.assertEqual(queries(contracts[0]), queries(contracts))
