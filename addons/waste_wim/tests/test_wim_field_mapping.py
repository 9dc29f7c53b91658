from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tools import mute_logger

from .common import WimCase


class TestWimFieldMapping(WimCase):

    def mapping(self, event='manifest.upsert', wim_field='LDH', field='manifest_no', user=None):
        return self.env['wim.field.mapping'].with_user(user or self.admin).create(
            {'event': event, 'wim_field': wim_field, 'field': field})

    def push_manifest(self, **payload):
        message = self.message('manifest.upsert', 'LD-7', {'pickup_no': 'SYTTD1', 'out_qty_t': '1', **payload})
        self.push(message)
        self.process()
        return message

    def test_administrator_maps_ldh_to_the_manifest_number_without_code_change(self):
        """S0-3.2.2-k: the next message with LDH fills the manifest number."""
        given = self.accept_all()
        self.push_manifest(LDH='20264419000001')
        self.mapping()

        self.push_manifest(LDH='20264419000002')

        before, after = given
        self.assertEqual((before.key, before.extra), ('LD-7', {'LDH': '20264419000001'}))
        self.assertEqual((after.key, after.payload['manifest_no'], after.extra), ('20264419000002', '20264419000002', {}))

    def test_mapped_field_is_checked_like_ours(self):
        self.accept_all()
        self.mapping(wim_field='YCL', field='in_qty_t')

        message = self.push_manifest(YCL='NaN')

        self.assertRecordValues(self.row(message), [{
            'state': 'rejected', 'error_category': 'value', 'error_path': '$.payload.in_qty_t'}])

    def test_our_own_name_goes_first(self):
        given = self.accept_all()
        self.mapping()

        self.push_manifest(LDH='20264419000001', manifest_no='20264419000002')

        self.assertEqual(given[0].payload['manifest_no'], '20264419000002')
        self.assertEqual(given[0].extra, {'LDH': '20264419000001'})

    def test_fields_in_the_lines_of_a_contract(self):
        given = self.accept_all()
        self.mapping('contract.upsert', 'lines.FWMC', 'lines.waste_name')
        line = {'line_no': 'L-1', 'FWMC': "漆渣", 'price_mode': 'UNIT_T', 'unit_price': '3000'}

        self.push(self.message('contract.upsert', 'C-1', {'producer_code': 'P1', 'lines': [line]}))
        self.process()

        self.assertEqual(given[0].payload['lines'][0]['waste_name'], "漆渣")

    def test_archived_mapping_does_nothing(self):
        given = self.accept_all()
        self.mapping().active = False

        self.push_manifest(LDH='20264419000001')

        self.assertEqual(given[0].key, 'LD-7')

    def test_what_cannot_be_mapped(self):
        for values in (
            {'field': 'nothing'}, {'field': 'price_mode'}, {'wim_field': 'pickup_no'},
            {'event': 'contract.upsert', 'wim_field': 'FWMC', 'field': 'lines.waste_name'},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.mapping(**values)

    @mute_logger('odoo.sql_db')
    def test_a_name_is_mapped_once_for_an_event(self):
        self.mapping()
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.mapping(field='batch_no')

    def test_fields_to_choose_from_are_shown(self):
        mapping = self.mapping()

        self.assertIn('manifest_no', mapping.allowed_fields.split(', '))
        self.assertFalse(self.env['wim.field.mapping'].new({}).allowed_fields)
