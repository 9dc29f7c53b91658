from odoo import api, fields, models


class WecomSendLine(models.Model):
    """A customer or a group chat that is to get a send, and what WeCom says became of it."""
    _name = 'wecom.send.line'
    _description = "WeCom group send to one customer or chat"
    _order = 'task_id desc, id'

    task_id = fields.Many2one('wecom.send.task', "Task", required=True, readonly=True, index=True, ondelete='cascade')
    send_id = fields.Many2one(related='task_id.send_id', store=True, index=True)
    company_id = fields.Many2one(related='task_id.company_id', store=True)
    member_id = fields.Many2one(related='task_id.member_id', store=True)
    user_id = fields.Many2one(related='task_id.user_id', store=True, string="User")
    relation_id = fields.Many2one('wecom.relation', "Relation", readonly=True, index='btree_not_null', ondelete='restrict')
    contact_id = fields.Many2one(related='relation_id.contact_id', store=True, index='btree_not_null')
    chat_id = fields.Many2one('wecom.chat', "Group chat", readonly=True, index='btree_not_null', ondelete='restrict')
    state = fields.Selection([
        ('planned', "Planned"),
        ('unsent', "Not yet sent"),
        ('sent', "Sent"),
        ('no_friend', "No friend any more"),
        ('limit', "Had enough"),
        ('refused', "Refused by WeCom"),
        ('cancelled', "Cancelled"),
        ('expired', "Never sent"),
    ], required=True, readonly=True, default='planned')
    sent_at = fields.Datetime("Sent at", readonly=True, help="As WeCom says.")
    problem = fields.Char(readonly=True)

    _one_of_both = models.Constraint(
        'CHECK((relation_id IS NULL) != (chat_id IS NULL))', "A line is about a customer or about a group chat.")
    _contact_uniq = models.UniqueIndex("(send_id, contact_id) WHERE contact_id IS NOT NULL", "This customer gets it already.")
    _chat_uniq = models.UniqueIndex("(send_id, chat_id) WHERE chat_id IS NOT NULL", "This group chat gets it already.")
    _quota_contact_idx = models.Index("(contact_id, sent_at) WHERE state IN ('planned', 'unsent', 'sent')")
    _quota_chat_idx = models.Index("(chat_id, sent_at) WHERE state IN ('planned', 'unsent', 'sent')")

    @api.depends('contact_id.display_name', 'chat_id.display_name')
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.contact_id.display_name or line.chat_id.display_name

    def _get_number(self):
        """Return WeCom's id of the customer or chat."""
        return self.contact_id.external_userid or self.chat_id.number

    def _is_still_theirs(self):
        """Whether the member still has the customer, or owns the chat."""
        if self.chat_id:
            return self.chat_id.active and self.chat_id.owner_id == self.member_id
        return self.relation_id.state == 'active'
