from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .wecom_way_mixin import WECOMS_FIELDS

MOST_MEMBERS = 100


class WecomChannel(models.Model):
    """A code by which customers add our members (渠道活码): who answers, what he says first, which tags and source they get."""
    _name = 'wecom.channel'
    _inherit = ['wecom.way.mixin', 'wecom.greeting.mixin']
    _description = "WeCom channel code"

    _send_cron = 'wecom_channel.ir_cron_wecom_channel'
    _sent_fields = {'name', 'active', 'is_verification_skipped'}
    _wecoms_fields = WECOMS_FIELDS | {'listed_ids', 'expires_at'}
    _fixed_fields = {'app_id', 'kind'}

    kind = fields.Selection([
        ('code', "QR code"),
        ('link', "Link"),
        ('temporary', "Temporary QR code"),
    ], required=True, default='code', help=(
        "A link is tapped in WeChat and uses up WeCom's allowance of customers by links (获客助手). "
        "A temporary code is for one customer; WeCom permits it to medical corps only."))
    member_ids = fields.Many2many(
        'wecom.member', string="Members", domain="[('company_id', '=', company_id)]", help="Who answers while no time window is open.")
    is_verification_skipped = fields.Boolean("Added at once", default=True, help="Otherwise the member confirms each customer.")
    tag_ids = fields.Many2many('wecom.tag', string="Tags", domain="[('app_id', '=', app_id)]")
    source_id = fields.Many2one('utm.source', "Source", ondelete='restrict')
    campaign_id = fields.Many2one('utm.campaign', "Campaign", ondelete='set null')
    half_count = fields.Integer("Not confirmed", compute='_compute_counts', help="Added a member, who hasn't confirmed them (yet).")
    relation_count = fields.Integer("Added", compute='_compute_counts')
    lost_count = fields.Integer("Lost", compute='_compute_counts')
    lead_count = fields.Integer("Leads", compute='_compute_counts')

    def _compute_counts(self):
        counts = {channel: row for channel, *row in self.env['wecom.channel.report']._read_group(
            [('channel_id', 'in', self.ids)], ['channel_id'], ['half_count:sum', 'added_count:sum', 'lost_count:sum', 'lead_count:sum'])}
        for channel in self:
            row = counts.get(channel, (0, 0, 0, 0))
            channel.half_count, channel.relation_count, channel.lost_count, channel.lead_count = (count or 0 for count in row)

    @api.constrains('member_ids', 'fallback_id', 'window_ids')
    def _check_members(self):
        for channel in self:
            # sudo: who makes codes need not see the apps
            members_sudo = (channel.member_ids | channel.fallback_id | channel.window_ids.member_ids).sudo()
            strangers_sudo = members_sudo.filtered(lambda member: member.app_id.corp_id != channel.sudo().app_id.corp_id)
            if strangers_sudo:
                raise ValidationError(self.env._(
                    "“%(channel)s”: %(members)s are members of another corp.", channel=channel.name,
                    members=', '.join(strangers_sudo.mapped('name'))))
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

    def action_open_half(self):
        self.ensure_one()
        return {**self.action_open_contacts(), 'domain': [
            ('relation_ids', 'any', [('channel', '=', self.key), ('state', 'in', ('half', 'lapsed'))])]}

    def action_open_leads(self):
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'crm.lead', 'view_mode': 'list,form', 'name': self.name,
                'domain': [('wecom_contact_id.relation_ids.channel', '=', self.key)]}

    def _get_poster_name(self):
        return self.member_ids.name if len(self.member_ids) == 1 and not self.window_ids else self.name

    # === WHAT WECOM IS TOLD === #

    def _get_kind(self):
        return self.env[f'wecom.channel.kind.{self.kind}']

    def _make_there(self):
        return self._get_kind()._make(self)

    def _change_there(self):
        self._get_kind()._change(self)

    def _delete_there(self, number):
        self._get_kind()._delete(self, number)

    def _find_there(self):
        return self._get_kind()._search_there(self)

    @api.model
    def _find(self, app, key):
        """Return the code of a channel that a customer came by; archived ones too, printed codes live on."""
        return self.with_context(active_test=False).search([('app_id', '=', app.id), ('key', '=', key)]) if key else self.browse()
