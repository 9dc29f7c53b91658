from odoo import api, fields, models
from odoo.fields import Domain


class WecomContact(models.Model):
    """What was said with a customer."""
    _inherit = 'wecom.contact'

    archive_message_ids = fields.One2many(
        'wecom.archive.message', 'contact_id', "Archived messages", readonly=True, groups='wecom_archive.group_auditor')
    conversation_count = fields.Integer("Conversations", compute='_compute_conversation_count')

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_conversation_count(self):
        """Count those that the reader may open; nobody else learns that there are any."""
        conversations = self.env['wecom.archive.conversation']
        for contact in self:
            contact.conversation_count = conversations.search_count([('contact_ids', 'in', contact.ids)])

    def action_open_conversations(self):
        """Show the customer's conversations; a single one at once."""
        self.ensure_one()
        conversations = self.env['wecom.archive.conversation'].search([('contact_ids', 'in', self.ids)])
        action = {'type': 'ir.actions.act_window', 'res_model': 'wecom.archive.conversation', 'name': self.env._("Conversations"),
                  'view_mode': 'list,form', 'domain': [('contact_ids', 'in', self.ids)]}
        return {**action, 'view_mode': 'form', 'res_id': conversations.id} if len(conversations) == 1 else action

    def _get_contacted_domain(self, since):
        """Whoever wrote to the customer on WeCom was in touch with him."""
        return super()._get_contacted_domain(since) | Domain('archive_message_ids', 'any!', [('occurred_at', '>=', since)])
