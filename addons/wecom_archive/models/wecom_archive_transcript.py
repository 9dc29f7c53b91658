from odoo import api, fields, models
from odoo.tools import format_date, format_datetime, groupby

PAGE = 100  # messages shown at once


class WecomArchiveConversation(models.Model):
    """A conversation as a person reads it."""
    _inherit = 'wecom.archive.conversation'

    transcript = fields.Html(compute='_compute_transcript', sanitize=False, export_string_translation=False)
    has_earlier = fields.Boolean(compute='_compute_has_earlier', export_string_translation=False)
    has_later = fields.Boolean(compute='_compute_has_earlier', export_string_translation=False)

    @api.depends_context('uid', 'lang', 'tz', 'wecom_archive_page')
    def _compute_transcript(self):
        """Show a page of messages, the latest first of all; that they were read is on record."""
        for conversation in self:
            messages = conversation._get_page()
            self.env['wecom.archive.access']._note_messages(messages)
            conversation.transcript = self.env['ir.qweb']._render('wecom_archive.transcript', {
                'days': list(groupby(map(self._prepare_bubble, messages), lambda bubble: bubble['day'])),
            }) if messages else False

    @api.depends('message_count')
    @api.depends_context('wecom_archive_page')
    def _compute_has_earlier(self):
        page = self._get_page_number()
        for conversation in self:
            conversation.has_earlier = conversation.message_count > (page + 1) * PAGE
            conversation.has_later = page > 0

    def _get_page_number(self):
        page = self.env.context.get('wecom_archive_page')
        return page if isinstance(page, int) and page > 0 else 0

    def _get_page(self):
        """Return the messages of the page that the context tells, oldest first, as far as the reader may read them."""
        return self.env['wecom.archive.message'].search(
            [('conversation_id', '=', self._origin.id)], offset=self._get_page_number() * PAGE, limit=PAGE).sorted(
                lambda message: (message.occurred_at, message.id))

    def _prepare_bubble(self, message):
        """Return what the page shows of a message."""
        # sudo: the only way to the text; noted by who calls
        text = message.sudo().text
        return {
            'day': format_date(self.env, fields.Datetime.context_timestamp(self, message.occurred_at).date(), date_format='full'),
            'time': format_datetime(self.env, message.occurred_at, dt_format='HH:mm'), 'name': message.sender_name,
            'is_ours': bool(message.sender_member_id), 'is_recalled': message.is_recalled, 'action': message.action,
            'medias': message.sudo().media_ids,
            'text': text, 'kind_name': message._get_kind_name(), 'is_picture': message.kind in ('image', 'emotion'),
        }

    def action_earlier(self):
        return self._open_page(self._get_page_number() + 1)

    def action_later(self):
        return self._open_page(max(self._get_page_number() - 1, 0))

    def _open_page(self, page):
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': self._name, 'res_id': self.id, 'view_mode': 'form',
                'name': self.env._("Conversation"), 'target': 'main', 'context': {'wecom_archive_page': page}}
