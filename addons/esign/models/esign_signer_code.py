import logging
from datetime import timedelta
from hashlib import sha256

from odoo import fields, models

from ..tools.errors import EsignError
from .esign_code import TRIES, USABLE

_logger = logging.getLogger(__name__)

PAUSE = timedelta(seconds=55)
#: sent at most in an hour, to one signer, to one phone, to one address: thousands share an address of a mobile network
CAPS = {'signer_id': 5, 'phone_hash': 10, 'ip': 300}


class EsignSigner(models.Model):
    """The code by SMS that shows whose hand holds the phone."""

    _inherit = 'esign.signer'

    def _send_code(self, meta):
        """Send a new code; those sent before die.

        :raise EsignError: 'limit' when too often, 'later' when the gateway doesn't take it
        """
        self.ensure_one()
        envelope = self.envelope_id
        envelope._lock()
        envelope._check_turn(self)
        phone_hash = sha256((self.phone or '').encode()).hexdigest()
        ip = (meta or {}).get('ip') or False
        try:
            self._check_code_caps(phone_hash, ip)
            with self.env.cr.savepoint():
                code, record = self.env['esign.code'].sudo()._make(self, phone_hash, ip)
                self._send_sms(self._in_language()._get_code_text(code, envelope.document_name))
        except EsignError as error:
            envelope._log('otp_refused', actor=self.name, payload={'party': self.key, 'reason': error.code}, meta=meta)
            raise
        envelope._log(
            'otp_sent', actor=self.name, meta=meta, payload={'party': self.key, 'phone': self._masked_phone(), 'sha256': record.sha256}
        )

    def _get_code_text(self, code, document):
        """Return the words of the SMS: gateways send only what they approved, so they are one sentence in one place."""
        return self.env._(
            "%(code)s is your code to sign “%(document)s”. It is valid for 5 minutes. Give it to nobody.", code=code, document=document)

    def _check_code_caps(self, phone_hash, ip):
        codes = self.env['esign.code'].sudo()
        now = fields.Datetime.now()
        last = codes.search([('signer_id', '=', self.id)], limit=1)
        # Whose document moved on while the code was on its way needs another one for it, now.
        if last.sent_at and last.sent_at + PAUSE > now and last.sha256 == self.envelope_id.current_sha256:
            raise EsignError(self.env._("A code was just sent. Wait a minute before you ask for another."), 'limit')
        for name, value in (('signer_id', self.id), ('phone_hash', phone_hash), ('ip', ip)):
            if (
                value
                and codes.search_count([(name, '=', value), ('sent_at', '>', now - timedelta(hours=1))], limit=CAPS[name]) >= CAPS[name]
            ):
                raise EsignError(self.env._("Too many codes were sent. Try again in an hour."), 'limit')

    def _send_sms(self, body):
        """Hand a message to the gateway at once, and keep no copy of its words.

        :raise EsignError: 'later', unless the gateway took it
        """
        # through the gateway of the company whose document it is, whoever's site the visitor is on
        sms_sudo = self.env['sms.sms'].sudo().with_company(self.company_id)
        sms = sms_sudo.create({'number': self.sudo().phone, 'body': body, 'partner_id': self.partner_id.id})
        self._track(sms)
        sms._send(unlink_failed=False, unlink_sent=False, raise_exception=False)
        taken = sms.state in ('process', 'pending', 'sent')
        # Codes and links are keys: the row stays for the delivery report, its words don't.
        sms.write({'body': '***'})
        if not taken:
            _logger.warning("No SMS could be sent for envelope %s: %s", self.envelope_id.name, sms.failure_type)
            raise EsignError(self.env._("The SMS could not be sent at the moment. Try again later."), 'later')

    def _check_code(self, code, meta):
        """Take the code that was typed in.

        :raise EsignError: 'code' when it is wrong, dead or locked; it counts as a try whatever becomes of the request
        """
        self.ensure_one()
        envelope = self.envelope_id
        envelope._lock()  # two guesses at once count as two
        envelope._check_turn(self)
        record = self.env['esign.code'].sudo().search([('signer_id', '=', self.id)], limit=1)
        if not record or not record._is_open() or record.sha256 != envelope.current_sha256:
            envelope._log('otp_failed', actor=self.name, payload={'party': self.key, 'reason': 'dead'}, meta=meta)
            raise EsignError(self.env._("The code is no longer valid. Ask for a new one."), 'code')
        record.tries += 1
        if not record._matches(''.join(str(code or '').split())):
            envelope._log('otp_failed', actor=self.name, payload={'party': self.key, 'try': record.tries}, meta=meta)
            left = TRIES - record.tries
            raise EsignError(
                self.env._("The code is wrong. %(count)s more tries.", count=left)
                if left
                else self.env._("The code is wrong too often. Ask for a new one."),
                'code',
            )
        record.verified_at = fields.Datetime.now()
        self._set({'code_ok_at': record.verified_at})
        envelope._log('otp_ok', actor=self.name, payload={'party': self.key, 'sha256': record.sha256}, meta=meta)

    def _get_checked_code(self):
        """Return the code that opens the signing key now: right, not used, for this very document."""
        self.ensure_one()
        return (
            self.env['esign.code']
            .sudo()
            .search(
                [
                    ('signer_id', '=', self.id),
                    ('verified_at', '>', fields.Datetime.now() - USABLE),
                    ('used_at', '=', False),
                    ('sha256', '=', self.envelope_id.current_sha256),
                ],
                limit=1,
            )
        )

    def _is_code_checked(self):
        """Tell whether the signer needn't type a code (again)."""
        return not self.needs_otp or bool(self._get_checked_code())
