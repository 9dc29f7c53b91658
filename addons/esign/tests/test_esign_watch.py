import ast
import io
import re
import subprocess
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

from PIL import Image

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.esign.models.esign_register_mixin import digest
from odoo.addons.esign.models.esign_sentences import SENTENCES
from odoo.addons.esign.tools import strokes

from .common import EsignCase
from .tools_common import authority


@tagged('post_install', '-at_install')
class TestEsignWatch(EsignCase):
    """What is proven afterwards: report, checklist, anchors, nightly watch, renewed time stamps."""

    def test_the_report_leads_to_the_page_that_checks_the_file(self):
        envelope = self._completed()
        self._cron('report')

        report = self.env['esign.evidence.report']
        self.assertEqual(report._get_verify_url(envelope), f'{envelope.get_base_url()}/sign/verify/{envelope.uuid}')
        corner = ('-x', '470', '-y', '30', '-W', '90', '-H', '90')  # points: upper right of the first page
        drawn = subprocess.run(
            ['pdftoppm', '-r', '72', '-gray', '-l', '1', *corner, '-'],
            input=envelope.report_id.raw, capture_output=True, check=True, timeout=30).stdout
        dark = sum(shade < 128 for shade in Image.open(io.BytesIO(drawn)).getdata()) / (90 * 90)
        self.assertTrue(0.2 < dark < 0.6, dark)

    def test_report_and_copies(self):
        envelope = self._completed()
        self._cron('report')

        self.assertTrue(envelope.report_id)
        text = self._text(envelope.report_id.raw)
        for fact in (
            envelope.uuid,
            envelope.final_sha256,
            "王经理",
            '138****0001',
            envelope.event_ids[3].hash,
            self._signer(envelope).serial,
        ):
            self.assertIn(fact, text)
        for secret in ('13800000001', self._signer(envelope)._get_token()):
            self.assertNotIn(secret, text)
        found = self.env['esign.verification']._verify_file(envelope.report_id.raw)
        self.assertEqual((found['matches'], found['valid']), ('report', True))
        mails = self.env['mail.mail'].sudo().search([('email_to', '=', 'wang@example.com')], order='id')
        self.assertEqual(len(mails[-1].attachment_ids), 3)
        self.assertTrue(envelope.is_told)
        count = len(mails)
        self._cron('report')
        self.assertEqual(self.env['mail.mail'].sudo().search_count([('email_to', '=', 'wang@example.com')]), count)

    def _text(self, pdf):
        text = subprocess.run(['pdftotext', '-', '-'], input=pdf, capture_output=True, check=True).stdout.decode()
        return ''.join(text.split())

    def test_s0_3_2_1_j_checklist_tells_each_gap_and_one_gap_is_enough_to_be_unreliable(self):
        envelope = self._start()
        signer = self._signer(envelope)

        def gaps():
            self.env.invalidate_all()
            found = [item['why'] for item in envelope._get_checklist() if not item['ok']]
            self.assertEqual(envelope.is_reliable, not found)
            self.assertIn("a reliable electronic signature in the sense" if not found else "Not (yet) a reliable", envelope.checklist)
            return found

        self.assertEqual(gaps(), [
            "王经理 hasn't signed yet.", "The seal isn't put yet.", "Not verified yet: press “Verify”.",
            "The archive time stamp follows when all have signed.", "The document isn't completed."])
        self._ready(signer)
        self._sign(signer)
        self._approve(envelope)
        self.assertEqual(gaps()[0], "The seal isn't put yet.")
        self._put(envelope)
        self.assertEqual(gaps(), ["Not verified yet: press “Verify”.", "The evidence report isn't made yet."])
        self._cron('report')
        envelope.with_user(self.sender).action_verify()
        self.assertEqual(gaps(), [])

        with mute_logger('odoo.addons.esign.models.esign_nightly'), self._altered(envelope.revision_id):
            envelope.with_user(self.sender).action_verify()
            self.assertEqual(gaps(), [f"The file of revision {envelope.revision_id.seq} was altered."])

    @contextmanager
    def _altered(self, revision):
        """While this lasts, one byte of a stored file is another one."""
        path = Path(revision.attachment_id._full_path(revision.attachment_id.store_fname))
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        try:
            yield
        finally:
            path.write_bytes(content)

    def test_signature_without_code_is_not_reliable(self):
        template = self._template(party_ids=[(0, 0, {'name': "甲", 'key': 'party_a', 'needs_otp': False, 'reading_seconds': 0})])
        envelope = self._start(self._row('party_a', "王"), template=template)
        self._read(self._signer(envelope))
        self._sign(self._signer(envelope))

        self.assertEqual(envelope.state, 'completed')
        self.assertIn("signed without a code by SMS", str(envelope._get_checklist()))

    def test_file_verified_by_who_holds_it(self):
        envelope = self._completed()
        pdf = envelope.revision_id._get_pdf()
        verifications = self.env['esign.verification']

        good = verifications._verify_file(pdf)
        self.assertEqual((good['matches'], good['valid'], good['envelope']['uuid']), ('final', True, envelope.uuid))
        self.assertNotIn("王经理", str(good['envelope']))
        earlier = verifications._verify_file(envelope.revision_ids[2]._get_pdf())
        self.assertEqual((earlier['matches'], earlier['valid']), ('earlier', False))
        longer = verifications._verify_file(pdf + b'\n')
        self.assertEqual((longer['matches'], longer['valid'], longer['envelope']), ('none', False, None))
        changed = verifications._verify_file(pdf[:3000] + bytes([pdf[3000] ^ 1]) + pdf[3001:])
        self.assertEqual((changed['matches'], changed['valid']), ('none', False))
        self.assertEqual(verifications._verify_uuid(envelope.uuid)['sha256'], envelope.final_sha256)
        self.assertIsNone(verifications._verify_uuid(self._start().uuid))
        self.assertIsNone(verifications._verify_uuid('x'))

    def test_nightly_watch_is_quiet_when_all_is_well(self):
        envelope = self._completed()
        self._cron('anchor')
        events = envelope.event_count

        self._cron('nightly')

        self.assertTrue(envelope.checked_at)
        self.assertFalse(envelope.has_alarm)
        self.assertIn(envelope.event_count - events, (0, 1))  # a sample is examined and says so
        last = self.env['esign.event'].search([('chain', '=', 0)], order='seq desc', limit=1)
        self.assertEqual((last.type, last.actor), ('verified', 'nightly'))

    def test_nightly_watch_tells_of_a_revocation_list_that_runs_out(self):
        path = self.folder / 'timestamp' / 'old.crl'
        self.addCleanup(path.unlink)
        path.write_bytes(authority().crl([], datetime.now(UTC) + timedelta(days=5)))

        with mute_logger('odoo.addons.esign.models.esign_nightly'):
            self._cron('nightly')

        last = self.env['esign.event'].search([('chain', '=', 0)], order='seq desc', limit=1)
        self.assertEqual(last.type, 'alarm')
        self.assertIn('old.crl', last.payload['problems'][0])

    def test_s0_3_2_1_l_a_change_of_the_signature_is_refused_recorded_and_named_when_made_in_sql(self):
        envelope = self._completed()
        kept = self.env['esign.handwriting'].search([('signer_id', '=', self._signer(envelope).id)])
        picture = envelope.revision_ids[2].attachment_id  # the file with the handwriting, as signed
        for user in (self.sender, self.administrator, self.env.ref('base.user_admin')):
            for record, vals, old, tried in (
                (picture, {'raw': b'forged'}, envelope.revision_ids[2].sha256, sha256(b'forged').hexdigest()),
                (kept, {'strokes_sha256': 'x'}, digest(kept.read(['strokes_sha256'], load='')), digest({'strokes_sha256': 'x'})),
            ):
                event = self.assertBlocked(lambda: record.with_user(user).sudo().write(vals), UserError)

                self.assertEqual((event.actor, event.subject_model, event.subject_id), (user.login, record._name, record.id))
                self.assertEqual((event.payload['old_sha256'], event.payload['tried_sha256']), (old, tried))
                self.assertTrue(event.at)
        self.assertFalse(self.env['esign.event']._check_chains([0, envelope.id]))
        verify = self.env['esign.verification']._verify_envelope
        self.assertFalse(verify(envelope, by='test').problems)

        with mute_logger('odoo.addons.esign.models.esign_nightly'):
            self.env.cr.execute('UPDATE esign_handwriting SET strokes = %s WHERE id = %s', [b'forged', kept.id])
            self.env.invalidate_all()
            self.assertEqual(verify(envelope, by='test').problems, "The handwriting of 王经理 was altered.")

    def test_s0_3_2_1_m_one_byte_changed_is_an_alarm_of_the_night_and_a_supplement_keeps_the_first(self):
        envelope = self._completed()

        with mute_logger('odoo.addons.esign.models.esign_nightly'), self._altered(envelope.revision_ids[1]):
            self._cron('nightly')

        self.assertTrue(envelope.has_alarm)
        self.assertEqual(envelope.verification_ids[:1].problems, "The file of revision 1 was altered.")
        self.assertEqual(envelope.activity_ids.user_id & self.administrator, self.administrator)
        self.assertEqual(envelope.event_ids[-1].type, 'integrity_failed')
        envelope.with_user(self.administrator).action_verify()
        self.assertFalse(envelope.has_alarm)

        second = self._completed(kind='supplement', replaces=envelope)
        self.assertEqual((second.replaces_id, envelope.follower_envelope_ids), (envelope, second))
        for one in (envelope, second):
            self.assertEqual(self.env['esign.verification']._verify_file(one.revision_id._get_pdf())['matches'], 'final')

    def test_i_30_the_signed_file_keeps_its_digest_and_one_space_behind_it_is_noticed(self):
        envelope = self._completed()
        pdf = envelope.revision_id._get_pdf()
        self._cron('anchor')
        self._cron('nightly')

        self.assertEqual(sha256(envelope.revision_id._get_pdf()).hexdigest(), envelope.final_sha256)
        found = self.env['esign.verification']._verify_file(pdf + b' ')
        self.assertEqual((found['matches'], found['valid']), ('none', False))

    def test_one_envelope_that_cannot_be_checked_keeps_nobody_from_the_others(self):
        broken, sound = self._start(), self._start()
        check = type(self.env['esign.nightly'])._check_one

        def trip(nightly, envelope):
            if envelope == broken:
                raise ValueError("unexpected")
            return check(nightly, envelope)

        with mute_logger('odoo.addons.esign.models.esign_nightly'), patch.object(type(self.env['esign.nightly']), '_check_one', trip):
            self._cron('nightly')

        self.assertEqual([bool(one.checked_at) for one in (broken, sound)], [True, True])
        self.assertEqual([one.has_alarm for one in (broken, sound)], [True, False])
        self.assertIn("can't be checked", broken.activity_ids[:1].summary)

    def test_nothing_is_signed_on_top_of_an_altered_file(self):
        envelope = self._start()
        signer = self._signer(envelope)
        self._ready(signer)
        attachment = envelope.revision_id.attachment_id
        path = Path(attachment._full_path(attachment.store_fname))
        content = path.read_bytes()
        self.addCleanup(path.write_bytes, content)
        path.write_bytes(content + b'\n')

        self.assertRefused('conflict', lambda: self._sign(signer))
        self.assertEqual(len(envelope.revision_ids), 2)

    def test_daily_anchors_are_linked(self):
        envelope = self._start()
        self._cron('anchor')
        first = self.env['esign.anchor'].search([('kind', '=', 'daily')], limit=1)
        self._signer(envelope)._open({})
        self._cron('anchor')
        self._cron('anchor')
        second = self.env['esign.anchor'].search([('kind', '=', 'daily')], limit=1)

        self.assertEqual(second.previous_id, first)
        self.assertEqual([head[0] for head in second.heads], [envelope.id])
        self.assertFalse((first + second)._check())

    def test_time_stamp_is_renewed(self):
        envelope = self._completed()
        old = envelope.final_sha256
        envelope._set({'retimestamp_at': fields.Datetime.now() - timedelta(days=1)})

        self._cron('retimestamp')
        self._cron('retimestamp')

        self.assertEqual(envelope.revision_ids.mapped('kind')[-2:], ['finished', 'retimestamped'])
        self.assertNotEqual(envelope.final_sha256, old)
        self.assertTrue(self.env['esign.verification']._verify_envelope(envelope, by='test').is_ok)
        pdf = envelope.revision_ids[-2]._get_pdf()
        self.assertEqual(self.env['esign.verification']._verify_file(pdf)['matches'], 'final', "copies sent out before stay good")

    def test_openssl_agrees_with_the_anchor(self):
        """Art. 7, 8: the evidence is checked without this software."""
        envelope = self._completed()
        name, token = envelope._get_public_files()[-1]
        self.assertTrue(name.endswith('.tsr'))
        folder = self.folder / 'openssl'
        folder.mkdir(exist_ok=True)
        (folder / 'token').write_bytes(token)
        (folder / 'root.pem').write_bytes(self.tsa_root)
        head = self.env['esign.anchor'].search([('envelope_id', '=', envelope.id)]).root
        answer = subprocess.run(
            ['openssl', 'ts', '-verify', '-digest', head, '-in', folder / 'token', '-token_in', '-CAfile', folder / 'root.pem'],
            capture_output=True,
            text=True,
        )
        self.assertIn('Verification: OK', answer.stdout + answer.stderr)

    def test_used_template_stays(self):
        envelope = self._start()
        template = self.template
        for step in (
            lambda: template.write({'name': "x"}),
            lambda: template.party_ids[0].write({'needs_otp': False}),
            lambda: template.write({'party_ids': [(2, template.party_ids[0].id)]}),
            template.unlink,
            template.party_ids[0].unlink,
            lambda: template.write({'party_ids': [(0, 0, {'name': "x", 'key': 'party_x'})]}),
        ):
            with self.assertRaises(UserError):
                step()

        action = template.action_new_version()
        version = template.browse(action['res_id'])
        version.write({'name': "Better"})
        self.assertEqual((version.version, version.previous_id, template.active), (2, template, False))
        self.assertEqual(version.party_ids.mapped('key'), template.party_ids.mapped('key'))
        self.assertEqual(envelope.template_id, template)
        self.assertEqual(template._get_latest(), version)

    def test_sentences_of_the_tools_are_known_to_the_translation(self):
        known = {str(sentence) for sentence in SENTENCES}
        said = set()
        for path in Path(strokes.__file__).parent.glob('*.py'):
            nodes = list(ast.walk(ast.parse(path.read_text())))
            texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
            # one line, from a capital letter to a full stop; docstrings are no words of a person's screen
            said |= {text for text in texts if re.fullmatch(r'[A-Z].* .*\.', text)} - {
                ast.get_docstring(node, clean=False) for node in nodes
                if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)}
        self.assertFalse(said - known)

    def test_gap_before_anything_can_be_signed(self):
        with patch.object(type(self.env['esign.keystore']), '_get_tsa_url', lambda keys: ''):
            self.assertEqual(self.env['esign.keystore']._get_gap(), "No time-stamp authority is set.")
        self.assertFalse(self.env['esign.keystore']._get_gap())
