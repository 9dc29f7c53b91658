"""What a reader sees of a signature: handwriting, a printed line beside it, a seal, the slices of a seal across all pages.

All of it is drawn by us as paths and one image, so that no font and nothing of a client's file gets into the document.
"""
import io
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTCollection, TTFont, TTLibError
from PIL import Image, UnidentifiedImageError
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

from .errors import EsignError

#: a company's round seal is 40 mm across
SEAL_POINTS = 40 / 25.4 * 72
#: a slice of the seal across the pages that is narrower shows nothing
PAGES_PER_SEAL = 12
SEAL_PIXELS = 400
MAX_SEAL_PIXELS = 4000
FONTS = ('/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf', '/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc')
NO_FONT = 'The Chinese fonts are missing on this server (fonts-lxgw-wenkai, fonts-wqy-zenhei). Tell your administrator.'
#: the ink of a seal lets the writing below shine through
SEAL_STATE = generic.DictionaryObject({
    pdf_name('/Type'): pdf_name('/ExtGState'), pdf_name('/BM'): pdf_name('/Multiply'), pdf_name('/ca'): generic.FloatObject('0.9')})


@dataclass(frozen=True)
class Stamp:
    """What pyHanko asks for a signature's appearance.

    :param draw: function (writer, width, height) -> form XObject, or None to leave the field as it is
    """
    draw: object

    def create_stamp(self, writer, box, _text_params):
        return self.draw and Applied(writer.add_object(self.draw(writer, box.width, box.height)))


@dataclass(frozen=True)
class Applied:
    reference: object

    def apply_appearance(self, annotation):
        annotation[pdf_name('/AP')] = generic.DictionaryObject({pdf_name('/N'): self.reference})


def form(width, height, operators, resources=None):
    """Return a form XObject of compressed operators."""
    return generic.StreamObject({
        pdf_name('/Type'): pdf_name('/XObject'), pdf_name('/Subtype'): pdf_name('/Form'),
        pdf_name('/BBox'): generic.ArrayObject(generic.FloatObject(f'{value:.2f}') for value in (0, 0, width, height)),
        pdf_name('/Resources'): resources or generic.DictionaryObject(),
        pdf_name('/Filter'): pdf_name('/FlateDecode'),
    }, encoded_data=zlib.compress(operators, 9))


# HANDWRITING AND TEXT

def handwriting(strokes, lines):
    """Draw handwriting with printed lines: beside it where the field is wide, below it where it is narrow.

    :param strokes: ``strokes.Strokes`` or None
    :param lines: list of str, e.g. name and time
    """
    def draw(_writer, width, height):
        parts = []
        if strokes and lines and width < 2 * height:
            text_height = min(height / 3, 12 * len(lines))
            parts = [strokes.operators((2, text_height, width - 2, height - 2)), text(lines, (2, 2, width - 2, text_height - 2))]
        elif strokes and lines:
            parts = [strokes.operators((4, 4, 0.56 * width, height - 4)), text(lines, (0.6 * width, 4, width - 4, height - 4))]
        elif strokes:
            parts = [strokes.operators((4, 4, width - 4, height - 4))]
        elif lines:
            parts = [text(lines, (4, 4, width - 4, height - 4))]
        return form(width, height, b'\n'.join(parts))
    return draw


def text(lines, box, largest=10):
    """Draw lines as outlines, from the left, in the middle of the height; smaller when they are long.

    :param box: (x1, y1, x2, y2)
    :return: bytes, PDF operators
    """
    x1, y1, x2, y2 = box
    widths = [sum(_glyph(character)[0] for character in line) for line in lines]
    size = min(largest, (x2 - x1) / max([*widths, 0.001]), (y2 - y1) / (1.35 * len(lines)))
    top = (y1 + y2) / 2 + size * 1.35 * len(lines) / 2
    parts = ['q 0 g']
    for number, line in enumerate(lines):
        x, y = x1, top - size * (1.35 * number + 1.05)
        for character in line:
            advance, path = _glyph(character)
            if path:
                parts.append(f'q {size:.3f} 0 0 {size:.3f} {x:.2f} {y:.2f} cm {path} f Q')
            x += size * advance
    parts.append('Q')
    return '\n'.join(parts).encode()


class _PathPen(BasePen):
    """Writes PDF path operators in units of the font's size."""

    def __init__(self, glyph_set, scale):
        super().__init__(glyph_set)
        self.scale, self.parts = scale, []

    def _say(self, points, operator):
        self.parts.append(' '.join(f'{value * self.scale:.3f}' for point in points for value in point) + f' {operator}')

    def _moveTo(self, pt):
        self._say([pt], 'm')

    def _lineTo(self, pt):
        self._say([pt], 'l')

    def _curveToOne(self, pt1, pt2, pt3):
        self._say([pt1, pt2, pt3], 'c')

    def _closePath(self):
        self.parts.append('h')


@lru_cache(maxsize=4096)
def _glyph(character):
    """Return width and path of a character; what no font has becomes the box that fonts draw for it."""
    fonts = _fonts()
    font, name = next(((font, font[1][ord(character)]) for font in fonts if ord(character) in font[1]), (fonts[0], '.notdef'))
    glyph_set, _names, scale = font
    pen = _PathPen(glyph_set, scale)
    glyph_set[name].draw(pen)
    return glyph_set[name].width * scale, ' '.join(pen.parts)


@lru_cache(maxsize=1)
def _fonts():
    """Return (glyphs, {code point: name}, scale) of the fonts of this machine, opened once a process."""
    found = []
    for path in FONTS:
        if Path(path).exists():
            try:
                font = TTCollection(path, lazy=True).fonts[0] if path.endswith('.ttc') else TTFont(path, lazy=True)
            except TTLibError:
                continue
            found.append((font.getGlyphSet(), font.getBestCmap(), 1 / font['head'].unitsPerEm))
    if not found:
        raise EsignError(NO_FONT, 'later')
    return found


# SEAL

class Seal:
    """A seal's picture, put into a file once however often it is shown.

    :param image_png: bytes; paper that is white or transparent lets the document through
    """

    def __init__(self, image_png):
        self.packed = _packed(bytes(image_png))
        self.reference = None

    def whole(self, lines):
        """Draw the seal in the middle of its field, lines below it."""
        def draw(writer, width, height):
            parts = [self._paint((width - SEAL_POINTS) / 2, (height - SEAL_POINTS) / 2)]
            if lines:
                parts.append(text(lines, (2, 0, width - 2, 1.35 * 6 * len(lines)), largest=6))
            return form(width, height, b'\n'.join(parts), self._resources(writer))
        return draw

    def slice(self, writer, number, count):
        """Return the form XObject of slice ``number`` (from 0) of ``count``."""
        width = SEAL_POINTS / count
        return form(width, SEAL_POINTS, self._paint(-number * width, 0), self._resources(writer))

    def _paint(self, x, y):
        wide, high = self.packed[0]
        scale = SEAL_POINTS / max(wide, high)
        x, y = x + (SEAL_POINTS - scale * wide) / 2, y + (SEAL_POINTS - scale * high) / 2
        return f'q /Ink gs {scale * wide:.2f} 0 0 {scale * high:.2f} {x:.2f} {y:.2f} cm /Seal Do Q'.encode()

    def _resources(self, writer):
        if self.reference is None:
            self.reference = writer.add_object(self._xobject(writer))
        return generic.DictionaryObject({
            pdf_name('/ExtGState'): generic.DictionaryObject({pdf_name('/Ink'): SEAL_STATE}),
            pdf_name('/XObject'): generic.DictionaryObject({pdf_name('/Seal'): self.reference}),
        })

    def _xobject(self, writer):
        size, colours, alpha = self.packed
        mask = writer.add_object(_image(size, '/DeviceGray', alpha))
        return _image(size, '/DeviceRGB', colours, {pdf_name('/SMask'): mask})


@lru_cache(maxsize=32)
def _packed(image_png):
    """Return size, colours and alpha of a seal, compressed; a company's seal is used again and again."""
    image = seal_image(image_png)
    *colours, alpha = image.split()
    # sixteen levels are as smooth to the eye and a third of the size
    alpha = alpha.point(lambda value: value // 16 * 17)
    return image.size, zlib.compress(Image.merge('RGB', colours).tobytes(), 9), zlib.compress(alpha.tobytes(), 9)


def seal_image(image_png):
    """Open the picture of a seal as RGBA, small enough for a file.

    :raise EsignError: when it is no picture of a seal
    """
    try:
        image = Image.open(io.BytesIO(image_png), formats=('PNG',))
        if max(image.size) > MAX_SEAL_PIXELS or min(image.size) < 50:
            raise EsignError('The picture of a seal has between 50 and 4,000 pixels each way.')
        # a palette's transparency is lost to black otherwise
        image = image.convert('RGBA')
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        if isinstance(error, EsignError):
            raise
        raise EsignError('The picture of the seal is not a PNG file that can be read.') from error
    image.thumbnail((SEAL_PIXELS, SEAL_PIXELS), Image.Resampling.LANCZOS)
    if image.getchannel('A').getextrema()[0] > 250:
        image = _without_paper(image)
    if not image.getchannel('A').getbbox():
        raise EsignError('The picture of the seal is empty.')
    # all ink of one colour: what is half transparent at the edges compresses to nothing
    red, green, blue, alpha = image.split()
    ink = alpha.point(lambda value: 255 * (value > 128))
    colour = tuple(_median(channel, ink) for channel in (red, green, blue))
    if not _is_one_colour((red, green, blue), ink, colour):
        return image
    flat = Image.new('RGB', image.size, colour)
    flat.putalpha(alpha)
    return flat


def _without_paper(image):
    """Make white paper transparent: the darker a pixel's darkest colour, the more ink is there."""
    darkest = image.convert('RGB').split()
    lowest = bytes(map(min, *(channel.tobytes() for channel in darkest)))
    alpha = Image.frombytes('L', image.size, lowest).point(lambda value: 255 - value if value < 240 else 0)
    image.putalpha(alpha)
    return image


def _median(channel, mask):
    counts, seen = channel.histogram(mask), 0
    half = sum(counts) / 2
    for value, count in enumerate(counts):
        seen += count
        if seen >= half:
            return value
    return 0


def _is_one_colour(channels, ink, colour):
    """Tell whether nearly all ink is about that colour."""
    for channel, middle in zip(channels, colour):
        counts = channel.histogram(ink)
        if sum(counts[max(0, middle - 60):middle + 61]) < 0.97 * sum(counts):
            return False
    return True


def _image(size, space, data, more=None):
    """Return an image XObject of compressed data."""
    return generic.StreamObject({
        pdf_name('/Type'): pdf_name('/XObject'), pdf_name('/Subtype'): pdf_name('/Image'),
        pdf_name('/Width'): generic.NumberObject(size[0]), pdf_name('/Height'): generic.NumberObject(size[1]),
        pdf_name('/ColorSpace'): pdf_name(space), pdf_name('/BitsPerComponent'): generic.NumberObject(8),
        pdf_name('/Filter'): pdf_name('/FlateDecode'), **(more or {}),
    }, encoded_data=data)
