from odoo import api, models


class WecomTagKind(models.AbstractModel):
    """When a rule puts its tag on. One model for each kind, `wecom.tag.kind.<kind>`; rooms above add theirs to the rule's kinds."""
    _name = 'wecom.tag.kind'
    _description = "Kind of tag rule"

    @api.model
    def _get_domain(self, rule):
        """Return the domain of the relations for which the rule's condition holds. To override."""
        raise NotImplementedError

    @api.model
    def _get_facts(self, rule, relations):
        """Return {relation: what made the condition hold, in few words}, e.g. the name of the source. To override."""
        return {}

    @api.model
    def _get_sentence(self, reason):
        """Return why the tag is on, for who reads it. To override."""
        raise NotImplementedError
