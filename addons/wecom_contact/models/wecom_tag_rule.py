from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

BATCH = 500  # customers a transaction
JOBS_FIELDS = {'state', 'swept_to', 'is_sweeping', 'applied_at', 'problem', 'author_id'}


class WecomTagRule(models.Model):
    """Puts a tag on customers for whom a condition holds, tells why, and takes off what it put on."""
    _name = 'wecom.tag.rule'
    _inherit = ['mail.thread']
    _description = "WeCom tag rule"
    _order = 'name, id'

    _transitions = {
        'switch_on': (('off',), 'on'),
        'switch_off': (('on',), 'off'),
        'take_back': (('on', 'off'), 'undoing'),
        'finish': (('undoing',), 'off'),
    }

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    tag_id = fields.Many2one('wecom.tag', "Tag", required=True, ondelete='restrict', index=True, tracking=True)
    app_id = fields.Many2one(related='tag_id.app_id', store=True)
    company_id = fields.Many2one(related='tag_id.company_id', store=True)
    kind = fields.Selection([  # each has a model `wecom.tag.kind.<kind>`
        ('source', "Source"),
        ('add_way', "Way of adding"),
        ('silent', "Last contact"),
        ('lead', "Lead"),
        ('domain', "Filter"),
    ], string="Condition", required=True, default='source', tracking=True)
    reach = fields.Selection([
        ('all', "All members who have the customer"),
        ('owner', "Only the customer's own salesperson"),
    ], string="For", required=True, default='all', tracking=True)
    is_taken_off = fields.Boolean("Take off again", default=True, tracking=True, help="When the condition no longer holds.")

    source_ids = fields.Many2many('utm.source', string="Sources")
    add_way = fields.Selection(selection=lambda self: self.env['wecom.relation']._fields['add_way'].selection, string="Added by")
    silent_days = fields.Integer("Days without contact", default=30)
    lead_state = fields.Selection([
        ('stage', "In a stage"),
        ('won', "Won"),
        ('lost', "Lost"),
    ], string="Lead", default='won')
    stage_ids = fields.Many2many('crm.stage', string="Stages")
    domain = fields.Char("Filter", default='[]')

    author_id = fields.Many2one('res.users', "Condition set by", readonly=True, default=lambda self: self.env.user, copy=False)
    state = fields.Selection([
        ('off', "Off"),
        ('on', "On"),
        ('undoing', "Being taken back"),
    ], required=True, readonly=True, default='off', copy=False, tracking=True)
    is_sweeping = fields.Boolean("Being applied", readonly=True, copy=False)
    swept_to = fields.Integer("Applied up to", readonly=True, copy=False, help="The last customer to whom it was applied in this round.")
    progress = fields.Integer("Progress (%)", compute='_compute_progress')
    applied_at = fields.Datetime("Applied to all", readonly=True, copy=False)
    problem = fields.Char(readonly=True, copy=False)
    reason_ids = fields.One2many('wecom.tag.reason', 'rule_id', "What it did", readonly=True)
    tagged_count = fields.Integer("Tagged", compute='_compute_tagged_count')
    match_count = fields.Integer("Customers concerned", compute='_compute_match_count', compute_sudo=True)
    new_count = fields.Integer("Would be tagged", compute='_compute_match_count', compute_sudo=True)

    # === COMPUTE METHODS === #

    @api.model
    def _get_condition_fields(self):
        """Return the names of the fields that make the condition. To override."""
        return ['tag_id', 'kind', 'reach', 'source_ids', 'add_way', 'silent_days', 'lead_state', 'stage_ids', 'domain']

    def _compute_tagged_count(self):
        counts = dict(self.env['wecom.tag.reason']._read_group(
            [('rule_id', 'in', self.ids), ('ended_at', '=', False)], ['rule_id'], ['contact_id:count_distinct']))
        for rule in self:
            rule.tagged_count = counts.get(rule, 0)

    @api.depends(lambda self: self._get_condition_fields())
    def _compute_match_count(self):
        """Tell before the rule is switched on, even before it is saved, how many customers it concerns."""
        contacts = self.env['wecom.contact'].with_context(active_test=False)  # lost leads are archived
        for rule in self:
            domain = rule._get_contact_domain()
            tagged = Domain('relation_ids', 'any', [('state', '=', 'active'), ('tag_ids', 'in', rule.tag_id.ids)])
            rule.match_count = contacts.search_count(domain)
            rule.new_count = contacts.search_count(domain & ~tagged)

    def _compute_progress(self):
        for rule in self:
            last = self.env['wecom.contact'].sudo().search([('app_id', '=', rule.app_id.id)], order='id desc', limit=1).id
            rule.progress = 100 * rule.swept_to // last if last and rule.is_sweeping else 0

    # === CONSTRAINT METHODS === #

    @api.constrains('kind', 'domain', 'silent_days')
    def _check_condition(self):
        for rule in self:
            if rule.kind == 'silent' and rule.silent_days < 1:
                raise ValidationError(self.env._("“%(rule)s”: give the number of days without contact, at least one.", rule=rule.name))
            try:
                rule._get_contact_domain()
            except (ValueError, SyntaxError, TypeError) as error:
                raise ValidationError(self.env._(
                    "“%(rule)s”: the filter can't be read; choose it in the editor again.", rule=rule.name)) from error

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        """A changed condition is applied to all customers again, in the name of who changed it."""
        self._check_fields(vals)
        is_changed = vals.keys() & set(self._get_condition_fields())
        if 'tag_id' in vals and self.filtered(lambda rule: rule.tagged_count and rule.tag_id.id != vals['tag_id']):
            raise UserError(self.env._(
                "A rule that has tagged customers keeps its tag. Take back what it did first, or make another rule."))
        if vals.get('active') is False and self.filtered(lambda rule: rule.state != 'off'):
            raise UserError(self.env._("Switch the rule off before you archive it."))
        result = super().write(vals)
        if is_changed and not self.env.context.get('wecom_tags_by_rule'):
            self.sudo().author_id = self.env.user
            self.sudo().filtered(lambda rule: rule.state == 'on')._begin_sweep()
        return result

    def _check_fields(self, vals):
        if not self.env.su and vals.keys() & JOBS_FIELDS:
            raise AccessError(self.env._("Whether a rule is on is changed by its buttons; the rest of its progress by its job."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if used := self.filtered('reason_ids')[:1]:
            raise UserError(self.env._("“%(rule)s” has tagged customers and explains their tags; archive it instead.", rule=used.name))

    # === ACTION METHODS === #

    def action_switch_on(self):
        """Apply the rule to all customers now, to changed ones from now on."""
        self._transition('switch_on')._begin_sweep()
        return True

    def action_switch_off(self):
        """Stop applying the rule; the tags stay."""
        self._transition('switch_off').is_sweeping = False
        return True

    def action_take_back(self):
        """Take off exactly what the rule put on."""
        self._transition('take_back').is_sweeping = True
        self._trigger_apply()
        return True

    def action_open_customers(self):
        """Show the customers whom the condition concerns now."""
        self.ensure_one()
        self.check_access('read')
        # sudo: seeks as its author anyway; the list shows each only what he may see
        contacts = self.sudo().env['wecom.contact'].with_context(active_test=False).search(self.sudo()._get_contact_domain(), limit=10000)
        return {'type': 'ir.actions.act_window', 'res_model': 'wecom.contact', 'view_mode': 'list,form', 'name': self.name,
                'domain': [('id', 'in', contacts.ids)]}

    def action_open_reasons(self):
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'wecom.tag.reason', 'view_mode': 'list', 'name': self.name,
                'domain': [('rule_id', '=', self.id)], 'context': {'search_default_running': 1}}

    def _transition(self, verb):
        """Change the state of rules that may; return them (sudo), those that are there already not among them."""
        self.check_access('write')
        before, after = self._transitions[verb]
        # sudo: the state is written by buttons only
        todo_sudo = self.sudo().filtered(lambda rule: rule.state in before)
        todo_sudo.write({'state': after, 'problem': False})
        return todo_sudo

    # === BUSINESS METHODS === #

    @api.model
    def _trigger_apply(self):
        self.env.ref('wecom_contact.ir_cron_wecom_tag_rule').sudo()._trigger()

    def _begin_sweep(self):
        self.write({'is_sweeping': True, 'swept_to': 0})
        self._trigger_apply()

    @api.model
    def _cron_nightly(self):
        """Apply all rules to all customers: days pass without an event, and events get lost."""
        self.search([('state', '=', 'on'), ('is_sweeping', '=', False)])._begin_sweep()

    @api.model
    def _cron_apply(self):
        """Apply the rules to customers of whom something changed, then go on with the rounds through all; batch by batch."""
        commit, dues = self.env['ir.cron']._commit_progress, self.env['wecom.tag.due']
        while due := dues.search([], order='id', limit=BATCH):
            contacts = due.contact_id
            for rule in self.search([('state', '=', 'on'), ('app_id', 'in', contacts.app_id.ids)]):
                rule._apply_guarded(contacts.filtered(lambda contact, rule=rule: contact.app_id == rule.app_id))
            due.unlink()
            if not commit(len(due), remaining=dues.search_count([], limit=BATCH)):
                return
        while rule := self.search([('is_sweeping', '=', True)], limit=1):
            rule._sweep()
            if not commit(1, remaining=self.search_count([('is_sweeping', '=', True)], limit=1)):
                return

    def _sweep(self):
        """Apply the rule to the next customers of its round, or take the next of its tags off."""
        if self.state == 'undoing':
            reasons = self.reason_ids.search([('rule_id', '=', self.id), ('ended_at', '=', False)], limit=BATCH)
            reasons._end('undone')
            if not reasons:
                self._transition('finish').is_sweeping = False
            return
        contacts = self.env['wecom.contact'].search(
            [('app_id', '=', self.app_id.id), ('id', '>', self.swept_to)], order='id', limit=BATCH)
        if contacts and self._apply_guarded(contacts):
            self.swept_to = contacts[-1].id
        else:
            self.write({'is_sweeping': False, **({} if contacts else {'applied_at': fields.Datetime.now()})})

    def _apply_guarded(self, contacts):
        """Apply the rule; one whose author has lost his rights, or whose filter names a field that is gone, tells so and holds up nobody.

        :return: whether it could be applied
        """
        try:
            with self.env.cr.savepoint():
                self._apply(contacts)
        except (AccessError, ValueError) as error:
            self.problem = self.with_context(lang=self.author_id.lang).env._(
                "The rule can't be applied: %(reason)s", reason=str(error).partition('\n')[0])
            return False
        self.problem = False
        return True

    def _apply(self, contacts):
        """Put the tag on and take it off, so that it is right for these customers."""
        relations = self.env['wecom.relation'].with_context(active_test=False)
        found = relations.search(self._get_relation_domain() & Domain('contact_id', 'in', contacts.ids))
        facts = self._get_kind()._get_facts(self, found)
        if self.reach == 'owner':
            by_contact = {relation.contact_id: facts.get(relation) for relation in found}
            all_of_them = relations.search([('contact_id', 'in', found.contact_id.ids), ('state', '=', 'active')])
            wanted = {relation: by_contact[relation.contact_id] for relation in all_of_them._pick_owners()}
        else:
            wanted = {relation: facts.get(relation) for relation in found}
        reasons = self.env['wecom.tag.reason'].search([('rule_id', '=', self.id), ('contact_id', 'in', contacts.ids)])
        running = reasons.filtered(lambda reason: not reason.ended_at)
        settled = running.relation_id | reasons.filtered(lambda reason: reason.end == 'person').relation_id
        reasons._begin(self, {relation: fact for relation, fact in wanted.items() if relation not in settled})
        if self.is_taken_off:
            running.filtered(lambda reason: reason.relation_id not in wanted and reason.relation_id.state == 'active')._end('condition')

    def _get_kind(self):
        return self.env[f'wecom.tag.kind.{self.kind}'].with_context(active_test=False)

    def _get_relation_domain(self):
        return Domain('app_id', '=', self.app_id.id) & Domain('state', '=', 'active') & Domain(self._get_kind()._get_domain(self))

    def _get_contact_domain(self):
        if not (self.tag_id and self.kind):
            return Domain.FALSE
        return Domain('app_id', '=', self.app_id.id) & Domain('relation_ids', 'any', self._get_relation_domain())
