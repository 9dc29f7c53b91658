"""Takes a request body apart into messages, each with its own text as received."""
import json
import re
from typing import NamedTuple

from odoo.tools.translate import LazyTranslate

from .types import Refused

_lt = LazyTranslate(__name__)

_BLANK = re.compile(r'[ \t\r\n]*')


class Unreadable(Exception):
    """The request as a whole cannot be taken.

    :param sentence: lazily translated
    """

    def __init__(self, status, category, sentence):
        super().__init__(status, category)
        self.status, self.category, self.sentence = status, category, sentence


class Item(NamedTuple):
    """One message of a batch; ``problem`` when JSON does not know what it holds."""
    text: str
    content: object
    problem: Refused | None = None


def read_batch(body, maximum):
    """Split a JSON array, or JSON objects one after the other (NDJSON), into messages.

    :param body: bytes
    :return: list of `Item`, in order
    :raise Unreadable: when any of it isn't JSON in UTF-8, or there are more than ``maximum`` messages
    """
    try:
        text = body.decode('utf-8-sig')
    except UnicodeDecodeError as error:
        raise Unreadable(400, 'json', _lt("The text isn't UTF-8 (byte %(position)s).", position=error.start)) from None
    position = _skip(text, 0)
    if position == len(text):
        raise Unreadable(400, 'json', _lt("The request is empty; send a JSON array of messages, or one message a line."))
    is_array = text[position] == '['
    if not is_array and text[position] != '{':
        raise Unreadable(400, 'json', _lt("Send a JSON array of messages, or one JSON object a line."))
    items, constants = [], []
    decoder = json.JSONDecoder(parse_constant=lambda name: constants.append(name) or float('nan'))
    if is_array:
        position = _skip(text, position + 1)
        if text[position:position + 1] == ']':
            return _end(text, position + 1, items)
    while True:
        start = position
        content, position = _read_content(decoder, text, position, len(items) + 1)
        items.append(Item(text[start:position], content, find_not_a_number(content) if constants else None))
        constants.clear()
        if len(items) > maximum:
            raise Unreadable(413, 'size', _lt("These are more than %(maximum)s messages; send them in several requests.", maximum=maximum))
        position = _skip(text, position)
        mark = text[position:position + 1]
        if is_array and mark == ']':
            return _end(text, position + 1, items)
        if is_array and mark == ',':
            position = _skip(text, position + 1)
        elif is_array:
            raise _not_json(len(items), position)
        elif not mark:
            return items


def read_item(content):
    """Return the `Item` of a message that came as a value, not as text.

    :raise TypeError, ValueError: when JSON has no way to write it
    """
    text = json.dumps(content, ensure_ascii=False)
    if not text.isprintable():
        text = json.dumps(content)  # half surrogates fit no database: keep them escaped
    return Item(text, content, find_not_a_number(content))


def not_taken():
    """Return the refusal of a body that isn't sent as JSON."""
    return Unreadable(415, 'type', _lt("Send plain JSON as application/json, or one message a line as application/x-ndjson."))


def no_length():
    """Return the refusal of a body that doesn't say how long it is: its size can't be judged before it is read."""
    return Unreadable(411, 'size', _lt("Say the length of the request (Content-Length); chunked requests aren't read."))


def too_large():
    """Return the refusal of a body above the limit."""
    return Unreadable(413, 'size', _lt("The request is larger than 5 MiB; send the messages in several requests."))


def _read_content(decoder, text, position, number):
    try:
        return decoder.raw_decode(text, position)
    except json.JSONDecodeError as error:
        raise _not_json(number, error.pos) from None
    except (ValueError, RecursionError):  # a number of thousands of digits, or brackets without end
        raise _not_json(number, position) from None


def find_not_a_number(content, path='$'):
    """Return the refusal of the first NaN or Infinity in ``content``, or None."""
    if isinstance(content, float) and content - content != 0:
        return Refused('value', path, _lt("NaN and Infinity aren't numbers; send the number or leave the field out."))
    if isinstance(content, dict):
        pairs = [(f'{path}.{name}', value) for name, value in content.items()]
    elif isinstance(content, list):
        pairs = [(f'{path}[{index}]', value) for index, value in enumerate(content)]
    else:
        return None
    return next((problem for path, value in pairs if (problem := find_not_a_number(value, path))), None)


def _skip(text, position):
    return _BLANK.match(text, position).end()


def _end(text, position, items):
    if _skip(text, position) != len(text):
        raise _not_json(len(items), position)
    return items


def _not_json(number, position):
    return Unreadable(400, 'json', _lt(
        "Message %(number)s isn't JSON (at character %(position)s); nothing of the request was taken.",
        number=number, position=position))
