from odoo import api, fields, models
from odoo.fields import Domain


class WecomSopKindPersonal(models.AbstractModel):
    """Each customer by himself, in stages counted from the day on which he was enrolled."""
    _name = 'wecom.sop.kind.personal'
    _inherit = ['wecom.sop.kind']
    _description = "WeCom SOP of each customer in stages"

    @api.model
    def _begin(self, sop):
        """Go on with who is enrolled; what fell into the pause is left out."""
        sop.enrolment_ids.filtered(lambda enrolment: enrolment.state == 'running')._plan(is_new=False)

    @api.model
    def _run(self, sop):
        """End whose tag or member has gone, enrol who has the tag, send what is due."""
        relations = self.env['wecom.relation']
        meant = sop._get_relation_domain()
        running = Domain('sop_id', '=', sop.id) & Domain('state', '=', 'running')
        self._review(sop, sop.enrolment_ids.search(running & ~Domain('relation_id', 'any', self._get_stay_domain(sop))), meant)
        if sop.tag_ids:
            new = relations.search(meant & ~Domain('contact_id', 'any', Domain('sop_enrolment_ids', 'any', [('sop_id', '=', sop.id)])))
            sop.enrolment_ids._enrol(sop, new._pick_owners())
        due = self.env['wecom.sop.due'].search(
            [('sop_id', '=', sop.id), ('state', '=', 'planned'), ('due_at', '<=', fields.Datetime.now())], order='id')
        for step, own in due.grouped('step_id').items():
            own._send(step)

    @api.model
    def _get_stay_domain(self, sop):
        """Return the relations with which an enrolment goes on; of another member, too, to whom the customer was handed over."""
        return self.env['wecom.send'].new({**sop._prepare_send(), 'member_ids': []})._get_target_domain()

    @api.model
    def _review(self, sop, lost, meant):
        """Let another member who has the customer with the tag go on; else it ends."""
        others = self.env['wecom.relation'].search(meant & Domain('contact_id', 'in', lost.contact_id.ids))._pick_owners()
        by_contact = {relation.contact_id: relation for relation in others}
        for enrolment in lost:
            if other := by_contact.get(enrolment.contact_id):
                enrolment.relation_id = other
            else:
                enrolment._end('tag' if enrolment.relation_id.state == 'active' else 'relation')
