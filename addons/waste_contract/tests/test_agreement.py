from datetime import date
from decimal import Decimal

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..tools import Settled
from .common import ContractCase

WAY = ('approving', 'customer_review', 'signing', 'in_force')


class AgreementCase(ContractCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract(cls._detail(), contract_state='active', date_signed='2026-01-01')
        cls.line = cls.contract.order_line

    @classmethod
    def _agreement(cls, *lines, user=None, **values):
        return cls.env['waste.contract.agreement'].with_user(user or cls.env.user).create({
            'order_id': cls.contract.id, 'date_effective': '2026-06-10', 'reason': "市场价上涨",
            'line_ids': [Command.create(line) for line in lines], **values})

    def _price_change(self, price=3000.0, **values):
        return self._agreement({'line_id': self.line.id, 'price_unit': price}, **values)

    def _in_force(self, agreement):
        for state in WAY:
            agreement.state = state
        return agreement


@tagged('post_install', '-at_install')
@freeze_time('2026-06-15')
class TestAgreement(AgreementCase):
    """Sealed terms change by agreement only, from a day on, and every day keeps the terms it had."""

    def test_a_supplement_from_draft_to_force(self):
        agreement = self._agreement({'line_id': self.line.id, 'price_unit': 3000.0}, user=self.salesperson)

        agreement.action_submit()
        agreement.with_user(self.manager).action_approve()
        agreement.action_agree()
        self.assertEqual(self.line.price_unit, 2800.0)
        agreement.action_sign()

        self.assertEqual((agreement.name, agreement.state), (f'{self.contract.name}-S01', 'in_force'))
        self.assertEqual((self.line.price_unit, self.contract.planned_receivable), (3000.0, 30000.0))
        self.assertRecordValues(self.contract.change_ids, [{
            'line_id': self.line.id, 'agreement_id': agreement.id, 'date_from': date(2026, 6, 10),
            'summary': "Unit Price: 2,800 → 3,000", 'is_price_change': True}])

    def test_each_day_is_priced_with_its_own_terms(self):
        self._in_force(self._price_change())

        before, after = self.line._as_of(date(2026, 6, 9)), self.line._as_of(date(2026, 6, 10))

        settled = Settled(net_kg=Decimal(1500))
        self.assertEqual(before._price(settled), Decimal('4200.00'))
        self.assertEqual(after, self.line)
        self.assertEqual(after._price(settled), Decimal('4500.00'))
        self.assertEqual(before._origin, self.line)
        self.assertEqual(self.line._get_term_changes(date(2026, 6, 1), date(2026, 6, 30)), [date(2026, 6, 10)])
        self.assertEqual(self.line._get_term_changes(date(2026, 6, 10), date(2026, 6, 30)), [])
        self.assertEqual(self.line._get_term_changes(date(2026, 5, 1), date(2026, 6, 9)), [])

    def test_a_quantity_alone_needs_no_second_price(self):
        self._in_force(self._agreement({'line_id': self.line.id, 'planned_quantity_t': 20.0}))

        self.assertEqual(self.line._get_term_changes(date(2026, 6, 1), date(2026, 6, 30)), [])
        self.assertEqual(self.contract.planned_receivable, 56000.0)
        self.assertEqual(self.line._as_of(date(2026, 6, 1)).planned_quantity_t, 10.0)

    def test_tiers_and_mode_change_from_a_day(self):
        self.hazardous.pricing_mode_ids = False
        agreement = self._agreement({'line_id': self.line.id, 'pricing_mode': 'tier_all'}, tier_ids=[
            Command.create({'from_t': 0, 'to_t': 10, 'price_unit': 2000.0}),
            Command.create({'from_t': 10, 'price_unit': 1500.0})])
        self._in_force(agreement)
        second = self._agreement(date_effective='2026-06-12', tier_ids=[
            Command.create({'from_t': 0, 'price_unit': 1000.0})])
        self._in_force(second)

        settled = Settled(net_kg=Decimal(12000))
        prices = [self.line._as_of(date(2026, 6, day))._price(settled) for day in (9, 10, 12)]

        self.assertEqual(prices, [Decimal(33600), Decimal(18000), Decimal(12000)])
        self.assertEqual(
            self.line._get_term_changes(date(2026, 6, 1), date(2026, 6, 30)), [date(2026, 6, 10), date(2026, 6, 12)])

    def test_the_contracts_own_terms_have_a_history_too(self):
        contract = self._contract(
            self._detail(pricing_mode='lump_year', price_unit=3500.0), contract_state='active',
            lump_sum_amount=8000.0, included_quantity_t=3.0)
        agreement = self._agreement(order_id=contract.id, included_quantity_t=5.0, date_end='2027-03-31')
        self._in_force(agreement)

        settled = Settled(net_kg=Decimal(6000))
        line = contract.order_line

        self.assertEqual(line._as_of(date(2026, 6, 9))._price(settled), Decimal(10500))
        self.assertEqual(line._price(settled), Decimal(3500))
        self.assertEqual((str(contract.date_end), contract.lump_sum_amount), ('2027-03-31', 8000.0))
        self.assertEqual(contract._as_of(date(2026, 6, 9)).date_end, date(2026, 12, 31))

    def test_details_are_added_and_ended(self):
        agreement = self._agreement(
            {'kind': 'end', 'line_id': self.line.id},
            {'kind': 'add', 'waste_name': "含铜污泥", 'waste_code_id': self._code('336-062-17').id,
             'pricing_mode': 'unit_t', 'price_unit': 1500.0, 'planned_quantity_t': 4.0})
        self._in_force(agreement)

        ended, added = self.contract.order_line
        self.assertEqual((ended.date_to, added.date_from), (date(2026, 6, 9), date(2026, 6, 10)))
        self.assertEqual((added.waste_name, added.price_total, added.line_no), ("含铜污泥", 6000.0, f'{self.contract.name}-02'))
        self.assertEqual(self.contract.change_ids.sorted('id').mapped('kind'), ['end', 'add'])

    def test_two_agreements_on_different_terms_do_not_undo_each_other(self):
        price = self._price_change(date_effective='2026-06-14')
        quantity = self._agreement(
            {'line_id': self.line.id, 'planned_quantity_t': 12.0}, date_effective='2026-06-12')

        self._in_force(quantity)
        self._in_force(price)

        self.assertEqual((self.line.price_unit, self.line.planned_quantity_t), (3000.0, 12.0))

    def test_it_applies_exactly_once_on_its_day(self):
        agreement = self._price_change(date_effective='2026-07-01')
        for state in WAY[:3]:
            agreement.state = state

        agreement.action_sign()
        self.assertEqual((agreement.state, self.line.price_unit), ('signing', 2800.0))
        with self.assertRaisesRegex(UserError, "does so by itself on that day"):
            agreement.state = 'in_force'
        for day in ('2026-06-30 10:00:00', '2026-07-01 10:00:00', '2026-07-02 10:00:00'):
            with freeze_time(day), self.enter_registry_test_mode():
                self.env.ref('waste_contract.ir_cron_agreement_effect').method_direct_trigger()

        self.assertEqual((agreement.state, self.line.price_unit), ('in_force', 3000.0))
        self.assertEqual(len(self.contract.change_ids), 1)
        agreement.action_sign()
        self.assertEqual(len(self.contract.change_ids), 1)

    def test_sealed_terms_change_in_no_other_way(self):
        contract, line = self.contract.with_user(self.manager), self.line.with_user(self.manager)
        self._price_change().state = 'approving'

        for write in (
                lambda: line.write({'price_unit': 1.0}),
                lambda: contract.write({'date_end': '2027-12-31'}),
                lambda: contract.write({'order_line': [Command.update(line.id, {'price_unit': 1.0})]}),
                lambda: line.write({'date_to': '2026-06-30'})):
            with self.subTest(write=write), self.assertRaises(UserError):
                write()
        imported = contract.load(['.id', 'lump_sum_amount'], [[str(contract.id), '5']])
        self.assertFalse(imported['ids'])
        self.assertIn("can no longer be changed", imported['messages'][0]['message'])
        self.assertEqual((line.price_unit, str(contract.date_end), contract.lump_sum_amount), (2800.0, '2026-12-31', 0.0))

    def test_nobody_opens_the_seal_by_hand(self):
        agreement = self._price_change().with_user(self.manager)

        with self.assertRaises(AccessError):
            agreement.write({'is_being_applied': True})
        with self.assertRaises(UserError):
            agreement.write({'state': 'in_force'})
        self.assertEqual(self.line.price_unit, 2800.0)

    def test_history_is_never_rewritten(self):
        self._in_force(self._price_change())
        change = self.contract.change_ids

        with self.assertRaisesRegex(UserError, "never rewritten"):
            change.former = {}
        for role in ('sales_manager', 'admin'):
            with self.subTest(role=role), self.assertRaises(AccessError):
                change.with_user(self.users[role]).unlink()

    def test_bad_input_is_refused_with_a_sentence(self):
        draft = self._contract()
        other = self._contract(contract_state='active').order_line
        kept = self._contract(contract_state='active', external_system='wim', external_key='W-1')
        change = {'line_id': self.line.id, 'price_unit': 3000.0}
        cases = [
            ("isn't within contract", lambda: self._agreement(change, date_effective='2025-12-31')),
            ("isn't within contract", lambda: self._agreement(change, date_effective='2027-01-01')),
            ("agreements are made on active contracts", lambda: self._agreement(order_id=draft.id)),
            ("agree on changes there", lambda: self._agreement(order_id=kept.id)),
            ("is one of another contract", lambda: self._agreement({'line_id': other.id})),
            ("choose the waste detail", lambda: self._agreement({'kind': 'change'})),
            ("write the name of the waste", lambda: self._agreement({'kind': 'add'})),
            ("the new end", lambda: self._agreement(date_end='2026-01-31')),
            ("already changes waste detail", lambda: (self._agreement(change), self._agreement(change))),
            ("changes nothing", lambda: self._agreement().action_submit()),
            ("nothing changes for waste detail", lambda: self._agreement({'line_id': self.line.id}).action_submit()),
            ("price must not be negative", lambda: self._agreement({**change, 'price_unit': -5.0}).action_submit()),
            ("leave a gap", lambda: self._agreement(change, tier_ids=[
                Command.create({'from_t': 5, 'price_unit': 1.0})]).action_submit()),
            ("isn't valid on", lambda: self._agreement({
                'kind': 'add', 'waste_name': "旧", 'price_unit': 1.0, 'pricing_mode': 'unit_t',
                'waste_code_id': self._expired_code().id}).action_submit()),
        ]
        for sentence, attempt in cases:
            with self.subTest(sentence), self.assertRaisesRegex((UserError, ValidationError), sentence), self.env.cr.savepoint():
                attempt()
        self.assertFalse(self.contract.agreement_ids)
        self.assertFalse(self.contract.change_ids)
        self.assertEqual(len(self.contract.order_line), 1)

    def _expired_code(self):
        return self._code('900-041-49').copy({'code': '999-999-49', 'valid_to': '2020-12-31', 'valid_from': '2016-08-01'})

    def test_a_change_dated_before_one_in_force_is_refused(self):
        self._in_force(self._price_change())
        late = self._price_change(price=2900.0, date_effective='2026-06-01')

        with self.assertRaisesRegex(UserError, "Date agreement .* later than that"):
            late.action_submit()

        self.assertEqual((late.state, self.line.price_unit), ('draft', 3000.0))

    def test_the_trial_at_submission_leaves_nothing(self):
        agreement = self._price_change()

        agreement.action_submit()

        self.assertEqual((self.line.price_unit, agreement.state, agreement.sudo().is_being_applied), (2800.0, 'approving', False))
        self.assertFalse(self.contract.change_ids)
        self.assertIn("2,800 → 3,000", agreement.line_ids.summary)

    def test_submitted_changes_are_sealed(self):
        agreement = self._price_change()
        agreement.action_submit()

        for write in (
                lambda: agreement.line_ids.write({'price_unit': 1.0}),
                lambda: agreement.line_ids.unlink(),
                lambda: agreement.write({'tier_ids': [Command.create({'from_t': 0, 'price_unit': 1.0})]}),
                lambda: agreement.write({'date_effective': '2026-06-30'}),
                lambda: agreement.unlink()):
            with self.subTest(write=write), self.assertRaises(UserError):
                write()

    def test_a_kitchen_agreement_passes_the_government(self):
        contract = self._contract(
            self._detail(pricing_mode='tier_excess', price_unit=300.0, waste_code_id=False), contract_state='active',
            business_id=self.kitchen.id, government_id=self.government.id)
        agreement = self._agreement({'line_id': contract.order_line.id, 'price_unit': 320.0}, order_id=contract.id)
        agreement.state = 'approving'
        agreement.state = 'customer_review'

        agreement.action_agree()
        self.assertEqual(agreement.state, 'gov_review')
        agreement.action_government_pass()
        agreement.action_sign()

        self.assertEqual(contract.order_line.price_unit, 320.0)

    def test_refused_by_the_producer_it_can_be_taken_up_again(self):
        agreement = self._price_change()
        agreement.state = 'approving'
        agreement.state = 'customer_review'

        agreement.action_refuse("涨幅太大")
        self.assertEqual(agreement.state, 'refused')
        agreement.action_reset()
        agreement.line_ids.price_unit = 2850.0
        self._in_force(agreement)

        self.assertEqual(self.line.price_unit, 2850.0)

    def test_its_own_steps_decide_on_it(self):
        self.env['tier.definition'].create({
            'name': "商务", 'model_id': self.env['ir.model']._get_id('waste.contract.agreement'), 'sequence': 10,
            'definition_domain': "[('kind', '=', 'supplement')]", 'review_type': 'individual',
            'reviewer_id': self.manager.id, 'company_id': False})
        agreement = self._agreement({'line_id': self.line.id, 'price_unit': 3000.0}, user=self.salesperson)
        agreement.action_submit()
        self.assertEqual(agreement.approval_state, 'pending')

        with self.assertRaisesRegex(UserError, "still to be decided by sales_manager"):
            agreement.sudo().state = 'customer_review'
        agreement.with_user(self.manager).action_approve()

        self.assertEqual((agreement.approval_state, agreement.state), ('approved', 'customer_review'))

    def test_a_termination_agreement_ends_the_contract_on_its_day(self):
        agreement = self._in_force(self._agreement(kind='termination', reason="搬迁"))

        self.assertEqual((self.contract.contract_state, str(self.contract.date_terminated)), ('terminated', '2026-06-10'))
        self.assertIn("搬迁", self.contract.message_ids[0].body)
        self.assertTrue(agreement.applied_at)

    def test_a_voiding_agreement_takes_the_contract_back(self):
        self._in_force(self._agreement(kind='void', reason="主体错误"))

        self.assertEqual((self.contract.contract_state, self.contract.state), ('voided', 'cancel'))

    def test_terms_of_many_contracts_cost_as_much_as_those_of_one(self):
        self._in_force(self._price_change())
        lines = self.line
        for _i in range(10):
            lines |= self._contract(contract_state='active').order_line
        self.env.flush_all()
        counts = []
        for some in (lines[:1], lines[:1], lines):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            for line in some.browse(some.ids):
                line._get_term_changes(date(2026, 6, 1), date(2026, 6, 30))
                self.assertEqual(line._as_of(date(2026, 6, 1)).price_unit, 2800.0)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1] + 2)
