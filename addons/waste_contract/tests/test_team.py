from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import ContractCase


@tagged('post_install', '-at_install')
@freeze_time('2026-06-15')
class TestTeam(ContractCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._new_user('salesperson', 'h3_xiaozhou')
        cls.contract = cls._contract(user=cls.salesperson)

    def test_s3_con_team_a_member_who_writes_edits_the_draft(self):
        contract = self.contract.with_user(self.other)
        with self.assertRaises(AccessError):
            contract.read(['name'])

        self.contract.member_ids = [Command.create({'user_id': self.other.id, 'access': 'write'})]
        contract.order_line.price_unit = 2700.0
        contract.write({'date_end': '2026-11-30'})
        contract.order_line = [Command.create(self._detail(waste_name="含铜污泥"))]

        self.assertEqual((self.contract.order_line[0].price_unit, len(self.contract.order_line)), (2700.0, 2))

    def test_a_member_who_reads_only_reads(self):
        self.contract.member_ids = [Command.create({'user_id': self.other.id, 'access': 'read'})]
        contract = self.contract.with_user(self.other)

        self.assertEqual(contract.read(['name'])[0]['name'], self.contract.name)
        self.assertEqual(contract.order_line.read(['price_unit'])[0]['price_unit'], 2800.0)
        for write in (lambda: contract.write({'date_end': '2026-11-30'}), lambda: contract.order_line.write({'price_unit': 1.0}),
                      lambda: contract.member_ids.write({'access': 'write'}), contract.action_submit):
            with self.subTest(write=write), self.assertRaises(AccessError):
                write()

    def test_only_its_salesperson_chooses_the_team(self):
        stranger = self._new_user('salesperson', 'h3_stranger')
        vals = {'order_id': self.contract.id, 'user_id': self.other.id, 'access': 'write'}

        with self.assertRaises(AccessError):
            self.env['waste.contract.member'].with_user(stranger).create(vals)
        member = self.env['waste.contract.member'].with_user(self.salesperson).create(vals)
        with self.assertRaises(AccessError):
            member.with_user(self.other).unlink()
        member.with_user(self.salesperson).unlink()

    def test_shares_are_at_most_the_whole(self):
        self.contract.member_ids = [Command.create({'user_id': self.other.id, 'access': 'read', 'share_percent': 60.0})]

        with self.assertRaisesRegex(ValidationError, "come to 110 %"):
            self.contract.member_ids = [
                Command.create({'user_id': self.manager.id, 'access': 'read', 'share_percent': 50.0})]

    def test_s3_con_tr_performance_before_the_transfer_stays(self):
        wizard = self.env['waste.contract.transfer'].with_user(self.salesperson).create({
            'order_ids': self.contract.ids, 'user_id': self.other.id, 'access': 'read'})

        wizard.action_transfer()

        self.assertEqual(self.contract.user_id, self.other)
        self.assertEqual(self.contract._get_salesperson_on(date(2026, 6, 14)), self.salesperson)
        self.assertEqual(self.contract._get_salesperson_on(date(2026, 6, 15)), self.other)
        self.assertEqual(self.contract.with_user(self.salesperson).name, self.contract.name)
        self.assertRecordValues(self.contract.member_ids.sorted('role'), [
            {'role': 'former', 'user_id': self.salesperson.id, 'date_from': self.contract.date_start},
            {'role': 'member', 'user_id': self.salesperson.id, 'date_from': False}])

    def test_history_is_kept_however_the_salesperson_changes(self):
        self.contract.with_user(self.manager).user_id = self.other
        with freeze_time('2026-07-01'):
            self.contract.with_user(self.manager).user_id = self.manager

        self.assertRecordValues(self.contract.member_ids.sorted('date_from'), [
            {'user_id': self.salesperson.id, 'role': 'former'}, {'user_id': self.other.id, 'role': 'former'}])
        for role in ('salesperson', 'sales_manager'):
            with self.subTest(role=role), self.assertRaises(UserError):
                self.contract.member_ids.with_user(self.users[role]).unlink()

    def test_contracts_go_to_salespeople_only(self):
        wizard = self.env['waste.contract.transfer'].with_user(self.manager).create({
            'order_ids': self.contract.ids, 'user_id': self.users['finance'].id})

        with self.assertRaisesRegex(UserError, "he is no salesperson"):
            wizard.action_transfer()
        self.assertEqual(self.contract.user_id, self.salesperson)

    def test_nobody_hands_over_contracts_of_others(self):
        self.contract.member_ids = [Command.create({'user_id': self.other.id, 'access': 'read'})]
        wizard = self.env['waste.contract.transfer'].with_user(self.other).create({
            'order_ids': self.contract.ids, 'user_id': self.other.id})

        with self.assertRaises(AccessError):
            wizard.action_transfer()
        self.assertEqual(self.contract.user_id, self.salesperson)
