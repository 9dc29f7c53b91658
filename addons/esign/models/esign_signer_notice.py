from markupsafe import Markup

from odoo import models


class EsignSigner(models.Model):
    """What the signer gets, in their language."""

    _inherit = 'esign.signer'

    def _in_language(self):
        """Return the signer in the language of the person, for what is sent to them."""
        installed = dict(self.env['res.lang'].get_installed())
        lang = self.partner_id.lang if self.partner_id.lang in installed else ('zh_CN' if 'zh_CN' in installed else self.env.lang)
        return self.with_context(lang=lang)

    def _send_invitation(self, reminder=False):
        """Send the link by mail and SMS; both leave from their queues, and keep no copy of it."""
        self.ensure_one()
        signer = self._in_language()
        envelope = signer.envelope_id
        subject = signer._get_invitation_text(envelope.company_id.name, envelope.document_name, reminder)
        channels = signer._tell(subject, link=self._link())
        envelope._log(
            'reminded' if reminder else 'sent',
            payload={'party': self.key, 'to': self.contact or '', 'channels': channels, 'expires': str(self.expires_at)},
        )

    def _get_invitation_text(self, company, document, reminder=False):
        """Return the subject of the mail, which is the SMS too, followed by a blank and the link."""
        if reminder:
            return self.env._("Reminder: %(company)s asks you to sign “%(document)s”", company=company, document=document)
        return self.env._("%(company)s asks you to sign “%(document)s”", company=company, document=document)

    def _send_copy(self, files):
        signer = self._in_language()
        signer._tell(
            signer.env._(
                "“%(document)s” is completed. Your copy is attached; the link stays valid for downloads.",
                document=signer.envelope_id.document_name,
            ),
            files=files,
            link=self._link() if self.action == 'cc' else None,
            by_sms=False,
        )
        self.envelope_id._log('sent', payload={'party': self.key, 'to': self.contact or '', 'files': [name for name, _content in files]})

    def _tell(self, sentence, link=None, files=(), by_sms=True):
        """Queue a mail and an SMS to the signer.

        :return: the channels as text
        """
        channels = []
        signer = self.sudo()
        company = signer.envelope_id.company_id
        if signer.email:
            body = Markup('<p>%s</p>') % sentence
            if link:
                body += Markup('<p><a href="%s">%s</a></p><p>%s</p>') % (
                    link,
                    self.env._("Open the document"),
                    self.env._("The link is for you alone: whoever has it can act in your name. Don't forward it."),
                )
            # auto_delete: the link is a key, and mails are read by administrators
            mail = (
                self.env['mail.mail']
                .sudo()
                .create(
                    {
                        'subject': sentence[:200],
                        'body_html': body,
                        'email_to': signer.email,
                        'auto_delete': True,
                        'email_from': company.email_formatted or self.env.user.email_formatted,
                        'reply_to': signer.envelope_id.user_id.email_formatted,
                        'attachment_ids': [(0, 0, {'name': name, 'raw': content, 'res_model': 'mail.mail'}) for name, content in files],
                    }
                )
            )
            channels.append(f'mail {mail.id}')
        if signer.phone and by_sms and not files:
            sms = (
                self.env['sms.sms']
                .sudo()
                .with_company(company)
                .create({'number': signer.phone, 'body': f'{sentence} {link}' if link else sentence, 'partner_id': signer.partner_id.id})
            )
            signer._track(sms)
            channels.append(f'sms {sms.uuid}')
        return ', '.join(channels)

    def _track(self, sms):
        """Let the receipts of a message become events."""
        self.env['sms.tracker'].sudo().create({'sms_uuid': sms.uuid, 'esign_signer_id': self.id})
