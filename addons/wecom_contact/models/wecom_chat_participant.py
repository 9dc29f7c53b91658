from odoo import api, fields, models

from odoo.addons.wecom.tools import envelope


class WecomChatParticipant(models.Model):
    """Somebody in a group chat, and when he came and went."""
    _name = 'wecom.chat.participant'
    _description = "Participant of a WeCom group chat"
    _order = 'left_at desc, joined_at, id'

    chat_id = fields.Many2one('wecom.chat', "Group chat", required=True, readonly=True, ondelete='cascade', index=True)
    company_id = fields.Many2one(related='chat_id.company_id', store=True)
    number = fields.Char("WeCom ID", required=True, readonly=True)
    name = fields.Char(readonly=True)
    is_customer = fields.Boolean("Customer", readonly=True)
    contact_id = fields.Many2one('wecom.contact', "Known as", readonly=True, index='btree_not_null', ondelete='set null')
    joined_at = fields.Datetime("Joined", readonly=True)
    left_at = fields.Datetime("Left", readonly=True)
    is_present = fields.Integer(compute='_compute_is_present', store=True, export_string_translation=False, help="1 or 0, to be summed up.")
    channel = fields.Char("Channel", readonly=True, index='btree_not_null', help="The state of the group-join code by which he came.")
    join_scene = fields.Selection([  # D:92122
        ('1', "Invited"),
        ('2', "Link"),
        ('3', "QR code"),
    ], "Came by", readonly=True)

    _number_uniq = models.UniqueIndex("(chat_id, number)", "He is in the chat already.")

    @api.depends('left_at')
    def _compute_is_present(self):
        for person in self:
            person.is_present = int(not person.left_at)

    @api.model
    def _keep(self, chat, rows):
        """Bring the people of a chat up to WeCom's list; who isn't on it has left."""
        known = {person.number: person for person in chat.participant_ids}
        contacts = self.env['wecom.contact']._find(chat.app_id, [row['userid'] for row in rows])
        new, scenes = [], self._fields['join_scene'].get_values(self.env)
        for row in rows:
            contact = contacts.get(row['userid'])
            vals = {'name': row.get('name') or (contact.name if contact else row['userid']), 'is_customer': row['type'] == 2,
                    'contact_id': contact.id if contact else False, 'joined_at': envelope.moment(row['join_time']), 'left_at': False,
                    'channel': row.get('state') or False,
                    'join_scene': str(row['join_scene']) if str(row.get('join_scene')) in scenes else False}
            person = known.get(row['userid'])
            if not person:
                new.append({'chat_id': chat.id, 'number': row['userid'], **vals})
            elif any(person._fields[name].convert_to_write(person[name], person) != value for name, value in vals.items()):
                person.write(vals)
        self.create(new)
        present = {row['userid'] for row in rows}
        chat.participant_ids.filtered(lambda person: not person.left_at and person.number not in present).left_at = fields.Datetime.now()
