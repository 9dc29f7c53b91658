from odoo import api, fields, models
from odoo.fields import Domain


class WecomContact(models.Model):
    """What rules for tags ask of a customer, and when they are asked."""
    _inherit = 'wecom.contact'

    tag_ids = fields.Many2many('wecom.tag', string="Tags", compute='_compute_tag_ids', search='_search_tag_ids')
    reason_ids = fields.One2many('wecom.tag.reason', 'contact_id', "Why he has his tags", readonly=True)

    @api.depends('relation_ids.tag_ids', 'relation_ids.state')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_tag_ids(self):
        """All members' tags of him that the reader may see."""
        relations = self.env['wecom.relation'].search([('contact_id', 'in', self.ids), ('state', '=', 'active')]).grouped('contact_id')
        for contact in self:
            contact.tag_ids = relations[contact].tag_ids if contact in relations else False

    @api.model
    def _search_tag_ids(self, operator, value):
        return Domain('relation_ids', 'any', Domain('state', '=', 'active') & Domain('tag_ids', operator, value))

    def write(self, vals):
        if 'partner_id' in vals:
            self._check_tags()
        return super().write(vals)

    def _check_tags(self):
        """Have the rules look at these customers soon."""
        # sudo: whoever changes a lead or a contract needs no rights on rules
        rules = self.env['wecom.tag.rule'].sudo()
        if self and rules.search_count([('state', '=', 'on')], limit=1):
            self.env['wecom.tag.due'].sudo().create([{'contact_id': contact.id} for contact in self])
            rules._trigger_apply()

    def _get_contacted_domain(self, since):
        """Return the domain of the customers with whom somebody was in touch since then. To override.

        Written down on the customer or one of his leads: a message, a note, or an activity that was done.
        """
        told = Domain('date', '>=', since) & (
            Domain('message_type', 'in', ('comment', 'email', 'email_outgoing')) | Domain('mail_activity_type_id', '!=', False))
        return Domain('message_ids', 'any', told) | Domain('lead_ids.message_ids', 'any', told)
