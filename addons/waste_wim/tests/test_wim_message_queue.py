from odoo.tools import mute_logger

from .common import WimCase

MIXIN_LOG = 'odoo.addons.exchange.models.exchange_message_mixin'


class TestWimQueue(WimCase):

    def test_handlers_get_their_messages_in_the_order_of_the_events(self):
        given = self.accept_all()
        self.push(
            self.message('payment.upsert', 'SK-1', {'partner_code': 'P1', 'amount': '1'}),
            self.message('pickup.upsert', 'P-2'),
            self.message('partner.upsert', 'P00001', {'name': "厂"}, business_type=None),
            self.message('pickup.upsert', 'P-1'),
        )

        self.process()

        self.assertEqual([message.key for message in given], ['P00001', 'P-2', 'P-1', 'SK-1'])
        self.assertEqual(set(self.Message.search([]).mapped('state')), {'done'})

    def test_handler_sees_what_the_message_says(self):
        given = self.accept_all()
        message = self.message(version=3, payload={'state': 'done', 'moon': 'full'})
        self.push(message)

        self.process()

        [seen] = given
        self.assertEqual((seen.msg_id, seen.event, seen.key, seen.version), (message['msg_id'], 'pickup.upsert', 'P-1', 3))
        self.assertEqual((seen.payload, seen.extra), ({'state': 'done'}, {'moon': 'full'}))
        self.assertEqual((seen.company, seen.business.code, seen.id), (self.company_a, 'hazardous', self.row(message).id))
        self.assertEqual(str(seen.occurred_at), '2026-07-01 02:41:00')
        self.assertEqual(seen.rank, (3, '2026-07-01T02:42:00', message['msg_id']))

    def test_every_verdict_is_written(self):
        def handler(messages):
            verdicts = {message.key: message for message in messages}
            verdicts['done'].done()
            verdicts['warned'].warn('$.payload.a', "First.")
            verdicts['warned'].warn('$.payload.b', "Second.")
            verdicts['warned'].done()
            verdicts['stale'].stale("Overtaken.")
            verdicts['parked'].park('contract:C-1')
            verdicts['rejected'].warn('$.payload.a', "Never told.")
            verdicts['rejected'].reject('weight', '$.payload.c', "Too heavy.")

        self.handle(handler)
        keys = ('done', 'warned', 'stale', 'parked', 'rejected')
        messages = [self.message(entity_key=key) for key in keys]
        self.push(*messages)

        self.process()

        rows = self.Message.union(*(self.row(message) for message in messages))
        self.assertRecordValues(rows, [
            {'state': 'done', 'error_category': False, 'error_path': False, 'error': False, 'parked_on': False},
            {'state': 'warned', 'error_category': False, 'error_path': '$.payload.a', 'error': "First.\nSecond.", 'parked_on': False},
            {'state': 'stale', 'error_category': False, 'error_path': False, 'error': "Overtaken.", 'parked_on': False},
            {'state': 'parked', 'error_category': False, 'error_path': False, 'error': False, 'parked_on': 'contract:C-1'},
            {'state': 'rejected', 'error_category': 'weight', 'error_path': '$.payload.c', 'error': "Too heavy.", 'parked_on': False},
        ])
        self.assertTrue(all(rows.mapped('processed_at')))

    def test_parked_message_comes_back_in_the_same_run_when_its_key_is_known(self):
        known = set()

        def pickups(messages):
            for message in messages:
                if 'C-1' in known:
                    message.done()
                else:
                    message.park('contract:C-1')

        def contracts(messages):
            known.update(message.key for message in messages)
            for message in messages:
                message.done()
            return {f'contract:{message.key}' for message in messages}

        self.handle(pickups)
        self.handle(contracts, 'contract.upsert')
        waiting = self.message()
        line = {'line_no': 'L-1', 'waste_name': "漆渣", 'price_mode': 'UNIT_T', 'unit_price': '3000'}
        self.push(waiting)
        self.process()
        self.assertEqual(self.row(waiting).state, 'parked')

        self.push(self.message('contract.upsert', 'C-1', {'producer_code': 'P1', 'lines': [line]}))
        self.process()

        self.assertRecordValues(self.row(waiting), [{'state': 'done', 'parked_on': False, 'attempts': 0}])

    @mute_logger(MIXIN_LOG)
    def test_handler_that_fails_on_one_message_does_the_others(self):
        def handler(messages):
            for message in messages:
                if message.key == 'bad':
                    raise KeyError(message.key)
                message.done()

        self.handle(handler)
        good, bad = [self.message(entity_key=f'good-{number}') for number in range(5)], self.message(entity_key='bad')
        self.push(*good[:2], bad, *good[2:])

        self.process()

        self.assertEqual({self.row(message).state for message in good}, {'done'})
        self.assertRecordValues(self.row(bad), [{'state': 'pending', 'attempts': 1, 'error_category': 'internal'}])

    @mute_logger(MIXIN_LOG)
    def test_handler_without_a_verdict_is_our_failure(self):
        self.handle(lambda messages: None)
        message = self.message()
        self.push(message)

        self.process()

        self.assertRecordValues(self.row(message), [{'state': 'pending', 'attempts': 1, 'error_category': 'internal'}])

    def test_wrong_payload_never_reaches_the_handler(self):
        given = self.accept_all()
        bad = self.message(payload={'planned_at': 'tomorrow', 'contract_pending': 1})
        self.push(bad, self.message())

        self.process()

        self.assertEqual(len(given), 1)
        row = self.row(bad)
        self.assertRecordValues(row, [{'state': 'rejected', 'error_category': 'schema', 'error_path': '$.payload.planned_at'}])
        self.assertEqual([line.split(':')[0] for line in row.error.splitlines()], [
            '$.payload.planned_at', '$.payload.contract_pending', '$.payload.producer_code'])

    def test_number_in_the_payload_is_the_number_of_the_document(self):
        given = self.accept_all()
        self.push(self.message('manifest.upsert', 'LD-7', {
            'manifest_no': '20264419000001', 'pickup_no': 'P-1', 'out_qty_t': '1'}))

        self.process()

        self.assertEqual(given[0].key, '20264419000001')

    def test_message_rejected_at_the_door_is_judged_anew_when_replayed(self):
        self.accept_all()
        message = self.message(company_code='T-C')
        self.push(message)
        self.process()
        self.assertEqual(self.row(message).state, 'rejected')
        company_c = self.env['res.company'].create({'name': "Company C", 'company_code': 'T-C'})
        self.integrator.company_ids |= company_c
        self.admin.company_ids |= company_c

        self.row(message).with_user(self.admin).action_replay()
        self.process()

        self.assertRecordValues(self.row(message), [{
            'state': 'done', 'company_id': company_c.id, 'company_code': 'T-C', 'business_type': 'hazardous', 'error': False}])

    def test_message_for_a_company_that_its_sender_lost_since_is_rejected(self):
        given = self.accept_all()
        message = self.message()
        self.push(message)
        self.integrator.write({'company_id': self.company_b.id, 'company_ids': [(6, 0, self.company_b.ids)]})

        self.process()

        self.assertFalse(given)
        self.assertRecordValues(self.row(message), [{'state': 'rejected', 'error_category': 'company', 'company_id': self.company_a.id}])

    def test_replayed_message_that_is_still_wrong_is_rejected_again(self):
        self.accept_all()
        nan, unknown = self.message(payload={'x': float('nan')}), self.message('nothing.upsert')
        self.push(nan, unknown)

        (self.row(nan) | self.row(unknown)).with_user(self.admin).action_replay()
        self.process()

        self.assertEqual((self.row(nan) | self.row(unknown)).mapped('state'), ['rejected', 'rejected'])

    def test_failure_is_told_to_the_administrators_of_the_company(self):
        message = self.message(payload={})
        self.push(message)

        self.process()

        activities = self.env['mail.activity'].search([('res_model', '=', 'wim.message'), ('user_id', '=', self.admin.id)])
        self.assertEqual(activities.res_id, self.row(message).id)
        self.assertFalse(self.env['mail.activity'].search([
            ('res_model', '=', 'wim.message'), ('user_id', '=', self.integrator.id)]))

    def test_errors_are_written_in_the_language_of_those_who_read_them(self):
        self.env['res.lang']._activate_lang('zh_CN')
        self.env.ref('waste.group_admin').user_ids = self.admin
        self.admin.lang = 'zh_CN'
        message = self.message(payload={'planned_at': 'x'})
        self.push(message)

        self.process()

        self.assertIn("日期", self.row(message).error)

    def test_cron_runs_the_queue(self):
        self.accept_all()
        message = self.message()
        self.push(message)

        with self.enter_registry_test_mode():
            self.env.ref('waste_wim.ir_cron_wim_message_queue').method_direct_trigger()

        self.assertEqual(self.row(message).state, 'done')

    def test_hundred_messages_cost_the_queries_of_one(self):
        self.accept_all()
        self.push(self.message())
        self.process()
        counts = []
        for number in (1, 100):
            self.push(*(self.message() for _number in range(number)))
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.process()
            counts.append(self.env.cr.sql_log_count - before)

        self.assertEqual(counts[0], counts[1])
