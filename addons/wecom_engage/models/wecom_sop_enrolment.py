from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class WecomSopEnrolment(models.Model):
    """A customer in a personal SOP: once, whichever member serves him."""
    _name = 'wecom.sop.enrolment'
    _description = "Customer in a WeCom SOP"
    _order = 'began_at desc, id desc'

    sop_id = fields.Many2one('wecom.sop', "SOP", required=True, readonly=True, index=True, ondelete='restrict')
    company_id = fields.Many2one(related='sop_id.company_id', store=True)
    contact_id = fields.Many2one('wecom.contact', "Customer", required=True, readonly=True, index=True, ondelete='cascade')
    relation_id = fields.Many2one('wecom.relation', "Relation", required=True, readonly=True, index=True, ondelete='cascade')
    member_id = fields.Many2one(related='relation_id.member_id', store=True)
    user_id = fields.Many2one(related='relation_id.user_id', store=True, index='btree_not_null', string="User")
    began_at = fields.Datetime("Began", required=True, readonly=True)
    ended_at = fields.Datetime("Ended", readonly=True)
    state = fields.Selection([
        ('running', "Running"),
        ('done', "Done"),
        ('ended', "Ended early"),
    ], required=True, readonly=True, default='running')
    end = fields.Selection([
        ('tag', "Lost the tag"),
        ('relation', "No member's customer any more"),
        ('person', "Stopped by a person"),
    ], "Why it ended", readonly=True)
    reason = fields.Char("Reason for stopping")
    due_ids = fields.One2many('wecom.sop.due', 'enrolment_id', "Steps", readonly=True)
    next_at = fields.Datetime("Next", compute='_compute_next_at')

    _contact_uniq = models.UniqueIndex("(sop_id, contact_id)", "This customer is, or was, in the SOP already.")
    _running_idx = models.Index("(sop_id) WHERE state = 'running'")

    @api.depends('sop_id.name', 'contact_id.display_name')
    def _compute_display_name(self):
        for enrolment in self:
            enrolment.display_name = f'{enrolment.sop_id.name} – {enrolment.contact_id.display_name}'

    @api.depends('due_ids.state', 'due_ids.due_at')
    def _compute_next_at(self):
        moments = dict(self.env['wecom.sop.due']._read_group(
            [('enrolment_id', 'in', self.ids), ('state', '=', 'planned')], ['enrolment_id'], ['due_at:min']))
        for enrolment in self:
            enrolment.next_at = moments.get(enrolment, False)

    def write(self, vals):
        if not self.env.su and vals.keys() - {'reason'}:
            raise AccessError(self.env._("Only the reason for stopping is written by hand; the rest is done by the SOP's job."))
        return super().write(vals)

    # === ACTION METHODS === #

    def action_stop(self):
        """Send this customer nothing more of the SOP."""
        self.check_access('write')
        for enrolment in self:
            if not (enrolment.reason or '').strip():
                raise UserError(self.env._("“%(enrolment)s”: write down the reason first.", enrolment=enrolment.display_name))
        # sudo: the state is written by nobody by hand
        self.sudo().filtered(lambda enrolment: enrolment.state == 'running')._end('person')
        return True

    def action_begin_anew(self):
        """Begin again with the first step."""
        self.check_access('write')
        # sudo: the same
        again_sudo = self.sudo().filtered(lambda enrolment: enrolment.state != 'running' and enrolment.relation_id.state == 'active')
        again_sudo.due_ids.unlink()
        again_sudo.write({'state': 'running', 'end': False, 'reason': False, 'ended_at': False, 'began_at': fields.Datetime.now()})
        again_sudo._plan()
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _enrol(self, sop, relations):
        """Begin the SOP for customers who never were in it.

        :param relations: one of each customer, that of the member who serves him
        """
        now = fields.Datetime.now()
        enrolments = self.create([{
            'sop_id': sop.id, 'contact_id': relation.contact_id.id, 'relation_id': relation.id, 'began_at': now} for relation in relations])
        enrolments._plan()
        return enrolments

    def _plan(self, is_new=True):
        """Plan the steps that are still to come; those of the first day whose time is past come at once."""
        now, new, moments = fields.Datetime.now(), [], set()
        for enrolment in self:
            sop, known = enrolment.sop_id, enrolment.due_ids.grouped('step_id')
            first = sop._get_day(enrolment.began_at)
            for step in sop.step_ids:
                moment = max(sop._get_moment(fields.Date.add(first, days=step.day), step.hour), enrolment.began_at)
                due = known.get(step)
                if due and due.state == 'planned':
                    due.write({'due_at': moment, 'state': 'planned' if moment >= now else 'cancelled'})
                elif not due and (is_new or moment >= now):
                    new.append({'enrolment_id': enrolment.id, 'step_id': step.id, 'due_at': moment})
                moments.add(moment)
        self.env['wecom.sop.due'].create(new)
        for moment in moments:
            self.env['wecom.sop']._trigger_run(moment)
        self._finish()

    def _end(self, how):
        """End early: what is planned is cancelled, also what waits for the member's working hours; what he was asked for stays."""
        self.write({'state': 'ended', 'end': how, 'ended_at': fields.Datetime.now()})
        self.due_ids.filtered(lambda due: due.state == 'planned').state = 'cancelled'
        self.due_ids.line_id.filtered(lambda line: line.state == 'planned' and line.task_id.state == 'planned').state = 'cancelled'

    def _finish(self):
        """Note who has had all steps."""
        (self - self.filtered(lambda enrolment: 'planned' in enrolment.due_ids.mapped('state'))).write(
            {'state': 'done', 'ended_at': fields.Datetime.now()})


class WecomContact(models.Model):
    _inherit = 'wecom.contact'

    sop_enrolment_ids = fields.One2many('wecom.sop.enrolment', 'contact_id', "SOPs", readonly=True)
    send_line_ids = fields.One2many('wecom.send.line', 'contact_id', "Group sends", readonly=True)
