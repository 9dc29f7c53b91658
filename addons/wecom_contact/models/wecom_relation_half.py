from odoo import api, models


class WecomRelation(models.Model):
    """A customer who added a member who hasn't confirmed him (免验证, D:92130).

    WeCom lists no relation and tells no name until he is confirmed, so only the event tells of him.
    """
    _inherit = 'wecom.relation'

    @api.model
    def _note_half(self, contact, member, channel, moment):
        """Note that a customer added a member; who is a friend already, or was later, stays what he is.

        :param channel: the state of the code by which he came, or None
        """
        relation = contact.relation_ids.filtered(lambda relation: relation.member_id == member)
        vals = {'added_at': moment, 'channel': channel or relation.channel}
        if not relation:
            self.create({'contact_id': contact.id, 'member_id': member.id, 'state': 'half', **vals})
        elif relation.ended_at and not relation.added_at:
            # Its end came first, as that of somebody never seen: he was no friend, so he is no loss.
            self.env['wecom.loss'].search([('relation_id', '=', relation.id)]).unlink()
            relation.write({'state': 'lapsed', **vals})
        elif relation.ended_at and relation.ended_at < moment:
            relation.write({'state': 'half', 'ended_at': False, **vals})

    def _lapse(self, moment):
        """He went before he was confirmed: nobody is told, as nobody had him."""
        self.write({'state': 'lapsed', 'ended_at': moment})

    # === LEADS === #

    def _prepare_lead(self):
        """Of a customer without a name yet, the lead tells where from he came and whom he added."""
        vals = super()._prepare_lead()
        if self.contact_id._is_nameless():
            vals |= {'name': self._get_nameless_title(), 'contact_name': self.remark or False}
        return vals

    def _get_nameless_title(self):
        return f'{self._find_source().name} · {self.member_id.name}'

    def _name_leads(self, leads):
        """Write into leads that were made before the customer was confirmed what is known of him now; what people wrote stays."""
        nameless = leads.filtered(lambda lead: not lead.contact_name)
        if not nameless or self.contact_id._is_nameless():
            return
        title, vals = self._get_nameless_title(), self._prepare_lead()
        for lead in nameless:
            empty = {name: vals[name] for name in ('contact_name', 'partner_id', 'partner_name', 'phone') if vals[name] and not lead[name]}
            lead.write({**empty, **({'name': vals['name']} if lead.name == title else {})})
