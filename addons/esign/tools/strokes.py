"""Handwriting as it came from the finger: strokes, never a picture.

The browser sends points in a box of 1000 x 500, y downwards; the server draws them itself. So no picture of a client is
ever decoded, and what is kept as evidence is the writing with its speed and pressure.
"""
import io
import json
import math
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1000, 500
MAX_BYTES = 64 * 1024
MAX_POINTS = 5000
#: from the first touch to the last; who writes one character to a square, puts on glasses and writes again needs minutes
MAX_MILLISECONDS = 600_000
#: legible: two strokes or one long one, across a good part of the box, not in the blink of an eye
MIN_STROKES, MIN_POINTS = 2, 40
MIN_INK_WIDTH = 0.15 * WIDTH
MIN_MILLISECONDS = 800
#: thickness of the pen in the box; a phone's canvas of 345 pixels draws 0.8 to 3.2
THIN, THICK = 2.3, 9.3
#: a small writing is not blown up to a poster
LARGEST_SCALE = 2.0


class StrokeError(ValueError):
    """What was sent is no handwriting; the message says why."""


class Segment(NamedTuple):
    """A piece of a quadratic curve."""
    start: tuple
    control: tuple
    end: tuple
    width: float


def parse(text):
    """Read what the canvas sent: ``[{"t0": ms, "points": [[x, y, pressure, t], …]}, …]``.

    ``t0`` is when the pen came down (any clock), ``t`` counts from there.

    :param text: str or bytes, JSON
    :return: :class:`Strokes`
    :raise StrokeError: for anything else
    """
    raw = text.encode('utf-8', 'surrogatepass') if isinstance(text, str) else bytes(text)
    if len(raw) > MAX_BYTES:
        raise StrokeError('The handwriting is larger than 64 KB; write it again, simpler.')
    try:
        value = json.loads(raw.decode('utf-8'), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise StrokeError('The handwriting is not readable; reload the page and write it again.') from None
    if not isinstance(value, list) or not value:
        raise StrokeError('Nothing was written; sign in the box.')
    strokes = Strokes(tuple(_stroke(item) for item in value))
    strokes.check()
    return strokes


class Strokes:
    """A checked handwriting.

    :param items: tuple of (t0, ((x, y, pressure, t), …))
    """

    def __init__(self, items):
        self.items = items

    @cached_property
    def canonical(self):
        """The bytes that are hashed and kept; parsing them gives the same handwriting."""
        value = [{'points': [list(point) for point in points], 't0': start} for start, points in self.items]
        return json.dumps(value, separators=(',', ':'), sort_keys=True).encode()

    @property
    def sha256(self):
        return sha256(self.canonical).hexdigest()

    @cached_property
    def ink(self):
        """The box around the writing: x1, y1, x2, y2."""
        xs = [point[0] for _start, points in self.items for point in points]
        ys = [point[1] for _start, points in self.items for point in points]
        return min(xs), min(ys), max(xs), max(ys)

    def check(self):
        """Refuse what is too long or not legible."""
        count = sum(len(points) for _start, points in self.items)
        if count > MAX_POINTS:
            raise StrokeError('The handwriting has more than 5,000 points; write it again, simpler.')
        moments = [start + point[3] for start, points in self.items for point in points]
        if any(later < earlier for earlier, later in zip(moments, moments[1:])):
            raise StrokeError('The times of the handwriting run backwards; write it again.')
        if moments[-1] - moments[0] > MAX_MILLISECONDS:
            raise StrokeError('Writing took longer than ten minutes; clear the box and sign again.')
        if (len(self.items) < MIN_STROKES and count < MIN_POINTS) or self.ink[2] - self.ink[0] < MIN_INK_WIDTH \
                or moments[-1] - moments[0] < MIN_MILLISECONDS:
            raise StrokeError('This is too short for a signature; write your full name in the box.')

    # DRAWING

    def segments(self):
        """Yield the curves of all strokes, through the middles between points so that the line is smooth."""
        varies = self._pressure_varies
        for _start, points in self.items:
            if len(points) == 1:
                x, y = points[0][:2]
                yield Segment((x, y), (x, y), (x, y), THICK / 2)
                continue
            speed, last = 0.0, points[0][:2]
            for before, point in zip(points, points[1:]):
                length = math.hypot(point[0] - before[0], point[1] - before[1])
                speed = 0.3 * speed + 0.7 * length / max(point[3] - before[3], 1)
                width = THIN + (THICK - THIN) * point[2] if varies else max(THICK / (1 + speed), THIN)
                middle = ((before[0] + point[0]) / 2, (before[1] + point[1]) / 2)
                yield Segment(last, before[:2], middle, width)
                last = middle
            yield Segment(last, last, points[-1][:2], width)

    @cached_property
    def _pressure_varies(self):
        """Most phones send a constant pressure; then speed makes the line thick or thin, as ink does."""
        pressures = [point[2] for _start, points in self.items for point in points]
        return max(pressures) - min(pressures) > 0.05

    def _fit(self, width, height):
        """Return scale and offsets that put the writing, pen included, in the middle of a box."""
        x1, y1, x2, y2 = self.ink
        scale = min(width / (x2 - x1 + THICK), height / (y2 - y1 + THICK), LARGEST_SCALE * height / HEIGHT)
        return scale, (width - scale * (x1 + x2)) / 2, (height - scale * (y1 + y2)) / 2

    def operators(self, box):
        """Draw as PDF path operators.

        :param box: (x1, y1, x2, y2) in points, from the lower left corner
        :return: bytes, one graphics state of its own
        """
        left, bottom, right, top = box
        scale, dx, dy = self._fit(right - left, top - bottom)
        at = lambda point: (left + dx + scale * point[0], top - dy - scale * point[1])
        lines, width = ['q 0 G 1 J 1 j'], None
        for segment in self.segments():
            thickness = f'{scale * segment.width:.2f}'
            if thickness != width:
                width = thickness
                lines.append(f'{width} w')
            (x0, y0), (cx, cy), (x1, y1) = at(segment.start), at(segment.control), at(segment.end)
            # a quadratic curve, written as the cubic that PDF knows
            lines.append(f'{x0:.2f} {y0:.2f} m {(x0 + 2 * cx) / 3:.2f} {(y0 + 2 * cy) / 3:.2f} '
                         f'{(x1 + 2 * cx) / 3:.2f} {(y1 + 2 * cy) / 3:.2f} {x1:.2f} {y1:.2f} c S')
        lines.append('Q')
        return '\n'.join(lines).encode()

    def png(self, width=400):
        """Draw a preview, black on white, half as high as wide."""
        zoom = 3  # drawn larger and scaled down: smooth edges
        size = width * zoom, width * zoom // 2
        image = Image.new('L', size, 255)
        draw = ImageDraw.Draw(image)
        margin = 0.04 * size[0]
        scale, dx, dy = self._fit(size[0] - 2 * margin, size[1] - 2 * margin)
        for segment in self.segments():
            radius, dots = scale * segment.width / 2, []
            for step in range(9):
                part = step / 8
                x, y = (
                    margin + offset + scale * ((1 - part) ** 2 * a + 2 * part * (1 - part) * b + part ** 2 * c)
                    for offset, a, b, c in zip((dx, dy), segment.start, segment.control, segment.end))
                draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=0)
                dots.append((x, y))
            draw.line(dots, fill=0, width=round(2 * radius))
        file = io.BytesIO()
        image.resize((width, width // 2), Image.Resampling.LANCZOS).save(file, 'PNG', optimize=True)
        return file.getvalue()


def _no_constant(name):
    raise StrokeError(f'{name} is no number.')


def _stroke(item):
    if not isinstance(item, dict) or set(item) != {'t0', 'points'} or not isinstance(item['points'], list) or not item['points']:
        raise StrokeError('A stroke needs t0 and points and nothing else; reload the page and write it again.')
    return _number(item['t0'], 0, 2 ** 53), tuple(_point(point) for point in item['points'])


def _point(point):
    if not isinstance(point, list) or len(point) != 4:
        raise StrokeError('A point needs x, y, pressure and time; reload the page and write it again.')
    x, y, pressure, moment = point
    return (_number(x, 0, WIDTH), _number(y, 0, HEIGHT), _number(pressure, 0, 1), _number(moment, 0, MAX_MILLISECONDS))


def _number(value, least, most):
    """Return a number in its bounds, rounded so that canonical JSON has one spelling for it."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise StrokeError('A point lies outside the box or is no number; reload the page and write it again.')
    value = round(value, 3)
    return int(value) if value == int(value) else value
