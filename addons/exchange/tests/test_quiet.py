import logging

from odoo.tests import TransactionCase

from odoo.addons.exchange.tools.quiet import describe, withheld


class TestQuiet(TransactionCase):

    def test_query_text_is_withheld_inside_and_told_outside(self):
        logger = logging.getLogger('odoo.sql_db')

        with self.assertLogs(logger, 'ERROR') as logs:
            with withheld():
                logger.error("bad query: %s", "secret")
            logger.error("bad query: %s", "open")

        self.assertEqual([record.getMessage() for record in logs.records], [
            "A query failed while messages were handled; its text is withheld.", "bad query: open"])

    def test_description_names_type_and_place_only(self):
        error = None
        try:
            raise ValueError("secret")
        except ValueError as caught:
            error = caught

        text = describe(error)

        self.assertTrue(text.startswith('builtins.ValueError\n'))
        self.assertIn('test_description_names_type_and_place_only', text)
        self.assertNotIn('secret', text)
