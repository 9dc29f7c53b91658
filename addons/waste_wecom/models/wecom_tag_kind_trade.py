from odoo import api, models
from odoo.fields import Domain


class WecomTagKindTrade(models.AbstractModel):
    """A condition on records of the organisation for which the customer speaks. The kinds below say which records."""
    _name = 'wecom.tag.kind.trade'
    _inherit = ['wecom.tag.kind']
    _description = "Tag rule by records of the trade"

    _record_model = None
    _record_partner = 'partner_id'
    _record_name = 'display_name'

    @api.model
    def _get_record_domain(self, rule):
        """Return the domain of the records that make the condition hold. To override."""
        raise NotImplementedError

    @api.model
    def _get_domain(self, rule):
        records = self.env[self._record_model].search_fetch(self._get_record_domain(rule), [self._record_partner])
        organisations = records[self._record_partner].commercial_partner_id
        return Domain('contact_id.partner_id.commercial_partner_id', 'in', organisations.ids)

    @api.model
    def _get_facts(self, rule, relations):
        organisations = relations.contact_id.partner_id.commercial_partner_id
        names = {}
        for record in self.env[self._record_model].search(
                self._get_record_domain(rule) & Domain(f'{self._record_partner}.commercial_partner_id', 'in', organisations.ids)):
            names.setdefault(record[self._record_partner].commercial_partner_id, record[self._record_name])
        return {relation: names.get(relation.contact_id.partner_id.commercial_partner_id) for relation in relations}
