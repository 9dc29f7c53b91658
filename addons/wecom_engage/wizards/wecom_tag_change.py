from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class WecomTagChange(models.TransientModel):
    """Tags for many customers at once, and an SOP with them."""
    _inherit = 'wecom.tag.change'

    sop_id = fields.Many2one('wecom.sop', "SOP", domain="[('id', 'in', usable_sop_ids)]",
                             help="The customers begin it at once; those who are, or were, in it don't begin again.")
    usable_sop_ids = fields.Many2many('wecom.sop', compute='_compute_usable_sop_ids', help="Those of the customers' corps.")

    @api.depends('contact_ids')
    def _compute_usable_sop_ids(self):
        for change in self:
            change.usable_sop_ids = self.env['wecom.sop'].search(
                [('kind', '=', 'personal'), ('app_id', 'in', change.contact_ids.app_id.ids)])

    @api.onchange('sop_id')
    def _onchange_sop_id(self):
        if not self.sop_id.tag_ids & self.tag_ids and (len(self.sop_id.tag_ids) == 1 or self.sop_id.tag_match == 'all'):
            self.tag_ids |= self.sop_id.tag_ids

    @api.depends('sop_id')
    def _compute_concerned_count(self):
        super()._compute_concerned_count()

    def _get_relations(self):
        """Who has the tag already may still begin the SOP."""
        relations = super()._get_relations()
        return relations | self._get_enrolled_relations() if self.action == 'put_on' and self.sop_id else relations

    def _get_enrolled_relations(self):
        """Return the relations that the user may change, of customers who never were in the SOP."""
        # Also of customers whom another member brought in: their enrolments the user may not see.
        was_in = Domain('sop_enrolment_ids', 'any!', Domain('sop_id', '=', self.sop_id.id))
        domain = Domain('contact_id', 'in', self.contact_ids.ids) & Domain('state', '=', 'active') \
            & Domain('app_id', '=', self.sop_id.app_id.id) & ~Domain('contact_id', 'any!', was_in)
        if self.is_mine_only:
            domain &= Domain('user_id', '=', self.env.uid)
        return self.env['wecom.relation'].search(domain)

    def action_apply(self):
        """Put the tags on, and let the customers begin the SOP."""
        sop = self.sop_id if self.action == 'put_on' else self.sop_id.browse()
        missing = sop.tag_ids - self.tag_ids if sop.tag_match == 'all' else sop.tag_ids if not sop.tag_ids & self.tag_ids else False
        if missing:
            raise UserError(self.env._("“%(sop)s” is for customers with %(tags)s: choose that tag, too.",
                                       sop=sop.name, tags=', '.join(missing.mapped('display_name'))))
        relations = self._get_enrolled_relations() if sop else False
        result = super().action_apply()
        if relations:
            # sudo: whose customer he is, is seen by leads that not everybody may read; enrolments are written by nobody by hand
            self.env['wecom.sop.enrolment'].sudo()._enrol(sop.sudo(), relations.sudo()._pick_owners())
        return result
