from datetime import timedelta
from decimal import ROUND_HALF_UP

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

from odoo.addons.waste.tools.language import to_language

from ..tools import CENT, exact

REMIND_DAYS = (90, 60, 30)
RENEWAL_RULES = [
    ('keep', "Keep the prices"),
    ('percent', "Raise by a percentage"),
    ('index', "Follow the index of the business"),
]
RENEWAL_STATES = [
    ('not_started', "Not Started"),
    ('talking', "Talking"),
    ('renewed', "Renewed"),
    ('lost', "Lost"),
]


class WasteBusiness(models.Model):
    _inherit = 'waste.business'

    renewal_rule = fields.Selection(
        RENEWAL_RULES, "Prices on Renewal", default='keep', required=True, help="What new contracts start with.")
    renewal_percent = fields.Float("Raise (%)", digits=(5, 2), help="For contracts that are raised by a percentage.")
    renewal_index_percent = fields.Float(
        "Index (%)", digits=(5, 2), help="By how much the published index changed; negative when it fell.")


class SaleOrder(models.Model):
    """What becomes of a contract that ends: talks, reminders, the contract that follows."""
    _inherit = 'sale.order'

    renewal_of_id = fields.Many2one(
        'sale.order', "Renewal of", copy=False, readonly=True, index='btree_not_null', ondelete='restrict')
    renewal_ids = fields.One2many('sale.order', 'renewal_of_id', "Renewals")
    renewed_by_id = fields.Many2one('sale.order', "Renewed by", compute='_compute_renewed_by_id')
    renewal_rule = fields.Selection(
        RENEWAL_RULES, "Prices on Renewal", compute='_compute_renewal_rule', store=True, readonly=False, precompute=True,
        groups='base.group_user')
    renewal_percent = fields.Float(
        "Raise (%)", digits=(5, 2), compute='_compute_renewal_rule', store=True, readonly=False, precompute=True,
        aggregator=None, groups='base.group_user')
    renewal_state = fields.Selection(
        RENEWAL_STATES, "Renewal", default='not_started', required=True, copy=False, tracking=True, group_expand=True,
        groups='base.group_user')
    renewal_lost_reason = fields.Text("Lost because", copy=False, tracking=True, groups='base.group_user')
    days_to_end = fields.Integer(compute='_compute_days_to_end')
    reminded_days = fields.Integer(
        copy=False, groups='base.group_user', help="How many days before the end the salesperson was reminded last; 0 is not yet.")

    # COMPUTE -------------------------------------------------------------------

    @api.depends('renewal_ids.contract_state')
    def _compute_renewed_by_id(self):
        for order in self:
            order.renewed_by_id = order.renewal_ids.filtered(
                lambda renewal: renewal.contract_state not in ('cancelled', 'voided'))[:1]

    @api.depends('date_end')
    def _compute_days_to_end(self):
        today = fields.Date.context_today(self)
        for order in self:
            order.days_to_end = (order.date_end - today).days if order.date_end else 0

    @api.depends('business_id')
    def _compute_renewal_rule(self):
        for order in self:
            order.renewal_rule = order.business_id.renewal_rule
            order.renewal_percent = order.business_id.renewal_percent

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains('renewal_state', 'renewal_lost_reason')
    def _check_renewal_state(self):
        for order in self:
            if order.renewal_state == 'lost' and not (order.renewal_lost_reason or '').strip():
                raise ValidationError(self.env._(
                    "Contract %(contract)s: write why the renewal is lost.", contract=order.name))
            if order.renewal_state == 'renewed' and not order.renewed_by_id:
                raise ValidationError(self.env._(
                    "Contract %(contract)s has no renewal yet: press “Renew”; it counts as renewed once that is signed.",
                    contract=order.name))

    # CRUD ----------------------------------------------------------------------

    def write(self, vals):
        if 'date_end' in vals:
            vals = {**vals, 'reminded_days': 0}
        result = super().write(vals)
        if vals.get('date_signed') or vals.get('contract_state') == 'active':
            # Whoever signs the renewal needn't be allowed to write the contract before it.
            former_sudo = self.sudo().renewal_of_id
            former_sudo.filtered(lambda order: order.renewal_state != 'renewed').renewal_state = 'renewed'
        return result

    # ACTION --------------------------------------------------------------------

    def action_renew(self):
        """Open the contract that follows this one, made now if there is none."""
        self.ensure_one()
        return (self.renewed_by_id or self._renew()).get_formview_action()

    def action_talk_renewal(self):
        """Note that the parties talk about the renewal."""
        self.renewal_state = 'talking'
        return True

    def action_lose_renewal(self, reason=None):
        """Note that the producer doesn't renew, and why."""
        return self._transition_with_reason('lose_renewal', reason)

    def action_open_renewed(self):
        self.ensure_one()
        return self.renewal_of_id.get_formview_action()

    # BUSINESS ------------------------------------------------------------------

    def _transition_with_reason(self, verb, reason):
        """The loss of a renewal needs a reason as a step back does, but the contract runs on."""
        if verb != 'lose_renewal' or not (reason or '').strip():
            return super()._transition_with_reason(verb, reason)
        self.write({'renewal_state': 'lost', 'renewal_lost_reason': reason.strip()})
        self.activity_unlink(['waste_contract.mail_activity_contract_ending'])
        return True

    def _renew(self):
        """Make the contracts that follow these: from the day after, as long, at the prices of their rule.

        :return: the drafts, in order
        """
        vals_list = []
        for order in self:
            if error := order._get_renewal_error():
                raise UserError(error)
            vals_list.append(order._prepare_renewal())
        renewals = self.create(vals_list)
        for order, renewal in zip(self, renewals):
            order._complete_copy(renewal, order._raise_price)
        self.filtered(lambda order: order.renewal_state in ('not_started', 'lost')).renewal_state = 'talking'
        self.activity_unlink(['waste_contract.mail_activity_contract_ending'])
        renewals._message_log_batch(bodies={
            renewal.id: self.env._("Renewal of %(contract)s.", contract=renewal.renewal_of_id.name) for renewal in renewals})
        return renewals

    def _get_renewal_error(self):
        """Return why this contract can't be renewed, or False. To override."""
        self.ensure_one()
        if not self.business_id or self.contract_state not in ('active', 'expired'):
            return self.env._(
                "Contract %(contract)s is “%(state)s”: contracts in force or expired are renewed.",
                contract=self.name, state=self._waste_state_label(self.contract_state))
        if self.renewed_by_id:
            return self.env._(
                "Contract %(contract)s is renewed by %(renewal)s already.",
                contract=self.name, renewal=self.renewed_by_id.name)
        return False

    def _prepare_renewal(self):
        """Return the values of the contract that follows. To override."""
        self.ensure_one()
        start = self.date_end + timedelta(days=1)
        vals = self.copy_data({
            'date_start': start,
            # A year stays a year, also over a 29 February.
            'date_end': start + relativedelta(start, self.date_start) - timedelta(days=1),
            'date_order': fields.Datetime.now(),
            'renewal_of_id': self.id,
        })[0]
        vals['lump_sum_amount'] = self._raise_price(self.lump_sum_amount)
        codes = self.env['waste.code']._find(self.order_line.waste_code_id.mapped('code'), start)
        vals['order_line'] = [
            Command.create(self._prepare_renewed_line(command[2], codes)) for command in vals['order_line']]
        return vals

    def _prepare_renewed_line(self, vals, codes):
        """Return the values of a line at its new price, under the list of codes in force when the renewal starts."""
        code = self.env['waste.code'].browse(vals.get('waste_code_id'))
        return {
            **vals,
            'price_unit': self._raise_price(vals['price_unit']),
            'waste_code_id': codes[code.code].id if code.code in codes else code.id,
        }

    def _raise_price(self, price):
        """Return the price on renewal, in the decimals of the old one, at least cents. What we pay stays as it is."""
        percent = {
            'keep': 0.0, 'percent': self.renewal_percent, 'index': self.business_id.renewal_index_percent,
        }[self.renewal_rule or 'keep']
        if price <= 0 or not percent:
            return price
        step = min(CENT, exact(1).scaleb(exact(price).as_tuple().exponent))
        return float((exact(price) * (100 + exact(percent)) / 100).quantize(step, ROUND_HALF_UP))

    @api.model
    def _get_reminder_domain(self, today):
        """Return the domain of the contracts whose salesperson is to be reminded of the end now."""
        due = Domain.OR(
            Domain('date_end', '<=', today + timedelta(days=days))
            & (Domain('reminded_days', '=', 0) | Domain('reminded_days', '>', days)) for days in REMIND_DAYS)
        return due & Domain('contract_state', '=', 'active') & Domain('renewal_state', 'in', ['not_started', 'talking'])

    def _remind_of_end(self, today):
        """Give each salesperson one activity: renew the contract or let it end; it is due by the next reminder."""
        xmlid = 'waste_contract.mail_activity_contract_ending'
        self.activity_unlink([xmlid])  # of the reminder before
        for order in self:
            left = (order.date_end - today).days
            order.reminded_days = min(days for days in REMIND_DAYS if left <= days)
            following = max((days for days in REMIND_DAYS if days < order.reminded_days), default=0)
            order.activity_schedule(
                xmlid, date_deadline=order.date_end - timedelta(days=following), user_id=order.user_id.id or self.env.uid,
                summary=to_language(order, order.user_id).env._("Contract ends on %(end)s: renew it?", end=order.date_end))
