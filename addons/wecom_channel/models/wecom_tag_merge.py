from odoo import models
from odoo.fields import Command


class WecomTagMerge(models.Model):
    """Codes put on the tag that stays."""
    _inherit = 'wecom.tag.merge'

    def _point_to_the_other(self):
        super()._point_to_the_other()
        both = [Command.unlink(self.from_tag_id.id), Command.link(self.into_tag_id.id)]
        self.env['wecom.channel'].with_context(active_test=False).search([('tag_ids', 'in', self.from_tag_id.ids)]).tag_ids = both
