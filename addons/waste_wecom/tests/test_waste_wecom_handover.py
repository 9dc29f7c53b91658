from odoo import fields
from odoo.tests import tagged

from odoo.addons.wecom_handover.tests.test_wecom_handover import HandoverCase


@tagged('post_install', '-at_install')
class TestWasteWecomHandover(HandoverCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.tz = 'Asia/Shanghai'
        for user, group in ((cls.zhang, 'salesperson'), (cls.lina, 'salesperson'), (cls.chen, 'sales_manager')):
            user.group_ids = [(4, cls.env.ref(f'waste.group_{group}').id)]
        cls.hazardous, cls.kitchen = cls.env.ref('waste.business_hazardous'), cls.env.ref('waste.business_kitchen')
        cls.today = fields.Date.context_today(cls.env.user)

    def setUp(self):
        super().setUp()
        role = self.env.ref('waste.party_role_producer')
        self.relations = self.customers(12)
        self.firms = self.env['res.partner'].create([
            {'name': f'产废单位{number}', 'is_company': True, 'user_id': self.zhang.id, 'party_role_ids': [(4, role.id)]}
            for number in range(12)])
        people = self.env['res.partner'].create([
            {'name': f'王经理{number}', 'parent_id': firm.id} for number, firm in enumerate(self.firms)])
        for relation, person in zip(self.relations, people):
            relation.contact_id.partner_id = person
        self.leads = self.env['crm.lead'].create([
            {'name': f'商机{number}', 'type': 'opportunity', 'partner_id': firm.id, 'user_id': self.zhang.id}
            for number, firm in enumerate(self.firms[:3])])
        code = self.env['waste.code'].search([('code', '=', '900-039-49')], limit=1)
        self.contracts = self.env['sale.order'].create([{
            'business_id': self.hazardous.id, 'partner_id': firm.id, 'user_id': self.zhang.id,
            'date_start': '2026-01-01', 'date_end': '2026-12-31',
            'order_line': [(0, 0, {'waste_name': '废活性炭', 'waste_code_id': code.id, 'planned_quantity_t': 10, 'pricing_mode': 'unit_t',
                                   'price_unit': 2800})],
        } for firm in self.firms[3:5]])
        self.firms[3].uscc, self.firms[4].uscc = '91441900TE1100001R', '91441900DEM000014R'
        for state in ('approving', 'customer_review', 'signing', 'active'):
            self.contracts.contract_state = state
        todo = 'mail.mail_activity_data_todo'
        self.activities = self.env['mail.activity'].browse([
            record.activity_schedule(todo, user_id=self.zhang.id, summary='跟进').id
            for record in (self.leads[0], self.contracts[0], self.firms[5], self.relations[6].contact_id, self.firms[7].child_ids)])
        self.lina.sale_team_id = self.zhang.sale_team_id

    def belonging(self, user):
        """Return how many customers, opportunities, contracts and to-dos are somebody's."""
        return tuple(len(records.filtered(lambda record: record.user_id == user))
                     for records in (self.firms, self.leads, self.contracts, self.activities))

    def test_s0_g2_c_a_leavers_customers_and_records_go_to_his_successor(self):
        """12 customers, 3 opportunities, 2 contracts, 5 to-dos of 张伟, who left; 11 pass over on WeCom, one refuses."""
        refusing = self.relations[11]
        self.fate(refusing)
        self.act('leaves', userid='ZhangWei')
        self.giver._leave()
        self.zhang.active = False
        self.assertEqual(self.giver.activity_ids.user_id, self.chen, "the leader is asked to hand over")

        action = self.giver.with_user(self.chen).action_hand_over()
        wizard = self.env['wecom.handover.start'].with_user(self.chen).with_context(**action['context']).create(
            {'taker_id': self.member.id, 'reason': '离职', 'with_rest': True})
        self.assertEqual((wizard.relation_ids, wizard.has_left), (self.relations, True))
        handover = self.env['wecom.handover'].browse(wizard.action_start()['res_id'])
        self.send()
        self.assertEqual(self.belonging(self.lina), (0, 0, 0, 0), "nothing moves before the customer")
        self.pass_time(hours=25)
        self.ask()

        self.assertEqual((self.states(handover), self.belonging(self.lina)), ({'done': 11, 'refused': 1}, (11, 3, 2, 5)))
        self.assertEqual(handover.line_ids.filtered(lambda line: line.state == 'refused').relation_id, refusing)
        handover.line_ids.with_user(self.chen).filtered(lambda line: line.state == 'refused').action_move_records()
        self.assertEqual(self.belonging(self.lina), (12, 3, 2, 5))
        self.env.flush_all()
        for record in [*self.leads, *self.contracts, self.firms[0]]:
            said = str(record.message_ids.mapped('body')) + str(record.message_ids.sudo().tracking_value_ids.mapped('old_value_char'))
            self.assertIn('张伟', said, record)
        contracts = handover.record_ids.filtered(lambda row: row.kind_id.model == 'sale.order')
        self.assertEqual(set(contracts.mapped('number')), set(self.contracts.ids))
        self.assertEqual(len(handover.record_ids), 12 + 12 + 3 + 2 + 5, "with the people of the firms")

    def test_assignments_and_contracts_keep_what_was_before(self):
        firm = self.firms[3]
        assign = self.env['waste.assignment'].create
        mine, others = (assign({'producer_id': firm.id, 'user_id': user.id, 'business_id': business.id, 'share_percent': share,
                                'date_from': '2026-01-01'}) for user, business, share in (
                                    (self.zhang, self.hazardous, 60), (self.chen, self.kitchen, 100)))
        self.hand_over(self.relations[3:4])
        self.pass_time(hours=25)
        self.ask()

        today = fields.Date.context_today(self.env.user)
        self.assertEqual((mine.user_id, mine.date_to, others.date_to), (self.zhang, fields.Date.subtract(today, days=1), False))
        new = self.env['waste.assignment'].search([('producer_id', '=', firm.id), ('user_id', '=', self.lina.id)])
        self.assertRecordValues(new, [{'business_id': self.hazardous.id, 'share_percent': 60, 'date_from': today, 'note': '调岗'}])
        contract = self.contracts[0]
        self.assertEqual((contract.user_id, contract._get_salesperson_on(fields.Date.subtract(today, days=1))), (self.lina, self.zhang))
        self.assertEqual((contract.contract_state, contract.name), ('active', contract.name))
        self.assertEqual(self.contracts[1].user_id, self.zhang, "of another customer")

    def test_what_no_customer_stands_behind_goes_at_once_if_wanted(self):
        free = self.env['crm.lead'].create({'name': '陌生客户', 'user_id': self.zhang.id})
        won = self.env['crm.lead'].create({'name': '赢单', 'user_id': self.zhang.id,
                                           'stage_id': self.env['crm.stage'].search([('is_won', '=', True)], limit=1).id})
        todo = free.activity_schedule('mail.mail_activity_data_todo', user_id=self.zhang.id)
        self.hand_over(self.relations[:1])
        self.assertEqual(free.user_id, self.zhang)

        self.hand_over(self.relations[1:2], with_rest=True)
        self.assertEqual((free.user_id, todo.user_id, won.user_id), (self.lina, self.lina, self.zhang))
        self.assertEqual(self.belonging(self.lina), (0, 0, 0, 0))
