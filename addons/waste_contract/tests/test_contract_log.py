from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import html2plaintext

from .common import ContractCase


@tagged('post_install', '-at_install')
class TestContractLog(ContractCase):
    """S3-con-log: who created, changed and deleted what of a contract."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=False, mail_notrack=False, mail_create_nolog=False))
        cls.contract = cls._contract(user=cls.salesperson).with_env(cls.env)
        cls.contract.flush_recordset()
        cls.cr.precommit.run()

    def _get_new_notes(self, contract, change):
        """Return what ``change`` leaves in words in the log, beside tracked values, as [(author, text)]."""
        before = contract.message_ids
        change()
        self.env.flush_all()
        self.cr.precommit.run()
        return [(note.author_id, html2plaintext(note.body)) for note in contract.message_ids - before if note.body]

    def test_s3_con_log_who_created_it(self):
        self.assertEqual(len(self.contract.message_ids), 1)
        self.assertIn("Contract created", self.contract.message_ids.body)
        self.assertEqual(self.contract.message_ids.author_id, self.salesperson.partner_id)

    def test_s3_con_log_every_term_with_its_former_value(self):
        values = {'date_end': '2027-01-31', 'settlement_cycle': 'quarter', 'deposit_amount': 500.0}
        before = self.contract.message_ids

        self._get_new_notes(self.contract, lambda: self.contract.with_user(self.manager).write(values))

        note = self.contract.message_ids - before
        tracked = {value.field_id.name: value for value in note.sudo().tracking_value_ids}
        self.assertEqual((note.author_id, tracked.keys() & values.keys()), (self.manager.partner_id, values.keys()))
        self.assertEqual((tracked['settlement_cycle'].old_value_char, tracked['settlement_cycle'].new_value_char), ("Monthly", "Quarterly"))

    def test_s3_con_log_a_price_that_is_typed_over(self):
        line = self.contract.order_line.with_user(self.manager)

        notes = self._get_new_notes(self.contract, lambda: line.write({'price_unit': 2900.0, 'waste_name': line.waste_name}))

        self.assertEqual(len(notes), 1)
        self.assertEqual(notes[0][0], self.manager.partner_id)
        self.assertIn("废活性炭: Unit Price: 2,800 → 2,900", notes[0][1])

    def test_s3_con_log_details_that_come_and_go(self):
        contract = self.contract.with_user(self.salesperson)

        added = self._get_new_notes(self.contract, lambda: contract.write({
            'order_line': [Command.create(self._detail(waste_name="含铜污泥"))]}))
        removed = self._get_new_notes(self.contract, lambda: contract.order_line[-1].unlink())

        self.assertRegex(added[0][1], "Waste detail .*含铜污泥 was added.")
        self.assertRegex(removed[0][1], "Waste detail .*含铜污泥 was removed.")

    def test_s3_con_log_a_deleted_draft_is_noted_at_its_producer(self):
        number = self.contract.name

        notes = self._get_new_notes(self.producer.with_env(self.env), lambda: self.contract.with_user(self.manager).unlink())

        self.assertEqual(notes, [(self.manager.partner_id, f"The draft of contract {number} was deleted.")])
