from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.waste_contract.models.sale_order_line import SEALED

from .common import ContractCase

# Fields of this room that stay open in every state, and why.
NEVER_SEALED = {
    'contract_file_ids',    # scans and photos are added as long as the contract lives; each guards itself
    'contract_state',       # moves by its own table
    'received_paper_id',    # kept by the system, exchanged by WIM until somebody signs
    'reminded_days',        # what the calendar job has done
    'renewal_rule', 'renewal_percent', 'renewal_state', 'renewal_lost_reason', 'renewal_ids',  # what comes after
    'call_off_ids', 'frame_used_t', 'frame_used_amount', 'frame_used_percent',  # follows from the orders
    'quoted_contract_ids', 'member_ids',  # others' links, who works on it
    'agreement_ids', 'change_ids', 'date_terminated',  # how sealed terms change, and when the contract ended early
    'order_line', 'tier_ids', 'clause_ids',  # close in their own create, write and unlink
    'report_class_id',      # how we count the contract is no term of it
    'signing_contact_id', 'envelope_ids', 'return_reason',  # who signs for the producer; what signing and reviews said
    'user_id', 'team_id',   # who serves the contract changes during its life
    'external_system', 'external_key', 'external_extra', 'external_versions',  # kept by the mixin
    'planned_receivable', 'planned_payable', 'has_custom_clauses', 'is_below_floor', 'discount_percent',  # computed from what is sealed
}
LINE_NEVER_SEALED = {'floor_price', 'cost_price', 'commission_percent', 'business_id', 'contract_state'}


@tagged('post_install', '-at_install')
@freeze_time('2026-06-15')
class TestContractTerms(ContractCase):

    # ------------------------------------------------------------------ identity

    def test_numbers_count_per_business_and_year_of_the_start(self):
        hazardous = [self._contract().name for _i in range(2)]
        kitchen = self._contract(self._detail(waste_code_id=False), business_id=self.kitchen.id)
        next_year = self._contract(date_start='2027-01-01', date_end='2027-12-31')

        first = int(hazardous[0].rpartition('-')[2])
        self.assertEqual(hazardous, [f'DS-WF-2026-{first:04d}', f'DS-WF-2026-{first + 1:04d}'])
        self.assertRegex(kitchen.name, r'^DS-CC-2026-\d{4}$')
        self.assertRegex(next_year.name, r'^DS-WF-2027-\d{4}$')

    def test_the_name_that_the_form_proposes_is_no_number(self):
        self.env['res.lang']._activate_lang('zh_CN')
        orders = self.env['sale.order'].with_context(lang='zh_CN')
        values = orders.default_get(['name'])

        contract = orders.create({
            **values, 'business_id': self.hazardous.id, 'company_id': self.company.id, 'partner_id': self.producer.id})

        self.assertRegex(contract.name, r'^DS-WF-2026-\d{4}$')

    def test_details_are_numbered_after_their_contract(self):
        contract = self._contract(self._detail(), self._detail())
        contract.order_line[0].unlink()
        contract.order_line = [Command.create(self._detail())]

        self.assertEqual(contract.order_line.mapped('line_no'), [f'{contract.name}-02', f'{contract.name}-03'])
        self.assertEqual(contract.order_line[0].display_name, f'{contract.name}-02 废活性炭')

    def test_the_number_of_a_contract_is_its_own(self):
        self._contract(name='DSWF-2026-0001')

        with self.assertRaises(UniqueViolation), mute_logger('odoo.sql_db'), self.cr.savepoint():
            self._contract(name='DSWF-2026-0001').flush_recordset()

    # ------------------------------------------------------------------ money

    def _total(self, *details, **values):
        contract = self._contract(*details, **values)
        self.assertEqual(contract.amount_total, sum(contract.order_line.mapped('price_total')))
        self.assertEqual(contract.amount_total, contract.planned_receivable - contract.planned_payable)
        self.assertAlmostEqual(contract.amount_untaxed + contract.amount_tax, contract.amount_total, 2)
        return contract

    def test_the_total_is_the_planned_value_of_each_mode(self):
        cases = {
            'unit_t': (dict(price_unit=2800.0), {}, 28000.0, 10.0),
            'unit_kg': (dict(price_unit=9.0), {}, 90000.0, 10000.0),
            'unit_package': (dict(price_unit=15.0, planned_count=120), {}, 1800.0, 120.0),
            'per_trip': (dict(price_unit=1500.0, planned_count=2), {}, 3000.0, 2.0),
            'negative': (dict(price_unit=-300.0), {}, -3000.0, 10.0),
            'lump_year': (dict(price_unit=3500.0), dict(lump_sum_amount=8000.0, included_quantity_t=3.0), 32500.0, 10.0),
        }
        for mode, (detail, values, total, quantity) in cases.items():
            with self.subTest(mode=mode):
                contract = self._total(self._detail(pricing_mode=mode, **detail), **values)
                self.assertEqual(contract.amount_total, total)
                self.assertEqual(contract.order_line.product_uom_qty, quantity)

    def test_the_total_of_tiers(self):
        tiers = [Command.create({'from_t': 0, 'to_t': 10, 'price_unit': 500.0}),
                 Command.create({'from_t': 10, 'to_t': 0, 'price_unit': 450.0})]
        detail = self._detail(waste_code_id=False, planned_quantity_t=20.0, price_unit=300.0)

        whole = self._total({**detail, 'pricing_mode': 'tier_all'}, business_id=self.industrial.id, tier_ids=tiers)
        steps = self._total({**detail, 'pricing_mode': 'tier_excess'}, business_id=self.kitchen.id, tier_ids=tiers)
        quota = self._total({**detail, 'pricing_mode': 'tier_excess'}, business_id=self.kitchen.id)

        self.assertEqual(whole.amount_total, 9000.0)       # 20 × 450
        self.assertEqual(steps.amount_total, 9500.0)       # 10 × 500 + 10 × 450
        self.assertEqual(quota.amount_total, 7500.0)       # 15 × 300 + 5 × 600

    def test_lump_details_use_up_the_included_quantity_together(self):
        lump = [self._detail(pricing_mode='lump_year', price_unit=3500.0, planned_quantity_t=quantity)
                for quantity in (3.0, 3.0, 50.0)]

        contract = self._total(*lump, lump_sum_amount=8000.0, included_quantity_t=2.0)
        self.assertEqual(contract.order_line.mapped('price_total'), [11500.0, 10500.0, 175000.0])

        contract.order_line[0].planned_quantity_t = 1.0
        self.assertEqual(contract.order_line.mapped('price_total'), [8000.0, 7000.0, 175000.0])

    def test_a_lump_sum_is_planned_once_for_each_calendar_year(self):
        contract = self._total(
            self._detail(pricing_mode='lump_year', price_unit=3500.0, planned_quantity_t=7.0),
            lump_sum_amount=8000.0, included_quantity_t=3.0, date_start='2026-07-01', date_end='2027-06-30')

        self.assertEqual(contract.amount_total, 19500.0)   # 2 × 8,000 + (7 − 2 × 3) × 3,500

    def test_the_price_includes_the_tax(self):
        for rate, untaxed in ((6.0, 26415.09), (9.0, 25688.07), (13.0, 24778.76), (0.0, 28000.0), (3.0, 27184.47)):
            with self.subTest(rate=rate):
                contract = self._total(self._detail(), tax_rate_percent=rate)
                self.assertEqual((contract.amount_total, contract.amount_untaxed), (28000.0, untaxed))

    def test_totals_hold_when_the_company_rounds_taxes_globally(self):
        self.company.tax_calculation_rounding_method = 'round_globally'
        contract = self._total(*(
            self._detail(planned_quantity_t=0.333333, price_unit=price) for price in (10.01, 10.03, 10.07, 33.33)))

        self.assertEqual(contract.amount_total, 21.15)

    def test_changing_the_rate_changes_the_tax_not_the_total(self):
        contract = self._contract()
        contract.tax_rate_percent = 1.0

        self.assertEqual((contract.amount_total, contract.amount_untaxed), (28000.0, 27722.77))
        self.assertEqual(contract.order_line.tax_ids.amount, 1.0)
        self.assertEqual(contract.order_line.tax_ids.company_id, self.company)

    def test_an_unlimited_detail_has_no_planned_value(self):
        contract = self._total(self._detail(is_unlimited=True))

        self.assertEqual((contract.amount_total, contract.order_line.product_uom_qty), (0.0, 0.0))

    def test_receivable_and_payable_are_not_netted(self):
        contract = self._total(self._detail(), self._detail(pricing_mode='negative', price_unit=-300.0))

        self.assertEqual((contract.planned_receivable, contract.planned_payable), (28000.0, 3000.0))

    def test_small_tonnes_keep_their_grams(self):
        contract = self._total(self._detail(planned_quantity_t=0.012345, price_unit=1000.0))

        self.assertEqual(contract.amount_total, 12.35)
        self.assertEqual(contract.order_line.planned_quantity_t, 0.012345)

    # ------------------------------------------------------------------ refusals

    def test_bad_terms_are_refused_with_a_sentence(self):
        cases = [
            ("ends on 2025-12-31, before it starts", dict(date_end='2025-12-31'), {}),
            ("needs a start and an end", dict(date_end=False), {}),
            ("Lump Sum of contract .* must not be negative", dict(lump_sum_amount=-1.0), {}),
            ("Included .* must not be negative", dict(included_quantity_t=-1.0), {}),
            ("Tax Rate .* must not be negative", dict(tax_rate_percent=-6.0), {}),
            ("is a percentage such as 6", dict(tax_rate_percent=100.0), {}),
            ("planned quantity .* must not be negative", {}, dict(planned_quantity_t=-1.0)),
            ("planned quantity .* must not be negative", {}, dict(planned_count=-1)),
            ("price must not be negative", {}, dict(price_unit=-1.0)),
            ("written as a negative price", {}, dict(pricing_mode='negative', price_unit=300.0)),
            ("the producer pays", {}, dict(payer='us')),
            ("our company pays", {}, dict(pricing_mode='negative', payer='producer', price_unit=-1.0)),
            ("no discounts", {}, dict(discount=10.0)),
            ("don't use the price", {}, dict(pricing_mode='tier_excess')),
            ("needs the name of the waste", {}, dict(waste_name=False)),
        ]
        for sentence, values, detail in cases:
            with self.subTest(sentence), self.assertRaisesRegex(ValidationError, sentence), self.cr.savepoint():
                self._contract(self._detail(**detail), **values).flush_recordset()

    def test_i_02_a_code_must_be_in_the_list_of_the_first_day(self):
        code = self._code()
        old = code.copy({'code': '900-777-49', 'valid_from': '2021-01-01', 'valid_to': '2025-12-31'})

        with self.assertRaisesRegex(ValidationError, "900-777-49 .* isn't valid on 2026-01-01"):
            self._contract(self._detail(waste_code_id=old.id))
        contract = self._contract(self._detail(waste_code_id=old.id), date_start='2025-12-31')
        with self.assertRaisesRegex(ValidationError, "900-777-49 .* isn't valid on 2026-01-01"):
            contract.date_start = '2026-01-01'

    def test_i_02_the_codes_that_were_seen_but_never_listed_do_not_exist(self):
        self.assertFalse(self._code('900-041-59') | self._code('900-041-09'))
        self.assertTrue(self._contract(self._detail(waste_code_id=self._code('900-000-49').id)))

    def test_a_sales_order_does_not_become_a_contract_halfway(self):
        order = self.env['sale.order'].create({
            'partner_id': self.producer.id, 'company_id': self.company.id,
            'order_line': [Command.create({'product_id': self.hazardous.product_id.id})]})

        with self.assertRaisesRegex(UserError, "can't become a waste contract"):
            order.business_id = self.hazardous
        with self.assertRaisesRegex(UserError, "stop being one"):
            self._contract().business_id = False

    # ------------------------------------------------------------------ sealing

    def test_every_stored_field_of_the_room_is_sealed_or_named_as_open(self):
        for model, sealed, opened in (
                ('sale.order', set(self.env['sale.order']._sealed_from), NEVER_SEALED),
                ('sale.order.line', SEALED, LINE_NEVER_SEALED)):
            ours = {
                name for name, field in self.env[model]._fields.items()
                if field.store and field._modules and 'waste_contract' in field._modules}
            self.assertEqual(ours - sealed - opened, set(), model)

    def test_closed_terms_can_not_be_changed_by_anybody(self):
        values = {
            'partner_id': self.government.id, 'date_start': '2026-02-01', 'date_end': '2027-01-01',
            'lump_sum_amount': 5.0, 'included_quantity_t': 5.0, 'tax_rate_percent': 13.0, 'settlement_cycle': 'year',
            'company_id': self.env.ref('base.main_company').id, 'invoicing_company_id': self.env.ref('base.main_company').id,
            'disposer_id': self.government.id, 'government_id': self.government.id, 'name': 'X', 'business_id': self.kitchen.id,
            'transport_mode_id': self.env['waste.transport.mode'].search([], limit=1).id,
        }
        contract = self._contract(contract_state='active')
        before = contract.read(list(values))

        for name, value in values.items():
            for user in (self.env.user, self.manager):
                with self.subTest(field=name, user=user.name), self.assertRaisesRegex(UserError, "can no longer be changed"):
                    contract.with_user(user).write({name: value})
        self.assertEqual(contract.read(list(values)), before)

    def test_repeating_what_is_there_is_no_change(self):
        contract = self._contract(contract_state='active')

        contract.with_user(self.manager).write({'date_end': '2026-12-31', 'partner_id': self.producer.id})
        contract.order_line.with_user(self.manager).write({'price_unit': 2800.0, 'waste_name': "废活性炭"})

    def test_closed_details_can_not_be_changed_added_or_removed(self):
        contract = self._contract(contract_state='active').with_user(self.manager)
        line = contract.order_line

        for values in ({'price_unit': 1.0}, {'planned_quantity_t': 1.0}, {'waste_name': "别的"}, {'discount': 5.0},
                       {'waste_code_id': self._code('900-041-49').id}, {'product_uom_qty': 99.0}):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "Waste detail can no longer be changed"):
                line.write(values)
        with self.assertRaisesRegex(UserError, "can no longer be changed, added or removed"), self.cr.savepoint():
            contract.write({'order_line': [Command.create(self._detail())]})
        with self.assertRaisesRegex(UserError, "can no longer be changed, added or removed"), self.cr.savepoint():
            line.unlink()
        with self.assertRaisesRegex(UserError, "can no longer be changed, added or removed"), self.cr.savepoint():
            self.env['sale.order.line'].with_user(self.manager).create({**self._detail(), 'order_id': contract.id})
        self.env.invalidate_all()
        self.assertEqual((contract.amount_total, len(contract.order_line)), (28000.0, 1))

    def test_a_default_in_the_context_does_not_lead_past_the_seal(self):
        contract = self._contract(contract_state='active')
        for model, values in (
                ('sale.order.line', self._detail()), ('waste.price.tier', {'from_t': 0, 'price_unit': 1.0}),
                ('waste.contract.clause', {'name': "另行约定"})):
            with self.subTest(model=model), self.assertRaisesRegex(UserError, "can no longer be changed"), self.cr.savepoint():
                self.env[model].with_user(self.manager).with_context(default_order_id=contract.id).create(values)
        self.env.invalidate_all()
        self.assertEqual((len(contract.order_line), len(contract.tier_ids), len(contract.clause_ids)), (1, 0, 0))

    def test_an_import_into_an_active_contract_is_refused(self):
        contract = self._contract(contract_state='active')

        result = self.env['sale.order'].with_user(self.manager).load(
            ['.id', 'date_end'], [[str(contract.id), '2030-12-31']])

        self.assertFalse(result['ids'])
        self.assertIn("can no longer be changed", result['messages'][0]['message'])

    def test_a_returned_draft_is_open_again(self):
        contract = self._contract()
        contract.action_submit()
        contract.action_reject("单价低于底价")

        contract.order_line.price_unit = 3000.0

        self.assertEqual(contract.amount_total, 30000.0)

    # ------------------------------------------------------------------ the form

    def test_a_salesperson_writes_a_contract_in_the_form(self):
        form = Form(self.env['sale.order'].with_user(self.salesperson), view='waste_contract.sale_order_view_form')
        form.business_id = self.hazardous
        form.partner_id = self.producer
        with form.order_line.new() as line:
            line.waste_name = "废活性炭"
            line.waste_code_id = self._code()
            line.planned_quantity_t = 10.0
            line.price_unit = 2800.0
        self.assertEqual(form.planned_receivable, 28000.0)
        contract = form.save()

        self.assertEqual(contract.user_id, self.salesperson)
        self.assertEqual(contract.disposer_id, self.company.partner_id)
        self.assertEqual((str(contract.date_start), str(contract.date_end)), ('2026-06-15', '2027-06-14'))
        self.assertEqual(contract.order_line.category_id.code, 'HW49')
        self.assertEqual(contract.order_line.hazard_ids, self._code().hazard_ids)
        self.assertEqual((contract.settlement_cycle, contract.tax_rate_percent), ('month', 6.0))
        self.assertFalse(contract.require_signature or contract.require_payment or contract.validity_date)
