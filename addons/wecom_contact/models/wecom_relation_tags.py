from odoo import api, fields, models
from odoo.fields import Command

CONDITIONS = {'state', 'channel', 'add_way'}


class WecomRelation(models.Model):
    """Tags of a relation: which rule put them on, and what happens when they go."""
    _inherit = 'wecom.relation'

    reason_ids = fields.One2many('wecom.tag.reason', 'relation_id', "Reasons of tags", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        relations = super().create(vals_list)
        relations.contact_id._check_tags()
        return relations

    def write(self, vals):
        if vals.keys() & CONDITIONS:
            self.contact_id._check_tags()
        if 'tag_ids' not in vals or self.env.context.get('wecom_tags_by_rule'):
            return super().write(vals)
        before = {relation: relation.tag_ids for relation in self}
        known = {relation: relation.known_tag_ids for relation in self}
        result = super().write(vals)
        removed = {relation: tags for relation in self if (tags := before[relation] - relation.tag_ids)}
        if removed:
            # What WeCom never had and its answer lacks wasn't taken off by anybody. sudo: people don't write reasons.
            self.env['wecom.tag.reason'].sudo()._note_removals(removed, {
                relation: tags & known[relation] if self.env.su else tags for relation, tags in removed.items()})
        return result

    def _change_tags(self, added, removed):
        """Put tags on and take tags off for a rule; WeCom is told with the next sending."""
        todo = self.filtered(lambda relation: added - relation.tag_ids or removed & relation.tag_ids)
        if not todo:
            return
        todo.with_context(wecom_tags_by_rule=True).write({'tag_ids': [
            *(Command.link(tag.id) for tag in added), *(Command.unlink(tag.id) for tag in removed)]})
        todo._tell_wecom()

    def _tell_wecom(self):
        """Have the tags of these relations sent."""
        todo = self.filtered(lambda relation: relation.state == 'active')
        if todo:
            todo.write({'is_unsent': True, 'problem': False})
            self.env.ref('wecom_contact.ir_cron_wecom_relation_send').sudo()._trigger()

    def _pick_owners(self):
        """Return one relation of each customer: that of the salesperson of his lead or contact, else the oldest."""
        picked = self.browse()
        for contact, own in self.grouped('contact_id').items():
            users = [*contact.lead_ids.user_id, *contact.partner_id.user_id]
            picked |= min(own, key=lambda relation: (
                users.index(relation.user_id) if relation.user_id in users else len(users), relation.added_at or relation.create_date))
        return picked
