from collections import namedtuple

from dateutil.relativedelta import relativedelta
from markupsafe import Markup
from stdnum.cn import uscc

from odoo import api, fields, models
from odoo.exceptions import UserError

CHECKED_STATES = ('draft', 'approving', 'customer_review', 'gov_review', 'signing')
OPEN_STATES = ('approving', 'customer_review', 'gov_review', 'signing', 'active')
DISPOSAL_LICENCES = ('hw_operation', 'hw_collection')
LONGEST_YEARS = 5
# I-06: above 120 % the disposer has to apply for a new licence.
CAPACITY_STEPS = ((120, 'block'), (100, 'warn'), (80, 'warn'))

# A sentence that says what is wrong and what to do, and the record where it is done.
Problem = namedtuple('Problem', ['severity', 'sentence', 'record'])


class SaleOrder(models.Model):
    """What is checked before a contract is submitted, and again before it is signed; `waste.contract.check` says how strictly."""
    _inherit = 'sale.order'

    transporter_id = fields.Many2one(
        'res.partner', "Carrier", index='btree_not_null', domain="[('party_role_ids.code', '=', 'carrier')]",
        help="Who will transport the waste. Empty: decided with each pickup.")
    problem_list = fields.Html("To Check", compute='_compute_problem_list', sanitize=False, groups='base.group_user')

    # COMPUTE -------------------------------------------------------------------

    @api.depends(
        'business_id', 'partner_id', 'disposer_id', 'transporter_id', 'transport_mode_id', 'date_start', 'date_end',
        'settlement_cycle', 'tax_rate_percent', 'invoicing_company_id', 'contract_state',
        'order_line.waste_code_id', 'order_line.planned_quantity_t')
    @api.depends_context('lang')
    def _compute_problem_list(self):
        for order in self:
            items = [
                Markup('<li class="%s">%s <a href="/odoo/%s/%s">%s</a></li>') % (
                    'text-danger' if problem.severity == 'block' else '', problem.sentence,
                    problem.record._name, problem.record.id, problem.record.display_name)
                if problem.record.id and problem.record != order._origin else
                Markup('<li class="%s">%s</li>') % ('text-danger' if problem.severity == 'block' else '', problem.sentence)
                for problem in (order._get_problems() if order.contract_state in CHECKED_STATES else [])]
            order.problem_list = Markup('<ul class="mb-0">%s</ul>') % Markup('').join(items) if items else False

    # CHECKS --------------------------------------------------------------------

    def _get_submit_error(self):
        # Jobs and imports take over what others agreed; people are stopped.
        return super()._get_submit_error() or (not self.env.su and self._get_blocking_sentence())

    def _get_move_error(self, target):
        return super()._get_move_error(target) or (target == 'signing' and self._get_blocking_sentence())

    def action_sign(self):
        for order in self.filtered(lambda order: order.contract_state == 'signing' and not order.date_signed):
            if sentence := order._get_blocking_sentence():
                raise UserError(sentence)
        return super().action_sign()

    def _get_blocking_sentence(self):
        return next((sentence for severity, sentence in self._get_signing_problems() if severity == 'block'), False)

    # BUSINESS ------------------------------------------------------------------

    def _get_signing_problems(self):
        """Return what speaks against signing as [(severity, sentence)], severity 'block' or 'warn'."""
        return [(problem.severity, problem.sentence) for problem in self._get_problems()]

    def _get_problems(self):
        """Return what the active checks find, as :class:`Problem`, those that stop first."""
        self.ensure_one()
        if not self.business_id or self.external_system:
            return []
        problems = []
        for check in self.env['waste.contract.check'].sudo().search([]):  # a setting, for whoever submits
            for found in getattr(self, f'_get_{check.code}_problems')():
                severity = 'warn' if 'warn' in (check.severity, found.severity) else 'block'
                problems.append(found._replace(severity=severity))
        return sorted(problems, key=lambda problem: problem.severity)

    def _get_check_day(self):
        """Return the day on which codes and licences must be valid: the first of the contract, today once that has passed."""
        return max(self.date_start, fields.Date.context_today(self)) if self.date_start else fields.Date.context_today(self)

    def _get_waste_lines(self):
        return self.order_line.filtered(lambda line: line.pricing_mode and not line._get_pricing()._is_service)

    def _get_credit_code_problems(self):
        """I-01."""
        producer = self.partner_id.commercial_partner_id
        if producer.uscc and uscc.is_valid(producer.uscc):
            return []
        return [Problem('block', self.env._(
            "%(producer)s has no valid credit code. Enter its 18 characters from the company registration.",
            producer=producer.display_name), producer)]

    def _get_waste_code_problems(self):
        """I-02: a contract may start under one list of codes and be signed under the next."""
        day = self._get_check_day()
        codes = self._get_waste_lines().waste_code_id
        return [Problem('block', self.env._(
            "Waste code %(code)s isn't valid on %(date)s. Choose a code of the list in force.",
            code=code.code, date=day), code) for code in codes - codes._valid_on(day)]

    def _get_licences(self, holder, kinds):
        # Licences are public facts; their rule hides those of partners of other companies of the group.
        return self.env['waste.licence'].sudo().search([
            ('partner_id', 'in', (holder | holder.commercial_partner_id).ids), ('kind', 'in', kinds)])

    def _needs_disposer_licence(self):
        return bool(self.business_id.needs_manifest and self.disposer_id)

    def _get_licence_missing_problems(self):
        if not self._needs_disposer_licence() or self._get_licences(self.disposer_id, DISPOSAL_LICENCES):
            return []
        return [Problem('block', self.env._(
            "No licence of %(disposer)s is on file. Enter its hazardous waste licence.",
            disposer=self.disposer_id.display_name), self.disposer_id)]

    def _get_licence_problems(self):
        """I-05: the licence is valid and covers the codes and what is done with them."""
        licences = self._get_licences(self.disposer_id, DISPOSAL_LICENCES) if self._needs_disposer_licence() else None
        if not licences:
            return []
        day = self._get_check_day()
        valid = licences._valid_on(day)
        if not valid:
            return [Problem('block', self.env._(
                "No licence of %(disposer)s is valid on %(date)s. Enter the new one.",
                disposer=self.disposer_id.display_name, date=day), licences[-1])]
        problems = []
        for line in self._get_waste_lines().filtered('waste_code_id'):
            covering = valid.filtered(lambda licence, line=line: licence._covers(line.waste_code_id))
            if not covering:
                problems.append(Problem('block', self.env._(
                    "The licences of %(disposer)s don't cover %(code)s of waste detail %(waste)s. Choose another disposer.",
                    disposer=self.disposer_id.display_name, code=line.waste_code_id.code, waste=line.waste_name), valid[0]))
            elif line.disposal_method_id.kind in ('recovery', 'disposal') and set(covering.mapped('kind')) == {'hw_collection'}:
                problems.append(Problem('warn', self.env._(
                    "%(disposer)s may only collect %(code)s: waste detail %(waste)s says “%(method)s”.",
                    disposer=self.disposer_id.display_name, code=line.waste_code_id.code, waste=line.waste_name,
                    method=line.disposal_method_id.display_name), covering[0]))
        last = max(valid, key=lambda licence: licence.valid_to)
        if last.valid_to < self.date_end:
            problems.append(Problem('warn', self.env._(
                "The licence of %(disposer)s ends on %(date)s, before the contract. Ask for the renewal in time.",
                disposer=self.disposer_id.display_name, date=last.valid_to), last))
        return problems

    def _get_capacity_problems(self):
        """I-06: planned quantities of contracts in force, and what was accepted beside them, within the yearly scale."""
        if not self._needs_disposer_licence():
            return []
        year = self._get_check_day().year
        licences = self._get_licences(self.disposer_id, DISPOSAL_LICENCES)._valid_on(self._get_check_day())
        problems = []
        for licence in licences.filtered('yearly_capacity_t'):
            mine = sum(
                line.planned_quantity_t for line in self._get_waste_lines()
                if line.waste_code_id and not line.is_unlimited and licence._covers(line.waste_code_id))
            if not mine:
                continue
            used = mine + sum(
                quantity for code, quantity in self._get_committed_t(self.disposer_id, year).items() if licence._covers(code))
            percent = used / licence.yearly_capacity_t * 100
            for limit, severity in CAPACITY_STEPS:
                if percent >= limit:
                    problems.append(Problem(severity, self.env._(
                        "With this contract %(disposer)s would take %(used)s t in %(year)s, %(percent)s %% of the %(capacity)s t "
                        "that licence %(licence)s allows. Agree on less, or choose another disposer.",
                        disposer=self.disposer_id.display_name, used=f'{used:,g}', year=str(year), percent=f'{percent:.0f}',
                        capacity=f'{licence.yearly_capacity_t:,g}', licence=licence.name), licence))
                    break
        return problems

    def _get_committed_t(self, disposer, year):
        """Return {waste code: tonnes} that the other contracts of ``disposer`` bind in ``year``. To override.

        :return: planned quantities of contracts that are signed or in force
        """
        # The scale is the disposer's, whoever may see the contracts that use it.
        return dict(self.env['sale.order.line'].sudo()._read_group([
            ('order_id.disposer_id', '=', disposer.id), ('order_id', '!=', self._origin.id),
            ('contract_state', 'in', ('signing', 'active')), ('is_unlimited', '=', False), ('waste_code_id', '!=', False),
            ('order_id.date_start', '<=', f'{year}-12-31'), ('order_id.date_end', '>=', f'{year}-01-01'),
        ], ['waste_code_id'], ['planned_quantity_t:sum']))

    def _get_transport_problems(self):
        """I-07: the carrier has the licence that the mode needs, unless the exemption list frees all codes (S0-3.1.2-f)."""
        mode, carrier = self.transport_mode_id, self.transporter_id
        allowed = self._get_policy()['transport_mode_ids']
        if mode and allowed and mode not in allowed.sudo(False):
            return [Problem('block', self.env._(
                "Contracts of %(business)s aren't transported by “%(mode)s”. Choose another, or allow it on the business.",
                business=self.business_id.name, mode=mode.name), self.business_id)]
        if not mode.licence_kind or not carrier:
            return []
        codes = self._get_waste_lines().waste_code_id
        if mode.licence_kind == 'road_transport' and codes and all(codes.mapped('is_transport_exempt')):
            return []
        day = self._get_check_day()
        if self._get_licences(carrier, (mode.licence_kind,))._valid_on(day):
            return []
        kinds = dict(mode._fields['licence_kind']._description_selection(self.env))
        return [Problem('block', self.env._(
            "Carrier %(carrier)s has no “%(licence)s” licence that is valid on %(date)s. Choose another carrier, or enter the licence.",
            carrier=carrier.display_name, licence=kinds[mode.licence_kind], date=day), carrier)]

    def _get_duplicate_problems(self):
        lines = self._get_waste_lines()
        # Also a contract that the user may not see stands in the way.
        others_sudo = self.sudo().search([
            ('id', '!=', self._origin.id), ('contract_state', 'in', OPEN_STATES),
            ('partner_id', 'child_of', self.partner_id.commercial_partner_id.ids), ('company_id', '=', self.company_id.id),
            ('business_id', '=', self.business_id.id), ('date_start', '<=', self.date_end), ('date_end', '>=', self.date_start)])
        # The orders of a framework repeat its waste on purpose.
        related = self._origin | self.framework_id
        problems = []
        for other in others_sudo.filtered(
                lambda other: other not in related.sudo() and (not other.framework_id or other.framework_id not in related.sudo())):
            theirs = other._get_waste_lines()
            same = lines.filtered(
                lambda line, theirs=theirs: line.waste_code_id in theirs.waste_code_id if line.waste_code_id
                else line.waste_name in theirs.mapped('waste_name'))
            if same:
                problems.append(Problem('block', self.env._(
                    "Contract %(other)s already covers %(waste)s of this producer from %(start)s to %(end)s. "
                    "Change that one by an agreement, or let this one start later.", other=other.name,
                    waste=same[0].waste_name, start=other.date_start, end=other.date_end), other.sudo(False)))
        return problems

    def _get_period_problems(self):
        if not self.date_start or not self.date_end:
            return []  # refused when it is saved
        if self.contract_state == 'draft' and self.date_end < fields.Date.context_today(self):
            return [Problem('block', self.env._(
                "The contract ended on %(date)s already. Correct its period.", date=self.date_end), self._origin)]
        if self.date_end >= self.date_start + relativedelta(years=LONGEST_YEARS):
            return [Problem('warn', self.env._(
                "The contract runs for more than %(years)s years. Check its end, %(date)s.",
                years=LONGEST_YEARS, date=self.date_end), self._origin)]
        return []

    def _get_own_terms_problems(self):
        """The business and its company decide; whether a contract may differ is the severity of this check."""
        policy = self._get_policy()
        names = [name for name in ('settlement_cycle', 'tax_rate_percent') if self[name] != policy[name]]
        if self.invoicing_company_id != (policy['invoicing_company_id'].sudo(False) or self.company_id):
            names.append('invoicing_company_id')
        return [Problem('block', self.env._(
            "%(field)s differs from what %(business)s uses. Make sure that it was agreed.",
            field=self._waste_field_label(name), business=self.business_id.name), self.business_id) for name in names]
