"""Pictures of codes: fetched from WeCom's own hosts only, drawn here for links, and put on posters."""
import io
from pathlib import Path
from urllib.parse import urlsplit

import qrcode
import requests
from PIL import Image, ImageDraw, ImageFont, UnidentifiedImageError

TIMEOUT = 15  # seconds to connect, and between bytes
MOST_BYTES = 2 ** 20
MOST_PIXELS, FEWEST_PIXELS = 4000, 300  # of a poster's side
SMALLEST_CODE = 120  # pixels; smaller ones can't be scanned from a screen
HOSTS = ('wework.qpic.cn', 'p.qpic.cn', 'p.qlogo.cn', 'open.work.weixin.qq.com', 'work.weixin.qq.com')
FONTS = ('/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Bold.ttf', '/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc')


class BadPicture(ValueError):
    """No picture that can be used."""


def fetch(address, api_base_url):
    """Return a code's picture as PNG.

    :param api_base_url: the server that is called as WeCom; a simulator shows its pictures itself
    :raise BadPicture: it comes from another host than WeCom's, or is none
    :raise requests.RequestException: no answer; again later
    """
    split, own = urlsplit(address), urlsplit(api_base_url)
    is_wecoms = split.scheme == 'https' and split.hostname in HOSTS and split.port in (None, 443)
    if not is_wecoms and (split.scheme, split.netloc) != (own.scheme, own.netloc):
        raise BadPicture(f'host {split.hostname}')
    # No redirect: it could lead inside our own network.
    with requests.get(address, timeout=TIMEOUT, allow_redirects=False, stream=True) as answer:
        if answer.status_code != 200:
            raise requests.HTTPError(f'HTTP {answer.status_code}')
        content = answer.raw.read(MOST_BYTES + 1, decode_content=True)
    if len(content) > MOST_BYTES:
        raise BadPicture('too large')
    return to_png(open_picture(content, FEWEST_PIXELS // 10))


def draw_code(text):
    """Return a QR code of a text as PNG."""
    file = io.BytesIO()
    qrcode.make(text, box_size=10, border=2).save(file)
    return file.getvalue()


def open_picture(content, fewest=FEWEST_PIXELS):
    """Return a PIL picture of PNG or JPEG bytes; its size is read before its pixels, as few bytes can hold very many.

    :raise BadPicture: neither of them, broken, too small or too large
    """
    try:
        picture = Image.open(io.BytesIO(content), formats=('PNG', 'JPEG'))
        if not all(fewest <= side <= MOST_PIXELS for side in picture.size):
            raise BadPicture(f'{picture.width} × {picture.height}')
        picture.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise error if isinstance(error, BadPicture) else BadPicture('no PNG or JPEG') from None
    return picture.convert('RGB')


def to_png(picture):
    file = io.BytesIO()
    picture.save(file, 'PNG')
    return file.getvalue()


def draw_poster(background, code, left, top, side, name='', color='#000000'):
    """Return a poster as PNG: the code on the background, a name below it.

    :param left, top, side: pixels
    """
    picture, code = open_picture(background), open_picture(code, 1)
    picture.paste(code.resize((side, side), Image.Resampling.LANCZOS), (left, top))
    font_file = next((font for font in FONTS if Path(font).exists()), None)
    if name and font_file:
        size = max(side // 8, 12)
        font = ImageFont.truetype(font_file, size)
        while size > 12 and font.getlength(name) > side * 1.4:
            size -= 2
            font = ImageFont.truetype(font_file, size)
        ImageDraw.Draw(picture).text((left + side / 2, top + side + size // 3), name, fill=color, font=font, anchor='ma')
    return to_png(picture)
