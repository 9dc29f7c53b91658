"""What staff wrote, made ready for paper: placeholders filled, foreign pictures and ids taken out.

The wording is data: it is parsed, never run.
"""
import re

from lxml import html
from markupsafe import Markup

PLACEHOLDER = re.compile(r'\{\{\s*([a-z0-9_.]+)\s*\}\}')
#: stands where a value is missing, to be filled in by hand
BLANK = '＿＿＿＿＿＿'
DIGITS = '零一二三四五六七八九'


def names(body):
    """Return the names of the placeholders in ``body``, and whether braces are left that are none."""
    text = _parse(body).text_content()
    return set(PLACEHOLDER.findall(text)), '{{' in PLACEHOLDER.sub('', text)


def is_broken(body):
    """Tell whether a placeholder is split by formatting, as in {{part<b>ner.na</b>me}}: it would print as it stands."""
    return any('{{' in PLACEHOLDER.sub('', text or '') for node in _parse(body).iter() for text in (node.text, node.tail))


def text(body):
    """Return the words of ``body`` without its form."""
    return ' '.join(_parse(body).text_content().split())


def fill(body, values, picture):
    """Return ``body`` with its placeholders filled, as Markup.

    Values go into text nodes only, once, so they can bring neither tags nor further placeholders.

    :param values: {name: str}
    :param picture: function src -> data: URL or None; pictures without one are left out
    """
    root = _parse(body)
    for node in list(root.iter()):
        if not isinstance(node.tag, str):
            node.drop_tree()
            continue
        if node.tag == 'img':
            source = picture(node.get('src') or '')
            if not source:
                node.drop_tree()
                continue
            node.set('src', source)
        # An id of the wording could pass for a signature place.
        node.attrib.pop('id', None)
        node.attrib.pop('name', None)
        node.text = _replace(node.text, values)
        node.tail = _replace(node.tail, values)
    return Markup(''.join(  # noqa: S704 (serialized from the tree, which was sanitized when it was saved)
        [str(Markup.escape(root.text or '')), *(html.tostring(child, encoding='unicode') for child in root)]))


def ordinal(number):
    """Return a number below 100 in Chinese: 1 一, 12 十二, 30 三十."""
    tens, ones = divmod(number, 10)
    return (DIGITS[tens] if tens > 1 else '') + ('十' if tens else '') + (DIGITS[ones] if ones or not tens else '')


def label(number, is_chinese):
    """Return how a clause is counted in its heading: 第三条, or 3."""
    return f'第{ordinal(number)}条' if is_chinese else f'{number}.'


def page_footer(is_chinese):
    """Return the style rule that counts the pages."""
    counted = '"第 " counter(page) " 页　共 " counter(pages) " 页"' if is_chinese else '"Page " counter(page) " of " counter(pages)'
    return Markup('@page { @bottom-center { content: %s; font: 8.5pt "WenQuanYi Zen Hei"; color: #666; } }') % Markup(counted)  # noqa: S704


def _replace(value, values):
    return value and PLACEHOLDER.sub(lambda match: values[match[1]] or BLANK, value)


def _parse(body):
    return html.fragment_fromstring(str(body or ''), create_parent='div')
