from odoo import api, models
from odoo.fields import Domain

from ..tools import words

SENDERS = {'customer': [('sender_contact_id', '!=', False)], 'member': [('sender_member_id', '!=', False)], 'both': []}


class WecomTagKindKeyword(models.AbstractModel):
    """He, or a member to him, said one of some words."""
    _name = 'wecom.tag.kind.keyword'
    _inherit = ['wecom.tag.kind']
    _description = "Tag rule by words in messages"

    @api.model
    def _get_domain(self, rule):
        return Domain('contact_id.archive_message_ids', 'any!', self._get_message_domain(rule))

    @api.model
    def _get_message_domain(self, rule):
        said = Domain.OR(Domain('text', '=ilike', like) for like in words.likes(words.split(rule.keywords)))
        return said & Domain(SENDERS[rule.said_by]) & Domain('action', '=', 'send')

    @api.model
    def _get_facts(self, rule, relations):
        """Name the latest message and its word. Not what else it says: not everybody who sees tags may read conversations."""
        messages = self.env['wecom.archive.message'].search(
            Domain('contact_id', 'in', relations.contact_id.ids) & self._get_message_domain(rule)).grouped('contact_id')
        keywords, facts = words.split(rule.keywords), {}
        for relation in relations:
            if relation.contact_id in messages:
                message = messages[relation.contact_id][0]
                facts[relation] = f'{message.seq} {words.find(message.text, keywords) or keywords[0]}'
        return facts

    @api.model
    def _get_sentence(self, reason):
        number, _space, word = (reason.fact or '').partition(' ')
        return self.env._("Tagged because message %(number)s of the archive contains “%(word)s”.", number=number, word=word)
