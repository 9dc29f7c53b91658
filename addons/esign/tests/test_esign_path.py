from odoo.tests import tagged

from .common import EsignCase


@tagged('post_install', '-at_install')
class TestEsignPath(EsignCase):
    """One document from its paper to its verification."""

    def test_start_sign_seal_complete_verify(self):
        envelope = self._start()

        self.assertEqual(envelope.state, 'signing')
        self.assertEqual(envelope.revision_ids.mapped('kind'), ['rendered', 'frozen'])
        signer = self._signer(envelope)
        self.assertEqual(signer.state, 'invited')
        self.assertEqual(self._signer(envelope, 'party_b').state, 'waiting')

        self._ready(signer)
        answer = self._sign(signer)
        self.assertEqual(answer['state'], 'signed')
        self.assertEqual(envelope.seal_request_ids.state, 'requested')

        self._approve(envelope)
        self._put(envelope)
        self.assertEqual(envelope.state, 'completed')
        self.assertEqual(envelope.revision_ids.mapped('kind'), ['rendered', 'frozen', 'signed', 'sealed', 'finished'])

        verification = self.env['esign.verification']._verify_envelope(envelope, by='test')
        self.assertEqual(verification.problems, '')
        self.assertTrue(verification.is_ok and verification.is_valid and verification.is_anchored)
