from odoo import api, fields, models
from odoo.fields import Command

from ..tools.content import ROBOT, is_external

CONSENT = {'agree': 'agreed', 'disagree': 'refused'}


class WecomArchiveConversation(models.Model):
    """Who speaks with whom: a member and one other, or the people of a group chat."""
    _name = 'wecom.archive.conversation'
    _description = "WeCom conversation"
    _order = 'last_at desc, id desc'

    archive_id = fields.Many2one('wecom.archive', "Archive", required=True, readonly=True, ondelete='restrict')
    company_id = fields.Many2one(related='archive_id.company_id', store=True)
    key = fields.Char(required=True, readonly=True, help="The ID of the group chat, or the two accounts.")
    kind = fields.Selection([
        ('customer', "With a customer"),
        ('internal', "Between members"),
        ('group', "Group chat"),
    ], required=True, readonly=True)
    member_ids = fields.Many2many('wecom.member', string="Members", readonly=True)
    contact_ids = fields.Many2many('wecom.contact', string="Customers", readonly=True)
    chat_id = fields.Many2one('wecom.chat', "Group chat", readonly=True, index='btree_not_null', ondelete='restrict')
    message_ids = fields.One2many('wecom.archive.message', 'conversation_id', "Messages", readonly=True)
    consent = fields.Selection([
        ('agreed', "Agreed to the archive"),
        ('refused', "Didn't agree to the archive"),
    ], readonly=True, help="What the customer answered last when WeCom asked him.")
    message_count = fields.Integer("Number of messages", readonly=True)
    first_at = fields.Datetime("First message", readonly=True)
    last_at = fields.Datetime("Last message", readonly=True, index=True)

    _key_uniq = models.UniqueIndex("(archive_id, key)", "The conversation is known already.")

    @api.depends('kind', 'chat_id.name', 'member_ids.name', 'contact_ids.name')
    def _compute_display_name(self):
        """Auditors know everybody by name, also customers who aren't theirs."""
        for conversation in self.sudo():
            if conversation.kind == 'group':
                conversation.display_name = conversation.chat_id.name or self.env._("Group chat without a name")
            else:
                people = [*conversation.contact_ids.mapped('name'), *conversation.member_ids.mapped('name')]
                conversation.display_name = ' · '.join(people) or conversation.key

    def export_data(self, fields_to_export):
        return super(WecomArchiveConversation, self.with_context(wecom_archive_use='export')).export_data(fields_to_export)

    # === WHAT COMES FROM THE ARCHIVE === #

    @api.model
    def _get_key(self, content):
        return content.room or '|'.join(sorted(number if is_external(number) else number.lower() for number in content.people))

    @api.model
    def _ensure(self, archive, contents, members, contacts):
        """Return {key: conversation} for messages; people new to a conversation are added.

        :param members: {account in small letters: member}
        :param contacts: {external id: contact}
        """
        by_key = {}
        for content in contents:
            by_key.setdefault(self._get_key(content), []).append(content)
        known = {one.key: one for one in self.search([('archive_id', '=', archive.id), ('key', 'in', list(by_key))])}
        chats = self._ensure_chats(archive, by_key)
        new = self.create([{
            'archive_id': archive.id, 'key': key, 'chat_id': chats[key].id if key in chats else False,
            'kind': 'group' if those[0].room else 'customer' if any(map(is_external, those[0].people)) else 'internal',
        } for key, those in by_key.items() if key not in known])
        known |= {one.key: one for one in new}
        for key, those in by_key.items():
            people = {number for content in those for number in content.people}
            known[key]._note(those, {members[one.lower()].id for one in people if one.lower() in members},
                             {contacts[one].id for one in people if one in contacts})
        return known

    @api.model
    def _ensure_chats(self, archive, by_key):
        """Group chats with customers; those of members alone WeCom's list of group chats doesn't know."""
        numbers = [key for key, those in by_key.items() if those[0].room and any(
            is_external(number) and not number.startswith(ROBOT) for content in those for number in content.people)]
        return self.env['wecom.chat']._ensure(archive.app_id, numbers)

    def _note(self, contents, member_ids, contact_ids):
        self.ensure_one()
        moments = [content.moment for content in contents]
        vals = {'message_count': self.message_count + len(contents), 'first_at': min([*filter(None, [self.first_at]), *moments]),
                'last_at': max([*filter(None, [self.last_at]), *moments])}
        if answers := [content for content in contents if content.kind in CONSENT and not content.room]:
            vals['consent'] = CONSENT[max(answers, key=lambda content: content.moment).kind]
        for name, ids in (('member_ids', member_ids), ('contact_ids', contact_ids)):
            if new := ids - set(self[name].ids):
                vals[name] = [Command.link(number) for number in new]
        self.write(vals)
