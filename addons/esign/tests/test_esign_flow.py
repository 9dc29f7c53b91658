from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.esign.tools import verify
from odoo.addons.esign.tools.errors import TimestampError

from .common import CONSENTS, META, EsignCase, strokes

PDF = ('意见.pdf', b'%PDF-1.7 opinion')


@tagged('post_install', '-at_install')
class TestEsignFlow(EsignCase):
    """Orders, groups, ends that aren't signatures, and what goes on by itself."""

    def _three(self, **values):
        return self._start(
            self._row('party_a', "王经理"),
            self._row('party_g', "赵科长", phone='13800000003', company_name="城管局"),
            {'key': 'party_b', 'name': self.company.name},
            **values,
        )

    def _review(self, signer, verdict='pass', opinion="同意", files=(), nonce='review-0001'):
        return signer._review(
            verdict, opinion, files, base_sha256=signer.envelope_id.current_sha256, nonce=nonce, consents=CONSENTS, meta=META
        )

    def _hooks(self):
        """Record which hooks of the record are called."""
        called = []
        partners = type(self.env['res.partner'])
        for name in ('signed', 'completed', 'declined', 'expired', 'resumed'):
            patcher = patch.object(
                partners, f'_esign_{name}', lambda record, *args, name=name: called.append((name, record, *args)), create=True
            )
            patcher.start()
            self.addCleanup(patcher.stop)
        return called

    # ORDER ---------------------------------------------------------------------

    def test_s0_3_2_1_e_completed_after_all_three_acted_in_the_order_of_the_template(self):
        called = self._hooks()
        envelope = self._three()
        first, reviewer = self._signer(envelope), self._signer(envelope, 'party_g')
        self.assertEqual((first.state, reviewer.state), ('invited', 'waiting'))
        self.assertRefused('wait', lambda: self._review(reviewer))

        self._ready(first)
        self._sign(first)
        self.assertEqual((first.state, reviewer.state), ('signed', 'invited'))
        self._ready(reviewer)
        self._review(reviewer, files=[PDF])
        self._approve(envelope)
        self._put(envelope)

        self.assertEqual(envelope.state, 'completed')
        result = verify.examine(envelope.revision_id._get_pdf(), self.keys._trust(), expected=['party_a', 'party_g', 'party_b'])
        self.assertTrue(result['ok'], result['problems'])
        self.assertEqual([row['kind'] for row in result['signatures']], ['system', 'handwriting', 'review', 'seal', 'archive'])
        self.assertEqual([name for name, *_rest in called], ['signed', 'signed', 'signed', 'completed'])
        self.assertEqual(reviewer.opinion, "同意")
        serials = envelope.signer_ids.mapped('serial')
        self.assertEqual(len(set(serials)), 3)

    def test_either_of_a_desk_reviews(self):
        template = self._template(
            party_ids=[
                (0, 0, {'name': "监管", 'key': 'party_g', 'action': 'review', 'order': 1, 'or_group': 'desk', 'reading_seconds': 0}),
                (0, 0, {'name': "乙方", 'key': 'party_b', 'action': 'seal', 'order': 2}),
            ]
        )
        envelope = self._start(
            self._row('party_g', "赵"),
            self._row('party_g', "钱", phone='13800000004'),
            {'key': 'party_b', 'name': "我方"},
            template=template,
        )
        zhao, qian = envelope.signer_ids.filtered(lambda signer: signer.key == 'party_g')

        self._ready(qian)
        self._review(qian)

        self.assertEqual((zhao.state, qian.state), ('released', 'signed'))
        self.assertRefused('gone', lambda: self._review(zhao))
        self.assertEqual(envelope.progress, '1/2')

    def test_without_seal_the_last_signature_locks(self):
        template = self._template(
            party_ids=[
                (0, 0, {'name': name, 'key': key, 'action': 'sign', 'order': 1, 'needs_otp': False, 'reading_seconds': 0})
                for name, key in (("甲", 'party_a'), ("乙", 'party_b'))
            ]
        )
        envelope = self._start(self._row('party_a', "甲"), self._row('party_b', "乙"), template=template)
        first, last = self._signer(envelope), self._signer(envelope, 'party_b')
        self.assertLess(first.order, last.order)

        for number, signer in enumerate((first, last)):
            self._read(signer)
            self._sign(signer, nonce=f'nonce-000{number}')

        self.assertEqual(envelope.state, 'completed')
        self.assertTrue(verify.examine(envelope.revision_id._get_pdf(), self.keys._trust(), expected=['party_a', 'party_b'])['ok'])

    # ONE REQUEST, ONE SIGNATURE ------------------------------------------------

    def test_a_request_that_comes_twice_is_answered_once(self):
        called = self._hooks()
        envelope = self._start()
        signer = self._signer(envelope)
        self._ready(signer)
        base = envelope.current_sha256

        first = self._sign(signer, base_sha256=base)
        second = self._sign(signer, base_sha256=base)

        self.assertEqual(first, second)
        self.assertEqual(len(envelope.revision_ids), 3)
        self.assertEqual(len(called), 1)
        self.assertRefused('conflict', lambda: self._sign(signer, nonce='another-nonce'))

    def test_what_is_missing_is_asked_for(self):
        envelope = self._start()
        signer = self._signer(envelope)
        self.assertRefused('bad', lambda: self._sign(signer))  # not read
        with self.assertRaisesRegex(Exception, "pages weren't shown"):
            signer._read_complete()
        self._read(signer)
        self.assertRefused('code', lambda: self._sign(signer))
        self._verify_phone(signer)
        self.assertRefused('bad', lambda: self._sign(signer, consents={'statement': False}))
        self.assertRefused('bad', lambda: self._sign(signer, consents={'statement': '1'}))
        self.assertRefused('bad', lambda: self._sign(signer, nonce=''))
        self.assertEqual(len(envelope.revision_ids), 2)
        self._sign(signer)
        self.assertEqual(len(envelope.revision_ids), 3)

    def test_reading_takes_its_time(self):
        template = self._template(party_ids=[(0, 0, {'name': "甲", 'key': 'party_a', 'reading_seconds': 30, 'needs_otp': False})])
        envelope = self._start(self._row('party_a', "王"), template=template)
        signer = self._signer(envelope)
        for number in (1, 2):
            signer._seen(number)
        signer._seen(3)
        signer._seen(1)

        self.assertRefused('wait', signer._read_complete)
        self.assertEqual(self._types(envelope).count('viewed'), 2)

    # ENDS ----------------------------------------------------------------------

    def test_declined_with_a_reason(self):
        called = self._hooks()
        envelope = self._start()
        signer = self._signer(envelope)
        self.assertRefused('bad', lambda: signer._decline("  ", META))

        signer._decline("数量有误", META)

        self.assertEqual((envelope.state, envelope.reason), ('declined', "数量有误"))
        self.assertEqual(called, [('declined', self.customer, envelope, "数量有误")])
        self.assertEqual(envelope.seal_request_ids.state, 'withdrawn')
        self.assertIn("数量有误", envelope.message_ids[0].body)
        self.assertIn(self.sender.partner_id, envelope.message_ids[0].partner_ids)
        self.assertRefused('conflict', lambda: self._sign(signer))

    def test_reviewer_returns_with_an_opinion(self):
        envelope = self._three()
        self._ready(self._signer(envelope))
        self._sign(self._signer(envelope))
        reviewer = self._signer(envelope, 'party_g')
        self._ready(reviewer)
        self.assertRefused('bad', lambda: self._review(reviewer, 'return', ""))
        self.assertRefused('bad', lambda: self._review(reviewer, 'maybe'))
        self.assertRefused('bad', lambda: self._review(reviewer, files=[('x.pdf', b'<html>')]))
        self.assertRefused('bad', lambda: self._review(reviewer, files=[('x.exe', b'MZ')]))

        self._review(reviewer, 'return', "请补充附件", files=[PDF])

        self.assertEqual((envelope.state, envelope.reason, reviewer.opinion), ('declined', "请补充附件", "请补充附件"))
        files = self.env['ir.attachment'].search([('res_model', '=', 'esign.signer'), ('res_id', '=', reviewer.id)])
        self.assertEqual((files.name, files.is_locked), ('意见.pdf', True))

    def test_cancelled_by_the_sender(self):
        envelope = self._start()
        with self.assertRaises(UserError):
            envelope.with_user(self.sender)._cancel(" ")

        envelope.with_user(self.sender)._cancel("改用纸质")

        self.assertEqual((envelope.state, envelope.reason), ('cancelled', "改用纸质"))
        signer = self._signer(envelope)
        self.assertRefused('conflict', lambda: self._sign(signer))
        self.assertEqual(envelope.event_ids[-1].type, 'refused')
        self.assertRefused('conflict', lambda: signer._send_code(META))

    def test_expired_and_extended(self):
        called = self._hooks()
        envelope = self._start()
        signer = self._signer(envelope)
        signer._set({'expires_at': fields.Datetime.now() - timedelta(minutes=1)})
        self.assertRefused('gone', lambda: self._sign(signer))

        self._cron('expire')
        self._cron('expire')

        self.assertEqual((envelope.state, signer.state), ('expired', 'expired'))
        self.assertEqual(called, [('expired', self.customer, envelope)])
        signer.with_user(self.sender).action_extend()
        self.assertEqual((envelope.state, signer.state), ('signing', 'invited'))
        self.assertEqual(called[-1], ('resumed', self.customer, envelope))
        self._ready(signer)
        self._sign(signer)
        self._approve(envelope)
        self._put(envelope)
        self.assertEqual(envelope.state, 'completed')

    def test_reminders_have_a_cap(self):
        envelope = self._start()
        signer = self._signer(envelope)
        self._cron('remind')
        self.assertEqual(signer.reminder_count, 0)

        for _day in range(6):
            past = fields.Datetime.now() - timedelta(days=4)
            signer._set({'invited_at': past, 'reminded_at': signer.reminded_at and past})
            self._cron('remind')
            self._cron('remind')

        self.assertEqual(signer.reminder_count, 3)
        self.assertEqual(self._types(envelope).count('reminded'), 3)
        with self.assertRaises(UserError):
            signer.with_user(self.sender).action_remind()

    # AUTHORITY DOWN ------------------------------------------------------------

    def _down(self, path='/down'):
        self.env['ir.config_parameter'].set_param('esign.tsa_url', self.tsa.url + path)

    def test_signature_waits_for_the_authority(self):
        envelope = self._start()
        signer = self._signer(envelope)
        self._ready(signer)
        for path in ('/down', '/refuse', '/wrong-imprint', '/wrong-nonce', '/stranger'):
            with self.subTest(path):
                self._down(path)
                self.assertRefused('later', lambda: self._sign(signer))
                self.assertEqual((signer.state, len(envelope.revision_ids)), ('invited', 2))
        kept = self.env['esign.handwriting'].search([('signer_id', '=', signer.id)])
        self.assertEqual(kept.state, 'pending')
        self._cron('retry')
        self.assertEqual(kept.state, 'pending')

        self._down('/')
        self._cron('retry')

        self.assertEqual((kept.state, signer.state), ('done', 'signed'))
        self.assertEqual(self._sign(signer), kept.answer, "the phone's next attempt gets the answer")
        self.assertEqual(len(envelope.revision_ids), 3)
        self.assertFalse(envelope.retry_error)

    def test_kept_signature_is_dropped_when_the_document_moved_on(self):
        template = self._template(
            party_ids=[
                (0, 0, {'name': key, 'key': key, 'action': 'sign', 'order': order, 'reading_seconds': 0, 'needs_otp': False})
                for key, order in (('party_a', 1), ('party_g', 1), ('party_b', 2))
            ]
        )
        envelope = self._start(*(self._row(key, key) for key in ('party_a', 'party_g', 'party_b')), template=template)
        first, second = self._signer(envelope), self._signer(envelope, 'party_g')
        self._read(first)
        self._read(second)
        self._down()
        self.assertRefused('later', lambda: self._sign(first))
        self._down('/')
        self._sign(second)

        self._cron('retry')

        self.assertEqual(first.state, 'invited')
        self.assertEqual(self.env['esign.handwriting'].search([('signer_id', '=', first.id)]).state, 'dropped')

    def test_last_time_stamp_waits_for_the_authority(self):
        called = self._hooks()
        envelope = self._start()
        self._ready(self._signer(envelope))
        self._sign(self._signer(envelope))
        self._approve(envelope)
        pipeline = 'odoo.addons.esign.tools.pades.Pipeline.finish'
        with patch(pipeline, side_effect=TimestampError("The authority is down.")):
            self._put(envelope)
        self.assertEqual((envelope.state, envelope.revision_id.kind), ('signing', 'sealed'))
        self.assertTrue(envelope.retry_error)

        self._cron('retry')

        self.assertEqual(envelope.state, 'completed')
        self.assertEqual([name for name, *_rest in called], ['signed', 'signed', 'completed'])

    def test_nothing_starts_without_keys_or_authority(self):
        count = self.env['esign.envelope'].search_count([])
        self._down('/down')
        with self.assertRaises(UserError) as refused:
            self._start()
        self.assertIn("can't be frozen", str(refused.exception))
        self.env['ir.config_parameter'].set_param('esign.tsa_url', '')
        with self.assertRaisesRegex(UserError, "No time-stamp authority"):
            self._start()
        with patch.dict('os.environ', {'ESIGN_KEY_DIR': '/nonexistent'}), self.assertRaisesRegex(Exception, "keys of signing are missing"):
            self._start()
        self.assertEqual(self.env['esign.envelope'].search_count([]), count)

    # START ---------------------------------------------------------------------

    def test_start_refuses_what_can_not_be_signed(self):
        rows = [self._row('party_a', "王"), {'key': 'party_b', 'name': "我方"}]
        bad = [
            ("has no name", [{**rows[0], 'name': ''}, rows[1]]),
            ("no signature place", [{**rows[0], 'key': 'party_x'}, rows[1]]),
            ("neither a mobile number", [{**rows[0], 'phone': ''}, rows[1]]),
            ("has no mobile number", [{**rows[0], 'phone': '', 'email': 'a@example.com'}, rows[1]]),
            ("two sign at place", [rows[0], rows[0], rows[1]]),
            ("nobody signs", [{**rows[0], 'action': 'cc'}]),
        ]
        for sentence, signers in bad:
            with self.subTest(sentence), self.assertRaisesRegex(UserError, sentence):
                self._start(*[{**row, 'company_name': False} for row in signers])
        with self.assertRaisesRegex(UserError, "isn't completed"):
            self._start(*rows, kind='void', replaces=self._start(*rows))
        self.template.active = False
        with self.assertRaisesRegex(UserError, "in use"):
            self._start(*rows)

    def test_s0_3_2_1_k_a_signature_is_of_one_person_on_one_document(self):
        one, other = self._start(), self._start(self._row('party_a', "王经理", phone='13800000009'), {'key': 'party_b', 'name': "我方"})
        first, second = self._signer(one), self._signer(other)
        self._ready(first)
        self._sign(first, strokes=strokes())
        self._ready(second)
        self._sign(second, strokes=strokes())

        self.assertNotEqual(first.serial, second.serial)
        evidence = self.env['esign.handwriting'].search([('signer_id', 'in', (first + second).ids)]).mapped('evidence_sha256')
        self.assertEqual(len(set(evidence)), 2)
        self.assertRefused('conflict', lambda: self._sign(second, base_sha256=one.current_sha256, nonce='other-nonce'))

    def test_s0_3_2_1_k_the_link_in_other_hands_fails_with_the_code_of_another_mobile(self):
        envelope = self._start()
        other = self._start(self._row('party_a', "刘会计", phone='13900000002'), {'key': 'party_b', 'name': "我方"})
        signer = self._signer(envelope)
        self._read(signer)
        sent = self._sent_code(signer)

        self.assertRefused('code', lambda: signer._check_code(self._sent_code(self._signer(other)), META))
        self.assertRefused('code', lambda: self._sign(signer))
        self.assertEqual(signer.state, 'invited')
        told = [event.payload['phone'] for event in envelope.event_ids if event.type == 'otp_sent']
        self.assertEqual(told, ['138****0001'], "The code goes to the signer's own mobile only.")
        signer._check_code(sent, META)
        self._sign(signer)
        self.assertEqual(signer.state, 'signed')
