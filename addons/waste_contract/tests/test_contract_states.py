from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.waste_contract.models.sale_order_life import CONTRACT_STATES, SALE_STATE

from .common import ContractCase

STATES = [state for state, _label in CONTRACT_STATES]


@tagged('post_install', '-at_install')
@freeze_time('2026-06-15')
class TestContractStates(ContractCase):

    def _in_state(self, state, **values):
        """A contract that was born elsewhere in ``state``."""
        return self._contract(contract_state=state, date_signed='2026-01-01', **values)

    def test_every_cell_of_the_table(self):
        """Each (state × verb): the edge moves, being there already is no error, everything else is refused."""
        verbs = self.env['sale.order']._transitions
        ready = {'expire': {'date_end': '2026-06-14'}, 'agree_gov': {'business_id': self.kitchen.id},
                 'accept': {'contract_kind': 'quotation'}}
        for verb, (starts, target) in verbs.items():
            values = {'government_id': self.government.id, **ready.get(verb, {})}
            for state in STATES:
                with self.subTest(verb=verb, state=state):
                    detail = self._detail(pricing_mode='unit_t')
                    contract = self._contract(detail, contract_state=state, date_signed='2026-01-01', **values)
                    if state in starts or state == target:
                        moved = contract._transition(verb)
                        self.assertEqual(contract.contract_state, target)
                        self.assertEqual(bool(moved), state != target)
                        self.assertEqual(contract.state, SALE_STATE[target])
                    else:
                        with self.assertRaisesRegex(UserError, "can not become"):
                            contract._transition(verb)
                        self.assertEqual(contract.contract_state, state)

    def test_every_state_can_be_reached_and_writes_obey_the_same_table(self):
        edges = {(start, end) for starts, end in self.env['sale.order']._transitions.values() for start in starts}

        self.assertEqual({'draft', *(end for _start, end in edges)}, set(STATES))
        for state in STATES:
            for target in STATES:
                if state == target or (state, target) in edges:
                    continue
                contract = self._in_state(state)
                with self.subTest(state=state, target=target), self.assertRaises(UserError):
                    contract.write({'contract_state': target})

    def test_a_hazardous_contract_from_draft_to_force(self):
        contract = self._contract(user=self.salesperson)

        contract.with_user(self.salesperson).action_submit()
        contract.with_user(self.manager).action_approve()
        contract.with_user(self.salesperson).action_agree()
        contract.with_user(self.salesperson).action_sign()

        self.assertEqual((contract.contract_state, contract.state), ('active', 'sale'))
        self.assertEqual(str(contract.date_signed), '2026-06-15')
        self.env.flush_all()

    def test_a_kitchen_contract_passes_the_government(self):
        contract = self._contract(
            self._detail(pricing_mode='tier_excess', price_unit=300.0, waste_code_id=False, waste_name="厨余垃圾"),
            user=self.salesperson, business_id=self.kitchen.id, government_id=self.government.id)

        contract.with_user(self.salesperson).action_submit()
        contract.with_user(self.manager).action_approve()
        contract.with_user(self.salesperson).action_agree()
        self.assertEqual(contract.contract_state, 'gov_review')
        contract.with_user(self.salesperson).action_government_return("清运频次写错了")
        contract.with_user(self.salesperson).action_agree()
        contract.with_user(self.salesperson).action_government_pass()

        self.assertEqual((contract.contract_state, contract.state), ('signing', 'sent'))

    def test_nobody_skips_the_government(self):
        contract = self._in_state('customer_review', business_id=self.kitchen.id, government_id=self.government.id)

        with self.assertRaisesRegex(UserError, "needs the government review"):
            contract.write({'contract_state': 'signing'})
        with self.assertRaisesRegex(UserError, "need no government review"):
            self._in_state('customer_review').write({'contract_state': 'gov_review'})

    def test_only_a_sales_manager_approves_and_terminates(self):
        approving, active = self._in_state('approving'), self._in_state('active')

        for contract, action in ((approving, 'action_approve'), (active, 'action_terminate')):
            arguments = ("合同双方协商解除",) if action == 'action_terminate' else ()
            with self.assertRaisesRegex(UserError, "only a sales manager"):
                getattr(contract.with_user(self.salesperson), action)(*arguments)
            getattr(contract.with_user(self.manager), action)(*arguments)
        with self.assertRaisesRegex(UserError, "only a sales manager"):
            self._in_state('approving').with_user(self.salesperson).write({'contract_state': 'customer_review'})
        self.assertEqual((approving.contract_state, active.contract_state), ('customer_review', 'terminated'))

    def test_buttons_need_the_right_to_write(self):
        contract = self._contract()

        for role in ('dispatcher', 'customer_service', 'finance'):
            with self.subTest(role=role), self.assertRaises(AccessError):
                contract.with_user(self.users[role]).action_submit()
        self.assertEqual(contract.contract_state, 'draft')

    def test_what_a_draft_lacks_is_said_when_it_is_submitted(self):
        kitchen = {'business_id': self.kitchen.id}
        cases = [
            ("has no waste details", self.env['sale.order'].create({
                'business_id': self.hazardous.id, 'company_id': self.company.id, 'partner_id': self.producer.id})),
            ("needs a waste code", self._contract(self._detail(waste_code_id=False))),
            ("needs the government office", self._contract(self._detail(waste_code_id=False), **kitchen)),
            ("no lump sum", self._contract(self._detail(pricing_mode='lump_year'))),
            ("priced by tiers, and there are none", self._contract(
                self._detail(pricing_mode='tier_all', waste_code_id=False), business_id=self.industrial.id)),
        ]
        for sentence, contract in cases:
            with self.subTest(sentence), self.assertRaisesRegex(UserError, sentence):
                contract.action_submit()
            self.assertEqual(contract.contract_state, 'draft')

    def test_steps_back_need_a_reason_that_stays_in_the_chatter(self):
        contract = self._in_state('customer_review')
        action = contract.with_user(self.salesperson).action_refuse()
        self.assertEqual((action['res_model'], contract.contract_state), ('waste.contract.reason', 'customer_review'))

        wizard = self.env['waste.contract.reason'].with_user(self.salesperson).with_context(
            **action['context']).create({'reason': "单价要降 200 元"})
        wizard.action_confirm()

        self.assertEqual(contract.contract_state, 'draft')
        self.assertIn("单价要降 200 元", contract.message_ids[0].body)
        with self.assertRaisesRegex(UserError, "Write the reason"):
            wizard.reason = "  "
            wizard.action_confirm()

    def test_approval_and_agreement_leave_evidence(self):
        contract = self._in_state('approving').with_context(tracking_disable=False, mail_notrack=False)
        self.env.flush_all()
        self.env.cr.precommit.run()

        contract.with_user(self.manager).action_approve()
        self.env.flush_all()
        self.env.cr.precommit.run()

        tracked, sentence = contract.message_ids[:2].sorted(lambda message: not message.tracking_value_ids)
        self.assertIn("Approved.", sentence.body)
        self.assertEqual((tracked | sentence).author_id, self.manager.partner_id)
        shown = contract._track_filter_for_display(tracked.tracking_value_ids)
        self.assertEqual(shown.field_id.mapped('name'), ['contract_state'])

    def test_a_repeated_verb_changes_nothing(self):
        contract = self._in_state('active')
        order_date = contract.date_order

        contract.action_sign()

        self.assertEqual((contract.contract_state, contract.date_order), ('active', order_date))

    def test_signed_before_its_first_day_it_waits(self):
        contract = self._in_state('signing', date_start='2026-07-01')
        contract.date_signed = False

        contract.action_sign()

        self.assertEqual((contract.contract_state, str(contract.date_signed)), ('signing', '2026-06-15'))
        with self.assertRaisesRegex(UserError, "becomes active by itself"):
            contract.write({'contract_state': 'active'})

    def test_the_day_of_signature_is_recorded_while_signing(self):
        contract = self._contract().with_user(self.manager)

        with self.assertRaisesRegex(UserError, "recorded while it is being signed"):
            contract.date_signed = '2026-06-01'
        signing = self._contract(contract_state='signing').with_user(self.manager)
        signing.date_signed = '2026-06-01'
        signing.action_cancel_contract("客户搬迁")
        signing.action_reset()
        self.assertFalse(signing.date_signed)

    def test_the_sales_orders_own_buttons_can_not_leave_the_contract_behind(self):
        contract = self._contract()

        with self.assertRaisesRegex(UserError, "confirmed when all parties have signed"):
            contract.action_confirm()
        with self.assertRaisesRegex(UserError, "use the buttons of the contract"):
            contract.write({'state': 'sale'})
        with self.assertRaisesRegex(UserError, "use the buttons of the contract"):
            contract.action_quotation_sent()
        contract.action_cancel()
        self.assertEqual((contract.contract_state, contract.state), ('cancelled', 'cancel'))
        contract.action_draft()
        self.assertEqual((contract.contract_state, contract.state), ('draft', 'draft'))
        active = self._in_state('active')
        with self.assertRaisesRegex(UserError, "can not become"):
            active.action_cancel()
        self.assertEqual(active.state, 'sale')

    def test_a_sales_order_without_business_lives_as_before(self):
        order = self.env['sale.order'].create({'partner_id': self.producer.id, 'company_id': self.company.id})

        with self.assertRaisesRegex(UserError, "no waste contract"):
            order.action_submit()
        order.action_confirm()
        order.action_cancel()
        order.action_draft()

        self.assertEqual((order.state, order.contract_state), ('draft', 'draft'))
        order.unlink()

    def test_contracts_are_born_as_drafts(self):
        with self.assertRaisesRegex(UserError, "Contracts are created as drafts"):
            self._contract(user=self.salesperson, contract_state='active')

    def test_only_drafts_are_deleted(self):
        for state in STATES[1:]:
            contract = self._in_state(state)
            with self.subTest(state=state), self.assertRaisesRegex(UserError, "only drafts can be deleted"):
                contract.with_user(self.manager).unlink()
        draft = self._contract()
        draft.with_user(self.manager).unlink()
        self.assertFalse(draft.exists())
