from odoo import api, models
from odoo.fields import Domain


class WecomHandoverKind(models.AbstractModel):
    """What follows a customer to his new member: a small model for each kind of record.

    To add a kind: `_inherit` this one under a name of its own, and name it in `_get_kinds`.
    """
    _name = 'wecom.handover.kind'
    _description = "Records that follow a customer"

    _model = None
    _user = 'user_id'
    _partner = 'partner_id'

    @api.model
    def _get_kinds(self):
        """Return the names of the kinds, in the order in which they move. To extend."""
        return ['wecom.handover.kind.lead', 'wecom.handover.kind.partner']

    @api.model
    def _get_open(self):
        """Return which records of the model aren't history: that stays with whose it is. To override."""
        return Domain.TRUE

    @api.model
    def _get_behind(self, contacts, partners):
        """Return which records stand behind these customers. To override.

        :param contacts: `wecom.contact`
        :param partners: `res.partner`, their companies with all people
        """
        return Domain(self._partner, 'in', partners.ids)

    @api.model
    def _find(self, handover, behind):
        """Return the records of the giver that may follow, of the companies of the handover."""
        model = self.env[self._model].with_context(active_test=True)
        domain = Domain(self._user, '=', handover.giver_user_id.id) & self._get_open() & behind
        if 'company_id' in model._fields:
            domain &= Domain('company_id', 'in', [False, *handover.company_ids.ids])
        return model.search(domain)

    @api.model
    def _give(self, records, handover):
        """Give the records to the taker; the history of each names the giver. To override."""
        records.write({self._user: handover.taker_user_id.id})


class WecomHandoverKindLead(models.AbstractModel):
    _name = 'wecom.handover.kind.lead'
    _inherit = ['wecom.handover.kind']
    _description = "Leads follow a customer"

    _model = 'crm.lead'

    @api.model
    def _get_open(self):
        """What was won or lost counts for who won it."""
        return Domain('stage_id.is_won', '=', False)

    @api.model
    def _get_behind(self, contacts, partners):
        """A lead that came by a customer follows him; others, their company."""
        return Domain('wecom_contact_id', 'in', contacts.ids) | (
            Domain('wecom_contact_id', '=', False) & super()._get_behind(contacts, partners))


class WecomHandoverKindPartner(models.AbstractModel):
    _name = 'wecom.handover.kind.partner'
    _inherit = ['wecom.handover.kind']
    _description = "Contacts follow a customer"

    _model = 'res.partner'
    _partner = 'id'

    @api.model
    def _give(self, records, handover):
        super()._give(records, handover)
        body = self.env._("Salesperson: %(giver)s → %(taker)s, by handover.",
                          giver=handover.giver_user_id.name, taker=handover.taker_user_id.name)
        records._message_log_batch(bodies=dict.fromkeys(records.ids, body))
