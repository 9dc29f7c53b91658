from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import ContractCase


@tagged('post_install', '-at_install')
@freeze_time('2026-06-15')
class TestContractChecks(ContractCase):
    """What is checked before a contract is submitted, and again before it is signed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.road_dg = cls.env.ref('waste.transport_mode_road_dg')
        cls.carrier = cls.env['res.partner'].create({
            'name': "粤运物流", 'is_company': True,
            'party_role_ids': [Command.link(cls.env.ref('waste.party_role_carrier').id)]})
        cls.licence = cls._licence(cls.company.partner_id, 'hw_operation', yearly_capacity_t=1000.0, category_ids=[
            Command.link(cls.env.ref('waste.category_hw49').id)])

    @classmethod
    def _licence(cls, partner, kind, **values):
        return cls.env['waste.licence'].create({
            'name': f'4419-{partner.id}-{kind}', 'partner_id': partner.id, 'kind': kind,
            'valid_from': '2024-01-01', 'valid_to': '2028-12-31', **values})

    def _assert_problems(self, contract, *expected):
        """``expected``: (severity, part of the sentence)."""
        problems = contract._get_signing_problems()
        self.assertEqual([severity for severity, _sentence in problems], [severity for severity, _part in expected])
        for (_severity, sentence), (_same, part) in zip(problems, expected):
            self.assertIn(part, sentence)

    def _assert_submit_refused(self, contract, sentence):
        with self.assertRaisesRegex(UserError, sentence):
            contract.with_user(self.salesperson).action_submit()
        self.assertEqual(contract.contract_state, 'draft')

    def test_a_sound_contract_has_no_problems_and_is_submitted(self):
        contract = self._contract(user=self.salesperson)

        self._assert_problems(contract)
        self.assertFalse(contract.problem_list)
        contract.action_submit()
        self.assertEqual(contract.contract_state, 'approving')

    def test_i_01_a_producer_without_credit_code_is_not_signed(self):
        self.producer.uscc = False
        contract = self._contract()

        self._assert_problems(contract, ('block', "no valid credit code"))
        self._assert_submit_refused(contract, "no valid credit code")
        self.assertIn(f'/odoo/res.partner/{self.producer.id}', contract.problem_list)

    def test_i_02_a_code_that_left_the_list_before_the_signature(self):
        code = self._code().copy({'code': '900-777-49', 'valid_from': '2021-01-01', 'valid_to': '2026-05-31'})
        contract = self._contract(self._detail(waste_code_id=code.id))

        self._assert_problems(contract, ('block', "900-777-49 isn't valid on 2026-06-15"))

    def test_i_05_the_licence_expired_the_day_before(self):
        contract = self._contract()

        self.licence.valid_to = '2026-06-14'
        self._assert_problems(contract, ('block', "No licence of"))
        self.licence.valid_to = '2026-06-15'
        self._assert_problems(contract, ('warn', "ends on 2026-06-15, before the contract"))

    def test_i_05_the_licence_covers_the_codes_and_the_mode(self):
        contract = self._contract(
            self._detail(), self._detail(waste_name="废酸", waste_code_id=self._code('900-300-34').id))

        self._assert_problems(contract, ('block', "don't cover 900-300-34 of waste detail 废酸"))
        contract.order_line[1].unlink()
        self.licence.kind = 'hw_collection'
        contract.order_line.disposal_method_id = self.env.ref('waste.disposal_method_d10')
        self._assert_problems(contract, ('warn', "may only collect 900-039-49"))

    def test_a_disposer_without_any_licence_on_file_is_a_warning(self):
        self.licence.unlink()

        self._assert_problems(self._contract(), ('warn', "No licence of"))
        self._assert_problems(self._contract(business_id=self.industrial.id))

    def test_i_06_the_yearly_scale_warns_at_80_and_100_and_stops_at_120(self):
        self._contract(self._detail(planned_quantity_t=700.0), contract_state='active', partner_id=self.government.id)
        self._contract(self._detail(planned_quantity_t=999.0), partner_id=self.government.id)  # a draft binds nothing
        contract = self._contract(self._detail(planned_quantity_t=99.9))
        line = contract.order_line

        self._assert_problems(contract)
        for planned, severity, percent in ((100.0, 'warn', '80 %'), (300.0, 'warn', '100 %'), (499.9, 'warn', '120 %'),
                                           (500.0, 'block', '120 %')):
            line.planned_quantity_t = planned
            with self.subTest(planned=planned):
                self._assert_problems(contract, (severity, percent))
        self._assert_submit_refused(contract, "120 % of the 1,000 t")

    def test_i_07_s0_3_1_2_f_a_carrier_without_permit_is_refused_on_submit(self):
        contract = self._contract(transport_mode_id=self.road_dg.id, transporter_id=self.carrier.id)

        self._assert_submit_refused(contract, "粤运物流 has no “Road transport of dangerous goods” licence")
        self._licence(self.carrier, 'road_transport')
        contract.with_user(self.salesperson).action_submit()
        self.assertEqual(contract.contract_state, 'approving')

    def test_i_07_the_exemption_list_frees_the_transport_of_some_codes(self):
        exempt, bound = self._code('900-045-49'), self._code('900-249-08')
        contract = self._contract(
            self._detail(waste_code_id=exempt.id), transport_mode_id=self.road_dg.id, transporter_id=self.carrier.id)

        self.assertEqual((exempt.is_transport_exempt, bound.is_transport_exempt), (True, False))
        self._assert_problems(contract)
        contract.order_line.waste_code_id = self._code()
        self._assert_problems(contract, ('block', "Road transport of dangerous goods"))

    def test_s0_3_1_2_f_a_kitchen_contract_with_its_own_vehicle_passes(self):
        self._licence(self.carrier, 'kitchen_agreement')
        mode = self.env.ref('waste.transport_mode_road_kitchen')
        contract = self._contract(
            self._detail(waste_code_id=False, pricing_mode='unit_t'), business_id=self.kitchen.id, settlement_cycle='quarter',
            government_id=self.government.id, transport_mode_id=mode.id, transporter_id=self.carrier.id)

        self._assert_problems(contract)
        self.kitchen.transport_mode_ids = self.road_dg
        self._assert_problems(contract, ('block', "aren't transported by"))

    def test_another_open_contract_for_the_same_waste_is_told(self):
        other = self._contract(contract_state='active')
        overlapping = self._contract(date_start='2026-12-31', date_end='2027-12-30')
        following = self._contract(date_start='2027-01-01', date_end='2027-12-31')
        other_waste = self._contract(self._detail(waste_code_id=self._code('900-045-49').id))

        self._assert_problems(overlapping, ('warn', f"Contract {other.name} already covers 废活性炭"))
        self._assert_problems(following)
        self._assert_problems(other_waste)

    def test_a_period_that_is_over_or_endless_is_told(self):
        self._assert_submit_refused(
            self._contract(date_start='2025-01-01', date_end='2026-06-14'), "ended on 2026-06-14 already")
        self._assert_problems(self._contract(
            date_end='2031-01-01'), ('warn', "ends on 2028-12-31"), ('warn', "more than 5 years"))

    def test_terms_that_differ_from_the_business_are_told_or_stopped(self):
        contract = self._contract(settlement_cycle='year')

        self._assert_problems(contract, ('warn', "Settlement Cycle differs"))
        self.env.ref('waste_contract.contract_check_own_terms').severity = 'block'
        self._assert_submit_refused(contract, "Settlement Cycle differs")

    def test_a_setting_makes_a_check_warn_or_leaves_it_out(self):
        self.producer.uscc = False
        check = self.env.ref('waste_contract.contract_check_credit_code')
        contract = self._contract(user=self.salesperson)

        check.severity = 'warn'
        self._assert_problems(contract, ('warn', "no valid credit code"))
        check.active = False
        self._assert_problems(contract)
        contract.action_submit()
        self.assertEqual(contract.contract_state, 'approving')

    def test_it_is_checked_again_before_the_signature(self):
        contract = self._contract()
        self._walk(contract, 'approving', 'customer_review')
        self.licence.valid_to = '2026-06-14'

        with self.assertRaisesRegex(UserError, "No licence of"):
            contract.with_user(self.salesperson).action_agree()
        self.assertEqual(contract.contract_state, 'customer_review')
        self.licence.valid_to = '2028-12-31'
        contract.with_user(self.salesperson).action_agree()
        self.licence.valid_to = '2026-06-14'
        with self.assertRaisesRegex(UserError, "No licence of"):
            contract.with_user(self.salesperson).action_sign()
        self.assertEqual((contract.contract_state, contract.date_signed), ('signing', False))

    def test_what_wim_keeps_is_not_checked_here(self):
        self.producer.uscc = False

        self._assert_problems(self._contract(external_system='wim', external_key='C-1', contract_state='active'))
