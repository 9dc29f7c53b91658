from odoo import fields, models


class WecomSopDue(models.Model):
    """A step that a customer is to get, once: when, and what came of it."""
    _name = 'wecom.sop.due'
    _description = "Step of a WeCom SOP for one customer"
    _order = 'due_at, id'
    _rec_name = 'step_id'

    enrolment_id = fields.Many2one('wecom.sop.enrolment', "Enrolment", required=True, readonly=True, index=True, ondelete='cascade')
    sop_id = fields.Many2one(related='enrolment_id.sop_id', store=True)
    company_id = fields.Many2one(related='enrolment_id.company_id', store=True)
    step_id = fields.Many2one('wecom.sop.step', "Step", required=True, readonly=True, index=True, ondelete='cascade')
    due_at = fields.Datetime("When", required=True, readonly=True)
    state = fields.Selection([
        ('planned', "Planned"),
        ('made', "Member asked"),
        ('cancelled', "Cancelled"),
    ], required=True, readonly=True, default='planned')
    line_id = fields.Many2one('wecom.send.line', "Group send", readonly=True, index='btree_not_null', ondelete='set null')
    line_state = fields.Selection(related='line_id.state', string="What became of it")
    sent_at = fields.Datetime(related='line_id.sent_at')

    _step_uniq = models.UniqueIndex("(enrolment_id, step_id)", "The customer gets a step once.")
    _due_idx = models.Index("(sop_id, due_at) WHERE state = 'planned'")

    def _send(self, step):
        """Make one group send of these: each member is asked once for all his customers."""
        relations = self.enrolment_id.relation_id
        send = step._make_send(state='sending', planned_at=fields.Datetime.now(), member_ids=[], contact_ids=relations.contact_id.ids)
        full, _near = send._find_full()
        send._spread(relations, {contact.id for contact in full})
        lines = send.line_ids.grouped('contact_id')
        for due in self:
            due.write({'state': 'made', 'line_id': lines[due.enrolment_id.contact_id].id})
        self.enrolment_id._finish()
