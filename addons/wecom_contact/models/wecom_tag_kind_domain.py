from ast import literal_eval

from odoo import api, models
from odoo.fields import Domain


class WecomTagKindDomain(models.AbstractModel):
    """Any condition on the customer, chosen in the editor of filters."""
    _name = 'wecom.tag.kind.domain'
    _inherit = ['wecom.tag.kind']
    _description = "Tag rule by filter"

    @api.model
    def _get_domain(self, rule):
        """Seek as the rule's author: else a filter would tell him, tag by tag, of fields and companies that he may not see."""
        author = rule.author_id or self.env.user
        contacts = self.env['wecom.contact'].with_user(author).with_context(allowed_company_ids=author.company_ids.ids)
        return Domain('contact_id', 'in', contacts._search(literal_eval(rule.domain or '[]')))

    @api.model
    def _get_sentence(self, reason):
        return self.env._("Tagged because the customer meets the filter of “%(rule)s”.", rule=reason.rule_id.name)
