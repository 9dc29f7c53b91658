from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.wecom.models.wecom_client import WeComError

from .wecom_handover import OPEN


class WecomRelation(models.Model):
    _inherit = 'wecom.relation'

    def action_hand_over(self):
        """Open the wizard for the customers of one member."""
        self.env['wecom.handover']._check_manager()
        active = self.filtered(lambda relation: relation.state == 'active')
        if not active:
            raise UserError(self.env._("Nobody of ours has these customers on WeCom any more: there is nothing to hand over."))
        if len(active.member_id) > 1:
            raise UserError(self.env._("Hand over the customers of one member at a time: these have %(names)s.",
                                       names=', '.join(active.member_id.mapped('name'))))
        return self.env['wecom.handover.start']._open(giver=active.member_id, relations=active)


class WecomMember(models.Model):
    """A member who leaves: his customers are offered to his leader to be handed over."""
    _name = 'wecom.member'
    _inherit = ['wecom.member', 'mail.thread', 'mail.activity.mixin']

    relation_ids = fields.One2many('wecom.relation', 'member_id', "Customers", readonly=True)
    customer_count = fields.Integer("Customers to hand over", compute='_compute_customer_count', search='_search_customer_count')
    chat_count = fields.Integer("Group chats", compute='_compute_customer_count')

    def _compute_customer_count(self):
        customers = dict(self.env['wecom.relation']._read_group(
            [('member_id', 'in', self.ids), ('state', '=', 'active')], ['member_id'], ['__count']))
        chats = dict(self.env['wecom.chat']._read_group([('owner_id', 'in', self.ids)], ['owner_id'], ['__count']))
        for member in self:
            member.customer_count = customers.get(member, 0)
            member.chat_count = chats.get(member, 0)

    @api.model
    def _search_customer_count(self, operator, value):
        if (operator, value) != ('>', 0):
            return NotImplemented
        return [('relation_ids', 'any', [('state', '=', 'active')])]

    def action_hand_over(self):
        """Open the wizard with all customers and chats of the member."""
        self.ensure_one()
        self.env['wecom.handover']._check_manager()
        self.check_access('read')
        return self.env['wecom.handover.start']._open(giver=self)

    def _leave(self):
        """Override of `wecom`: who left can't serve his customers."""
        leaving = self.filtered('active')
        super()._leave()
        leaving._offer_handover()

    def _offer_handover(self):
        """Ask the leader, once, to hand over the customers of these members."""
        for member in self:
            if not (member.customer_count or member.chat_count):
                continue
            leader = member.user_id.sale_team_id.user_id
            leader = leader if leader.active and leader != member.user_id else member.app_id.user_id
            member = member.with_context(lang=leader.lang)
            if not member.activity_search(['wecom_handover.mail_activity_type_handover']):
                member.activity_schedule('wecom_handover.mail_activity_type_handover', user_id=leader.id, summary=self.env._(
                    "%(member)s no longer works here: hand over %(count)s customers and %(chats)s group chats",
                    member=member.name, count=member.customer_count, chats=member.chat_count))


class ResUsers(models.Model):
    _inherit = 'res.users'

    def write(self, vals):
        """Override of `base`: whose user is archived can't serve his customers on WeCom."""
        archived = self.filtered('active') if vals.get('active') is False else self.browse()
        result = super().write(vals)
        if archived:
            # sudo: who may archive users needn't see their customers
            self.env['wecom.member'].sudo().with_context(active_test=False).search(
                [('user_id', 'in', archived.ids)])._offer_handover()
        return result

    def action_hand_over_wecom(self):
        """Open the wizard with the customers on WeCom of the user."""
        self.ensure_one()
        self.env['wecom.handover']._check_manager()
        member = self.env['wecom.member'].with_context(active_test=False).search(
            [('user_id', '=', self.id)], order='active desc, id desc', limit=1)
        if not member:
            raise UserError(self.env._(
                "%(user)s is linked to no member of WeCom: link him under Settings, WeCom, Members.", user=self.name))
        return member.action_hand_over()


class WecomApp(models.Model):
    _inherit = 'wecom.app'

    @api.model
    def _cron_read_unassigned(self):
        """Read whose customers wait since their member left (待分配): of leavers, WeCom's lists of customers say nothing."""
        for app, in self.env['wecom.contact']._read_group([('app_id.state', '=', 'enabled')], ['app_id']):
            try:
                app._read_unassigned()
            except WeComError:
                continue  # noted in the log of calls; tomorrow again
            self.env['ir.cron']._commit_progress(1)

    def _read_unassigned(self):
        """Keep who left and whose customers wait; who isn't on WeCom's list any more was handed over in its console.

        :raise WeComError: then nothing is changed
        """
        rows, cursor = [], ''
        while True:
            answer = self.env['wecom.client']._call(self, 'externalcontact/get_unassigned_list', {'cursor': cursor, 'page_size': 1000})
            rows += answer.get('info') or []
            cursor = answer.get('next_cursor') or ''
            if not cursor:
                break
        contacts = self.env['wecom.contact']._ensure(self, [row['external_userid'] for row in rows])
        members = self.env['wecom.member']._ensure(self, list({row['handover_userid'] for row in rows}))
        waiting = self.env['wecom.relation']
        for row in rows:
            member, contact = members[row['handover_userid'].lower()], contacts[row['external_userid']]
            relation = contact.relation_ids.filtered(lambda relation: relation.member_id == member)
            waiting |= relation or waiting.create({'contact_id': contact.id, 'member_id': member.id})
        leavers = self.env['wecom.member'].browse(member.id for member in members.values())
        leavers.filtered('active')._leave()
        under_way = self.env['wecom.handover.line'].search([('state', 'in', OPEN)]).relation_id
        ours = waiting.search([('app_id', '=', self.id), ('state', '=', 'active'), ('member_id.active', '=', False)])
        (ours - waiting - under_way)._end('transferred')
        leavers._offer_handover()
