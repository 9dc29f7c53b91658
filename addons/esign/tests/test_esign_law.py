import subprocess
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from odoo.addons.esign.tools import pki

from .h5_common import H5Case


@tagged('post_install', '-at_install')
class TestEsignLaw(H5Case):
    """电子签名法, article by article (reference/esign.md §2). The other rows of that table:

    art. 3      document_template: test_esign_art_3_no_publishing_without_the_clause_on_electronic_signing
    art. 5, 13 (3), 13 (4)   test_tools_tampering, test_attack_18_…, test_attack_19_…, test_attack_20_…
    art. 7, 8   test_openssl_agrees_with_the_anchor, test_tools_independent, tests/ with scripts/verify_pdf
    art. 13 (2) test_esign_code, test_attack_10_…
    art. 15, 27 test_attack_22_…, test_attack_23_…
    """

    def test_esign_art_4_a_party_gets_its_copy_years_later_without_a_login(self):
        envelope = self._completed()
        signer = self._signer(envelope)
        final = envelope.revision_id._get_pdf()

        with freeze_time(fields.Datetime.now() + timedelta(days=400)):
            self.visit(signer)
            copy = self.url_open('/sign/file.pdf')

        self.assertEqual((copy.status_code, copy.headers['Content-Type']), (200, 'application/pdf'))
        self.assertEqual(copy.content, final)

    def test_esign_art_5_every_form_of_the_document_since_its_final_one_is_kept(self):
        envelope = self._completed()
        kept = [revision._get_pdf() for revision in envelope.revision_ids.sorted('seq')]

        self.assertEqual(envelope.revision_ids.sorted('seq').mapped('kind'), ['rendered', 'frozen', 'signed', 'sealed', 'finished'])
        self.assertEqual(len(envelope.revision_ids.attachment_id), len(kept))
        for before, after in zip(kept, kept[1:]):
            self.assertTrue(after.startswith(before), "Nothing is taken away or written anew.")

    def test_esign_art_6_9_10_11_who_sent_when_it_arrived_was_opened_and_signed(self):
        """The four facts, each with its actor and its time, for who holds the evidence report."""
        envelope = self._start()
        signer = self._signer(envelope)
        invitation = self.env['sms.sms'].sudo().search([('number', '=', signer.phone)], order='id desc', limit=1)
        tracker = self.env['sms.tracker'].search([('sms_uuid', '=', invitation.uuid)])
        tracker._action_update_from_sms_state('sent')
        self.ready(signer)
        self._sign(signer)
        self._approve(envelope)
        self._put(envelope)
        self._cron('report')

        facts = {event.type: event for event in reversed(envelope.event_ids)}
        self.assertEqual(facts['delivered'].payload, {'party': 'party_a', 'sms': invitation.uuid})
        self.assertIn(invitation.uuid, facts['sent'].payload['channels'])
        self.assertEqual([facts[name].actor for name in ('created', 'link_opened', 'signed')], [
            self.sender.login, signer.name, signer.name])
        report = subprocess.run(['pdftotext', '-layout', '-', '-'], input=envelope.report_id.raw, capture_output=True, check=True)
        words = report.stdout.decode()
        for name in ('sent', 'delivered', 'link_opened', 'signed'):
            moment = fields.Datetime.context_timestamp(envelope.with_context(tz='Asia/Shanghai'), facts[name].at)
            self.assertIn(moment.strftime('%Y-%m-%d %H:%M:%S'), words, name)

    def test_esign_art_9_a_message_that_did_not_arrive_is_a_fact_too(self):
        envelope = self._start()
        invitation = self.env['sms.sms'].sudo().search([], order='id desc', limit=1)

        self.env['sms.tracker'].search([('sms_uuid', '=', invitation.uuid)])._action_update_from_provider_error('not_delivered')

        self.assertEqual(envelope.event_ids[-1].type, 'undelivered')
        self.assertEqual(envelope.event_ids[-1].payload['reason'], 'not_delivered')

    def test_esign_art_13_1_a_signing_key_is_of_one_person_for_one_act_and_nowhere_afterwards(self):
        made, issue = [], pki.Authority.issue

        def remember(authority, *args, **kwargs):
            made.append(issue(authority, *args, **kwargs))
            return made[-1]

        with patch.object(pki.Authority, 'issue', remember):
            first, second = self._completed(), self._completed()

        self.assertEqual([credential.serial for credential in made], [self._signer(one).serial for one in (first, second)])
        self.assertEqual(len(set((first + second).signer_ids.mapped('serial'))), 3, "Two people, and one seal.")
        kept = [path.read_bytes() for path in self.folder.rglob('*') if path.is_file()]
        kept += (first + second).revision_ids.attachment_id.mapped('raw')
        self.env.cr.execute("SELECT esign_certificate::text FROM esign_certificate UNION ALL SELECT esign_handwriting::text "
                            "FROM esign_handwriting UNION ALL SELECT esign_event::text FROM esign_event")
        kept += [row.encode() for row, in self.env.cr.fetchall()]
        for credential in made:
            secret = credential.key.private_numbers().private_value.to_bytes(32, 'big')
            for content in kept:
                self.assertNotIn(secret, content)
                self.assertNotIn(secret.hex().encode(), content.lower())
            self.assertIn('key_destroyed', self._types(first))

    @mute_logger('odoo.http')
    def test_esign_art_13_2_a_seal_is_put_by_its_custodian_after_a_second_look_at_who_it_is(self):
        envelope = self._start()
        self._ready(self._signer(envelope))
        self._sign(self._signer(envelope))
        self._approve(envelope)
        request = envelope.seal_request_ids
        self.authenticate('es_custodian', 'es_custodian')

        def call(model, method, record_id, **kwargs):
            return self.make_jsonrpc_request(f'/web/dataset/call_button/{model}/{method}', {
                'model': model, 'method': method, 'args': [[record_id]], 'kwargs': kwargs})

        asked = call('esign.seal.request', 'action_put', request.id)
        self.assertEqual((asked['res_model'], request.state), ('res.users.identitycheck', 'approved'))
        with self.assertRaises(JsonRpcException):
            call(asked['res_model'], 'run_check', asked['res_id'], context={'password': 'somebody else'})
        self.assertEqual(request.state, 'approved')

        done = call(asked['res_model'], 'run_check', asked['res_id'], context={'password': 'es_custodian'})

        self.assertEqual(done['params']['type'], 'success')
        self.assertEqual((request.state, envelope.state), ('put', 'completed'))

    def test_esign_art_14_16_the_level_is_said_honestly_and_another_authority_changes_nothing_else(self):
        own = self._start()
        self.assertEqual(own.level, 'own_ca')
        self.assertIn("no licensed authority", own.level_note)

        licensed = pki.Authority.load(*pki.create_authority("Licensed CA", 5, b'x'), b'x')
        source = type(self.env['esign.certificate.provider.own'])
        trust = self.keys._trust()
        wider = trust._replace(roots=[*trust.roots, licensed.root], crls=[
            *trust.crls, licensed.crl([], fields.Datetime.now().astimezone() + timedelta(days=30))])
        with (
            patch.object(source, '_level', 'licensed_ca'),
            patch.object(source, '_signer_credential', lambda _source, signer: licensed.issue(signer.name, kind='signer')),
            patch.object(type(self.keys), '_trust', lambda _keys: wider),
        ):
            envelope = self._completed()
            verification = self.env['esign.verification']._verify_envelope(envelope, by='test')

        self.assertEqual((verification.problems, envelope.level), ('', 'licensed_ca'))
        self.assertIn("licensed authority", envelope.level_note)

    def test_esign_art_15_27_what_was_sealed_since_a_day_of_doubt_is_listed(self):
        before = self._completed()
        doubt = fields.Datetime.now() + timedelta(days=1)
        with freeze_time(doubt + timedelta(hours=1)):
            logged = self.env['esign.seal.use']._log(before.seal_request_ids, self.custodian, 'put')

        domain = [*self.seal.action_open_uses()['domain'], ('used_at', '>=', doubt), ('result', '=', 'put')]
        self.assertEqual(self.env['esign.seal.use'].search(domain), logged)

    def test_esign_art_24_kept_for_five_years_and_deleted_by_nobody(self):
        envelope = self._completed()

        self.assertGreaterEqual(envelope.retain_until, fields.Date.add(fields.Date.today(), years=5))
        for record in (envelope, envelope.signer_ids, envelope.revision_ids, envelope.event_ids, envelope.revision_id.attachment_id):
            self.assertBlocked(lambda record=record: record.sudo().unlink(), UserError)

    def test_esign_art_32_who_acted_from_which_address_and_device(self):
        envelope = self._completed()

        for event in envelope.event_ids.filtered(lambda event: event.type in ('link_opened', 'otp_ok', 'consent', 'signed')):
            self.assertEqual((event.ip, event.user_agent, event.actor), ('203.0.113.7', 'Phone', "王经理"), event.type)
