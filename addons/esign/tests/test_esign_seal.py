import base64
import io

from PIL import Image, PngImagePlugin

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import EsignCase, picture


@tagged('post_install', '-at_install')
class TestEsignSeal(EsignCase):
    """The seal: its picture is drawn anew, its use asked, approved, put and logged."""

    def _ready_to_seal(self, count=1):
        envelopes = self.env['esign.envelope']
        for number in range(count):
            template = self._template(party_ids=[(0, 0, {'name': "乙方", 'key': 'party_b', 'action': 'seal'})])
            envelopes += self._start({'key': 'party_b', 'name': f"我方{number}"}, template=template)
        for envelope in envelopes:
            self._approve(envelope)
        return envelopes

    def test_picture_is_drawn_anew(self):
        """Red ink on nothing; what was hidden in the file is gone."""
        file = io.BytesIO()
        info = PngImagePlugin.PngInfo()
        info.add_text('Comment', '<script>alert(1)</script>')
        Image.open(io.BytesIO(base64.b64decode(picture()))).save(file, 'PNG', pnginfo=info)

        seal = self.env['esign.seal'].create(
            {'name': "x", 'company_id': self.company.id, 'organisation': "x", 'image': base64.b64encode(file.getvalue() + b'PK\x03\x04zip')}
        )

        drawn = base64.b64decode(seal.with_context(bin_size=False).image)
        self.assertNotIn(b'script', drawn)
        self.assertNotIn(b'zip', drawn)
        image = Image.open(io.BytesIO(drawn))
        self.assertEqual((image.mode, image.size), ('RGBA', (300, 300)))
        self.assertEqual(image.getpixel((150, 150))[3], 0)
        self.assertEqual(image.getpixel((150, 27))[:3], (200, 16, 16))

    def test_pictures_that_are_none(self):
        bad = {
            'svg': b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
            'text': b'hello',
            'large': base64.b64decode(picture((1300, 300))),
            'small': base64.b64decode(picture((60, 60))),
            'gif': b'GIF89a' + b'\0' * 50,
            'bomb': self._bomb(),
            '3 MB': base64.b64decode(picture()) + b'\0' * 3_000_000,
        }
        for kind, content in bad.items():
            with self.subTest(kind), self.assertRaises(UserError):
                self.env['esign.seal'].create(
                    {'name': kind, 'company_id': self.company.id, 'organisation': "x", 'image': base64.b64encode(content)}
                )

    def _bomb(self):
        file = io.BytesIO()
        Image.new('1', (20000, 20000)).save(file, 'PNG')
        return file.getvalue()

    def test_seal_in_use_keeps_its_face(self):
        for vals in (
            {'image': picture((200, 200))},
            {'organisation': "x"},
            {'company_id': self.other_company.id},
            {'state': 'draft'},
            {'certificate_id': False},
        ):
            with self.subTest(vals=str(vals)[:30]), self.assertRaises(UserError):
                self.seal.write(vals)
        with self.assertRaises(UserError):
            self.seal.unlink()
        born = self.env['esign.seal'].create(
            {'name': "x", 'company_id': self.company.id, 'organisation': "x", 'image': picture(), 'state': 'active'}
        )
        self.assertEqual(born.state, 'draft')

    def test_key_is_in_the_folder_not_in_the_database(self):
        name = self.seal.certificate_id.key_name
        path = self.folder / f'{name}.key.pem'

        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.assertIn(b'ENCRYPTED', path.read_bytes())
        self.env.cr.execute("SELECT count(*) FROM ir_attachment WHERE index_content LIKE '%PRIVATE KEY%'")
        self.assertEqual(self.env.cr.fetchone()[0], 0)

    def test_key_that_others_can_read_is_refused(self):
        envelope = self._ready_to_seal()
        path = self.folder / f'{self.seal.certificate_id.key_name}.key.pem'
        path.chmod(0o644)
        self.addCleanup(path.chmod, 0o600)

        answer = self._put(envelope)

        self.assertEqual(answer['params']['type'], 'danger')
        self.assertEqual(envelope.state, 'signing')

    def test_use_is_logged(self):
        envelope = self._ready_to_seal()
        self._put(envelope)

        use = self.env['esign.seal.use'].search([('envelope_id', '=', envelope.id)])
        self.assertRecordValues(
            use,
            [
                {
                    'result': 'put',
                    'user_id': self.custodian.id,
                    'approver_id': self.approver.id,
                    'applicant_id': self.sender.id,
                    'serial': self.seal.certificate_id.serial,
                    'sha256': envelope.revision_ids[2].sha256,
                    'document': envelope.document_name,
                }
            ],
        )

    def test_seal_all_in_the_background(self):
        envelopes = self._ready_to_seal(3)
        requests = envelopes.seal_request_ids

        answer = self.env['esign.envelope'].with_user(self.custodian)._put_seals(requests.with_user(self.custodian))
        self.assertIn('3 documents', answer['params']['message'])
        self.assertEqual(requests.mapped('progress'), ['queued'] * 3)
        self.assertEqual(set(envelopes.mapped('state')), {'signing'})
        self._cron('seal')

        self.assertEqual(set(envelopes.mapped('state')), {'completed'})
        self.assertEqual(requests.mapped('progress'), [False] * 3)
        self.assertEqual(
            self.env['esign.seal.use'].search_count([('envelope_id', 'in', envelopes.ids), ('user_id', '=', self.custodian.id)]), 3
        )

    def test_queue_waits_for_the_authority_and_for_nobody_else(self):
        envelopes = self._ready_to_seal(2)
        requests = envelopes.seal_request_ids
        self.env['esign.envelope'].with_user(self.custodian)._put_seals(requests.with_user(self.custodian))
        self.env['ir.config_parameter'].set_param('esign.tsa_url', self.tsa.url + '/down')
        self._cron('seal')
        self.assertEqual(requests.mapped('progress'), ['queued'] * 2)

        self.env['ir.config_parameter'].set_param('esign.tsa_url', self.tsa.url + '/')
        self.seal.action_suspend()
        self._cron('seal')
        self.assertEqual(requests.mapped('progress'), ['failed'] * 2)
        self.assertIn('Suspended', requests[0].error)
        self.assertEqual(set(envelopes.mapped('state')), {'signing'})

        self.seal.action_activate()
        self.env['esign.envelope'].with_user(self.custodian)._put_seals(requests.with_user(self.custodian))
        self._cron('seal')
        self.assertEqual(set(envelopes.mapped('state')), {'completed'})

    def test_use_refused_with_a_reason(self):
        envelope = self._start()
        request = envelope.seal_request_ids.with_user(self.approver)
        with self.assertRaises(UserError):
            request._refuse_use(' ')

        request._refuse_use("金额有误")

        self.assertEqual((request.sudo().state, request.sudo().reason), ('refused', "金额有误"))
        self.assertIn("金额有误", envelope.message_ids[0].body)

    def test_approvers_and_custodians_are_asked_in_turn(self):
        envelope = self._start()
        request = envelope.seal_request_ids
        self.assertIn(self.approver, request.activity_ids.user_id)
        self.assertNotIn(self.sender, request.activity_ids.user_id)

        self._approve(envelope)
        self.assertFalse(request.activity_ids)
        self._ready(self._signer(envelope))
        self._sign(self._signer(envelope))
        self.assertEqual(request.activity_ids.user_id, self.custodian)
        self._put(envelope)
        self.assertFalse(request.activity_ids)
