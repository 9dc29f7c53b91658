from odoo import api, fields, models
from odoo.exceptions import ValidationError

MOST_MEMBERS = 100


class WecomChannel(models.Model):
    """A code by which customers add our members (渠道活码): who answers, what he says first, which tags and source they get."""
    _name = 'wecom.channel'
    _inherit = ['wecom.way.mixin']
    _description = "WeCom channel code"

    _send_cron = 'wecom_contact.ir_cron_wecom_channel'
    _sent_fields = {'name', 'active', 'is_verification_skipped'}

    member_ids = fields.Many2many(
        'wecom.member', string="Members", domain="[('company_id', '=', company_id)]", help="Who answers while no time window is open.")
    is_verification_skipped = fields.Boolean("Added at once", default=True, help="Otherwise the member confirms each customer.")
    tag_ids = fields.Many2many('wecom.tag', string="Tags", domain="[('app_id', '=', app_id)]")
    source_id = fields.Many2one('utm.source', "Source", ondelete='restrict')
    campaign_id = fields.Many2one('utm.campaign', "Campaign", ondelete='set null')
    welcome = fields.Text("Welcome message", help="Sent within 20 seconds. {customer} and {member} stand for their names.")
    relation_count = fields.Integer("Added", compute='_compute_counts')
    lost_count = fields.Integer("Lost", compute='_compute_counts')
    lead_count = fields.Integer("Leads", compute='_compute_counts')

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

    @api.constrains('member_ids', 'fallback_id')
    def _check_members(self):
        for channel in self:
            if len(channel.member_ids) > MOST_MEMBERS or not (channel.member_ids or channel.fallback_id):
                raise ValidationError(self.env._(
                    "“%(channel)s”: choose between one and %(most)s members who answer.", channel=channel.name, most=MOST_MEMBERS))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        channels = super().create(vals_list)
        for channel in channels.filtered(lambda channel: not channel.source_id):
            source = self.env['utm.source'].sudo()  # sudo: salespeople may not make sources; this one is the code's own
            channel.source_id = source.search([('name', '=', channel.name)], limit=1) or source.create({'name': channel.name})
        return channels

    # === ACTION METHODS === #

    def action_open_contacts(self):
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'wecom.contact', 'view_mode': 'list,form', 'name': self.name,
                'domain': [('relation_ids.channel', '=', self.key)]}

    # === WHAT WECOM IS TOLD === #

    def _prepare_body(self):
        return {'remark': self.name[:30], 'skip_verify': self.is_verification_skipped, 'state': self.key,
                'user': self.listed_ids.mapped('userid')}

    def _make_there(self):
        # Always "several": WeCom can't turn a code for one member into one for several.
        answer = self.env['wecom.client']._call(
            self.app_id, 'externalcontact/add_contact_way', {'type': 2, 'scene': 2, **self._prepare_body()})
        return {'config_id': answer['config_id'], 'qr_code': answer['qr_code']}

    def _change_there(self):
        self.env['wecom.client']._call(
            self.app_id, 'externalcontact/update_contact_way', {'config_id': self.config_id, **self._prepare_body()})

    def _delete_there(self, number):
        self.env['wecom.client']._call(self.app_id, 'externalcontact/del_contact_way', {'config_id': number})

    def _find_there(self):
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
