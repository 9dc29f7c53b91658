from odoo.exceptions import AccessError, UserError
from odoo.fields import Datetime
from odoo.tests import freeze_time, tagged

from .common import ContractCase


@freeze_time('2026-03-20 02:00:00')
@tagged('post_install', '-at_install')
class TestContractFollowUp(ContractCase):
    """What was said about a contract is on both tracks, the next contact in the own calendar."""

    def _follow_up(self, contract, user=None, **values):
        return self.env['waste.contract.follow.up'].with_user(user or self.salesperson).create({
            'order_id': contract.id, 'way': 'phone', 'note': "催签", **values})

    def test_s3_con_fu_on_the_contract_on_the_customer_and_in_the_calendar(self):
        contract = self._contract(user=self.salesperson)

        self._follow_up(contract, next_at='2026-03-22 01:00:00').action_save()

        self.assertIn("催签", contract.message_ids[0].body)
        self.assertEqual(contract.message_ids[0].author_id, self.salesperson.partner_id)
        self.assertIn("Phone", self.producer.message_ids[0].body)
        self.assertIn(contract.name, self.producer.message_ids[0].body)
        event = self.env['calendar.event'].search([('res_model', '=', 'sale.order'), ('res_id', '=', contract.id)])
        self.assertRecordValues(event, [{
            'user_id': self.salesperson.id, 'start': Datetime.to_datetime('2026-03-22 01:00:00'),
            'partner_ids': self.salesperson.partner_id.ids}])
        activity = contract.activity_ids
        self.assertRecordValues(activity, [{'user_id': self.salesperson.id, 'calendar_event_id': event.id}])

    def test_customer_service_notes_what_it_was_told(self):
        contract = self._contract(user=self.salesperson)
        service = self.users['customer_service']

        self._follow_up(contract, service, way='wechat', next_at='2026-03-23 01:00:00').action_save()

        self.assertEqual(contract.message_ids[0].author_id, service.partner_id)
        self.assertEqual(contract.activity_ids.user_id, service)

    def test_without_a_next_contact_nothing_is_planned(self):
        contract = self._contract(user=self.salesperson)
        self._follow_up(contract).action_save()
        self.assertFalse(contract.activity_ids)

    def test_an_empty_note_or_a_past_day_is_refused_and_nothing_is_written(self):
        contract = self._contract(user=self.salesperson)
        count = len(contract.message_ids)
        for values, sentence in (({'note': "  "}, "say what was said"), ({'next_at': '2026-03-20 02:00:00'}, "lies in the past")):
            with self.assertRaisesRegex(UserError, sentence):
                self._follow_up(contract, **values).action_save()
        self.assertEqual((len(contract.message_ids), len(contract.activity_ids)), (count, 0))

    def test_nobody_follows_up_what_he_may_not_read(self):
        contract = self._contract(user_id=self.manager.id)
        with self.assertRaises(AccessError):
            self._follow_up(contract)
        own = self._follow_up(self._contract(user=self.salesperson))
        with self.assertRaises(AccessError):
            own.order_id = contract
            own.action_save()
        self.assertNotIn("催签", "".join(contract.message_ids.mapped('body')))

    def test_what_is_typed_is_shown_as_text(self):
        contract = self._contract(user=self.salesperson)
        self._follow_up(contract, note="<script>1</script>\n第二行").action_save()
        self.assertNotIn("<script>", contract.message_ids[0].body)
