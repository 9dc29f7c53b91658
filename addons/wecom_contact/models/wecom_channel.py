import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from odoo.addons.wecom.models.wecom_client import WeComError

SENT_FIELDS = {'member_ids', 'is_verification_skipped', 'name', 'active'}
WECOMS_FIELDS = {'config_id', 'qr_code', 'key', 'to_send', 'is_attempted', 'problem'}
MOST_MEMBERS = 100


class WecomChannel(models.Model):
    """A code by which customers add our members (渠道活码): who answers, what he says first, which tags and source they get."""
    _name = 'wecom.channel'
    _inherit = ['mail.thread']
    _description = "WeCom channel code"
    _order = 'id desc'

    app_id = fields.Many2one('wecom.app', "App", required=True, ondelete='restrict', default=lambda self: self._default_app_id())
    company_id = fields.Many2one(related='app_id.company_id', store=True)
    name = fields.Char(required=True, tracking=True, help="For us; e.g. the fair at which the code hangs.")
    active = fields.Boolean(default=True)
    member_ids = fields.Many2many(
        'wecom.member', string="Members", domain="[('company_id', '=', company_id)]", help="WeCom deals customers out among them.")
    is_verification_skipped = fields.Boolean("Added at once", default=True, help="Otherwise the member confirms each customer.")
    tag_ids = fields.Many2many('wecom.tag', string="Tags", domain="[('app_id', '=', app_id)]")
    source_id = fields.Many2one('utm.source', "Source", ondelete='restrict')
    campaign_id = fields.Many2one('utm.campaign', "Campaign", ondelete='set null')
    welcome = fields.Text("Welcome message", help="Sent within 20 seconds. {customer} and {member} stand for their names.")
    key = fields.Char("Channel", required=True, readonly=True, copy=False, default=lambda self: f'c{secrets.token_hex(8)}')
    config_id = fields.Char("WeCom ID", readonly=True, copy=False)
    qr_code = fields.Char("QR code", readonly=True, copy=False)
    to_send = fields.Selection([
        ('add', "Add"),
        ('edit', "Change"),
        ('delete', "Delete"),
    ], "On its way to WeCom", readonly=True, copy=False, default='add')
    is_attempted = fields.Boolean(readonly=True, copy=False, help="WeCom may have made the code already, though we know no number of it.")
    problem = fields.Char(readonly=True, copy=False)
    relation_count = fields.Integer("Added", compute='_compute_counts')
    lost_count = fields.Integer("Lost", compute='_compute_counts')
    lead_count = fields.Integer("Leads", compute='_compute_counts')

    _key_uniq = models.UniqueIndex("(key)", "The channel must be this code's own.")

    @api.model
    def _default_app_id(self):
        # sudo: who makes codes need not see the apps
        return self.env['wecom.contact'].sudo().search([('company_id', 'in', [*self.env.companies.ids, False])], limit=1).app_id

    def _compute_counts(self):
        relations = self.env['wecom.relation']
        added, lost, leads = {}, {}, {}
        for key, state, count in relations._read_group([('channel', 'in', self.mapped('key'))], ['channel', 'state'], ['__count']):
            added[key] = added.get(key, 0) + count
            lost[key] = lost.get(key, 0) + count * (state != 'active')
        for lead in self.env['crm.lead'].search([('wecom_contact_id.relation_ids.channel', 'in', self.mapped('key'))]):
            for key in set(lead.wecom_contact_id.relation_ids.mapped('channel')):
                leads[key] = leads.get(key, 0) + 1
        for channel in self:
            channel.relation_count = added.get(channel.key, 0)
            channel.lost_count = lost.get(channel.key, 0)
            channel.lead_count = leads.get(channel.key, 0)

    @api.constrains('member_ids')
    def _check_members(self):
        for channel in self:
            if not 0 < len(channel.member_ids) <= MOST_MEMBERS:
                raise ValidationError(self.env._(
                    "“%(channel)s”: choose between one and %(most)s members who answer.", channel=channel.name, most=MOST_MEMBERS))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_fields(vals)
        channels = super().create([{**vals, 'to_send': 'add'} for vals in vals_list])
        for channel in channels.filtered(lambda channel: not channel.source_id):
            source = self.env['utm.source'].sudo()  # sudo: salespeople may not make sources; this one is the code's own
            channel.source_id = source.search([('name', '=', channel.name)], limit=1) or source.create({'name': channel.name})
        self._trigger_send()
        return channels

    def write(self, vals):
        self._check_fields(vals)
        if self.env.su or not vals.keys() & SENT_FIELDS:
            return super().write(vals)
        self._trigger_send()
        for channel in self:
            how = 'add' if not channel.config_id else 'delete' if vals.get('active', channel.active) is False else 'edit'
            super(WecomChannel, channel).write({**vals, 'to_send': how, 'problem': False})
        return True

    def _check_fields(self, vals):
        if not self.env.su and vals.keys() & WECOMS_FIELDS:
            raise AccessError(self.env._("What WeCom knows of a code can't be changed here."))

    # === ACTION METHODS === #

    def action_open_contacts(self):
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'wecom.contact', 'view_mode': 'list,form', 'name': self.name,
                'domain': [('relation_ids.channel', '=', self.key)]}

    # === WHAT WECOM IS TOLD === #

    @api.model
    def _trigger_send(self):
        self.env.ref('wecom_contact.ir_cron_wecom_channel').sudo()._trigger()

    @api.model
    def _cron_send(self):
        for channel in self.with_context(active_test=False).search([('to_send', '!=', False)], order='id'):
            try:
                channel._send()
            except WeComError as error:
                if error.policy != 'business':
                    at = fields.Datetime.add(fields.Datetime.now(), seconds=error.seconds or 60)
                    self.env.ref('wecom_contact.ir_cron_wecom_channel').sudo()._trigger(at)
                    return
                channel.write({'to_send': False, 'problem': error.sentence})
            self.env['ir.cron']._commit_progress(1)

    def _send(self):
        call = self.env['wecom.client']._call
        body = {'remark': self.name[:30], 'skip_verify': self.is_verification_skipped, 'state': self.key,
                'user': self.member_ids.mapped('userid')}
        if self.to_send == 'delete':
            call(self.app_id, 'externalcontact/del_contact_way', {'config_id': self.config_id})
            self.write({'config_id': False, 'qr_code': False})
        elif self.config_id:
            call(self.app_id, 'externalcontact/update_contact_way', {'config_id': self.config_id, **body})
        else:
            self.write(self._find_there() or self._add(body))
        self.write({'to_send': False, 'problem': False})

    def _add(self, body):
        """Make the code; that it was tried is kept first, as its number is WeCom's only handle and an answer can get lost."""
        self.is_attempted = True
        self.env['ir.cron']._commit_progress(0)
        many = len(self.member_ids) > 1
        answer = self.env['wecom.client']._call(
            self.app_id, 'externalcontact/add_contact_way', {'type': 2 if many else 1, 'scene': 2, **body})
        return {'config_id': answer['config_id'], 'qr_code': answer['qr_code']}

    def _find_there(self):
        """Return number and picture of the code that an attempt without an answer made, or None."""
        if not self.is_attempted:
            return None
        call, cursor = self.env['wecom.client']._call, ''
        while True:
            answer = call(self.app_id, 'externalcontact/list_contact_way', {'cursor': cursor, 'limit': 1000})
            for row in answer['contact_way']:
                way = call(self.app_id, 'externalcontact/get_contact_way', {'config_id': row['config_id']})['contact_way']
                if way.get('state') == self.key:
                    return {'config_id': way['config_id'], 'qr_code': way['qr_code']}
            cursor = answer.get('next_cursor')
            if not cursor:
                return None

    @api.model
    def _find(self, app, key):
        """Return the code of a channel that a customer came by; archived ones too, printed codes live on."""
        return self.with_context(active_test=False).search([('app_id', '=', app.id), ('key', '=', key)]) if key else self.browse()
