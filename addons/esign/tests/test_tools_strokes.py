import io
import json

from PIL import Image

from odoo.tests import BaseCase

from ..tools import strokes
from ..tools.strokes import StrokeError
from .tools_common import name_written


class TestStrokes(BaseCase):

    def _refused(self, value, words):
        text = value if isinstance(value, str | bytes) else json.dumps(value)
        with self.assertRaises(StrokeError) as caught:
            strokes.parse(text)
        self.assertIn(words, str(caught.exception))

    def test_a_name_is_read_and_hashed_the_same_whatever_its_spelling(self):
        written = name_written()

        read = strokes.parse(json.dumps(written))

        self.assertEqual(len(read.items), 6)
        self.assertEqual(strokes.parse(read.canonical).sha256, read.sha256)
        self.assertEqual(strokes.parse(json.dumps(written, indent=3).replace('0.5', '0.500')).sha256, read.sha256)
        written[0]['points'][0][0] += 1
        self.assertNotEqual(strokes.parse(json.dumps(written)).sha256, read.sha256)

    def test_what_is_no_handwriting_is_refused_in_a_sentence(self):
        good = name_written()
        point = [10, 10, 0.5, 0]

        def changed(**values):
            return [{**good[0], **values}, *good[1:]]

        for value, words in [
            ('', 'not readable'), ('[', 'not readable'), (b'\xff\xfe', 'not readable'), ('\ud800', 'not readable'),
            ('[' * 60_000, 'not readable'), (' ' * 70_000, '64 KB'),
            ([], 'Nothing was written'), ({}, 'Nothing was written'), ('null', 'Nothing was written'), ('"<svg onload=a>"', 'Nothing'),
            (['data:image/png;base64,AAAA'], 'A stroke needs'), ([{'points': [point]}], 'A stroke needs'),
            (changed(extra=1), 'A stroke needs'), (changed(points=[]), 'A stroke needs'), (changed(points={}), 'A stroke needs'),
            (changed(points=[[1, 2, 3]]), 'A point needs'), (changed(points=['1234']), 'A point needs'),
            (changed(points=[[1001, 10, 0.5, 0]]), 'outside the box'), (changed(points=[[10, 501, 0.5, 0]]), 'outside the box'),
            (changed(points=[[-1, 10, 0.5, 0]]), 'outside the box'), (changed(points=[[10, 10, 1.5, 0]]), 'outside the box'),
            (changed(points=[[10, 10, 0.5, -1]]), 'outside the box'), (changed(points=[[True, 10, 0.5, 0]]), 'no number'),
            (changed(points=[['10', 10, 0.5, 0]]), 'no number'), (changed(t0=None), 'no number'), (changed(t0=1e308), 'no number'),
            (json.dumps(changed(t0=0)).replace('"t0": 0', '"t0": NaN'), 'not readable'),
            (json.dumps(changed(t0=0)).replace('"t0": 0', '"t0": Infinity'), 'not readable'),
            (json.dumps(changed(t0=0)).replace('"t0": 0', '"t0": ' + '9' * 5000), 'not readable'),
            (changed(points=[[10, 10, 0.5, 1000], [10, 10, 0.5, 500]]), 'run backwards'),
            ([{'t0': 0, 'points': good[0]['points']}, {'t0': 601_000, 'points': good[1]['points']}], 'longer than ten minutes'),
            ([{'t0': 0, 'points': [point] * 6000}], '64 KB'),
            (json.dumps([{'t0': 0, 'points': [[1, 1, 1, 1]] * 5001}], separators=(',', ':')), '5,000 points'),
        ]:
            with self.subTest(value=str(value)[:60], words=words):
                self._refused(value, words)

    def test_a_dot_or_a_scratch_is_no_signature(self):
        line = [[100 + 10 * step, 200, 0.5, 50 * step] for step in range(30)]
        for reason, value in {
            'a dot': [{'t0': 0, 'points': [[10, 10, 0.5, 0]]}],
            'one short stroke': [{'t0': 0, 'points': line}],
            'narrow': [{'t0': 1000 * row, 'points': [[500 + step, 5 * step, 0.5, 16 * step] for step in range(50)]} for row in range(3)],
            'in a blink': [{'t0': 0, 'points': [[10 * step, 200, 0.5, 2 * step] for step in range(60)]}],
        }.items():
            with self.subTest(reason):
                self._refused(value, 'too short for a signature')
        two_strokes = [{'t0': 0, 'points': line}, {'t0': 2000, 'points': line}]
        self.assertEqual(len(strokes.parse(json.dumps(two_strokes)).items), 2)

    def test_drawn_inside_its_box_without_distortion(self):
        read = strokes.parse(json.dumps(name_written()))
        box = (100, 200, 220, 260)

        numbers = [[float(word) for word in line.split()[:2]] for line in read.operators(box).decode().splitlines()
                   if line.endswith('S')]

        xs, ys = [x for x, _y in numbers], [y for _x, y in numbers]
        self.assertTrue(100 <= min(xs) and max(xs) <= 220 and 200 <= min(ys) and max(ys) <= 260)
        self.assertAlmostEqual((min(xs) + max(xs)) / 2, 160, delta=2)
        ink = read.ink
        self.assertAlmostEqual((max(xs) - min(xs)) / (max(ys) - min(ys)), (ink[2] - ink[0]) / (ink[3] - ink[1]), delta=0.2)
        self.assertTrue(read.operators(box).startswith(b'q ') and read.operators(box).endswith(b'Q'))

    def test_pressure_or_speed_makes_the_line_thick_and_thin(self):
        def widths(value):
            return {segment.width for segment in strokes.parse(json.dumps(value)).segments()}

        pressed = name_written()
        pressed[0]['points'] = [[*point[:2], index / 20, point[3]] for index, point in enumerate(pressed[0]['points'])]

        self.assertGreater(len(widths(name_written())), 3)
        self.assertGreater(len(widths(pressed)), 10)
        self.assertTrue(all(strokes.THIN <= width <= strokes.THICK for width in widths(pressed) | widths(name_written())))

    def test_preview_is_a_picture_with_ink_in_the_middle(self):
        image = Image.open(io.BytesIO(strokes.parse(json.dumps(name_written())).png(300)))

        self.assertEqual(image.size, (300, 150))
        box = image.point(lambda value: 255 * (value < 128)).getbbox()
        self.assertGreater(box[2] - box[0], 150)
        self.assertTrue(box[0] > 0 and box[1] > 0 and box[2] < 300 and box[3] < 150)
