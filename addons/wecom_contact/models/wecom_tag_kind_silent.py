from odoo import api, fields, models
from odoo.fields import Domain


class WecomTagKindSilent(models.AbstractModel):
    """Nobody has been in touch with him for so many days."""
    _name = 'wecom.tag.kind.silent'
    _inherit = ['wecom.tag.kind']
    _description = "Tag rule by last contact"

    @api.model
    def _get_domain(self, rule):
        since = fields.Datetime.subtract(fields.Datetime.now(), days=rule.silent_days)
        return Domain('added_at', '<', since) & Domain('contact_id', 'not any', self.env['wecom.contact']._get_contacted_domain(since))

    @api.model
    def _get_facts(self, rule, relations):
        return dict.fromkeys(relations, str(rule.silent_days))

    @api.model
    def _get_sentence(self, reason):
        return self.env._("Tagged because there was no contact with the customer for %(days)s days.", days=reason.fact)
