import re
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.errors import EsignError

PHONE = re.compile(r'^\+?\d{8,15}$')
REASON_LENGTH = 500
#: from hand to hand at most
HANDOVERS = 3


class EsignSigner(models.Model):
    """Declining, handing over, running out of time."""

    _inherit = 'esign.signer'

    def _decline(self, reason, meta):
        """Refuse to sign; the envelope ends and its sender is told.

        :raise EsignError: without a reason, or when it isn't this signer's turn
        """
        self.ensure_one()
        reason = ' '.join(str(reason or '').split())[:REASON_LENGTH]
        if not reason:
            raise EsignError(self.env._("Write why you don't sign."), 'bad')
        self.envelope_id._lock()
        self._guard(lambda: self.envelope_id._check_turn(self), meta)
        return self._leave('declined', reason, meta)

    def _leave(self, state, reason, meta):
        envelope = self.envelope_id
        self._transition('decline', reason=reason)
        envelope._end('decline', state, reason, actor=self.name, meta=meta, hook='_esign_declined')
        envelope._notify_sender(self.env._("%(signer)s declined: %(reason)s", signer=self.name, reason=reason))
        envelope._notify_ended(
            envelope.signer_ids.filtered(lambda signer: signer.state in ('invited', 'signed') and signer.action != 'seal')
        )
        return {'state': self.state, 'envelope_state': envelope.state, 'sha256': envelope.current_sha256}

    def _delegate(self, name, phone, reason, meta):
        """Hand the signing over to somebody else, who gets a link of their own; this link dies.

        Whoever has to show a code for signing shows it here too: else a forwarded link would be enough to name another phone.

        :return: the new `esign.signer`
        """
        self.ensure_one()
        name = ' '.join(''.join(character for character in str(name or '') if character.isprintable()).split())[:60]
        phone = re.sub(r'[\s()-]', '', str(phone or ''))
        reason = ' '.join(str(reason or '').split())[:REASON_LENGTH]
        if not name or not reason:
            raise EsignError(self.env._("Write who signs instead of you, and why."), 'bad')
        if not PHONE.match(phone):
            raise EsignError(self.env._("%(phone)s is no mobile number.", phone=phone[:30]), 'bad')
        self.envelope_id._lock()
        self._guard(lambda: self._check_delegation(), meta)
        code = self._get_checked_code() if self.needs_otp else None
        if code:
            code.used_at = fields.Datetime.now()
        self._transition('delegate', reason=reason)
        signer = self.create(
            {
                'envelope_id': self.envelope_id.id,
                'key': self.key,
                'role': self.role,
                'action': self.action,
                'order': self.order,
                'or_group': self.or_group,
                'name': name,
                'company_name': self.company_name,
                'phone': phone,
                'needs_otp': self.needs_otp,
                'reading_seconds': self.reading_seconds,
                'per_character': self.per_character,
                'delegated_from_id': self.id,
            }
        )
        self.envelope_id._log(
            'delegated',
            actor=self.name,
            meta=meta,
            payload={'party': self.key, 'to': name, 'phone': signer._masked_phone(), 'reason': reason},
        )
        signer._invite()
        self.envelope_id._notify_sender(self.env._("%(old)s handed over to %(new)s: %(reason)s", old=self.name, new=name, reason=reason))
        return signer

    def _check_delegation(self):
        self.envelope_id._check_turn(self)
        if self.action not in ('sign', 'review'):
            raise EsignError(self.env._("This link is for something else."), 'bad')
        if not self._is_code_checked():
            raise EsignError(self.env._("Type in the code that was sent to your mobile phone."), 'code')
        count, before = 0, self
        while before.delegated_from_id:
            count, before = count + 1, before.delegated_from_id
        if count >= HANDOVERS:
            raise EsignError(self.env._("It was handed over %(count)s times already. Ask the sender.", count=count), 'limit')

    # TIME ----------------------------------------------------------------------

    def _expire(self):
        """Let links run out; when nobody else can sign at that place, the envelope ends."""
        for signer in self:
            envelope = signer.envelope_id
            envelope._lock()
            if signer.state not in ('waiting', 'invited') or envelope.state != 'signing':
                continue
            signer._transition('expire')
            envelope._log('expired', payload={'party': signer.key, 'signer': signer.name})
            if not envelope._unfinished().filtered(lambda other: other.key == signer.key):
                envelope._end(
                    'expire', 'expired', self.env._("%(signer)s didn't sign in time.", signer=signer.name), actor='', hook='_esign_expired'
                )
                envelope._notify_sender(self.env._("%(signer)s didn't sign in time.", signer=signer.name))

    def action_extend(self):
        """Give the signer the template's time anew, also after it ran out; the same link works again."""
        self.ensure_one()
        self.envelope_id._check_sender()
        signer, envelope = self.sudo(), self.envelope_id.sudo()
        envelope._lock()
        if envelope.state not in ('signing', 'expired') or signer.state not in ('waiting', 'invited', 'expired'):
            raise UserError(self.env._("%(signer)s needs no more time.", signer=self.name))
        signer._set({'expires_at': fields.Datetime.now() + timedelta(days=envelope.template_id.valid_days)})
        if envelope._transition('resume', reason=False):
            record = envelope._get_record()
            if record:
                record._esign_resumed(envelope)
            for seal in envelope.signer_ids.filtered(lambda other: other.action == 'seal' and other.state in ('waiting', 'invited')):
                envelope._request_seal(seal)
        envelope._log('extended', actor=self.env.user.login, payload={'party': self.key})
        if signer.state == 'expired':
            signer._set({'state': 'waiting'})
        envelope._advance()
        return True

    def action_remind(self):
        """Remind the signer now, within the template's cap."""
        self.ensure_one()
        self.envelope_id._check_sender()
        if not self.is_turn or self.action == 'seal':
            raise UserError(self.env._("It isn't the turn of %(signer)s.", signer=self.name))
        if not self.sudo()._remind():
            raise UserError(
                self.env._("%(signer)s was reminded as often as the template allows, or within the last hour.", signer=self.name)
            )
        return True

    def _remind(self):
        """Send the link once more.

        :return: whether it was sent
        """
        self.ensure_one()
        now = fields.Datetime.now()
        if self.reminder_count >= self.envelope_id.template_id.reminder_max or (
            self.reminded_at and self.reminded_at > now - timedelta(hours=1)
        ):
            return False
        self._set({'reminded_at': now, 'reminder_count': self.reminder_count + 1})
        self._send_invitation(reminder=True)
        return True
