import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.esign.tools import chain, verify

from .common import CONSENTS, META, EsignCase, strokes


@tagged('post_install', '-at_install')
class TestAttackModels(EsignCase):
    """The attacks of reference/esign.md §6 that aim at models and database, by their numbers there."""

    def test_attack_08_two_signers_at_once(self):
        template = self._template(
            party_ids=[
                (0, 0, {'name': name, 'key': key, 'action': 'sign', 'order': 1, 'reading_seconds': 0, 'needs_otp': False})
                for name, key in (("甲方", 'party_a'), ("监管", 'party_g'))
            ]
            + [(0, 0, {'name': "乙方", 'key': 'party_b', 'action': 'seal', 'order': 2})]
        )
        envelope = self._start(
            self._row('party_a', "王"), self._row('party_g', "李"), {'key': 'party_b', 'name': "我方"}, template=template
        )
        first, second = self._signer(envelope), self._signer(envelope, 'party_g')
        base = envelope.current_sha256
        self._read(first)
        self._read(second)

        self._sign(first)
        self.assertRefused('conflict', lambda: self._sign(second, base_sha256=base))
        self.assertEqual(second.state, 'invited')

        self._sign(second, nonce='nonce-0002')
        result = verify.examine(envelope.revision_id._get_pdf(), self.keys._trust())
        self.assertEqual([row['key'] for row in result['signatures']], ['freeze', 'party_a', 'party_g'])

    def test_attack_09_document_changed_between_view_and_signature(self):
        envelope = self._start()
        signer = self._signer(envelope)
        self._ready(signer)

        self.assertRefused('conflict', lambda: self._sign(signer, base_sha256='0' * 64))

        self.assertEqual(len(envelope.revision_ids), 2)
        self.assertEqual(envelope.event_ids[-1].type, 'refused')

    def test_attack_11_strokes_of_every_bad_kind(self):
        envelope = self._start()
        signer = self._signer(envelope)
        self._ready(signer)
        point = [10, 10, 0.5, 0]
        bad = {
            'empty': '[]',
            'nothing': '',
            'a dot': json.dumps([{'t0': 0, 'points': [point]}]),
            'NaN': '[{"t0": 0, "points": [[NaN, 1, 0.5, 0]]}]',
            'Infinity': '[{"t0": 0, "points": [[Infinity, 1, 0.5, 0]]}]',
            'huge': '[{"t0": 0, "points": [[1e308, 1, 0.5, 0]]}]',
            'negative time': '[{"t0": -1, "points": [[1, 1, 0.5, -5]]}]',
            '10 MB': ' ' * 10_000_000,
            '100 k points': json.dumps([{'t0': 0, 'points': [point] * 100_000}]),
            'text': '"signature"',
            'extra keys': json.dumps([{'t0': 0, 'points': [point], 'svg': '<svg onload=alert(1)>'}]),
            'picture': 'data:image/png;base64,iVBORw0KGgo=',
            'null': 'null',
            'nested': '[' * 5000,
        }

        for kind, text in bad.items():
            with self.subTest(kind):
                self.assertRefused('bad', lambda text=text: self._sign(signer, strokes=text))

        self.assertFalse(self.env['esign.handwriting'].search([('signer_id', '=', signer.id)]))
        self.assertEqual(len(envelope.revision_ids), 2)
        self.assertEqual(signer.state, 'invited')

    def test_attack_16_documents_of_others(self):
        envelope = self._completed()
        portal = new_test_user(self.env, 'es_portal', 'base.group_portal')
        foreign = self._user('es_foreign', 'esign.group_administrator', company=self.other_company)
        public = self.env.ref('base.public_user')
        files = envelope.revision_ids.attachment_id

        for user in (portal, public, foreign, self.stranger):
            with self.subTest(user.login):
                for model, ids in (
                    ('esign.envelope', envelope.ids),
                    ('esign.signer', envelope.signer_ids.ids),
                    ('esign.revision', envelope.revision_ids.ids),
                    ('esign.event', envelope.event_ids.ids),
                ):
                    records = self.env[model].with_user(user).browse(ids)
                    with self.assertRaises(AccessError):
                        records.read(['id', 'display_name'])
                    with self.assertRaises(UserError):
                        records.export_data(['id', 'display_name'])
                    found = records.has_access('read') and records.search([('id', 'in', ids)])
                    self.assertFalse(found)
                with self.assertRaises(AccessError):
                    files.with_user(user).read(['datas'])
                self.assertFalse(self.env['ir.attachment'].with_user(user).search([('id', 'in', files.ids)]))
                with self.assertRaises(AccessError):
                    envelope.with_user(user).message_post(body="x")
        self.assertFalse(self.env['esign.envelope'].with_user(self.stranger).name_search(envelope.name))

    def test_attack_17_register_written_by_rpc(self):
        envelope = self._start()
        signer = self._signer(envelope)
        root = self.env.ref('base.user_admin')

        for user in (self.sender, self.administrator, root):
            for record, vals in (
                (envelope, {'state': 'completed'}),
                (envelope, {'event_head': 'x'}),
                (signer, {'state': 'signed'}),
                (signer, {'token_hash': 'x'}),
                (envelope.revision_ids[0], {'sha256': '0' * 64}),
                (envelope.event_ids[0], {'payload': {}}),
            ):
                with self.assertRaises(UserError):
                    record.with_user(user).write(vals)

    def test_attack_17_register_written_by_superuser_is_recorded(self):
        envelope = self._completed()
        before = envelope.read(['state', 'final_sha256', 'event_head'])
        anchor = self.env['esign.anchor'].search([('envelope_id', '=', envelope.id)])
        use = self.env['esign.seal.use'].search([('envelope_id', '=', envelope.id)])
        kept = self.env['esign.handwriting'].search([('signer_id', 'in', envelope.signer_ids.ids)])
        attempts = [
            (envelope, {'state': 'signing'}),
            (envelope.signer_ids[0], {'name': "x"}),
            (envelope.revision_ids[0], {'sha256': 'x'}),
            (envelope.event_ids[0], {'actor': 'x'}),
            (anchor, {'root': 'x'}),
            (use, {'result': 'refused'}),
            (kept, {'evidence': '{}'}),
            (envelope.revision_ids[0].attachment_id, {'raw': b'x'}),
            (envelope.revision_ids[0].attachment_id, {'res_id': 1}),
            (envelope.seal_request_ids, {'state': 'requested'}),
        ]
        for record, vals in attempts:
            with self.subTest(record=str(record), vals=vals):
                event = self.assertBlocked(lambda record=record, vals=vals: record.sudo().write(vals), UserError)
                self.assertEqual((event.subject_model, event.subject_id, event.actor), (record._name, record[:1].id, record.env.user.login))
                self.assertBlocked(lambda record=record: record.sudo().unlink(), UserError)

        self.assertEqual(envelope.read(['state', 'final_sha256', 'event_head']), before)
        self.assertFalse(self.env['esign.event']._check_chains([0, envelope.id]))

    def test_attack_17_superuser_cannot_be_had_by_context_or_import(self):
        envelope = self._start()
        for user in (self.sender, self.administrator):
            models = self.env['esign.envelope'].with_user(user)
            with self.assertRaises(AccessError):
                models.create({'name': "x"})
            result = models.load(['name', 'state'], [['x', 'completed']])
            self.assertFalse(result['ids'])
        self.assertEqual(envelope.state, 'signing')

    def test_attack_18_event_changed_or_removed_in_sql(self):
        envelope = self._completed()
        event = envelope.event_ids.filtered(lambda event: event.type == 'link_opened')
        seq = event.seq

        def problem():
            verification = self.env['esign.verification']._verify_envelope(envelope, by='test')
            self.assertFalse(verification.is_chain_ok)
            return verification.problems

        with self._undone():
            self.env.cr.execute("UPDATE esign_event SET ip = '10.0.0.1' WHERE id = %s", [event.id])
            self.assertIn(f'Event {seq} ', problem())
        with self._undone():
            self.env.cr.execute("DELETE FROM esign_event WHERE id = %s", [event.id])
            self.assertIn(f'Event {seq} is missing', problem())
        with self._undone():
            last = envelope.event_count
            self.env.cr.execute("DELETE FROM esign_event WHERE chain = %s AND seq = %s", [envelope.id, last])
            self.assertIn(f'Events after no. {last - 1} are missing', problem())
        with self._undone():
            self.env.cr.execute("DELETE FROM esign_event WHERE chain = %s", [envelope.id])
            self.assertIn('All events are missing', problem())

    def test_attack_18_chain_recomputed(self):
        """Who changes an event and all hashes after it is caught by the time stamp from outside."""
        envelope = self._completed()
        self.env['esign.anchor']._cron_anchor()

        with self._undone():
            previous = envelope.uuid
            self.env.cr.execute("UPDATE esign_event SET ip = '10.0.0.1' WHERE chain = %s AND type = 'link_opened'", [envelope.id])
            self.env.invalidate_all()
            for event in envelope.event_ids:
                digest = chain.event_hash(previous, event._hashed())
                self.env.cr.execute("UPDATE esign_event SET prev_hash = %s, hash = %s WHERE id = %s", [previous, digest, event.id])
                previous = digest
            self.env.cr.execute("UPDATE esign_envelope SET event_head = %s WHERE id = %s", [previous, envelope.id])
            self.env.invalidate_all()

            self.assertFalse(self.env['esign.event']._check_chains([envelope.id]))
            verification = self.env['esign.verification']._verify_envelope(envelope, by='test')
            self.assertFalse(verification.is_anchored)
            self.assertIn('was rewritten or removed', verification.problems)
            self.assertTrue(self.env['esign.anchor'].search([('kind', '=', 'daily')])._check())

    def test_attack_18_old_copy_of_the_database_restored(self):
        """The copy that a party got by mail knows an event that yesterday's database doesn't."""
        envelope = self._completed()
        anchor = self.env['esign.anchor'].search([('envelope_id', '=', envelope.id)])
        token, head = base64.b64decode(anchor.token), anchor.root
        self.assertFalse(self.env['esign.anchor']._check_outside(token, head))

        with self._undone():
            self.env.cr.execute("DELETE FROM esign_event WHERE hash = %s", [head])
            self.assertIn('restored', self.env['esign.anchor']._check_outside(token, head)[0])
        self.assertTrue(self.env['esign.anchor']._check_outside(token, '0' * 64))

    def test_attack_18_rows_changed_in_sql_are_named(self):
        envelope = self._completed()
        signer = self._signer(envelope)
        kept = self.env['esign.handwriting'].search([('signer_id', '=', signer.id)])
        attempts = [
            ("UPDATE esign_signer SET name = 'Eve' WHERE id = %s", signer.id, 'Eve'),
            ("UPDATE esign_signer SET state = 'invited' WHERE id = %s", signer.id, 'signature'),
            ("UPDATE esign_revision SET sha256 = repeat('0', 64) WHERE id = %s", envelope.revision_ids[2].id, 'revision 2'),
            ("UPDATE esign_envelope SET final_sha256 = 'x' WHERE id = %s", envelope.id, 'digest of the envelope'),
            ("UPDATE esign_handwriting SET evidence = '{}' WHERE id = %s", kept.id, 'evidence of 王经理'),
            (
                "UPDATE esign_handwriting SET strokes = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' WHERE id = %s",
                kept.id,
                'handwriting of',
            ),
            ("DELETE FROM esign_revision WHERE id = %s", envelope.revision_ids[1].id, 'revisions are kept'),
        ]
        for query, record_id, named in attempts:
            with self.subTest(query), self._undone():
                self.env.cr.execute(query, [record_id])
                self.env.invalidate_all()
                verification = self.env['esign.verification']._verify_envelope(envelope, by='test', examine=False)
                self.assertFalse(verification.is_ok)
                self.assertIn(named, verification.problems)

    def test_attack_19_file_replaced_in_the_filestore(self):
        envelope = self._completed()
        attachment = envelope.revision_id.attachment_id
        path = Path(attachment._full_path(attachment.store_fname))
        content = path.read_bytes()
        self.addCleanup(path.write_bytes, content)

        path.write_bytes(content[:5000] + bytes([content[5000] ^ 1]) + content[5001:])
        with mute_logger('odoo.addons.esign.models.esign_nightly'):
            self.env['esign.nightly']._check_one(envelope)

        verification = envelope.verification_ids[:1]
        self.assertIn('was altered', verification.problems)
        self.assertTrue(envelope.has_alarm)
        self.assertEqual(envelope.event_ids[-1].type, 'integrity_failed')
        self.assertIn(self.administrator, envelope.activity_ids.user_id)

    def test_attack_19_files_of_two_envelopes_swapped(self):
        one, other = self._completed(), self._completed()

        with self._undone():
            self.env.cr.execute(
                "UPDATE esign_revision SET attachment_id = %s WHERE id = %s", [other.revision_id.attachment_id.id, one.revision_id.id]
            )
            self.env.invalidate_all()
            self.assertIn('was altered', list(one.revision_id._check_files().values())[0])

    def test_attack_22_seals(self):
        envelope = self._start()
        request = envelope.seal_request_ids
        other_custodian = self._user('es_other', 'esign.group_custodian', company=self.other_company)
        self.env['esign.seal.request'].invalidate_model()

        def refused(user, why):
            count = self.env['esign.seal.use'].search_count([('result', '=', 'refused')])
            answer = self.env['esign.envelope'].with_user(user)._put_seals(request.with_user(user))
            self.assertEqual(answer['params']['type'], 'danger')
            self.assertIn(why, answer['params']['message'])
            self.assertNotEqual(request.state, 'put')
            self.assertEqual(self.env['esign.seal.use'].search_count([('result', '=', 'refused')]), count + 1)
            self.assertEqual(envelope.event_ids[-1].type, 'seal_blocked')

        refused(self.custodian, "isn't approved")
        with self.assertRaises(UserError):  # one's own request
            request.with_user(self._promote(self.sender)).action_approve()
        with self.assertRaises(AccessError):  # no approver
            request.with_user(self.custodian).action_approve()
        self._approve(envelope)
        refused(self.custodian, "Others sign before")  # outside its turn
        self._ready(self._signer(envelope))
        self._sign(self._signer(envelope))
        refused(self._user('es_custodian2', 'esign.group_custodian'), "isn't in your keeping")
        refused(other_custodian, "another company")
        self.seal.action_suspend()
        refused(self.custodian, "Suspended")
        self.seal.action_activate()
        self._put(envelope)
        self.assertEqual(envelope.state, 'completed')
        self.assertEqual(self.env['esign.seal.use'].search([('envelope_id', '=', envelope.id)], limit=1).result, 'put')

    def test_attack_22_seal_of_another_company(self):
        foreign = self._seal(self.other_company, self.custodian)
        with self.assertRaisesRegex(UserError, "belongs to another company"):
            self._start(self._row('party_a', "王"), {'key': 'party_b', 'name': "我方", 'seal_id': foreign.id})

    def test_attack_22_bulk_outside_of_scope(self):
        """Of many, those that may be put are put; the others are refused one by one."""
        envelopes = [self._start() for _number in range(2)]
        for envelope in envelopes:
            self._ready(self._signer(envelope))
            self._sign(self._signer(envelope))
        self._approve(envelopes[0])
        requests = envelopes[0].seal_request_ids + envelopes[1].seal_request_ids

        self.env['esign.envelope'].with_user(self.custodian)._put_seals(requests.with_user(self.custodian))

        self.assertEqual([envelope.state for envelope in envelopes], ['completed', 'signing'])

    def test_attack_23_seal_revoked_and_expired(self):
        envelope = self._completed()
        open_envelope = self._start()
        self._ready(self._signer(open_envelope))
        self._sign(self._signer(open_envelope))
        self._approve(open_envelope)

        self.seal.with_user(self.administrator).action_revoke()

        self.assertTrue(self.env['esign.verification']._verify_envelope(envelope, by='test').is_ok, "what was sealed before stays valid")
        self.assertIn("Revoked", self._put(open_envelope)['params']['message'])
        with self.assertRaises(UserError):
            self.seal.with_user(self.administrator).action_activate()
        late = verify.examine(envelope.revision_id._get_pdf(), self.keys._trust(), moment=datetime.now(UTC) + timedelta(days=4 * 365))
        self.assertTrue(all(row['intact'] and row['valid'] and row['trusted'] for row in late['signatures'] if row['kind'] != 'archive'))

    def test_attack_23_seal_expired(self):
        envelope = self._start()
        self._ready(self._signer(envelope))
        self._sign(self._signer(envelope))
        self._approve(envelope)
        self.env.cr.execute(
            "UPDATE esign_certificate SET not_after = now() - interval '1 day' WHERE id = %s", [self.seal.certificate_id.id]
        )
        self.env.invalidate_all()

        self.assertIn("no longer valid", self._put(envelope)['params']['message'])

    def test_attack_24_clocks_differ(self):
        envelope = self._start()
        signer = self._signer(envelope)
        self._ready(signer)
        self.env['ir.config_parameter'].set_param('esign.tsa_url', self.tsa.url + '/wrong-time')

        self.assertRefused('later', lambda: self._sign(signer))

        self.assertIn('clock_drift', self._types(envelope))
        self.assertEqual(signer.state, 'invited')

    def test_attack_25_crash_before_commit(self):
        envelope = self._start()
        signer = self._signer(envelope)
        self._ready(signer)
        head = envelope.event_head

        with self.assertRaises(RuntimeError), self.env.cr.savepoint():
            with patch.object(type(self.env['esign.envelope']), '_advance', side_effect=RuntimeError):
                self._sign(signer)
        self.env.invalidate_all()

        self.assertEqual((envelope.event_head, signer.state, len(envelope.revision_ids)), (head, 'invited', 2))
        self.assertEqual(self._sign(signer)['state'], 'signed')
        self.assertEqual(len(envelope.revision_ids), 3)

    def test_attack_27_old_link_after_handing_over(self):
        envelope = self._start()
        signer = self._signer(envelope)
        token = signer._get_token()
        self.assertRefused('code', lambda: signer._delegate("李四", '13900000002', "出差", META))
        self._ready(signer)

        new = signer._delegate("李四", '139 0000 0002', "出差", META)

        self.assertFalse(self.env['esign.signer']._by_token(token))
        self.assertEqual(envelope.event_ids[-1].type, 'dead_link')
        self.assertRefused('gone', lambda: self._sign(signer))
        # the cookie of before may still be there
        self.assertRefused('gone', lambda: signer._page_png(1))
        self.assertRefused('gone', signer._pdf)
        self.assertEqual(self.env['esign.signer']._by_token(new._get_token()), new)
        self._ready(new)
        self.assertEqual(self._sign(new)['state'], 'signed')
        self.assertEqual(signer.state, 'delegated')

    def test_attack_28_completed_is_for_good(self):
        envelope = self._completed()
        signer = self._signer(envelope)

        for step in (lambda: envelope.with_user(self.sender)._cancel("x"), lambda: signer.with_user(self.sender).action_extend()):
            with self.assertRaises(UserError):
                step()
        self.assertBlocked(lambda: envelope.sudo().unlink(), UserError)
        self.assertRefused('conflict', lambda: self._sign(signer, nonce='nonce-0009'))
        self.assertRefused('conflict', lambda: signer._decline("x", META))
        with self.assertRaises(UserError):
            self.template.write({'name': "x"})

        void = self._completed(kind='void', replaces=envelope)
        self.assertEqual(void.replaces_id, envelope)
        self.assertTrue(envelope.is_annulled)
        self.assertEqual(envelope.state, 'completed')
        self.assertTrue(self.env['esign.verification']._verify_envelope(envelope, by='test').is_ok)

    def test_attack_29_personal_data(self):
        envelope = self._start()
        signer = self._signer(envelope)
        self._ready(signer)
        self._sign(signer)
        with (
            self.assertLogs('odoo.addons', 'WARNING') as logs,
            patch.object(self._sms_api(), '_send_sms_batch', side_effect=ConnectionError),
        ):
            self.assertRefused('later', lambda: signer._send_sms(signer._link()))
        token = signer._get_token()

        own = signer.with_user(self.sender)
        self.assertEqual(own.contact, '138****0001 w***@example.com')
        for name in ('phone', 'email', 'token_hash', 'uuid', 'token_version'):
            with self.assertRaises(AccessError):
                own.read([name])
            with self.assertRaises(AccessError):
                own.search([(name, '!=', False)])
        with self.assertRaises(UserError):
            own.export_data(['name', 'phone'])
        for user in (self.sender, self.administrator, self.env.ref('base.user_admin')):
            for model in ('esign.handwriting', 'esign.code'):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])
        for text in (token, '13800000001'):
            self.assertNotIn(text, '\n'.join(logs.output))
            self.assertNotIn(text, str(envelope.event_ids.mapped('payload')))
            self.assertNotIn(text, str(envelope.message_ids.mapped('body')))

    def test_attack_29_strokes_are_encrypted_and_need_consent(self):
        envelope, other = self._start(), self._start()
        signer, frugal = self._signer(envelope), self._signer(other)
        self._ready(signer)
        self._sign(signer)
        self.env.invalidate_all()
        self.env.cr.execute("UPDATE esign_code SET sent_at = sent_at - interval '2 minutes'")
        self._ready(frugal)
        self._sign(frugal, consents={**CONSENTS, 'strokes': False})
        kept = self.env['esign.handwriting'].search([('signer_id', '=', signer.id)])
        not_kept = self.env['esign.handwriting'].search([('signer_id', '=', frugal.id)])

        self.env.flush_all()
        self.env.cr.execute('SELECT strokes FROM esign_handwriting WHERE id = %s', [kept.id])
        self.assertNotIn(b'points', base64.b64decode(bytes(self.env.cr.fetchone()[0])))
        self.assertEqual(json.loads(kept._get_strokes())[0]['points'][0][:2], json.loads(strokes())[0]['points'][0][:2])
        self.assertFalse(not_kept.strokes)
        self.assertTrue(not_kept.evidence)

    # HELPERS -------------------------------------------------------------------

    def _promote(self, user):
        user.group_ids += self.env.ref('esign.group_approver')
        return user

    def _undone(self):
        """What SQL does here is taken back at the end."""
        case = self

        class Undone:
            def __enter__(self):
                case.env.flush_all()
                self.savepoint = case.env.cr.savepoint(flush=False)
                self.savepoint.__enter__()
                case.env.invalidate_all()

            def __exit__(self, *error):
                case.env.flush_all()
                self.savepoint.rollback()
                self.savepoint.close(rollback=False)
                case.env.invalidate_all()

        return Undone()
