from odoo.tests import BaseCase

from ..tools import wording


def no_picture(_source):
    return None


class TestWording(BaseCase):

    def test_a_value_brings_neither_tags_nor_placeholders(self):
        body = wording.fill(
            "<p>Party {{ name }}, {{rent}}</p>", {'name': '<img src=x onerror=alert(1)>{{rent}}', 'rent': '7 * 7'}, no_picture)

        self.assertEqual(body, '<p>Party &lt;img src=x onerror=alert(1)&gt;{{rent}}, 7 * 7</p>')

    def test_a_missing_value_leaves_a_blank(self):
        self.assertEqual(wording.fill("<p>{{name}}</p>", {'name': ''}, no_picture), f'<p>{wording.BLANK}</p>')

    def test_no_expression_is_run(self):
        body = '<p>{{ 7*7 }} {{name.__class__}} <t t-out="7*7">t</t> ${7*7}</p>'

        names, rest = wording.names(body)

        self.assertEqual(names, {'name.__class__'})  # looked up in the allow-list, where it isn't
        self.assertTrue(rest)
        self.assertNotIn('49', wording.fill(body, {'name.__class__': ''}, no_picture))

    def test_wording_has_no_ids_of_its_own(self):
        body = wording.fill('<p id="sig_party_a" name="sig_party_b">Here</p>', {}, no_picture)

        self.assertEqual(body, '<p>Here</p>')

    def test_foreign_pictures_are_left_out(self):
        body = wording.fill('<p><img src="file:///etc/passwd"/>a<img src="http://x/y.png"/></p>', {}, no_picture)

        self.assertEqual(body, '<p>a</p>')

    def test_a_placeholder_split_by_formatting_is_noticed(self):
        self.assertTrue(wording.is_broken('<p>{{par<b>ty.na</b>me}}</p>'))
        self.assertFalse(wording.is_broken('<p><b>{{party.name}}</b></p>'))

    def test_numbers_in_chinese(self):
        self.assertEqual([wording.ordinal(number) for number in (1, 10, 11, 20, 23, 99)], ['一', '十', '十一', '二十', '二十三', '九十九'])
