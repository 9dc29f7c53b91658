import json

from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_spec_validator import validate as validate_document

from odoo.tests import BaseCase
from odoo.tools import file_open

from odoo.addons.waste_wim.tools import openapi, schema
from odoo.addons.waste_wim.tools.events import EVENTS


class TestOpenapi(BaseCase):

    def test_document_is_valid_openapi_3_1(self):
        validate_document(openapi.document(), cls=OpenAPIV31SpecValidator)

    def test_every_event_and_field_is_described(self):
        schemas = openapi.document()['components']['schemas']

        for name, event in EVENTS.items():
            self.assertEqual(set(schemas[name]['properties']['payload']['properties']), set(event.fields))

    def test_examples_of_the_page_are_valid(self):
        for name, event in EVENTS.items():
            message = openapi.example(name, event)
            with self.subTest(event=name):
                self.assertEqual(schema.check(name, message['payload'])[1:], ([], {}))

    def test_s0_3_1_1_c_rows_of_the_page_name_type_and_meaning(self):
        rows = {row['name']: row for row in openapi.field_rows(EVENTS['contract.upsert'])}

        self.assertEqual((rows['contract_no']['type'], rows['contract_no']['note']), ('string', "合同编号"))
        self.assertEqual(rows['tiers']['type'], '[[decimal, decimal / null, decimal], …]')
        self.assertEqual(rows['lines']['inner'][0]['name'], 'line_no')
        self.assertTrue(rows['lines']['is_required'])

    def test_samples_of_the_feed_agree_with_the_document(self):
        """What the document calls valid is what the door takes, on every sample of the feed."""
        document = openapi.document()
        with file_open('waste_wim/tests/fixtures/feed_samples.jsonl') as samples:
            messages = [json.loads(line) for line in samples if json.loads(line)['version'] == 1]
        for message in messages:
            validator = Draft202012Validator({
                '$ref': f"#/components/schemas/{message['event']}", 'components': document['components']})
            with self.subTest(message=message['entity_key']):
                self.assertEqual(validator.is_valid(message), not schema.check(message['event'], message['payload'])[1])
