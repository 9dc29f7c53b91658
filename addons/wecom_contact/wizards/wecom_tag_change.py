from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain


class WecomTagChange(models.TransientModel):
    """Put tags on many customers at once, or take them off, as the person who presses the button."""
    _name = 'wecom.tag.change'
    _description = "Put on or take off WeCom tags"

    contact_ids = fields.Many2many('wecom.contact', string="Customers", default=lambda self: self._default_contact_ids())
    usable_tag_ids = fields.Many2many('wecom.tag', compute='_compute_usable_tag_ids', help="Those of the customers' corps.")
    action = fields.Selection([
        ('put_on', "Put on"),
        ('take_off', "Take off"),
    ], "What", required=True, default='put_on')
    tag_ids = fields.Many2many('wecom.tag', string="Tags", domain="[('id', 'in', usable_tag_ids)]")
    is_mine_only = fields.Boolean("Only as my customer", help="Not for colleagues who have the customer, too.")
    concerned_count = fields.Integer("Customers whose tags change", compute='_compute_concerned_count')
    relation_count = fields.Integer("Relations whose tags change", compute='_compute_concerned_count')

    @api.model
    def _default_contact_ids(self):
        return self.env['wecom.contact'].browse(
            self.env.context.get('active_ids') if self.env.context.get('active_model') == 'wecom.contact' else ())

    @api.depends('contact_ids')
    def _compute_usable_tag_ids(self):
        for change in self:
            change.usable_tag_ids = self.env['wecom.tag'].search(
                [('app_id', 'in', change.contact_ids.app_id.ids), ('to_send', '!=', 'delete')])

    @api.depends('contact_ids', 'action', 'tag_ids', 'is_mine_only')
    def _compute_concerned_count(self):
        for change in self:
            relations = change._get_relations()
            change.relation_count = len(relations)
            change.concerned_count = len(relations.contact_id)

    def _get_relations(self):
        """Return the relations that the user may change and whose tags would be others."""
        domain = Domain('contact_id', 'in', self.contact_ids.ids) & Domain('state', '=', 'active')
        if self.is_mine_only:
            domain &= Domain('user_id', '=', self.env.uid)
        tags = self.tag_ids._origin
        relations = self.env['wecom.relation'].search(domain)
        if self.action == 'put_on':
            return relations.filtered(lambda relation: tags.filtered(lambda tag: tag.app_id == relation.app_id) - relation.tag_ids)
        return relations.filtered(lambda relation: tags & relation.tag_ids)

    def action_apply(self):
        """Change the tags; WeCom is told in the background."""
        self.ensure_one()
        if not self.tag_ids:
            raise UserError(self.env._("Choose the tags first."))
        command = Command.link if self.action == 'put_on' else Command.unlink
        relations = self._get_relations()
        count = len(relations.contact_id)
        for app, own in relations.grouped('app_id').items():
            own.write({'tag_ids': [command(tag.id) for tag in self.tag_ids if tag.app_id == app]})
        return {'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
            'type': 'success', 'message': self.env._("The tags of %(count)s customers were changed; WeCom is being told.", count=count),
            'next': {'type': 'ir.actions.act_window_close'}}}
