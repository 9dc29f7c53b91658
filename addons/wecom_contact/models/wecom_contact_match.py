import json
from difflib import SequenceMatcher

from odoo import api, fields, models
from odoo.fields import Domain

from .res_partner_company import company_key

ALIKE = 0.75  # from which names of companies are asked about
SHORTEST = 3  # characters by which similar names are sought
MOST_ALIKE = 200


class WecomContact(models.Model):
    """Which contact a customer is: linked where only one can be meant, asked where it is doubtful."""
    _inherit = 'wecom.contact'

    match_ids = fields.One2many('wecom.match', 'contact_id', "Doubts", readonly=True)
    doubt_count = fields.Integer("Open doubts", compute='_compute_doubt_count')
    same_person_ids = fields.Many2many('wecom.contact', string="The same person", compute='_compute_same_person_ids')

    def _compute_doubt_count(self):
        counts = dict(self.env['wecom.match']._read_group(
            [('contact_id', 'in', self.ids), ('state', '=', 'open')], ['contact_id'], ['__count']))
        for contact in self:
            contact.doubt_count = counts.get(contact, 0)

    @api.depends('unionid')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_same_person_ids(self):
        """His identities in other apps and companies, as far as the reader may see them."""
        unionids = list(filter(None, self.mapped('unionid')))
        same = self.search([('unionid', 'in', unionids)]).grouped('unionid') if unionids else {}
        for contact in self:
            contact.same_person_ids = same.get(contact.unionid, self.browse()) - contact._origin if contact.unionid else False

    def write(self, vals):
        result = super().write(vals)
        if vals.get('partner_id'):
            # sudo: who links a customer needs no rights on doubts
            self.sudo().match_ids.filtered(lambda match: match.state == 'open').write({'state': 'settled'})
        return result

    def action_open_doubts(self):
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'wecom.match', 'view_mode': 'list,form', 'name': self.name,
                'domain': [('contact_id', '=', self.id)]}

    # === WHO IT IS === #

    def _has_other_number(self, company):
        """Return whether his number is known, and the company's, and it is another one."""
        numbers = {f'+86{number[-11:]}' for number in self._get_numbers()}
        return bool(numbers and company.phone_sanitized and company.phone_sanitized not in numbers)

    def _get_numbers(self):
        """Return the mobile numbers that members noted of him."""
        return {number for relation in self.relation_ids for number in json.loads(relation.mobiles or '[]')}

    def _get_corp_names(self):
        """Return the names of his company: what WeCom verified, and what members noted."""
        return set(filter(None, [self.corp_name, *self.relation_ids.mapped('remark_corp_name')]))

    def _is_of_company(self, partner):
        return not self.company_id or partner.company_id in (partner.env['res.company'], self.company_id)

    def _link_partners(self, seek_similar=True):
        """Link each customer without a contact to the one he can only be, else note whom he may be. One search for each way of knowing.

        Surest first: the same person elsewhere (unionid), a number that a member noted, the name of the company.

        :param seek_similar: also look for names that are only alike
        """
        free = self.filtered(lambda contact: not contact.partner_id)
        if not free:
            return
        refused = {(match.contact_id, match.partner_id) for match in self.env['wecom.match'].search(
            [('contact_id', 'in', free.ids), ('state', '=', 'refused')])}
        persons, numbers, names = free._seek_persons(), free._seek_numbers(), free._seek_names(seek_similar)
        doubts = {}
        for contact in free:
            def usable(found, contact=contact):
                return {partner: score for partner, score in found.get(contact, {}).items()
                        if contact._is_of_company(partner) and (contact, partner) not in refused}
            person, number, name = usable(persons), usable(numbers), usable(names)
            certain = [company for company, likeness in name.items() if likeness == 100 and not contact._has_other_number(company)]
            if len(person) == 1 or not person and len(number) == 1 or not (person or number) and len(certain) == 1:
                contact.partner_id = next(iter(person or number or certain))
                continue
            for reason, found, most in (('similar', name, 99), ('number', number, 90), ('person', person, 95)):
                for partner, score in found.items():
                    is_exact = reason == 'similar' and score == 100
                    doubts[contact, partner] = ('name' if is_exact else reason, 80 if is_exact else min(score, most))
        self.env['wecom.match']._note(doubts)

    def _seek_persons(self):
        """Return {contact: {partner: 100}} by the unionid, which is one for all apps and companies."""
        same = self.search([('unionid', 'in', list(filter(None, self.mapped('unionid')))), ('partner_id', '!=', False)]).grouped('unionid')
        return {contact: dict.fromkeys(same[contact.unionid].partner_id, 100) for contact in self if contact.unionid in same}

    def _seek_numbers(self):
        wanted = {contact: {f'+86{number[-11:]}' for number in contact._get_numbers()} for contact in self}
        every = list(set().union(*wanted.values()))
        partners = self.env['res.partner'].search([('phone_sanitized', 'in', every)]).grouped('phone_sanitized')
        return {contact: {partner: 100 for number in numbers for partner in partners.get(number, ())}
                for contact, numbers in wanted.items() if numbers}

    def _seek_names(self, seek_similar):
        """Return {contact: {company: likeness}}; 100 is the same name, unless his number is another's than the company's."""
        wanted = {contact: {company_key(name) for name in contact._get_corp_names()} for contact in self}
        keys = set().union(*wanted.values())
        if not keys:
            return {}
        domain = Domain('company_name_key', 'in', list(keys))
        if seek_similar:
            domain = Domain.OR([domain, *(
                Domain('company_name_key', 'ilike', key[start:start + SHORTEST])
                for key in keys if len(key) >= SHORTEST for start in {0, len(key) - SHORTEST})])
        found = {}
        for company in self.env['res.partner'].search(domain & Domain('is_company', '=', True), limit=MOST_ALIKE):
            for contact, own in wanted.items():
                likeness = max((SequenceMatcher(None, key, company.company_name_key).ratio() for key in own), default=0)
                if likeness >= ALIKE:
                    found.setdefault(contact, {})[company] = int(100 * likeness)
        return found

    def _prepare_partner(self):
        """Return the values of a new contact for him: under his company where its name is known. To override."""
        companies = self._seek_names(False).get(self, {})
        company = next((company for company, likeness in companies.items() if likeness == 100 and self._is_of_company(company)), None)
        numbers = sorted(self._get_numbers())
        return {'name': self.name, 'phone': numbers[0] if numbers else False, 'function': self.position,
                'parent_id': company.id if company else False,
                'company_name': False if company else next(iter(self._get_corp_names()), False),
                'company_id': self.company_id.id}
