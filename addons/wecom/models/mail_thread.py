from odoo import models
from odoo.tools import html2plaintext

from ..tools import card


class MailThread(models.AbstractModel):
    """WeCom as a channel of notifications, chosen by each user: the domain only posts messages."""
    _inherit = 'mail.thread'

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Override of `mail`: who chose WeCom, but is no member that an app reaches, gets an e-mail."""
        recipients_data = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        chosen = [row for row in recipients_data if row['notif'] == 'wecom']
        if chosen:
            reached = self.env['wecom.member']._of_users(self.env['res.users'].browse(row['uid'] for row in chosen))
            for row in chosen:
                if self.env['res.users'].browse(row['uid']) not in reached:
                    row['notif'] = 'email'
        return recipients_data

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        """Override of `mail` to put notices for WeCom into the outbox."""
        scheduled_date = self._is_notification_scheduled(kwargs.get('scheduled_date'))
        recipients_data = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        if not scheduled_date:
            self._notify_thread_by_wecom(message, recipients_data)
        return recipients_data

    def _notify_thread_by_wecom(self, message, recipients_data):
        partners = {row['uid']: row['id'] for row in recipients_data if row['notif'] == 'wecom'}
        if not partners:
            return
        members_sudo = self.env['wecom.member']._of_users(self.env['res.users'].browse(partners))
        wecom_messages = self.env['wecom.message']._post(
            list(members_sudo.values()), self._prepare_wecom_content(message), message)
        # sudo: as `mail` does, the author need not see the notifications of others
        self.env['mail.notification'].sudo().create([{
            'author_id': message.author_id.id, 'mail_message_id': message.id, 'res_partner_id': partners[user.id],
            'notification_type': 'wecom', 'notification_status': 'ready', 'is_read': True, 'wecom_message_id': wecom_message.id,
        } for user, wecom_message in zip(members_sudo, wecom_messages)])

    def _prepare_wecom_content(self, message):
        """Return what is sent: a card that opens the record, or a text where there is none. To override."""
        message_sudo = message.sudo()  # as for e-mails: the text goes to people whom the message names
        body = html2plaintext(message_sudo.body or '') or message_sudo.subtype_id.description or ''
        author = message_sudo.author_id.name or ''
        if not (message_sudo.model and message_sudo.res_id):
            return card.text(f'{author}: {body}' if author else body)
        return card.card(
            message_sudo.subject or message_sudo.record_name or author, f'{author}: {body}',
            f'{self.get_base_url()}/mail/message/{message.id}')
