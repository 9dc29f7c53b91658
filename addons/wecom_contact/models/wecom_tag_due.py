from odoo import fields, models


class WecomTagDue(models.Model):
    """A customer of whom something changed that rules for tags may ask; a row of its own, so that who changes it never waits for a job."""
    _name = 'wecom.tag.due'
    _description = "WeCom customer to be checked against the tag rules"

    contact_id = fields.Many2one('wecom.contact', required=True, ondelete='cascade', index=True)
