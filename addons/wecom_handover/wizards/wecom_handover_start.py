from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..const import CUSTOMERS_AT_ONCE
from ..models.wecom_handover import OPEN


class WecomHandoverStart(models.TransientModel):
    """Who hands which customers and group chats to whom, and what that means, before WeCom is asked."""
    _name = 'wecom.handover.start'
    _description = "Hand over customers"

    giver_id = fields.Many2one('wecom.member', "From", required=True, context={'active_test': False})
    taker_id = fields.Many2one('wecom.member', "To", required=True, domain="[('id', '!=', giver_id), ('active', '=', True)]")
    has_left = fields.Boolean("Has left WeCom", compute='_compute_has_left')
    relation_ids = fields.Many2many(
        'wecom.relation', string="Customers", domain="[('member_id', '=', giver_id), ('state', '=', 'active')]",
        compute='_compute_all', store=True, readonly=False)
    chat_ids = fields.Many2many(
        'wecom.chat', string="Group chats", domain="[('owner_id', '=', giver_id)]", compute='_compute_all', store=True, readonly=False)
    is_chosen = fields.Boolean(help="Customers were chosen before; changing the member chooses all of his.")
    reason = fields.Char(required=True)
    message = fields.Char(
        "Message to the customers", size=200, help="WeCom sends it to customers who passed over; empty: WeCom's own words.")
    with_rest = fields.Boolean(
        "Also records without a customer on WeCom",
        help="Leads, contacts, contracts and to-dos of the member behind which no customer of his on WeCom stands pass over at once. "
             "The others follow their customer, when WeCom says that he passed over.")
    too_often_ids = fields.Many2many('wecom.relation', string="Not possible yet", compute='_compute_preview')
    preview = fields.Text(compute='_compute_preview')

    # === COMPUTE METHODS === #

    @api.depends('giver_id')
    def _compute_has_left(self):
        for wizard in self:
            wizard.has_left = bool(wizard.giver_id) and not wizard.giver_id.active

    @api.depends('giver_id')
    def _compute_all(self):
        for wizard in self:
            kept = wizard.relation_ids.filtered(lambda relation: relation.member_id == wizard.giver_id)
            if wizard.is_chosen and (kept or wizard.chat_ids):
                continue
            member = wizard.giver_id._origin
            under_way = self.env['wecom.handover.line'].search([('giver_id', '=', member.id), ('state', 'in', OPEN)])
            wizard.relation_ids = self.env['wecom.relation'].search([
                ('member_id', '=', member.id), ('state', '=', 'active'), ('id', 'not in', under_way.relation_id.ids)]) if member else False
            wizard.chat_ids = self.env['wecom.chat'].search(
                [('owner_id', '=', member.id), ('id', 'not in', under_way.chat_id.ids)]) if member else False

    @api.depends('giver_id', 'taker_id', 'relation_ids', 'chat_ids')
    def _compute_preview(self):
        handovers = self.env['wecom.handover']
        for wizard in self:
            relations, chats = wizard.relation_ids._origin, wizard.chat_ids._origin
            often = {} if wizard.has_left else handovers._get_too_often(relations.contact_id)
            wizard.too_often_ids = relations.filtered(lambda relation: relation.contact_id in often)
            asked = len(relations) - len(wizard.too_often_ids)
            words = []
            if relations:
                words.append(self.env._(
                    "%(count)s customers, asked for in %(calls)s calls; each passes over after 24 hours, unless he refuses.",
                    count=asked, calls=-(-asked // CUSTOMERS_AT_ONCE)))
            if often:
                words.append(self.env._(
                    "%(count)s can't be handed over yet: WeCom does it twice within 90 days at most. The first again from %(day)s on.",
                    count=len(wizard.too_often_ids), day=format_date(self.env, min(often.values()))))
            if chats:
                plan = handovers._plan_chats(wizard.giver_id._origin, chats)
                words.append(self.env._(
                    "%(count)s group chats on %(days)s days, the last on %(day)s: WeCom hands over so many of one owner a day only.",
                    count=len(chats), days=len(plan), day=format_date(self.env, plan[-1][0])))
            if wizard.taker_id and not wizard.taker_id.user_id:
                words.append(self.env._("%(member)s is linked to no user: no record can follow.", member=wizard.taker_id.name))
            wizard.preview = '\n'.join(words) or self.env._("Choose customers or group chats.")

    # === ACTION METHODS === #

    @api.model
    def _open(self, giver=None, relations=None, chats=None, reason=None):
        """Return the action that opens the wizard with these."""
        context = {'default_giver_id': giver.id if giver else False, 'default_reason': reason or False}
        if relations or chats:
            context |= {'default_relation_ids': [fields.Command.set(relations.ids if relations else [])],
                        'default_chat_ids': [fields.Command.set(chats.ids if chats else [])], 'default_is_chosen': True}
        return {'type': 'ir.actions.act_window', 'res_model': self._name, 'view_mode': 'form', 'target': 'new',
                'name': self.env._("Hand Over Customers"), 'context': context}

    def action_start(self):
        """Hand over: WeCom is asked by a job, from now on without us."""
        self.ensure_one()
        handovers = self.env['wecom.handover']
        handovers._check_manager()
        self.relation_ids.check_access('read')
        self.chat_ids.check_access('read')
        self._check_choice()
        started = []
        # sudo: handovers are written by nobody by hand; who may start one, and with which customers, was checked above
        for app_sudo in self.sudo().relation_ids.app_id | self.sudo().chat_ids.app_id:
            started.append(handovers.sudo()._start(
                self._prepare_handover(app_sudo),
                self.sudo().relation_ids.filtered(lambda relation: relation.app_id == app_sudo),
                self.sudo().chat_ids.filtered(lambda chat: chat.app_id == app_sudo), self.with_rest and not started).id)
        if len(started) == 1:
            return {'type': 'ir.actions.act_window', 'res_model': 'wecom.handover', 'res_id': started[0], 'view_mode': 'form'}
        return {**self.env['ir.actions.act_window']._for_xml_id('wecom_handover.wecom_handover_action'), 'domain': [('id', 'in', started)]}

    def _prepare_handover(self, app):
        giver, taker = self.sudo().giver_id, self.sudo().taker_id
        companies = self.env.companies & taker.user_id.company_ids if taker.user_id else self.env['res.company']
        return {
            'app_id': app.id, 'company_ids': [fields.Command.set(companies.ids)], 'giver_id': giver.id, 'taker_id': taker.id,
            'giver_user_id': taker.user_id and giver.user_id.id, 'taker_user_id': taker.user_id.id, 'is_resigned': self.has_left,
            'reason': self.reason, 'message': self.message,
        }

    def _check_choice(self):
        # sudo: who hands over needn't see the apps
        giver, taker = self.sudo().giver_id, self.sudo().taker_id
        if giver == taker:
            raise UserError(self.env._("%(member)s can't hand over to himself: choose another member.", member=giver.name))
        if not taker.active:
            raise UserError(self.env._("%(member)s has left WeCom: choose another member.", member=taker.name))
        if taker.app_id.corp_id != giver.app_id.corp_id:
            raise UserError(self.env._("%(taker)s is in another corp than %(giver)s: WeCom can't hand over between corps.",
                                       taker=taker.name, giver=giver.name))
        if taker.user_id and not (taker.user_id.active and taker.user_id.company_ids & self.env.companies):
            raise UserError(self.env._("User %(user)s is archived or works in none of your companies: choose another member.",
                                       user=taker.user_id.name))
        others = self.relation_ids.filtered(lambda relation: relation.member_id != giver or relation.state != 'active')
        strange = self.chat_ids.filtered(lambda chat: chat.owner_id != giver)
        if others or strange:
            raise UserError(self.env._("%(names)s aren't customers of %(member)s (any more): take them off the list.",
                                       names=', '.join((others or strange).mapped('display_name')), member=giver.name))
        if not (self.relation_ids or self.chat_ids):
            raise UserError(self.env._("%(member)s has nobody to hand over: choose customers or group chats.", member=giver.name))
        # sudo: what others hand over just now counts, too
        running = self.env['wecom.handover.line'].sudo().search([
            ('state', 'in', OPEN),
            '|', ('relation_id', 'in', self.relation_ids.ids), ('chat_id', 'in', self.chat_ids.ids)])
        if running:
            raise UserError(self.env._("%(names)s are being handed over already: wait for that, or take them off the list.",
                                       names=', '.join(running.mapped('display_name')[:10])))
