from odoo import models


class WecomRelation(models.Model):
    """A lead from WeCom is of the business of its code, and belongs to who serves the producer, whomever the customer happened to add."""
    _inherit = 'wecom.relation'

    def _create_lead(self):
        lead, server = super()._create_lead(), self._find_server()
        if server and server != self.user_id:
            lead._message_log(body=self.env._(
                "%(customer)s added %(member)s, but %(producer)s is served by %(server)s, whose lead this is.",
                customer=self.contact_id.display_name, member=self.member_id.name, producer=lead.partner_id.commercial_partner_id.name,
                server=server.name))
        return lead

    def _prepare_lead(self):
        """Override of `wecom_contact`: the business of the code, and the owner by assignment."""
        vals, server = super()._prepare_lead(), self._find_server()
        return {**vals, 'business_id': self._get_business().id, 'user_id': server.id or vals['user_id']}

    def _get_business(self):
        """Return the business of the code by which he came, or none."""
        return self.env['wecom.channel']._find(self.app_id, self.channel).business_id

    def _find_server(self):
        """Return who owns a lead of this customer: he who was added, if he serves the producer; else who has the largest share.

        Only those count who serve him in the business of the code; in a business in which nobody does, who was added begins.
        """
        producer, business = self.contact_id.partner_id.commercial_partner_id, self._get_business()
        # sudo: whoever's job makes the lead, who serves whom decides
        assignments_sudo = self.env['waste.assignment'].sudo().search([
            ('producer_id', '=', producer.id), ('is_current', '=', True), ('user_id.active', '=', True),
            *([('business_id', '=', business.id)] if business else []),
        ], order='share_percent desc, date_from, id') if producer else self.env['waste.assignment']
        servers = assignments_sudo.user_id.sudo(False)
        return self.user_id if self.user_id in servers else servers[:1]
