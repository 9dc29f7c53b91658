from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

REASONS = [
    ('person', "The same person by another WeCom identity"),
    ('number', "The number that a member noted is this contact's"),
    ('name', "The company has this name, but another number"),
    ('similar', "The company has a similar name"),
]


class WecomMatch(models.Model):
    """A doubt: this WeCom customer may be that contact. A person decides; what he decided is remembered."""
    _name = 'wecom.match'
    _description = "Doubtful contact of a WeCom customer"
    _order = 'score desc, id'
    _rec_name = 'partner_id'

    contact_id = fields.Many2one('wecom.contact', "Customer on WeCom", required=True, readonly=True, ondelete='cascade', index=True)
    company_id = fields.Many2one(related='contact_id.company_id', store=True)
    partner_id = fields.Many2one('res.partner', "Contact", required=True, readonly=True, ondelete='cascade', index=True)
    reason = fields.Selection(REASONS, "Why it may be he", required=True, readonly=True)
    score = fields.Integer("Likeness (%)", readonly=True, aggregator='avg')
    state = fields.Selection([
        ('open', "To decide"),
        ('linked', "Is he"),
        ('refused', "Is not he"),
        ('settled', "Settled otherwise"),
    ], required=True, readonly=True, default='open')
    decided_by = fields.Many2one('res.users', "Decided by", readonly=True)
    decided_at = fields.Datetime("Decided", readonly=True)
    other_ids = fields.One2many(related='contact_id.match_ids', string="Who else it may be")

    contact_corp_name = fields.Char(related='contact_id.corp_name', string="Company on WeCom")
    contact_numbers = fields.Char("Numbers noted", compute='_compute_contact_numbers')
    relation_ids = fields.One2many(related='contact_id.relation_ids')
    partner_company = fields.Many2one(related='partner_id.commercial_partner_id', string="Organisation")
    partner_phone = fields.Char(related='partner_id.phone', string="Phone")
    partner_email = fields.Char(related='partner_id.email', string="Email")
    partner_city = fields.Char(related='partner_id.city', string="City")
    partner_user_id = fields.Many2one(related='partner_id.user_id', string="Salesperson")

    # A constraint, as only those are minded by Odoo's merging of contacts.
    _pair_uniq = models.Constraint('UNIQUE(contact_id, partner_id)', "This doubt is known already.")

    def _compute_contact_numbers(self):
        for match in self:
            match.contact_numbers = ', '.join(sorted(match.contact_id._get_numbers()))

    @api.model
    def _note(self, found):
        """Keep doubts that are new; those decided stay so.

        :param found: {(contact, partner): (reason, score)}
        """
        known = {(match.contact_id, match.partner_id) for match in self.search([
            ('contact_id', 'in', [contact.id for contact, _partner in found]),
            ('partner_id', 'in', [partner.id for _contact, partner in found])])}
        self.create([{'contact_id': contact.id, 'partner_id': partner.id, 'reason': reason, 'score': score}
                     for (contact, partner), (reason, score) in found.items() if (contact, partner) not in known])

    # === ACTION METHODS === #

    def action_link(self):
        """Yes, it is he."""
        self.ensure_one()
        match_sudo = self._decide('linked')
        match_sudo.contact_id.partner_id = match_sudo.partner_id
        return True

    def action_refuse(self):
        """No, it is somebody else: never ask again."""
        self._decide('refused')
        return True

    def action_new_contact(self):
        """None of them: make a contact of what WeCom and the members say."""
        self.ensure_one()
        self.env['res.partner'].check_access('create')
        contact_sudo = self._decide('refused').contact_id
        contact_sudo.partner_id = self.env['res.partner'].create(contact_sudo._prepare_partner())
        return {'type': 'ir.actions.act_window', 'res_model': 'res.partner', 'view_mode': 'form', 'res_id': contact_sudo.partner_id.id}

    def action_merge(self):
        """The contacts are one and the same: merge them by Odoo's own wizard, which asks for its rights, then link."""
        self.ensure_one()
        partners = self.contact_id.match_ids.filtered(lambda match: match.state == 'open').partner_id
        if len(partners) < 2:
            raise UserError(self.env._("“%(customer)s” is in doubt with one contact only; there is nothing to merge.",
                                       customer=self.contact_id.display_name))
        self.env['base.partner.merge.automatic.wizard'].check_access('create')
        action = self.env['ir.actions.act_window']._for_xml_id('base.action_partner_merge')
        return {**action, 'context': {'active_model': 'res.partner', 'active_ids': partners.ids}}

    def _decide(self, state):
        """Note what a person decided; return the doubts (sudo) for what follows.

        :raise AccessError: for who may not link customers
        """
        self.env['wecom.contact'].check_access('write')
        self.contact_id.check_access('write')
        self.check_access('read')
        if not self.env.user.has_group('wecom_contact.group_manager'):
            raise AccessError(self.env._("Only those who see all WeCom customers decide who they are."))
        # sudo: doubts are written by nobody by hand; rights on the customer were checked above
        todo_sudo = self.sudo()
        for match_sudo in todo_sudo:
            if match_sudo.state != 'open':
                raise UserError(self.env._("Who “%(customer)s” is was decided already.", customer=match_sudo.contact_id.display_name))
        todo_sudo.write({'state': state, 'decided_by': self.env.uid, 'decided_at': fields.Datetime.now()})
        return todo_sudo
