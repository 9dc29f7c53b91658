from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from odoo.addons.waste_settlement.tests.common import SettlementCase


@freeze_time('2026-10-21 02:00:00')
@tagged('post_install', '-at_install')
class TestWimPayment(SettlementCase):
    """I-34: WIM tells of a transfer that somebody has registered by hand already."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.company_code = 'T-MONEY'
        cls.producer.write({'external_system': 'wim', 'external_key': 'T-P00077'})
        cls.contract = cls._active()
        cls.statement = cls._external(cls.contract, 2800.0)

    def _tell(self, number, **payload):
        message = {
            'msg_id': f'test-money-{number}', 'event': 'payment.upsert', 'entity_key': 'T-SK-1', 'version': number,
            'occurred_at': '2026-10-20T10:41:00+08:00', 'sent_at': '2026-10-20T10:42:00+08:00', 'company_code': 'T-MONEY',
            'business_type': 'hazardous',
            'payload': {
                'partner_code': 'T-P00077', 'amount': '1000.00', 'paid_at': '2026-10-20T10:00:00+08:00', 'bank_ref': 'T-BK-1',
                'allocated': [[self.statement.name, '1000.00']], **payload}}
        messages = self.env['wim.message']
        messages.with_user(self.users['wim_integrator']).push([message])
        with patch.object(self.registry['ir.cron'], '_commit_progress', lambda *_args, **_kwargs: float('inf')):
            messages.with_user(self.env.ref('base.user_root'))._process_queue()
        self.env.invalidate_all()
        return messages.search([('msg_id', '=', message['msg_id'])])

    def test_i_34_wims_message_adopts_what_was_booked_by_hand(self):
        collection = self.env['waste.collection'].with_user(self.salesperson).create({
            'contract_id': self.contract.id, 'amount': 1000.0, 'date': '2026-10-20', 'bank_ref': 'T-BK-1'})
        collection.action_submit()
        collection.with_user(self.finance).action_approve()
        payment = collection.sudo().payment_id

        row = self._tell(1)

        self.assertEqual((row.state, row.error), ('done', False))
        self.assertRecordValues(payment, [{'external_system': 'wim', 'external_key': 'T-SK-1', 'amount': 1000.0}])
        self.assertEqual((self.contract.collected_amount, self.statement.received_amount), (1000.0, 1000.0))

        self._tell(2, amount='900.00', allocated=[[self.statement.name, '900.00']])

        self.assertEqual((collection.amount, self.contract.collected_amount), (900.0, 900.0))

    def test_i_34_the_reference_of_another_amount_stays_refused(self):
        collection = self.env['waste.collection'].create({
            'contract_id': self.contract.id, 'amount': 800.0, 'date': '2026-10-20', 'bank_ref': 'T-BK-1'})
        collection.action_submit()
        collection.action_approve()

        row = self._tell(1)

        self.assertIn('T-BK-1', row.error)
        self.assertEqual(self.contract.collected_amount, 800.0)
