from odoo import api, fields, models

from ..tools import KG_PER_T, Settled, exact

COUNTING_MODES = {'tier_all', 'tier_excess', 'tier_quota', 'lump_year', 'analysis_fee'}
LAB_MODES = {'calorific', 'indexed'}


class WastePriceSimulation(models.TransientModel):
    """What a contract comes to for quantities that somebody types: the same arithmetic as the statement's, explained."""
    _name = 'waste.price.simulation'
    _description = "Price Simulation"

    order_id = fields.Many2one('sale.order', "Contract", required=True, readonly=True, ondelete='cascade')
    currency_id = fields.Many2one(related='order_id.currency_id')
    line_ids = fields.One2many('waste.price.simulation.line', 'simulation_id', "Waste Details")
    has_steps = fields.Boolean(compute='_compute_used_modes', help="What moved before counts.")
    has_lab_prices = fields.Boolean(compute='_compute_used_modes')
    receivable_amount = fields.Monetary("Producer Owes", compute='_compute_amounts')
    payable_amount = fields.Monetary("We Owe", compute='_compute_amounts', help="On a statement of its own: nothing is netted.")
    government_amount = fields.Monetary("Government Owes", compute='_compute_amounts')
    charges = fields.Text("Of the Contract as a Whole", compute='_compute_amounts')

    @api.model_create_multi
    def create(self, vals_list):
        """One row for each waste detail, with the planned quantities to begin with."""
        simulations = super().create(vals_list)
        for simulation in simulations:
            simulation.line_ids = [
                fields.Command.create(simulation._prepare_line_values(line))
                for line in simulation.order_id.order_line.filtered('pricing_mode')]
        return simulations

    def _prepare_line_values(self, line):
        planned = line._get_pricing()._planned(line)
        return {
            'contract_line_id': line.id,
            'quantity_t': float(planned.net_kg / KG_PER_T),
            'count': line.planned_count,
            'day': fields.Date.context_today(self),
        }

    @api.depends('line_ids.pricing_mode')
    def _compute_used_modes(self):
        for simulation in self:
            modes = set(simulation.line_ids.mapped('pricing_mode'))
            simulation.has_steps = bool(modes & COUNTING_MODES)
            simulation.has_lab_prices = bool(modes & LAB_MODES)

    @api.depends('order_id', 'line_ids.amount', 'line_ids.count', 'line_ids.contract_line_id')
    def _compute_amounts(self):
        for simulation in self:
            owed = {'producer': exact(0), 'us': exact(0), 'government': exact(0)}
            for line in simulation.line_ids:
                owed[line.payer or 'producer'] += exact(line.amount)
            charges = simulation._get_charges(owed['producer'])
            simulation.receivable_amount = float(owed['producer'] + sum(amount for _words, amount in charges))
            simulation.payable_amount = float(owed['us'])
            simulation.government_amount = float(owed['government'])
            simulation.charges = '\n'.join([*(words for words, _amount in charges), *simulation._get_deposit_words()])

    def _get_charges(self, receivable):
        """Return the lump sum and the minimum charge as [(sentence, Decimal)].

        :param receivable: Decimal that the waste details come to
        """
        order = self.order_id
        number = self.env['waste.pricing']._number
        trips = max(self.line_ids.mapped('count'), default=0) or 1
        charges = []
        if order.lump_sum_amount and order.has_lump_lines:
            count = trips if order.lump_sum_unit == 'trip' else 1
            amount = exact(order.lump_sum_amount) * count
            charges.append((self.env._(
                "Lump sum per %(unit)s: %(count)s × %(sum)s = %(amount)s",
                unit=order._get_selection_label('lump_sum_unit'), count=count,
                sum=number(order.lump_sum_amount, 2), amount=number(amount, 2)), amount))
        if order.minimum_charge_amount:
            # Typed trips are taken to be alike.
            count = trips if order.minimum_charge_unit == 'trip' else 1
            total = receivable + sum(amount for _words, amount in charges)
            topup = order._get_minimum_topup([total / count] * count)
            charges.append((self.env._(
                "Minimum charge per %(unit)s: %(count)s × %(minimum)s, the prices come to %(total)s: %(amount)s more",
                unit=order._get_selection_label('minimum_charge_unit'), count=count,
                minimum=number(order.minimum_charge_amount, 2), total=number(total, 2), amount=number(topup, 2)), topup))
        return charges

    def _get_deposit_words(self):
        order = self.order_id
        if not order.deposit_amount:
            return []
        number = self.env['waste.pricing']._number
        result = order._settle_deposit(exact(self.receivable_amount))
        return [self.env._(
            "Deposit %(deposit)s: still due %(due)s, to refund %(refund)s, to carry over %(carried)s",
            deposit=number(order.deposit_amount, 2), due=number(result.due, 2), refund=number(result.refund, 2),
            carried=number(result.carried, 2))]


class WastePriceSimulationLine(models.TransientModel):
    _name = 'waste.price.simulation.line'
    _description = "Price Simulation of a Waste Detail"
    _order = 'simulation_id, id'

    simulation_id = fields.Many2one('waste.price.simulation', required=True, ondelete='cascade')
    contract_line_id = fields.Many2one('sale.order.line', "Waste Detail", required=True, readonly=True, ondelete='cascade')
    waste_name = fields.Char("Waste", related='contract_line_id.waste_name')
    currency_id = fields.Many2one(related='contract_line_id.currency_id')
    pricing_mode = fields.Selection(related='contract_line_id.pricing_mode')
    payer = fields.Selection(related='contract_line_id.payer')
    lab_item = fields.Char(related='contract_line_id.lab_item')
    is_service = fields.Boolean(compute='_compute_is_service')
    quantity_t = fields.Float("Tonnes", digits=(16, 6), min_display_digits=3)
    before_t = fields.Float(
        "Before (t)", digits=(16, 6), min_display_digits=3,
        help="Moved earlier in the year, month or quarter that tiers and included quantities count in.")
    count = fields.Integer("Count", help="Packages, bins, trips or samples: what the price is per.")
    km = fields.Float("Distance (km)", digits=(16, 3), help="0: as agreed.")
    lab_value = fields.Float("Laboratory Value", digits=(16, 4))
    day = fields.Date(help="Whose market price counts.")
    amount = fields.Monetary(compute='_compute_amount')
    explanation = fields.Text("Calculation", compute='_compute_amount')
    has_problem = fields.Boolean(compute='_compute_amount')

    @api.depends('pricing_mode')
    def _compute_is_service(self):
        for line in self:
            line.is_service = line.contract_line_id._get_pricing()._is_service

    @api.depends(
        'quantity_t', 'before_t', 'count', 'km', 'lab_value', 'day', 'contract_line_id',
        'simulation_id.line_ids.quantity_t')
    def _compute_amount(self):
        for line in self:
            simulated = line.contract_line_id._simulate(line._get_settled())
            line.amount = float(simulated.amount)
            line.explanation = simulated.explanation
            line.has_problem = simulated.is_refused

    def _get_settled(self):
        """Return the typed quantities; fees move what their waste moves, and earlier rows use up shared quantities."""
        self.ensure_one()
        pricing = self.contract_line_id._get_pricing()
        moved = pricing._get_moved_lines(self.contract_line_id)
        counted = pricing._get_counted_lines(self.contract_line_id) - moved
        quantity_t, before_t, is_earlier = exact(0), exact(self.before_t), True
        for row in self.simulation_id.line_ids:
            detail = row.contract_line_id
            is_earlier = is_earlier and detail != self.contract_line_id
            if detail in moved:
                quantity_t += exact(row.quantity_t)
            elif is_earlier and detail in counted:
                before_t += exact(row.quantity_t)
        return Settled(
            net_kg=quantity_t * KG_PER_T, before_kg=before_t * KG_PER_T,
            packages=self.count, trips=self.count, samples=self.count, bins=self.count,
            km=exact(self.km), lab=((self.lab_item, exact(self.lab_value)),) if self.lab_value else (), day=self.day)
