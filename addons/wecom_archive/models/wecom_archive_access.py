from odoo import api, fields, models
from odoo.exceptions import AccessError


class WecomArchiveAccess(models.Model):
    """Who read what of the archive, and when. Written by the reading itself; nobody changes it."""
    _name = 'wecom.archive.access'
    _description = "Access to the WeCom archive"
    _order = 'id desc'
    _rec_name = 'conversation_id'

    user_id = fields.Many2one('res.users', "Who", required=True, readonly=True, index=True, ondelete='restrict')
    at = fields.Datetime("When", required=True, readonly=True)
    use = fields.Selection([
        ('view', "Read"),
        ('search', "Searched"),
        ('export', "Exported"),
        ('media', "File opened"),
        ('alert', "Read in an alert"),
        ('deletion', "Deleted after its term"),
    ], "What", required=True, readonly=True)
    conversation_id = fields.Many2one(
        'wecom.archive.conversation', "Conversation", readonly=True, index='btree_not_null', ondelete='restrict')
    company_id = fields.Many2one('res.company', "Company", readonly=True)
    message_count = fields.Integer("Messages", readonly=True)
    detail = fields.Char(readonly=True, help="The numbers of the messages, or what was searched for.")

    @api.model
    def _note_messages(self, messages, use=None):
        """Note that the user reads messages: a row a conversation."""
        use = use or ('export' if self.env.context.get('wecom_archive_use') == 'export' else 'view')
        rows = []
        for conversation, those in messages.sudo().grouped('conversation_id').items():
            numbers = sorted(those.mapped('seq'))
            rows.append({
                'use': use, 'conversation_id': conversation.id, 'company_id': those[0].company_id.id, 'message_count': len(numbers),
                'detail': f'{numbers[0]}–{numbers[-1]}' if numbers[1:] else str(numbers[0])})
        self._append(rows)

    @api.model
    def _note_search(self, value):
        """Note what was searched for; the web client asks twice for each list, that is one search."""
        words = str(value)[:200]
        now = fields.Datetime.now()
        if not self.sudo().search_count([('user_id', '=', self.env.uid), ('at', '=', now), ('use', '=', 'search'), ('detail', '=', words)]):
            self._append([{'use': 'search', 'detail': words, 'company_id': self.env.company.id}])

    @api.model
    def _append(self, rows):
        # sudo: nobody writes here by hand
        self.sudo().create([{'user_id': self.env.uid, 'at': fields.Datetime.now(), **row} for row in rows])

    def write(self, vals):
        raise AccessError(self.env._("The record of who read the archive isn't changed by anybody."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("The record of who read the archive isn't deleted by anybody."))
