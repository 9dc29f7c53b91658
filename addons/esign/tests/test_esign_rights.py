from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import EsignCase

NOBODY = {}
READ = {'user': 'r', 'custodian': 'r', 'approver': 'r', 'administrator': 'r'}
#: model -> role -> rights (read, write, create, unlink)
TABLE = {
    'esign.envelope': READ,
    'esign.signer': READ,
    'esign.revision': READ,
    'esign.event': READ,
    'esign.verification': READ,
    'esign.seal.request': READ,
    'esign.template': {**READ, 'administrator': 'rwcu'},
    'esign.template.party': {**READ, 'administrator': 'rwcu'},
    'esign.seal': {**READ, 'administrator': 'rwcu'},
    'esign.seal.use': {'custodian': 'r', 'approver': 'r', 'administrator': 'r'},
    'esign.certificate': {'administrator': 'r'},
    'esign.anchor': {'administrator': 'r'},
    'esign.handwriting': NOBODY,
    'esign.code': NOBODY,
    'esign.rate': NOBODY,
    'esign.cancel': dict.fromkeys(READ, 'rwcu'),
    'esign.link': dict.fromkeys(READ, 'rc'),
    'esign.seal.refuse': {'approver': 'rwcu', 'administrator': 'rwcu'},
}


@tagged('post_install', '-at_install')
class TestEsignRights(EsignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            'public': cls.env.ref('base.public_user'),
            'portal': new_test_user(cls.env, 'es_portal', 'base.group_portal'),
            'employee': cls._user('es_employee', 'base.group_user'),
            'user': cls.sender,
            'custodian': cls.custodian,
            'approver': cls.approver,
            'administrator': cls.administrator,
        }

    def test_table_of_rights(self):
        for model, rights in TABLE.items():
            for role, user in self.users.items():
                got = ''.join(
                    operation[0]
                    for operation in ('read', 'write', 'create', 'unlink')
                    if self.env[model].with_user(user).has_access(operation)
                )
                self.assertEqual(got, rights.get(role, ''), (model, role))

    def test_every_model_is_in_the_table(self):
        ours = {
            name
            for name, model in self.env.registry.items()
            if name.startswith('esign.') and not model._abstract and model._original_module == 'esign'
        }
        self.assertEqual(ours, set(TABLE))

    def test_who_sees_an_envelope(self):
        envelope = self._completed()
        sees = {'user': True, 'custodian': True, 'approver': True, 'administrator': True}
        for role, user in {**self.users, 'stranger': self.stranger}.items():
            for records in (envelope, envelope.signer_ids, envelope.revision_ids, envelope.event_ids):
                readable = records.with_user(user)
                found = readable.has_access('read') and len(readable.search([('id', 'in', records.ids)])) == len(records)
                self.assertEqual(bool(found), sees.get(role, False), (role, records._name))

    def test_follower_sees_an_envelope(self):
        envelope = self._start()
        envelope.message_subscribe(self.stranger.partner_id.ids)

        self.assertTrue(envelope.with_user(self.stranger).document_name)
        self.assertTrue(envelope.event_ids.with_user(self.stranger).mapped('type'))

    def test_events_of_the_system_are_for_administrators(self):
        domain = [('chain', '=', 0)]
        self.assertTrue(self.env['esign.event'].with_user(self.administrator).search_count(domain))
        for user in (self.sender, self.custodian, self.approver):
            self.assertFalse(self.env['esign.event'].with_user(user).search_count(domain))

    def test_companies_are_kept_apart(self):
        envelope = self._completed()
        foreign = self._user('es_foreign', 'esign.group_administrator', company=self.other_company)
        for model in ('esign.envelope', 'esign.signer', 'esign.revision', 'esign.seal', 'esign.seal.request', 'esign.seal.use'):
            records = self.env[model].with_user(foreign)
            self.assertFalse(records.search([('company_id', '=', self.company.id)]), model)
        for model in ('esign.event', 'esign.verification', 'esign.anchor', 'esign.certificate'):
            self.assertFalse(self.env[model].with_user(foreign).search([('company_id', '=', self.company.id)]), model)
        with self.assertRaises(AccessError):
            envelope.with_user(foreign).action_verify()

    def test_what_waits_is_seen_whichever_company_is_ticked(self):
        envelope = self._start()
        both = self._user('es_both', 'esign.group_approver')
        both.company_ids += self.other_company
        elsewhere = self.env(user=both, context={'allowed_company_ids': self.other_company.ids})

        self.assertIn(envelope.seal_request_ids.id, elsewhere['esign.seal.request'].search([]).ids)
        request = elsewhere['esign.seal.request'].browse(envelope.seal_request_ids.id)
        self.assertEqual(request.envelope_id.name, envelope.name)
        request.action_approve()

        self.assertEqual(envelope.seal_request_ids.state, 'approved')

    def test_only_the_sender_steers(self):
        envelope = self._start()
        signer = self._signer(envelope)
        envelope.message_subscribe(self.stranger.partner_id.ids)

        for step in (
            lambda user: envelope.with_user(user)._cancel("x"),
            lambda user: signer.with_user(user).action_get_link(),
            lambda user: signer.with_user(user).action_remind(),
            lambda user: signer.with_user(user).action_extend(),
        ):
            for user in (self.stranger, self.custodian, self.approver, self.users['employee'], self.users['portal']):
                with self.assertRaises(AccessError):
                    step(user)
        self.assertEqual(envelope.state, 'signing')
        self.assertTrue(signer.with_user(self.sender).action_get_link())
        self.assertIn('link_given', self._types(envelope))

    def test_only_administrators_rule_seals_and_keys(self):
        for user in (self.sender, self.custodian, self.approver, self.users['employee'], self.users['portal']):
            for step in (
                self.seal.with_user(user).action_suspend,
                self.seal.with_user(user).action_revoke,
                self.seal.certificate_id.with_user(user).action_revoke,
                self.env['esign.keystore'].with_user(user).action_setup,
            ):
                with self.assertRaises(AccessError):
                    step()
        self.assertEqual(self.seal.state, 'active')
        self.assertTrue(self.env['esign.keystore'].with_user(self.administrator).action_setup())

    def test_picture_of_a_seal_is_for_who_keeps_seals(self):
        for user in (self.sender, self.approver):
            with self.assertRaises(AccessError):
                self.seal.with_user(user).read(['image'])
        self.assertTrue(self.seal.with_user(self.custodian).image)
