from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.wecom.models.wecom_client import WeComError

STANDINGS = {'active': 'friend', 'half': 'half'}  # what a customer is to us by the first state that one of his relations has
GONE = (84061, 40096)  # nobody of ours has this customer; the id is not (or no longer) within the app's range


class WecomContact(models.Model):
    """A customer on WeChat or WeCom (外部联系人), as the corp knows him; through whom, tell the relations."""
    _name = 'wecom.contact'
    _inherit = ['mail.thread', 'mail.activity.mixin', 'wecom.fetched.mixin']
    _description = "WeCom customer"
    _order = 'id desc'
    _rec_names_search = ['name', 'corp_name']

    _fetch_cron = 'wecom_contact.ir_cron_wecom_contact_fetch'

    app_id = fields.Many2one('wecom.app', "App", required=True, readonly=True, ondelete='restrict')
    company_id = fields.Many2one(related='app_id.company_id', store=True, index=True)
    external_userid = fields.Char("WeCom ID", required=True, readonly=True)
    unionid = fields.Char("WeChat unionid", readonly=True, index='btree_not_null')
    name = fields.Char(required=True, readonly=True)
    kind = fields.Selection([
        ('wechat', "WeChat"),
        ('wecom', "WeCom"),
    ], readonly=True)
    corp_name = fields.Char("Company in WeCom", readonly=True)
    position = fields.Char("Job position", readonly=True)
    avatar = fields.Char("Picture", readonly=True)
    partner_id = fields.Many2one('res.partner', "Contact", index='btree_not_null', tracking=True)
    relation_ids = fields.One2many('wecom.relation', 'contact_id', "Known by", readonly=True)
    loss_ids = fields.One2many('wecom.loss', 'contact_id', "Losses", readonly=True)
    lead_ids = fields.One2many('crm.lead', 'wecom_contact_id', "Leads", readonly=True)
    lead_count = fields.Integer("Number of leads", compute='_compute_lead_count')
    member_ids = fields.Many2many('wecom.member', string="Members", compute='_compute_member_ids')
    member_count = fields.Integer("Number of members", compute='_compute_member_count', store=True)
    standing = fields.Selection([
        ('friend', "Friends"),
        ('half', "To be confirmed"),
        ('lapsed', "Never confirmed"),
        ('gone', "Gone"),
    ], compute='_compute_member_count', store=True, help="To be confirmed: he added a member, who hasn't confirmed him yet.")

    _external_uniq = models.UniqueIndex("(app_id, external_userid)", "The customer is known already.")

    @api.depends('name', 'external_userid')
    @api.depends_context('lang')
    def _compute_display_name(self):
        for contact in self:
            contact.display_name = self.env._(
                "Name unknown (%(id)s)", id=contact.external_userid[-4:]) if contact._is_nameless() else contact.name

    @api.depends('lead_ids')
    def _compute_lead_count(self):
        counts = dict(self.env['crm.lead']._read_group([('wecom_contact_id', 'in', self.ids)], ['wecom_contact_id'], ['__count']))
        for contact in self:
            contact.lead_count = counts.get(contact, 0)

    @api.depends('relation_ids.state')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_member_ids(self):
        """Those who have him now, as far as the reader may see it."""
        relations = self.env['wecom.relation'].search([('contact_id', 'in', self.ids), ('state', '=', 'active')]).grouped('contact_id')
        for contact in self:
            contact.member_ids = relations[contact].member_id if contact in relations else False

    @api.depends('relation_ids.state')
    def _compute_member_count(self):
        counts = {}
        for contact, state, count in self.env['wecom.relation']._read_group(
                [('contact_id', 'in', self.ids)], ['contact_id', 'state'], ['__count']):
            counts.setdefault(contact, {})[state] = count
        for contact in self:
            own = counts.get(contact._origin, {})
            contact.member_count = own.get('active', 0)
            ended = ('lapsed' if own.keys() == {'lapsed'} else 'gone') if own else False
            contact.standing = next((standing for state, standing in STANDINGS.items() if state in own), ended)

    # === ACTION METHODS === #

    def action_open_leads(self):
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'crm.lead', 'view_mode': 'list,form', 'name': self.env._("Leads"),
                'domain': [('wecom_contact_id', '=', self.id)]}

    def action_fetch(self):
        """Ask WeCom again, soon, what is true of these customers."""
        if not self.env.user.has_group('wecom_contact.group_manager'):
            raise AccessError(self.env._("Only those who see all WeCom customers may fetch them again."))
        self.check_access('read')
        # sudo: what comes from WeCom is written by nobody by hand
        self.sudo()._mark_stale()
        return True

    # === WHAT WECOM SAYS === #

    @api.model
    def _find(self, app, externals):
        """Return {external id: contact}."""
        return {contact.external_userid: contact for contact in self.search(
            [('app_id', '=', app.id), ('external_userid', 'in', list(externals))])}

    @api.model
    def _ensure(self, app, externals):
        """Return {external id: contact}; unknown ones are made and fetched soon."""
        known = self._find(app, externals)
        unknown = [external for external in dict.fromkeys(externals) if external not in known]
        new = self.with_context(tracking_disable=True).create([
            {'app_id': app.id, 'external_userid': external, 'name': external, 'is_stale': True} for external in unknown]).with_env(self.env)
        return known | {contact.external_userid: contact for contact in new}

    def _fetch(self):
        """Ask WeCom who has this customer now and write it down."""
        if not self:
            return
        self.ensure_one()
        answer, follow_users, cursor = {}, [], ''
        while True:
            try:
                answer = self.env['wecom.client']._call(
                    self.app_id, 'externalcontact/get', external_userid=self.external_userid, **({'cursor': cursor} if cursor else {}))
            except WeComError as error:
                if error.code not in GONE:
                    raise
                break
            follow_users += answer['follow_user']
            cursor = answer.get('next_cursor')
            if not cursor:
                break
        relations = self.env['wecom.relation']
        if follow_users:
            self._write_profile(answer['external_contact'])
            relations = relations._keep(self, follow_users)
            self._link_partners()
        (self.relation_ids - relations).filtered('member_id.active')._end('unknown')  # a leaver's customers wait to be handed over
        self.write({'is_stale': False, 'fetched_at': fields.Datetime.now()})
        (relations | self.relation_ids.filtered(lambda relation: relation.state == 'half'))._find_or_create_leads()

    def _is_nameless(self):
        """Whether WeCom hasn't told his name yet."""
        return self.name == self.external_userid

    def _prepare_profile(self, row):
        """Return the values that WeCom's ``external_contact`` says."""
        return {
            'name': row.get('name') or row['external_userid'], 'kind': 'wecom' if row.get('type') == 2 else 'wechat',
            'unionid': row.get('unionid') or False, 'corp_name': row.get('corp_full_name') or row.get('corp_name') or False,
            'position': row.get('position') or False, 'avatar': row.get('avatar') or False,
        }

    def _write_profile(self, row):
        changed = {name: value for name, value in self._prepare_profile(row).items() if self[name] != value}
        if changed:
            self.write(changed)

    def _get_company_domain(self):
        """Return what limits partners and leads to those of the app's company; one for all companies limits nothing."""
        return [('company_id', 'in', (False, self.company_id.id))] if self.company_id else []
