from ast import literal_eval
from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import ContractCase


@tagged('post_install', '-at_install')
class TestContractViews(ContractCase):

    def _spec(self, view, model):
        arch_fields = self.env[model].get_view(self.env.ref(f'waste_contract.{view}').id)['models'][model]
        return {
            name: {'fields': {'display_name': {}}} if self.env[model]._fields[name].relational else {}
            for name in arch_fields if name != 'id'}

    def test_lists_cost_the_same_for_1_and_for_40_contracts(self):
        """The list and kanban of contracts and of waste details, as the web client reads them."""
        cases = (
            ('sale_order_view_list_renewal', 'sale.order'), ('sale_order_view_kanban_renewal', 'sale.order'),
            ('sale_order_view_list', 'sale.order'), ('sale_order_view_kanban', 'sale.order'),
            ('sale_order_line_view_list', 'sale.order.line'), ('sale_order_line_view_kanban', 'sale.order.line'))
        for _i in range(40):
            self._contract(contract_state='active')
        for view, model in cases:
            spec = self._spec(view, model)
            domain = [('business_id', '=', self.hazardous.id), ('company_id', '=', self.company.id)]
            records = self.env[model].with_user(self.salesperson)
            counts = []
            for limit in (1, 1, 40):  # the first reads what stays in the registry's caches
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                result = records.web_search_read(domain, spec, limit=limit)
                counts.append(self.env.cr.sql_log_count - before)
                self.assertEqual(len(result['records']), limit)
            with self.subTest(view=view):
                self.assertLessEqual(counts[2], counts[1] + 1)

    def test_a_contract_opens_in_its_own_form_and_an_order_in_odoos(self):
        contract = self._contract()
        order = self.env['sale.order'].create({'partner_id': self.producer.id, 'company_id': self.company.id})

        self.assertEqual(contract.get_formview_id(), self.env.ref('waste_contract.sale_order_view_form').id)
        self.assertNotEqual(order.get_formview_id(), contract.get_formview_id())
        self.assertEqual(
            contract.action_open_business_doc()['views'], [(self.env.ref('waste_contract.sale_order_view_form').id, 'form')])

    def test_filters_of_the_search_view_find_what_they_say(self):
        soon = self._contract(contract_state='active', date_end=self._days(20))
        later = self._contract(contract_state='active', date_end=self._days(80))
        Order = self.env['sale.order']
        for days, found in ((30, soon), (60, soon), (90, soon | later)):
            with self.subTest(days=days):
                domain = [('id', 'in', (soon | later).ids), ('contract_state', '=', 'active'), ('date_end', '<=', f'today +{days}d')]
                self.assertEqual(Order.search(domain), found)

    def test_s1b_2_4_historical_contracts_and_s1b_2_2_wastes_are_found(self):
        expired = self._contract(contract_state='expired', date_start='2024-01-01', date_end='2024-12-31', order_line=[
            Command.create(self._detail(waste_code_id=self._code('336-062-17').id, waste_name="含铜污泥"))])
        ended = self._contract(contract_state='terminated')
        active = self._contract(contract_state='active')
        ours = [('id', 'in', (expired | ended | active).ids)]
        Order = self.env['sale.order']

        self.assertEqual(Order.search(ours + [('contract_state', 'in', ['expired', 'terminated'])]), expired | ended)
        self.assertEqual(Order.search(ours + [('order_line.waste_code_id', 'ilike', '336-062')]), expired)

    def test_s1k_3_25_a_business_at_a_glance_shows_what_the_user_may_see(self):
        business = self.hazardous.with_user(self.salesperson)
        before = (business.active_contract_count, business.ending_contract_count, business.open_contract_count)
        self._contract(contract_state='active', date_end=self._days(20))
        self._contract(contract_state='active', date_end=self._days(200))
        self._contract()
        self._contract(contract_state='active', user_id=self.manager.id)
        business.invalidate_recordset()

        after = (business.active_contract_count, business.ending_contract_count, business.open_contract_count)
        self.assertEqual(tuple(new - old for new, old in zip(after, before)), (2, 1, 1))
        action = business.action_view_contracts()
        self.assertEqual(self.env['sale.order'].with_user(self.salesperson).search_count(action['domain']), after[0])

    def test_s3_con_list_0_the_column_chooser_offers_every_field(self):
        internal = {
            'contract_state', 'planned_payable', 'external_extra', 'external_extra_text', 'external_versions', 'renewal_lost_reason',
            'renewed_by_id', 'frame_used_t', 'frame_used_amount', 'reminded_days', 'return_reason',
            'received_paper_id'}
        ours = {
            name for name, field in self.env['sale.order']._fields.items()
            if field.store and field._modules and field._modules[0] == 'waste_contract' and field.type not in ('one2many', 'many2many')}

        arch = etree.fromstring(self.env['sale.order'].get_view(self.env.ref('waste_contract.sale_order_view_list').id)['arch'])
        offered = {node.get('name') for node in arch.iter('field') if not node.get('column_invisible')}

        self.assertEqual(ours - offered - internal, set())
        self.assertLessEqual({'business_id', 'transport_mode_id', 'invoicing_company_id', 'approval_label'}, offered)

    def test_s3_con_det_s3_con_basic_s0_3_1_2_m_everything_of_a_contract_is_on_its_form(self):
        """The fields of requirements/README.md §9 "Contract", whose picture was lost (A3)."""
        arch = self._get_arch('sale_order_view_form')

        pages = {node.get('name') for node in arch.iter('page')}
        self.assertLessEqual({'waste_details', 'approval', 'team', 'documents', 'history', 'terms'}, pages)
        self.assertTrue(list(arch.iter('chatter')))
        self.assertLessEqual({
            'name', 'external_label', 'business_id', 'partner_id', 'disposer_id', 'government_id', 'company_id', 'invoicing_company_id',
            'user_id', 'team_id', 'date_signed', 'date_start', 'date_end', 'document_template_id', 'transport_mode_id', 'transporter_id',
            'is_transport_included', 'minimum_charge_amount', 'settlement_cycle', 'tax_rate_percent', 'deposit_amount', 'approver_id',
            'approval_steps', 'signing_contact_id', 'archive_number', 'contract_file_ids', 'note'},
            {node.get('name') for node in arch.iter('field')})

    def test_s3_con_prod_the_form_lists_code_tonnes_and_price_of_each_waste(self):
        lines = self._get_arch('sale_order_view_form').find(".//field[@name='order_line']/list")

        self.assertLessEqual(
            {'waste_name', 'waste_code_id', 'planned_quantity_t', 'pricing_mode', 'price_unit'},
            {node.get('name') for node in lines if node.get('optional') != 'hide'})
        self.assertLessEqual(
            {'physical_form_id', 'hazard_ids', 'packaging_id'},
            {node.get('name') for node in lines})

    def _get_arch(self, view):
        return etree.fromstring(self.env['sale.order'].with_user(self.manager).get_view(
            self.env.ref(f'waste_contract.{view}').id)['arch'])

    def test_s1d_4_3_the_amount_is_the_sum_of_the_lines_and_follows_them(self):
        contract = self._contract(self._detail(price_unit=3000.0), user=self.salesperson)
        self.assertEqual((contract.planned_receivable, contract.user_id), (30000.0, self.salesperson))

        contract.order_line.planned_quantity_t = 12.0

        self.assertEqual((contract.planned_receivable, contract.amount_total), (36000.0, 36000.0))

    def test_s3_con_flt_ending_within_30_days_of_one_business(self):
        wanted = self._kitchen(self._days(10)) | self._kitchen(self._days(30))
        others = self._kitchen(self._days(31)) | self._contract(contract_state='active', date_end=self._days(10))

        self.assertEqual(self.env['sale.order'].search([
            ('id', 'in', (wanted | others).ids), ('business_id', '=', self.kitchen.id),
            *self._filter('sale_order_view_search', 'sale.order', 'ending_30')]), wanted)

    def _kitchen(self, end):
        return self._contract(
            self._detail(waste_code_id=False, waste_name="厨余垃圾"), business_id=self.kitchen.id, contract_state='active', date_end=end)

    def _filter(self, view, model, name):
        """Return the domain of a filter as the screen has it."""
        arch = etree.fromstring(self.env[model].get_view(self.env.ref(f'waste_contract.{view}').id, 'search')['arch'])
        return literal_eval(arch.find(f".//filter[@name='{name}']").get('domain'))

    def test_s3_con_fu2_tasks_and_decisions_stand_in_the_track_of_the_contract(self):
        contract = self._contract(user=self.salesperson)
        task = contract.activity_schedule('mail.mail_activity_data_todo', summary="寄合同", user_id=self.salesperson.id)

        task.with_user(self.salesperson).action_feedback("已寄出")
        contract.with_user(self.salesperson).action_submit()
        contract.with_user(self.manager).action_approve()

        track = ''.join(contract.message_ids.mapped('body'))
        for words in ("寄合同", "已寄出", "Approved."):
            self.assertIn(words, track)

    def _days(self, days):
        return fields.Date.context_today(self.env.user) + timedelta(days=days)


@tagged('post_install', '-at_install')
class TestContractTour(ContractCase, HttpCase):

    def test_a_salesperson_writes_and_submits_a_contract(self):
        self.start_tour('/odoo/contracts', 'waste_contract_write', login='h3_salesperson')

        contract = self.env['sale.order'].search([('partner_id', '=', self.producer.id)])
        self.assertEqual((contract.contract_state, contract.amount_total), ('approving', 28000.0))
        self.assertEqual(contract.user_id, self.salesperson)

    def test_s0_3_1_2_a_a_fourth_business_is_set_up_and_contracted_from_the_screens(self):
        self.start_tour('/odoo/contracts', 'waste_contract_new_business', login='h3_admin')
        self.start_tour('/odoo/contracts', 'waste_contract_of_new_business', login='h3_salesperson')

        contract = self.env['sale.order'].search([('partner_id', '=', self.producer.id)])
        self.assertEqual((contract.business_id.code, contract.contract_state), ('medical', 'approving'))
        self.assertEqual((contract.tax_rate_percent, contract.order_line.tax_ids.amount), (3.0, 3.0))
        self.assertRegex(contract.name, r'^DS-YL-\d{4}-0001$')
        self.assertEqual(contract.amount_total, 36000.0)
