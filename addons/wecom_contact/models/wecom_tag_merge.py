from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain

from odoo.addons.wecom.models.exclusive import run_step
from odoo.addons.wecom.models.wecom_client import WeComError

BATCH = 500
JOBS_FIELDS = {'state', 'started_at', 'ended_at', 'line_ids'}


class WecomTagMerge(models.Model):
    """Two tags become one: each customer gets the second before the first is taken off, so that none is ever without."""
    _name = 'wecom.tag.merge'
    _description = "Merge of WeCom tags"
    _order = 'id desc'
    _rec_name = 'from_name'

    from_tag_id = fields.Many2one('wecom.tag', "Tag that goes", required=True, ondelete='cascade', context={'active_test': False})
    into_tag_id = fields.Many2one('wecom.tag', "Tag that stays", required=True, ondelete='cascade')
    from_name = fields.Char("Name of the tag that goes", readonly=True)
    app_id = fields.Many2one(related='from_tag_id.app_id', store=True)
    company_id = fields.Many2one(related='from_tag_id.company_id', store=True)
    customer_count = fields.Integer("Customers concerned", compute='_compute_customer_count', compute_sudo=True)
    state = fields.Selection([
        ('draft', "Not begun"),
        ('running', "Running"),
        ('done', "Done"),
    ], required=True, readonly=True, default='draft')
    started_at = fields.Datetime("Begun", readonly=True)
    ended_at = fields.Datetime("Ended", readonly=True)
    line_ids = fields.One2many('wecom.tag.merge.line', 'merge_id', "Customers", readonly=True)
    done_count = fields.Integer("Moved", compute='_compute_counts')
    refused_count = fields.Integer("Refused", compute='_compute_counts')

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        chosen = self.env.context.get('active_ids') or [] if self.env.context.get('active_model') == 'wecom.tag' else []
        return {**values, **dict(zip(('from_tag_id', 'into_tag_id'), chosen))}

    @api.depends('from_tag_id.display_name', 'into_tag_id.display_name', 'from_name')
    def _compute_display_name(self):
        for merge in self:
            merge.display_name = f'{merge.from_name or merge.from_tag_id.display_name} → {merge.into_tag_id.display_name}'

    @api.depends('from_tag_id')
    def _compute_customer_count(self):
        for merge in self:
            merge.customer_count = self.env['wecom.contact'].search_count(
                [('relation_ids', 'any', [('state', '=', 'active'), ('tag_ids', 'in', merge.from_tag_id.ids)])])

    def _compute_counts(self):
        counts = {(merge, state): count for merge, state, count in self.env['wecom.tag.merge.line']._read_group(
            [('merge_id', 'in', self.ids)], ['merge_id', 'state'], ['__count'])}
        for merge in self:
            merge.done_count = counts.get((merge, 'done'), 0)
            merge.refused_count = counts.get((merge, 'refused'), 0)

    @api.constrains('from_tag_id', 'into_tag_id')
    def _check_tags(self):
        for merge in self:
            if merge.from_tag_id == merge.into_tag_id or merge.from_tag_id.app_id != merge.into_tag_id.app_id:
                raise UserError(self.env._("Choose two different tags of the same corp."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_fields(vals)
        if not self.env.su and self.filtered(lambda merge: merge.state != 'draft'):
            raise UserError(self.env._("A merge that has begun can't be changed; its end is another merge."))
        return super().write(vals)

    def _check_fields(self, vals):
        if not self.env.su and vals.keys() & JOBS_FIELDS:
            raise AccessError(self.env._("What became of a merge is written by its job."))

    # === ACTION METHODS === #

    def action_start(self):
        """Move all customers; what puts the tag on puts on the other one from now on."""
        self.ensure_one()
        self.check_access('write')
        if self.state != 'draft':
            return
        if not (self.from_tag_id.number and self.into_tag_id.number):
            raise UserError(self.env._("WeCom has no number for one of the tags yet; wait until it was sent, then merge."))
        # sudo: what follows is written by nobody by hand; the right to merge was checked above
        merge_sudo = self.sudo()
        merge_sudo.write({'state': 'running', 'started_at': fields.Datetime.now(), 'from_name': self.from_tag_id.display_name})
        merge_sudo._point_to_the_other()
        merge_sudo._trigger_merge()

    def _point_to_the_other(self):
        """Let rules put on the tag that stays. To extend."""
        rules = self.env['wecom.tag.rule'].with_context(active_test=False, wecom_tags_by_rule=True)
        rules.search([('tag_id', '=', self.from_tag_id.id)]).tag_id = self.into_tag_id
        self.env['wecom.tag.reason'].search(
            [('tag_id', '=', self.from_tag_id.id), ('ended_at', '=', False)]).tag_id = self.into_tag_id

    # === BUSINESS METHODS === #

    @api.model
    def _trigger_merge(self, at=None):
        self.env.ref('wecom_contact.ir_cron_wecom_tag_merge').sudo()._trigger(at)

    @api.model
    def _cron_merge(self):
        """Move customer by customer; what was cut goes on where it was, and holds back no other merge."""
        for merge in self.search([('state', '=', 'running')], order='id'):
            try:
                if not merge._move_customers():
                    return
            except WeComError as error:
                self._trigger_merge(fields.Datetime.add(fields.Datetime.now(), seconds=error.seconds or 60))
                self.env['ir.cron']._commit_progress(0, remaining=0)

    def _move_customers(self):
        """:return: False when the job's time is up
        :raise WeComError: when it had better wait
        """
        commit = self.env['ir.cron']._commit_progress
        while lines := self._take_lines():
            for left, line in zip(reversed(range(len(lines))), lines):
                try:
                    run_step(self.env, line._move)
                except WeComError as error:
                    if error.policy != 'business':
                        raise
                    line.write({'state': 'refused', 'problem': error.sentence})
                if not commit(1, remaining=left + 1):
                    return False
        self._finish()
        commit(1, remaining=0)
        return True

    def _take_lines(self):
        """Return the next lines to do; customers who (still, or again) have the tag get theirs."""
        todo = Domain('merge_id', '=', self.id) & Domain('state', 'in', ('waiting', 'added'))
        lines = self.line_ids.search(todo, order='id', limit=BATCH)
        if lines:
            return lines
        relations = self.env['wecom.relation'].search([
            ('state', '=', 'active'), ('tag_ids', 'in', self.from_tag_id.ids), ('id', 'not in', self.line_ids.filtered(
                lambda line: line.state == 'refused').relation_id.ids)], limit=BATCH)
        return self.line_ids.create([{'merge_id': self.id, 'relation_id': relation.id} for relation in relations])

    def _finish(self):
        """All have the other tag: the first is deleted on WeCom, where it is ours."""
        self.write({'state': 'done', 'ended_at': fields.Datetime.now()})
        if not self.from_tag_id.is_foreign:
            self.from_tag_id.write({'active': False, 'to_send': 'delete'})
            self.env['wecom.tag']._trigger_send()


class WecomTagMergeLine(models.Model):
    """One customer of a merge, and how far he is. Kept as its record."""
    _name = 'wecom.tag.merge.line'
    _description = "Customer of a merge of WeCom tags"
    _order = 'id'
    _rec_name = 'relation_id'

    merge_id = fields.Many2one('wecom.tag.merge', required=True, readonly=True, ondelete='cascade', index=True)
    company_id = fields.Many2one(related='merge_id.company_id', store=True)
    relation_id = fields.Many2one('wecom.relation', "Relation", required=True, readonly=True, ondelete='cascade', index=True)
    contact_id = fields.Many2one(related='relation_id.contact_id')
    member_id = fields.Many2one(related='relation_id.member_id')
    state = fields.Selection([
        ('waiting', "Waiting"),
        ('added', "Has both"),
        ('done', "Moved"),
        ('refused', "Refused"),
    ], required=True, readonly=True, default='waiting')
    done_at = fields.Datetime("Moved at", readonly=True)
    problem = fields.Char(readonly=True)

    _todo_idx = models.Index("(merge_id, id) WHERE state IN ('waiting', 'added')")

    def _move(self):
        """Put the one tag on, keep that, take the other off: whatever is cut in between, done again it ends the same."""
        from_tag, into_tag = self.merge_id.from_tag_id, self.merge_id.into_tag_id
        if self.state == 'waiting':
            self._mark(add_tag=[into_tag.number])
            self._write_tags(Command.link(into_tag.id))
            self.state = 'added'
            self.env['ir.cron']._commit_progress(0)
        self._mark(remove_tag=[from_tag.number])
        self._write_tags(Command.unlink(from_tag.id))
        self.write({'state': 'done', 'done_at': fields.Datetime.now()})

    def _mark(self, **tags):
        relation = self.relation_id
        self.env['wecom.client']._call(relation.app_id, 'externalcontact/mark_tag', {
            'userid': relation.member_id.userid, 'external_userid': relation.contact_id.external_userid,
            'add_tag': [], 'remove_tag': [], **tags})

    def _write_tags(self, command):
        self.relation_id.with_context(wecom_tags_by_rule=True).write({'tag_ids': [command], 'known_tag_ids': [command]})
