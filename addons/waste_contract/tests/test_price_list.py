from ast import literal_eval

from lxml import etree

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common import ContractCase


@tagged('post_install', '-at_install')
class TestPriceList(ContractCase):
    """Services of the price list: list price, customer discounts, promotions, floor price, cost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref('base.group_user').implied_ids += cls.env.ref('product.group_product_pricelist')
        cls.env['product.pricelist'].search([]).active = False
        cls.code = cls._code('398-004-22')
        cls.service = cls.env['product.product'].create({
            'name': "含铜污泥处置", 'type': 'service', 'waste_business_id': cls.hazardous.id,
            'uom_id': cls.env.ref('uom.product_uom_ton').id, 'waste_category_id': cls.code.category_id.id,
            'list_price': 1500.0, 'waste_floor_price': 1200.0, 'standard_price': 1100.0})
        cls.level_a = cls.env['product.pricelist'].create({
            'name': "A 级客户", 'currency_id': cls.env.ref('base.CNY').id, 'item_ids': [Command.create({
                'applied_on': '0_product_variant', 'product_id': cls.service.id,
                'compute_price': 'percentage', 'percent_price': 5.0})]})

    def _line(self, pricelist=None, **detail):
        values = {'waste_name': "含铜污泥", 'waste_code_id': self.code.id, 'planned_quantity_t': 10.0, 'pricing_mode': 'unit_t'}
        return self._contract({**values, **detail}, pricelist_id=pricelist.id if pricelist else False).order_line

    def test_a_new_waste_detail_starts_with_the_price_of_the_list(self):
        line = self._line()

        self.assertEqual((line.service_id, line.price_unit, line.list_price), (self.service, 1500.0, 1500.0))
        self.assertEqual((line.floor_price, line.cost_price), (1200.0, 1100.0))

    def test_s1a_2_2_a_customer_level_a_has_5_percent_off(self):
        line = self._line(self.level_a)

        self.assertEqual((line.price_unit, line.list_price, line.order_id.discount_percent), (1425.0, 1500.0, 5.0))

    def test_s1a_2_2_b_a_promotion_counts_on_its_days(self):
        self.level_a.item_ids.write({
            'date_start': '2026-02-28 16:00:00', 'date_end': '2026-03-31 15:59:59', 'percent_price': 10.0})  # UTC

        for day, price in (('2026-03-15', 1350.0), ('2026-04-01', 1500.0)):
            with self.subTest(day=day), freeze_time(day):
                self.assertEqual(self._line(self.level_a).price_unit, price)

    def test_s1a_2_2_c_a_large_quantity_is_cheaper_and_the_floor_is_watched(self):
        self.level_a.item_ids.write({'min_quantity': 34.0, 'percent_price': 3.0})

        self.assertEqual(self._line(self.level_a, planned_quantity_t=33.0).price_unit, 1500.0)
        self.assertEqual(self._line(self.level_a, planned_quantity_t=34.0).price_unit, 1455.0)
        self.assertTrue(self._line(price_unit=1199.0).order_id.is_below_floor)

    def test_what_was_agreed_goes_before_the_list(self):
        self.assertEqual(self._line(price_unit=1480.0).price_unit, 1480.0)

    def test_choosing_the_code_in_the_form_offers_the_price(self):
        contract = self._contract(user=self.salesperson, pricelist_id=False)

        with Form(contract.with_user(self.salesperson), 'waste_contract.sale_order_view_form') as form:
            with form.order_line.new() as line:
                line.waste_name = "含铜污泥"
                line.waste_code_id = self.code

                self.assertEqual(line.price_unit, 1500.0)

    def test_s3_prod_shelf_what_left_the_shelf_is_offered_no_more_but_stays_on_old_contracts(self):
        old = self._line()
        self.service.sale_ok = False

        self.assertEqual(old.service_id, self.service)
        self.assertFalse(self._line().service_id)

    def test_s3_prod_0_old_contracts_keep_their_price(self):
        old = self._line()
        self.service.list_price = 1550.0

        self.assertEqual((old.price_unit, old.list_price), (1500.0, 1500.0))
        self.assertEqual(self._line().price_unit, 1550.0)

    def test_s1a_1_1_a_service_is_added_priced_archived_and_found_again(self):
        Service = self.env['product.template'].with_user(self.manager)
        form = Form(Service.with_context(default_type='service'))
        form.name = "含镍污泥处置"
        form.waste_business_id = self.hazardous
        form.waste_code_id = self.code
        form.list_price = 1500.0
        service = form.save()
        self.assertEqual(service.waste_category_id, self.code.category_id)

        service.list_price = 1550.0
        service.action_archive()

        named = [('name', '=', "含镍污泥处置")]
        self.assertFalse(Service.search(named))
        self.assertEqual(Service.search([*named, *self._filter('inactive')]).list_price, 1550.0)

    def test_s3_prod_flt_services_of_a_code_on_the_shelf(self):
        own = self.service.product_tmpl_id
        offered, hidden = (own.copy({'name': f"含铜污泥 {on}", 'sale_ok': on, 'waste_code_id': self.code.id}) for on in (True, False))
        code = [('waste_code_id', '=', self.code.id)]

        found = {name: own.search([*code, *self._filter(name)]) & (own + offered + hidden) for name in ('on_shelf', 'off_shelf')}

        self.assertEqual(found, {'on_shelf': offered, 'off_shelf': hidden})

    def _filter(self, name):
        """Return the domain of a filter as the screen has it."""
        arch = etree.fromstring(self.env['product.template'].get_view(
            self.env.ref('waste_contract.product_template_view_search_service').id, 'search')['arch'])
        return literal_eval(arch.find(f".//filter[@name='{name}']").get('domain'))

    def test_s3_prod_list_and_basics_show_code_waste_unit_price_and_shelf(self):
        arch = etree.fromstring(self.env['product.template'].with_user(self.salesperson).get_view(
            self.env.ref('waste_contract.product_template_view_list_service').id)['arch'])

        self.assertLessEqual(
            {'default_code', 'waste_code_id', 'waste_category_id', 'uom_id', 'list_price', 'sale_ok'},
            {node.get('name') for node in arch.iter('field')})

    def test_s3_prod_det_the_form_shows_waste_price_papers_and_log(self):
        arch = etree.fromstring(self.env['product.template'].with_user(self.manager).get_view(
            self.env.ref('product.product_template_form_view').id)['arch'])

        self.assertLessEqual(
            {'waste_business_id', 'waste_code_id', 'waste_category_id', 'waste_floor_price', 'list_price', 'sale_ok', 'pricelist_rule_ids'},
            {node.get('name') for node in arch.iter('field')})
        self.assertIn('action_open_documents', {node.get('name') for node in arch.iter('button')})
        self.assertTrue(list(arch.iter('chatter')))

    def test_s3_prod_log_the_former_price_stays_in_the_log(self):
        template = self.service.product_tmpl_id.with_context(tracking_disable=False, mail_notrack=False)
        self._flush_tracking()
        template.list_price = 1550.0
        self._flush_tracking()

        value = template.message_ids.sudo().tracking_value_ids.filtered(lambda value: value.field_id.name == 'list_price')
        self.assertEqual((value.old_value_float, value.new_value_float), (1500.0, 1550.0))

    def test_s3_prod_att_salespeople_see_the_papers_of_a_service(self):
        self.env['product.document'].create([
            {'name': name, 'datas': b'JVBERi0xLjQK', 'res_model': 'product.template', 'res_id': self.service.product_tmpl_id.id}
            for name in ("MSDS.pdf", "含铜污泥.png")])

        papers = self.service.product_tmpl_id.with_user(self.salesperson).product_document_ids

        self.assertEqual(set(papers.mapped('name')), {"MSDS.pdf", "含铜污泥.png"})
        self.assertTrue(papers[0].datas)

    def _flush_tracking(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    def test_the_service_of_the_code_goes_before_that_of_the_category(self):
        own = self.env['product.product'].create({
            'name': "398-004-22 处置", 'type': 'service', 'waste_business_id': self.hazardous.id,
            'uom_id': self.service.uom_id.id, 'waste_code_id': self.code.id, 'list_price': 1700.0})

        self.assertEqual((self._line().service_id, self._line().price_unit), (own, 1700.0))

    def test_s1m_1_the_margin_is_for_supervisors_only(self):
        line = self._line(price_unit=1500.0)

        self.assertAlmostEqual(line.with_user(self.manager).margin_percent, 26.7, 1)
        for name in ('margin_percent', 'cost_price', 'floor_price'):
            with self.subTest(field=name), self.assertRaises(AccessError):
                line.with_user(self.salesperson).read([name])
        with self.assertRaises(AccessError):
            self.service.product_tmpl_id.with_user(self.salesperson).read(['waste_floor_price'])

    def test_a_salesperson_writes_details_with_floor_and_cost_from_the_list(self):
        contract = self._contract(
            {'waste_name': "含铜污泥", 'waste_code_id': self.code.id, 'planned_quantity_t': 1.0}, user=self.salesperson,
            pricelist_id=False)

        self.assertEqual(contract.order_line.sudo().floor_price, 1200.0)
        self.assertEqual(contract.order_line.price_unit, 1500.0)
