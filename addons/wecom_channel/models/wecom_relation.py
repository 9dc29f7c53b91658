from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.wecom.models.wecom_client import WeComError


class WecomRelation(models.Model):
    """A customer who came by a code gets its tags and source, and may end a member's turn; the chat of a temporary code can be ended."""
    _inherit = 'wecom.relation'

    is_temporary = fields.Boolean(compute='_compute_is_temporary', export_string_translation=False)

    @api.depends('channel', 'state')
    def _compute_is_temporary(self):
        temporary = set(self.env['wecom.channel'].with_context(active_test=False).search(
            [('key', 'in', list(filter(None, self.mapped('channel')))), ('kind', '=', 'temporary')]).mapped('key'))
        for relation in self:
            relation.is_temporary = relation.state == 'active' and relation.channel in temporary

    @api.model_create_multi
    def create(self, vals_list):
        relations = super().create(vals_list)
        relations._put_tags_of_channel()
        relations._tell_channels()
        return relations

    def write(self, vals):
        confirmed = self.filtered(lambda relation: relation.state == 'half') if vals.get('state') == 'active' else self.browse()
        result = super().write(vals)
        confirmed._put_tags_of_channel()
        if vals.keys() & {'channel', 'added_at'}:
            self._tell_channels()
        return result

    def _tell_channels(self):
        keys = list(filter(None, set(self.mapped('channel'))))
        if keys and self.env['wecom.channel'].search_count([('key', 'in', keys)], limit=1):
            self.env['wecom.channel']._trigger_send()

    def _put_tags_of_channel(self):
        """Put on the tags of the codes by which customers came, once they are confirmed; WeCom is told with the next sending."""
        came = self.filtered(lambda relation: relation.channel and relation.state == 'active')
        for (app, key), relations in came.grouped(lambda relation: (relation.app_id, relation.channel)).items():
            tags = self.env['wecom.channel']._find(app, key).tag_ids
            relations = relations.filtered(lambda relation, tags=tags: tags - relation.tag_ids)
            if relations:
                relations.write({'tag_ids': [Command.link(tag.id) for tag in tags], 'is_unsent': True})
                self.env.ref('wecom_contact.ir_cron_wecom_relation_send').sudo()._trigger()

    def _prepare_lead(self):
        """Override of `wecom_contact`: the campaign of the code."""
        return {**super()._prepare_lead(), 'campaign_id': self.env['wecom.channel']._find(self.app_id, self.channel).campaign_id.id}

    def _find_source(self):
        """Override of `wecom_contact`: the source of the code."""
        channel = self.env['wecom.channel']._find(self.app_id, self.channel)
        return channel.source_id if channel else super()._find_source()

    def action_end_temporary_chat(self):
        """End the chat of a temporary code at once; WeCom sends the closing words."""
        self.ensure_one()
        self.check_access('write')
        if not self.is_temporary:
            raise UserError(self.env._("“%(relation)s” is no temporary chat.", relation=self.display_name))
        relation_sudo = self.sudo()  # who ends his chat need not see the app
        try:
            self.env['wecom.client'].sudo()._call(relation_sudo.app_id, 'externalcontact/close_temp_chat', {
                'userid': relation_sudo.member_id.userid, 'external_userid': relation_sudo.contact_id.external_userid})
        except WeComError as error:
            raise UserError(error.sentence) from None
        return True
