"""The types of WIM's fields: each reads a JSON value, or refuses it, and describes itself for OpenAPI."""
import base64
import re
from datetime import UTC, date, datetime
from decimal import Decimal

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

_DECIMAL = re.compile(r'-?[0-9]{1,12}(?:\.([0-9]{1,12}))?\Z')
_DATE = re.compile(r'[0-9]{4}-[0-9]{2}-[0-9]{2}\Z')
_PERIOD = re.compile(r'[0-9]{4}-(?:0[1-9]|1[0-2])\Z')


class Refused(Exception):
    """A value that cannot be taken: category, JSON path and a sentence (lazily translated)."""

    def __init__(self, category, path, sentence):
        super().__init__(category, path)
        self.category, self.path, self.sentence = category, shown(path, 256), sentence


def shown(value, maximum=40):
    """Return a value as an error may repeat it: short, and without characters that no column can hold."""
    text = str(value)
    if not text.isprintable():
        text = ''.join(character if character.isprintable() else '\ufffd' for character in text)
    return text if len(text) <= maximum else f"{text[:maximum]}…"


def read_text(value, path, maximum, empty=True):
    """Return a string that any column can hold: no control characters, no half surrogates."""
    if not isinstance(value, str):
        raise Refused('schema', path, _lt("This must be a text."))
    if len(value) > maximum:
        raise Refused('schema', path, _lt("This text is longer than %(maximum)s characters.", maximum=maximum))
    if not value.isprintable() and any(c < ' ' or '\ud800' <= c <= '\udfff' or c == '\x7f' for c in value):
        raise Refused('value', path, _lt("This text holds characters that cannot be shown."))
    if not empty and not value.strip():
        raise Refused('schema', path, _lt("This must not be empty."))
    return value


def read_datetime(value, path):
    """Return naive UTC of an ISO date and time that says its offset."""
    if not isinstance(value, str):
        raise Refused('schema', path, _lt("This must be a date and time such as 2026-07-01T10:41:00+08:00."))
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise Refused('schema', path, _lt(
                "%(value)s has no offset; write it like 2026-07-01T10:41:00+08:00.", value=shown(value)))
        moment = moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    except (ValueError, OverflowError):
        raise Refused('schema', path, _lt(
            "%(value)s isn't a date and time such as 2026-07-01T10:41:00+08:00.", value=shown(value))) from None
    if not 2000 <= moment.year < 2100:
        raise Refused('value', path, _lt("%(value)s is out of range; years from 2000 to 2099 are taken.", value=shown(value)))
    return moment


class Text:
    def __init__(self, maximum=256, note=None):
        self.maximum, self.note = maximum, note

    def read(self, value, path):
        return read_text(value, path, self.maximum)

    def describe(self):
        return {'type': 'string', 'maxLength': self.maximum} | ({'description': self.note} if self.note else {})


class Code(Text):
    """A number or code that names a record."""

    def __init__(self, note=None):
        super().__init__(64, note)


class Integer:
    def read(self, value, path):
        if isinstance(value, bool) or not isinstance(value, int):
            raise Refused('schema', path, _lt("This must be a whole number."))
        if not 0 <= value <= 1_000_000:
            raise Refused('value', path, _lt("%(value)s is out of range; from 0 to 1,000,000 is taken.", value=shown(value)))
        return value

    def describe(self):
        return {'type': 'integer', 'minimum': 0, 'maximum': 1_000_000}


class Boolean:
    def read(self, value, path):
        if not isinstance(value, bool):
            raise Refused('schema', path, _lt("This must be true or false."))
        return value

    def describe(self):
        return {'type': 'boolean'}


class Number:
    """An exact decimal, sent as a string; JSON numbers are taken as they are written."""

    def __init__(self, decimals, minimum, maximum, note):
        self.decimals, self.note = decimals, note
        self.minimum, self.maximum = Decimal(minimum), Decimal(maximum)

    def read(self, value, path):
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = str(value)
        elif not isinstance(value, str):
            raise Refused('schema', path, _lt("This must be a decimal number."))
        match = _DECIMAL.match(value)
        if not match:
            raise Refused('value', path, _lt("%(value)s isn't a decimal number.", value=shown(value)))
        if match[1] and len(match[1].rstrip('0')) > self.decimals:
            raise Refused('value', path, _lt(
                "%(value)s has more than %(decimals)s decimals.", value=shown(value), decimals=self.decimals))
        number = Decimal(value)
        if number < self.minimum:
            raise Refused('value', path, _lt(
                "%(value)s is below the least allowed, %(minimum)s.", value=shown(value), minimum=str(self.minimum)))
        if number > self.maximum:
            raise Refused('value', path, _lt(
                "%(value)s is above the most allowed, %(maximum)s.", value=shown(value), maximum=str(self.maximum)))
        return number

    def describe(self):
        sign = '-?' if self.minimum < 0 else ''
        fraction = rf'(\.[0-9]{{1,{self.decimals}}})?' if self.decimals else ''
        return {
            'type': ['string', 'number'], 'pattern': f'^{sign}[0-9]{{1,12}}{fraction}$',
            'minimum': float(self.minimum), 'maximum': float(self.maximum), 'description': self.note,
        }


class Datetime:
    def read(self, value, path):
        return read_datetime(value, path)

    def describe(self):
        return {'type': 'string', 'format': 'date-time', 'description': "with offset"}


class Date:
    def read(self, value, path):
        try:
            if isinstance(value, str) and _DATE.match(value):
                return date.fromisoformat(value)
        except ValueError:
            pass  # such as 2026-02-30
        raise Refused('schema', path, _lt("%(value)s isn't a date such as 2026-07-01.", value=shown(value)))

    def describe(self):
        return {'type': 'string', 'format': 'date'}


class Period:
    def read(self, value, path):
        if isinstance(value, str) and _PERIOD.match(value):
            return value
        raise Refused('schema', path, _lt("%(value)s isn't a month such as 2026-07.", value=shown(value)))

    def describe(self):
        return {'type': 'string', 'pattern': '^[0-9]{4}-(0[1-9]|1[0-2])$', 'examples': ['2026-07']}


class Anything:
    """A plain JSON value that is kept as it is."""

    def read(self, value, path):
        if isinstance(value, str):
            return read_text(value, path, 256)
        if isinstance(value, (dict, list)) or value in (float('inf'), float('-inf')):
            raise Refused('schema', path, _lt("This must be a plain value."))
        return value

    def describe(self):
        return {'type': ['string', 'number', 'boolean']}


class Rows:
    """A list of rows, each a list of values of the given types."""

    def __init__(self, *columns, optional=()):
        self.columns, self.optional = columns, optional

    def read(self, value, path):
        if not isinstance(value, list) or len(value) > 500:
            raise Refused('schema', path, _lt("This must be a list of at most 500 rows."))
        return [self._read_row(row, f'{path}[{index}]') for index, row in enumerate(value)]

    def _read_row(self, row, path):
        if not isinstance(row, list) or len(row) != len(self.columns):
            raise Refused('schema', path, _lt("This row must be a list of %(count)s values.", count=len(self.columns)))
        result = []
        for index, (kind, cell) in enumerate(zip(self.columns, row)):
            if cell is None and index in self.optional:
                result.append(None)
            else:
                result.append(kind.read(cell, f'{path}[{index}]'))
        return result

    def describe(self):
        columns = [_nullable(kind.describe()) if index in self.optional else kind.describe()
                   for index, kind in enumerate(self.columns)]
        return {'type': 'array', 'maxItems': 500, 'items': {
            'type': 'array', 'prefixItems': columns, 'minItems': len(columns), 'maxItems': len(columns)}}


class Either:
    """A value of the first type if it is a text, else of the second."""

    def __init__(self, text, other):
        self.text, self.other = text, other

    def read(self, value, path):
        return (self.text if isinstance(value, str) else self.other).read(value, path)

    def describe(self):
        return {'anyOf': [self.text.describe(), self.other.describe()]}


class Pdf:
    """A PDF file in base64. Whether it is a sound one is judged by the job: that takes a process of its own."""
    most = 3 * 1024 * 1024

    def read(self, value, path):
        if not isinstance(value, str):
            raise Refused('schema', path, _lt("This must be a PDF file in base64."))
        if len(value) > self.most * 4 // 3 + 4:
            raise Refused('value', path, _lt("The PDF file is larger than 3 MiB; send a smaller one."))
        try:
            content = base64.b64decode(value, validate=True)
        except ValueError:
            raise Refused('value', path, _lt("This isn't base64.")) from None
        if not content.startswith(b'%PDF-'):
            raise Refused('value', path, _lt("This isn't a PDF file."))
        return content

    def describe(self):
        return {
            'type': 'string', 'contentEncoding': 'base64', 'contentMediaType': 'application/pdf', 'maxLength': self.most * 4 // 3 + 4,
            'description': "The paper to be signed: pages only, without password, scripts, form fields, files and signatures"}


class Texts:
    """A list of short texts."""

    def read(self, value, path):
        if not isinstance(value, list) or len(value) > 50:
            raise Refused('schema', path, _lt("This must be a list of at most 50 texts."))
        return [read_text(item, f'{path}[{index}]', 64) for index, item in enumerate(value)]

    def describe(self):
        return {'type': 'array', 'maxItems': 50, 'items': {'type': 'string', 'maxLength': 64}}


class Objects:
    """A list of objects with the given fields; unknown fields are left out here and kept in the message."""

    def __init__(self, fields, required):
        self.fields, self.required = fields, required

    def read(self, value, path):
        if not isinstance(value, list) or len(value) > 500:
            raise Refused('schema', path, _lt("This must be a list of at most 500 objects."))
        return [self._read_object(item, f'{path}[{index}]') for index, item in enumerate(value)]

    def _read_object(self, item, path):
        if not isinstance(item, dict):
            raise Refused('schema', path, _lt("This must be an object."))
        for name in self.required:
            if item.get(name) is None:
                raise Refused('schema', f'{path}.{name}', _lt("This field is missing."))
        return {
            name: value if value is None else self.fields[name].read(value, f'{path}.{name}')
            for name, value in item.items() if name in self.fields
        }

    def describe(self):
        return {'type': 'array', 'maxItems': 500, 'items': describe_object(self.fields, self.required)}


def describe_object(fields, required):
    """Return the JSON schema of an object; what is not required may be null, what is not known is kept."""
    return {
        'type': 'object',
        'properties': {
            name: kind.describe() if name in required else _nullable(kind.describe()) for name, kind in fields.items()
        },
        'additionalProperties': True,
    } | ({'required': list(required)} if required else {})


def _nullable(schema):
    return {'anyOf': [schema, {'type': 'null'}]}
