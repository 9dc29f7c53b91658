from odoo.tests import BaseCase

from odoo.addons.waste_wim.tools import reading


class TestReading(BaseCase):

    def texts(self, body, maximum=10):
        return [item.text for item in reading.read_batch(body, maximum)]

    def test_each_message_keeps_its_own_text(self):
        self.assertEqual(self.texts(b'[ {"a" :1},\n{"b":"\xe8\x81\x94"} ]'), ['{"a" :1}', '{"b":"联"}'])

    def test_one_message_a_line(self):
        self.assertEqual(self.texts(b'{"a":1}\n{"b":2}\r\n\n{"c":3}'), ['{"a":1}', '{"b":2}', '{"c":3}'])

    def test_a_single_message_over_several_lines(self):
        self.assertEqual(self.texts(b'{\n "a": 1\n}\n'), ['{\n "a": 1\n}'])

    def test_byte_order_mark_is_skipped(self):
        self.assertEqual(self.texts(b'\xef\xbb\xbf[{}]'), ['{}'])

    def test_empty_array_is_no_message(self):
        self.assertEqual(self.texts(b' [ ] '), [])

    def test_what_is_no_json_refuses_the_whole(self):
        for body in (
            b'', b'  ', b'x', b'42', b'null', b'[{}', b'[{},]', b'[{} {}]', b'[{}] x', b'{} x', b'{"a":1,}', b"{'a':1}",
            b'\xff', b'[' * 100_000, b'{"a":' * 100_000, b'[' + b'9' * 10_000 + b']', b'{"a":"\x01"}', b'[,]',
        ):
            with self.subTest(body=body[:20]), self.assertRaises(reading.Unreadable) as caught:
                reading.read_batch(body, 10)
            self.assertEqual((caught.exception.status, caught.exception.category), (400, 'json'))

    def test_too_many_are_refused(self):
        self.assertEqual(len(self.texts(b'[' + b','.join([b'{}'] * 10) + b']')), 10)
        for body in (b'[' + b','.join([b'{}'] * 11) + b']', b'{}\n' * 11):
            with self.assertRaises(reading.Unreadable) as caught:
                reading.read_batch(body, 10)
            self.assertEqual((caught.exception.status, caught.exception.category), (413, 'size'))

    def test_nan_is_the_problem_of_its_message_alone(self):
        items = reading.read_batch(b'[{"a":1},{"b":[{"c":NaN}]},{"d":-Infinity},{"e":2}]', 10)

        self.assertEqual([item.problem and item.problem.path for item in items], [None, '$.b[0].c', '$.d', None])

    def test_value_becomes_text_that_a_column_holds(self):
        item = reading.read_item({'a': "联\ud800", 'b': '\x00'})

        self.assertEqual(item.text.encode().decode(), item.text)
        self.assertNotIn('\x00', item.text)
