import json
from datetime import datetime, timedelta

from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.waste_contract.tests.test_contract_esign import ContractSigningCase


@tagged('post_install', '-at_install')
class TestWimIntents(ContractSigningCase, HttpCase):
    registry_test_mode = False  # EsignCase has entered it

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.integrator, cls.foreign = (new_test_user(
            cls.env, login, 'waste.group_wim_integrator', company_id=company.id, company_ids=[(6, 0, company.ids)])
            for login, company in (('wi_wim', cls.company), ('wi_foreign', cls.other_company)))
        cls.keys = {user: cls.env['res.users.apikeys'].with_user(user)._generate(None, 'WIM', datetime.now() + timedelta(days=1))
                    for user in (cls.integrator, cls.foreign)}

    def call(self, path, data=None, user=None):
        return self.url_open(path, data=data, headers={
            'Authorization': f'Bearer {self.keys[user or self.integrator]}', 'Content-Type': 'application/json'})

    def submitted(self, waste):
        intent = self.env['waste.intent'].create({
            'partner_id': self.producer.id, 'contact_id': self.boss.id, 'contact_name': self.boss.name, 'contact_phone': self.boss.phone,
            'company_id': self.company.id, 'business_id': self.hazardous.id, 'waste_name': waste, 'yearly_quantity_t': 20,
            'process': "电镀线沉淀"})
        envelope = intent._start_signing().envelope_id
        self.sign_by_hand(envelope)
        return intent

    def test_s0_3_2_1_p_signed_intents_are_fetched_with_their_digests_until_acknowledged(self):
        intents = [self.submitted(waste) for waste in ("含铜污泥", "废矿物油")]

        rows = self.call('/wim/v1/intents?since=2026-03-01T00:00:00Z').json()['results']
        self.assertEqual([(row['waste_name'], row['content_sha256'], row['signed_sha256']) for row in rows], [
            (intent.waste_name, intent.content_sha256, intent.archive_sha256) for intent in intents])
        answer = self.call('/wim/v1/intents/ack', json.dumps([rows[0]['intent_no'], 'YX-NONE']))
        self.assertEqual(answer.json(), {'unknown': ['YX-NONE']})

        self.assertEqual([row['waste_name'] for row in self.call('/wim/v1/intents').json()['results']], ["废矿物油"])
        self.assertEqual(len(self.call('/wim/v1/intents?all=1').json()['results']), 2)
        taken = intents[0].wim_taken_at
        self.call('/wim/v1/intents/ack', json.dumps([intents[0].name]))
        self.assertEqual(intents[0].wim_taken_at, taken)

    def test_intents_of_other_companies_are_unknown(self):
        intent = self.submitted("含铜污泥")

        self.assertEqual(self.call('/wim/v1/intents', user=self.foreign).json()['results'], [])
        answer = self.call('/wim/v1/intents/ack', json.dumps([intent.name]), user=self.foreign)
        self.assertEqual(answer.json(), {'unknown': [intent.name]})
        self.assertFalse(intent.wim_taken_at)

    def test_what_makes_no_sense_is_refused(self):
        for path, data, status in (
                ('/wim/v1/intents?limit=0', None, 400), ('/wim/v1/intents?since=x', None, 400), ('/wim/v1/intents/ack', 'x', 400),
                ('/wim/v1/intents/ack', '[1]', 400), ('/wim/v1/intents/ack', '{}', 400), ('/wim/v1/intents/ack', '[' * 70000, 413)):
            self.assertEqual(self.call(path, data).status_code, status, path)
        self.assertEqual(self.url_open('/wim/v1/intents').status_code, 401)
