from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS, Domain

from ..tools.content import ROBOT, is_external

SAID_BY = {'customer': 'contact', 'member': 'member'}
LINKS = {'recalled_id'}  # what a job may add


class WecomArchiveMessage(models.Model):
    """What was said, as WeCom tells it. Nobody changes it; who reads it is on record.

    The columns of what was said can't be read by anybody (`NO_ACCESS`); `body` gives it, and its compute writes the record of access.
    So every way to it is on record: screens, exports, searches, RPC, templates.
    """
    _name = 'wecom.archive.message'
    _description = "Archived WeCom message"
    _order = 'occurred_at desc, id desc'
    _rec_name = 'seq'

    archive_id = fields.Many2one('wecom.archive', "Archive", required=True, readonly=True, ondelete='restrict')
    company_id = fields.Many2one(related='archive_id.company_id', store=True)
    conversation_id = fields.Many2one(
        'wecom.archive.conversation', "Conversation", readonly=True, index='btree_not_null', ondelete='restrict')
    seq = fields.Integer("Number", required=True, readonly=True, aggregator=None)
    msgid = fields.Char("WeCom ID", required=True, readonly=True)
    occurred_at = fields.Datetime("Said", required=True, readonly=True)
    action = fields.Selection([
        ('send', "Said"),
        ('recall', "Recalled"),
        ('switch', "Changed the company"),
    ], required=True, readonly=True)
    kind = fields.Char("Kind", required=True, readonly=True, help="As WeCom names it: text, image, file …")
    sender = fields.Char("Sender's ID", required=True, readonly=True)
    sender_member_id = fields.Many2one('wecom.member', "Member", readonly=True, index='btree_not_null', ondelete='restrict')
    sender_contact_id = fields.Many2one('wecom.contact', "Customer", readonly=True, ondelete='restrict')
    sender_name = fields.Char("From", compute='_compute_sender_name')
    contact_id = fields.Many2one('wecom.contact', "Concerns", readonly=True, index='btree_not_null', ondelete='restrict',
                                 help="The customer who said it or to whom it was said; of group chats only who said it.")
    text = fields.Text(readonly=True, groups=NO_ACCESS, index='trigram')
    payload = fields.Text(readonly=True, groups=NO_ACCESS)
    body = fields.Text("Message", compute='_compute_body', search='_search_body')
    recall_of = fields.Char("Recalls", readonly=True, index='btree_not_null')
    recalled_id = fields.Many2one('wecom.archive.message', "Recalled message", readonly=True, index='btree_not_null', ondelete='set null')
    recall_ids = fields.One2many('wecom.archive.message', 'recalled_id', "Recalled by", readonly=True)
    media_ids = fields.One2many('wecom.archive.media', 'message_id', "Files", readonly=True)
    is_recalled = fields.Boolean("Recalled", compute='_compute_is_recalled')

    _msgid_uniq = models.UniqueIndex("(archive_id, msgid)", "The message is kept already.")
    _conversation_idx = models.Index("(conversation_id, occurred_at, id)")
    _contact_idx = models.Index("(contact_id, occurred_at) WHERE contact_id IS NOT NULL")
    _occurred_idx = models.Index("(occurred_at DESC, id DESC)")

    # === COMPUTE METHODS === #

    @api.depends('seq', 'conversation_id.display_name')
    def _compute_display_name(self):
        for message in self:
            message.display_name = self.env._(
                "%(conversation)s, message %(number)s", conversation=message.sudo().conversation_id.display_name or '', number=message.seq)

    @api.depends('sender_member_id.name', 'sender_contact_id.display_name')
    def _compute_sender_name(self):
        # sudo: auditors know everybody by name, also customers who aren't theirs
        for message, message_sudo in zip(self, self.sudo()):
            message.sender_name = message_sudo.sender_contact_id.display_name or message_sudo.sender_member_id.name or message.sender

    @api.depends('recall_ids')
    def _compute_is_recalled(self):
        for message in self:
            message.is_recalled = bool(message.recall_ids)

    @api.depends('text')
    @api.depends_context('uid', 'lang')
    def _compute_body(self):
        """Give what was said to who may read it, and note that he did."""
        readable = self._filtered_access('read')
        self.env['wecom.archive.access']._note_messages(readable)
        (self - readable).body = False
        # sudo: the only way to the text; noted above
        for message, message_sudo in zip(readable, readable.sudo()):
            message.body = ' '.join(filter(None, (message._get_kind_name(), message_sudo.text)))

    def _get_kind_name(self):
        """Return what is shown before the text of a message that isn't only text."""
        names = {
            'image': self.env._("Picture"), 'voice': self.env._("Voice message"), 'video': self.env._("Video"), 'file': self.env._("File"),
            'emotion': self.env._("Sticker"), 'link': self.env._("Link"), 'weapp': self.env._("Mini program"), 'card': self.env._("Card"),
            'location': self.env._("Location"), 'chatrecord': self.env._("Forwarded conversation"), 'redpacket': self.env._("Red packet"),
            'external_redpacket': self.env._("Red packet"), 'meeting': self.env._("Meeting"), 'vote': self.env._("Vote"),
            'meeting_voice_call': self.env._("Call"), 'agree': self.env._("Agreed to the archive"),
            'disagree': self.env._("Didn't agree to the archive"),
        }
        if self.kind in ('text', 'markdown', 'mixed', 'revoke', 'switch'):
            return False
        return self.env._("[%(kind)s]", kind=names.get(self.kind, self.kind))

    @api.model
    def _search_body(self, operator, value):
        self.env['wecom.archive.access']._note_search(value)
        # sudo: the column can't be read by anybody; rules on messages hold for what is found, outside of this
        return Domain('id', 'in', self.sudo()._search([('text', operator, value)], active_test=False))

    # === CRUD METHODS === #

    def write(self, vals):
        if not self.env.su or vals.keys() - LINKS:
            raise AccessError(self.env._("What was said isn't changed by anybody."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_term(self):
        if not self.env.context.get('wecom_archive_term'):
            raise AccessError(self.env._("What was said isn't deleted by anybody; the archive's term does it."))

    def export_data(self, fields_to_export):
        if 'body' not in fields_to_export:  # which is noted by itself: also who spoke with whom and when isn't exported unnoted
            self.env['wecom.archive.access']._note_messages(self._filtered_access('read'), 'export')
        return super(WecomArchiveMessage, self.with_context(wecom_archive_use='export')).export_data(fields_to_export)

    # === WHAT COMES FROM THE ARCHIVE === #

    @api.model
    def _keep(self, archive, rows):
        """Keep messages; those that are here already change nothing.

        :param rows: [(number, `content.Content`, JSON text)]
        :return: the new messages
        """
        rows = {content.msgid: (seq, content, text) for seq, content, text in rows}
        known = set(self.search([('archive_id', '=', archive.id), ('msgid', 'in', list(rows))]).mapped('msgid'))
        rows = [row for msgid, row in rows.items() if msgid not in known]
        if not rows:
            return self.browse()
        members, contacts = self._ensure_people(archive, [content for _seq, content, _text in rows])
        spoken = [content for _seq, content, _text in rows if content.people[1:] or content.room]
        conversations = self.env['wecom.archive.conversation']
        by_key = conversations._ensure(archive, spoken, members, contacts)
        messages = self.create([
            self._prepare(archive, seq, content, text, by_key.get(conversations._get_key(content)), members, contacts)
            for seq, content, text in rows])
        messages._link_recalls()
        self.env['wecom.archive.media']._expect(archive, {
            message: content.media for message, (_seq, content, _text) in zip(messages, rows) if content.media})
        self.env['wecom.archive.rule']._look_at(messages)
        self.env['wecom.tag.rule']._look_at(messages)
        return messages

    @api.model
    def _ensure_people(self, archive, contents):
        people = dict.fromkeys(number for content in contents for number in content.people)
        contacts = self.env['wecom.contact']
        known = contacts._find(archive.app_id, people)
        external = [number for number in people if number in known or is_external(number) and not number.startswith(ROBOT)]
        members = [number for number in people if number not in external and not is_external(number)]
        found = contacts._ensure(archive.app_id, external)
        if any(contact.is_stale for contact in found.values()):
            contacts._trigger_fetch()
        return self.env['wecom.member']._ensure(archive.app_id, members), found

    @api.model
    def _prepare(self, archive, seq, content, text, conversation, members, contacts):
        sender_contact, sender_member = contacts.get(content.sender), members.get(content.sender.lower())
        others = [contacts[number] for number in content.receivers if number in contacts] if not content.room else []
        concerned = sender_contact or next(iter(others), None)
        return {
            'archive_id': archive.id, 'conversation_id': conversation.id if conversation else False, 'seq': seq, 'msgid': content.msgid,
            'occurred_at': content.moment, 'action': content.action, 'kind': content.kind, 'sender': content.sender,
            'sender_member_id': sender_member.id if sender_member and not sender_contact else False,
            'sender_contact_id': sender_contact.id if sender_contact else False, 'contact_id': concerned.id if concerned else False,
            'text': content.text, 'payload': text, 'recall_of': content.recalled or False,
        }

    def _said_by(self, who):
        """Return those of the messages that a customer, a member, or either said."""
        return self.filtered(lambda message: who == 'both' or message[f'sender_{SAID_BY[who]}_id'])

    def _link_recalls(self):
        """Link recalls and what they recall, whichever came first."""
        for archive, messages in self.grouped('archive_id').items():
            ours = [('archive_id', '=', archive.id)]
            recalls = messages.filtered('recall_of') | self.search(
                [*ours, ('recall_of', 'in', messages.mapped('msgid')), ('recalled_id', '=', False)])
            targets = {message.msgid: message for message in self.search([*ours, ('msgid', 'in', recalls.mapped('recall_of'))])}
            for recall in recalls.filtered(lambda recall: recall.recall_of in targets):
                recall.recalled_id = targets[recall.recall_of]
