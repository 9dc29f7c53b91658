from odoo import api, models
from odoo.fields import Domain

WATCHED = {'tag_ids', 'state'}


class WecomRelation(models.Model):
    """Whoever gets or loses a tag begins or ends an SOP soon."""
    _inherit = 'wecom.relation'

    @api.model_create_multi
    def create(self, vals_list):
        relations = super().create(vals_list)
        relations._wake_sops()
        return relations

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & WATCHED:
            self._wake_sops()
        return result

    def _wake_sops(self):
        # sudo: whoever changes a tag needs no rights on SOPs
        sops_sudo = self.env['wecom.sop'].sudo()
        if self and sops_sudo.search_count([('state', '=', 'on'), ('kind', '=', 'personal')], limit=1):
            sops_sudo._trigger_run()


class WecomHandoverKind(models.AbstractModel):
    _inherit = 'wecom.handover.kind'

    @api.model
    def _get_kinds(self):
        return [*super()._get_kinds(), 'wecom.handover.kind.sop']


class WecomHandoverKindSop(models.AbstractModel):
    """A customer's SOPs go on with his new member."""
    _name = 'wecom.handover.kind.sop'
    _inherit = ['wecom.handover.kind']
    _description = "SOPs follow a customer"

    _model = 'wecom.sop.enrolment'

    @api.model
    def _get_open(self):
        return Domain('state', '=', 'running')

    @api.model
    def _get_behind(self, contacts, partners):
        return Domain('contact_id', 'in', contacts.ids)

    @api.model
    def _give(self, records, handover):
        """A relation of the taker that isn't there (yet) leaves the enrolment to its job, which looks for who has the customer."""
        relations = {relation.contact_id: relation for relation in self.env['wecom.relation'].search([
            ('member_id', '=', handover.taker_id.id), ('contact_id', 'in', records.contact_id.ids), ('state', '=', 'active')])}
        for enrolment in records.filtered(lambda enrolment: enrolment.contact_id in relations):
            enrolment.relation_id = relations[enrolment.contact_id]
