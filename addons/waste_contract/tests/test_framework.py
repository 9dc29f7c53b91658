from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import ContractCase


@tagged('post_install', '-at_install')
@freeze_time('2026-06-15')
class TestFramework(ContractCase):
    """Framework contract and call-off orders: prices above, quantities below."""

    def _frame(self, **values):
        return self._contract(
            self._detail(planned_quantity_t=0, is_unlimited=True), contract_kind='framework', contract_state='active',
            date_signed='2026-01-01', frame_quantity_t=100.0, **values)

    def _order(self, frame, quantity_t, user=None):
        order = frame.with_user(user or self.env.user)._call_off()
        order.order_line.planned_quantity_t = quantity_t
        return order

    def test_a_call_off_takes_parties_period_and_prices(self):
        frame = self._frame()

        action = frame.with_user(self.salesperson).action_new_call_off()

        order = frame.call_off_ids
        self.assertEqual(action['res_id'], order.id)
        self.assertEqual((order.contract_kind, order.framework_id, str(order.date_start), str(order.date_end)),
                         ('order', frame, '2026-06-15', '2026-12-31'))
        self.assertEqual((order.order_line.price_unit, order.order_line.is_unlimited), (2800.0, False))

    def test_i_28_orders_count_against_the_frame_warned_at_90_refused_above_100(self):
        frame = self._frame()
        first, second, third = (self._order(frame, tonnes) for tonnes in (60.0, 30.0, 10.001))

        first.action_submit()
        self.assertEqual((frame.frame_used_t, frame.frame_used_percent), (60.0, 60.0))
        self.assertFalse(frame.activity_ids)
        second.action_submit()
        self.assertEqual(frame.frame_used_percent, 90.0)
        self.assertEqual(frame.activity_ids.user_id, self.salesperson)
        with self.assertRaisesRegex(UserError, "to 100.0 % of its frame|of its frame"):
            third.action_submit()
        self.assertEqual((third.contract_state, frame.frame_used_t), ('draft', 90.0))
        third.order_line.planned_quantity_t = 10.0
        third.action_submit()
        self.assertEqual((frame.frame_used_percent, len(frame.activity_ids)), (100.0, 1))

    def test_a_cancelled_order_gives_its_share_back(self):
        frame = self._frame()
        order = self._order(frame, 100.0)
        order.action_submit()

        order.action_cancel_contract("不需要")

        self.assertEqual(frame.frame_used_t, 0.0)

    def test_an_estimated_frame_only_warns(self):
        frame = self._frame(is_frame_unlimited=True)

        self._order(frame, 150.0).action_submit()

        self.assertEqual((frame.frame_used_percent, len(frame.activity_ids)), (150.0, 1))

    def test_an_amount_is_a_frame_too(self):
        frame = self._frame()
        frame = self._contract(
            self._detail(planned_quantity_t=0, is_unlimited=True), contract_kind='framework', contract_state='active',
            frame_amount=28000.0)
        with self.assertRaisesRegex(UserError, "of its frame"):
            self._order(frame, 10.1).action_submit()
        self._order(frame, 10.0).action_submit()
        self.assertEqual(frame.frame_used_amount, 28000.0)

    def test_the_frame_has_no_planned_value_of_its_own(self):
        frame = self._contract(self._detail(), contract_kind='framework', frame_quantity_t=100.0)

        frame.action_submit()

        self.assertEqual((frame.planned_receivable, frame.order_line.is_unlimited), (0.0, True))

    def test_bad_orders_are_refused(self):
        frame = self._frame()
        cheaper = self._order(frame, 1.0)
        cheaper.order_line.price_unit = 1.0
        late = self._order(frame, 1.0)
        late.date_end = '2027-01-31'
        for sentence, attempt in (
                ("doesn't agree on 废活性炭 at this price", cheaper.action_submit),
                ("outside the period of framework contract", late.action_submit),
                ("needs its frame", self._contract(contract_kind='framework').action_submit),
                ("Orders are called off from active framework contracts", self._contract().action_new_call_off),
                ("is under a framework contract", lambda: self._contract(contract_kind='order')),
                ("is under a framework contract", lambda: self._contract(framework_id=frame.id)),
                ("of another producer or business", lambda: self._contract(
                    contract_kind='order', framework_id=frame.id, partner_id=self.government.id)),
                ("must not be negative", lambda: self._contract(contract_kind='framework', frame_quantity_t=-1.0))):
            with self.subTest(sentence), self.assertRaisesRegex((UserError, ValidationError), sentence), self.env.cr.savepoint():
                attempt()

    def test_a_waste_that_an_agreement_ended_is_called_off_no_more(self):
        frame = self._frame()
        early, over = self._order(frame, 1.0), self._order(frame, 1.0)
        early.date_end = '2026-06-30'
        agreement = self.env['waste.contract.agreement'].create({
            'order_id': frame.id, 'date_effective': '2026-07-01', 'reason': "停产",
            'line_ids': [Command.create({'line_id': frame.order_line.id, 'kind': 'end'})]})
        with freeze_time('2026-07-01'):
            for state in ('approving', 'customer_review', 'signing', 'in_force'):
                agreement.state = state

        with self.assertRaisesRegex(UserError, "doesn't agree on 废活性炭"):
            over.action_submit()
        early.action_submit()

        self.assertEqual((early.contract_state, over.contract_state), ('approving', 'draft'))

    def test_a_frame_grows_by_agreement(self):
        frame = self._frame()
        agreement = self.env['waste.contract.agreement'].create({
            'order_id': frame.id, 'date_effective': '2026-06-10', 'reason': "扩产", 'frame_quantity_t': 150.0})
        for state in ('approving', 'customer_review', 'signing', 'in_force'):
            agreement.state = state

        self._order(frame, 120.0).action_submit()

        self.assertEqual((frame.frame_quantity_t, frame.frame_used_percent), (150.0, 80.0))

    def test_the_frame_is_sealed_with_the_other_terms(self):
        frame = self._frame()

        with self.assertRaisesRegex(UserError, "can no longer be changed"):
            frame.frame_quantity_t = 200.0
