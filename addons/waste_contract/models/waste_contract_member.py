from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class WasteContractMember(models.Model):
    """Who works on a contract beside its salesperson, and who was its salesperson before."""
    _name = 'waste.contract.member'
    _description = "Member of a Contract Team"
    _order = 'order_id, role, date_to desc, id'
    _rec_name = 'user_id'

    order_id = fields.Many2one('sale.order', "Contract", required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='order_id.company_id', store=True, index=True, precompute=True)
    user_id = fields.Many2one(
        'res.users', "Who", required=True, index=True, domain=[('share', '=', False)], ondelete='restrict')
    role = fields.Selection(
        [('member', "Member"), ('former', "Former Salesperson")], default='member', required=True, readonly=True)
    access = fields.Selection(
        [('read', "Reads"), ('write', "Reads and writes")], "May", help="Members who write may edit the draft.")
    share_percent = fields.Float("Share (%)", digits=(5, 2), help="Of the performance; the rest is the salesperson's.")
    date_from = fields.Date("From", readonly=True, help="First day as salesperson of the contract.")
    date_to = fields.Date("Until", readonly=True, help="Last day as salesperson of the contract.")

    _member_uniq = models.UniqueIndex(
        "(order_id, user_id) WHERE role = 'member'", "This person is in the team of the contract already.")

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create(vals_list)
        members._check_not_history()
        return members

    def write(self, vals):
        self._check_not_history()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        self._check_not_history()

    def _check_not_history(self):
        """Who was the salesperson is noted when it changes, and by nobody."""
        if not self.env.su and any(member.role == 'former' for member in self):
            raise UserError(self.env._("Former salespeople of a contract are history: hand the contract over instead."))

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains('role', 'access', 'share_percent')
    def _check_member(self):
        for member in self.filtered(lambda member: member.role == 'member'):
            if not member.access:
                raise ValidationError(self.env._(
                    "Say whether %(member)s only reads contract %(contract)s or also writes it.",
                    member=member.user_id.name, contract=member.order_id.name))
            # Everybody's share counts, also of members whom the one who types may not see.
            shares = member.order_id.sudo().member_ids.mapped('share_percent')
            if min(shares) < 0 or sum(shares) > 100:
                raise ValidationError(self.env._(
                    "The shares in contract %(contract)s come to %(sum)s %%; they must be between 0 and 100 together.",
                    contract=member.order_id.name, sum=f'{sum(shares):g}'))


class SaleOrder(models.Model):
    _inherit = 'sale.order'

    member_ids = fields.One2many('waste.contract.member', 'order_id', "Team Members", groups='waste.group_user')

    # CRUD ----------------------------------------------------------------------

    def write(self, vals):
        handed_over = self.filtered(
            lambda order: order.business_id and order.user_id and order.user_id.id != vals['user_id']
        ) if 'user_id' in vals else self.browse()
        handed_over._remember_salesperson()
        return super().write(vals)

    # BUSINESS ------------------------------------------------------------------

    def _remember_salesperson(self):
        """Keep who served the contracts until yesterday: performance of those days stays his."""
        yesterday = fields.Date.subtract(fields.Date.context_today(self), days=1)
        vals_list = []
        # History is written for whoever may change the salesperson.
        for order_sudo in self.sudo():
            former = order_sudo.member_ids.filtered(lambda member: member.role == 'former').sorted('date_to')[-1:]
            start = fields.Date.add(former.date_to, days=1) if former else order_sudo.date_start
            if start and start <= yesterday:
                vals_list.append({
                    'order_id': order_sudo.id, 'user_id': order_sudo.user_id.id, 'role': 'former',
                    'date_from': start, 'date_to': yesterday})
        self.env['waste.contract.member'].sudo().create(vals_list)

    def _get_salesperson_on(self, day):
        """Return who served the contract on ``day``, whoever serves it now."""
        self.ensure_one()
        former = self.sudo().member_ids.filtered(
            lambda member: member.role == 'former' and member.date_from <= day <= member.date_to)
        return former.user_id[:1].sudo(False) or self.user_id

    def _hand_over(self, user, access=None):
        """Give the contracts to another salesperson from today on.

        :param access: 'read' or 'write': the former salesperson stays as a member
        """
        vals_list = [
            {'order_id': order.id, 'user_id': order.user_id.id, 'access': access}
            for order in self
            if access and order.user_id and order.user_id != user
            and order.user_id not in order.member_ids.filtered(lambda member: member.role == 'member').user_id]
        self.env['waste.contract.member'].create(vals_list)
        self.user_id = user
        self.activity_reschedule(['waste_contract.mail_activity_contract_ending'], new_user_id=user.id)
