"""Checks the envelope and the payload of a WIM message against the table of events."""
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from odoo.tools.translate import LazyTranslate

from .events import EVENTS
from .types import Refused, read_datetime, read_text, shown

_lt = LazyTranslate(__name__)

CLOCK_SKEW = timedelta(minutes=10)
MAX_EXTRA_DEPTH = 8
_ID = re.compile(r'[A-Za-z0-9._:~@+=#-]{1,64}\Z')


@dataclass(slots=True)
class Envelope:
    """What the outside of a message says; ``problem`` is the first thing wrong with it."""
    msg_id: str | None = None
    event: str | None = None
    entity_key: str | None = None
    version: int | None = None
    occurred_at: datetime | None = None
    sent_at: datetime | None = None
    company_code: str | None = None
    business_type: str | None = None
    problem: Refused | None = None


def read_envelope(message, now, companies, businesses):
    """Read the outside of a message as far as it can be read.

    :param now: naive UTC; what happened later than ten minutes after it is refused
    :param companies: codes of the companies that the caller may speak for
    :param businesses: codes of the businesses
    """
    envelope = Envelope()
    if not isinstance(message, dict):
        envelope.problem = Refused('schema', '$', _lt("A message must be an object."))
        return envelope
    try:
        envelope.msg_id = _read_id(message.get('msg_id'))
        envelope.event = _read_known(message, 'event', EVENTS)
        envelope.entity_key = read_text(_present(message, 'entity_key'), '$.entity_key', 128, empty=False)
        envelope.version = _read_version(_present(message, 'version'))
        envelope.occurred_at = read_datetime(_present(message, 'occurred_at'), '$.occurred_at')
        envelope.sent_at = read_datetime(_present(message, 'sent_at'), '$.sent_at')
        if envelope.occurred_at > now + CLOCK_SKEW:
            raise Refused('future', '$.occurred_at', _lt(
                "%(value)s is in the future; check the clock of the sender.", value=shown(message['occurred_at'])))
        envelope.company_code = _read_company(message, companies)
        if message.get('business_type') is not None or EVENTS[envelope.event].needs_business:
            envelope.business_type = _read_known(message, 'business_type', businesses)
        if not isinstance(_present(message, 'payload'), dict):
            raise Refused('schema', '$.payload', _lt("The payload must be an object."))
    except Refused as problem:
        envelope.problem = problem
    return envelope


def _present(message, name):
    value = message.get(name)
    if value is None:
        raise Refused('schema', f'$.{name}', _lt("This field is missing."))
    return value


def _read_id(value):
    if value is None:
        raise Refused('schema', '$.msg_id', _lt("This field is missing."))
    if not isinstance(value, str) or not _ID.match(value):
        raise Refused('schema', '$.msg_id', _lt("The message number must be 1 to 64 letters, digits or any of . _ : ~ @ + = # -"))
    return value


def _read_version(value):
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1_000_000_000:
        raise Refused('schema', '$.version', _lt("The version must be a whole number from 1 up."))
    return value


def _read_known(message, name, known):
    value = read_text(_present(message, name), f'$.{name}', 64, empty=False)
    if value not in known:
        raise Refused('schema', f'$.{name}', _lt("%(value)s isn't known here.", value=shown(value)))
    return value


def _read_company(message, companies):
    value = read_text(_present(message, 'company_code'), '$.company_code', 64, empty=False)
    if value not in companies:
        # One sentence for "unknown" and "not yours": the door doesn't tell which companies there are.
        raise Refused('company', '$.company_code', _lt(
            "%(value)s isn't a company that this user may send for.", value=shown(value)))
    return value


def check(event, payload, version=1):
    """Read the payload of an event.

    :return: (payload with values read: `Decimal`, `date`, naive UTC `datetime` …; list of `Refused`; fields not known)
    """
    table = EVENTS[event]
    fields = table.fields
    read, extra, problems = {}, {}, []
    for name, value in payload.items():
        kind = fields.get(name)
        try:
            if kind is None:
                extra[name] = _read_extra(name, value)
            else:
                read[name] = value if value is None else kind.read(value, f'$.payload.{name}')
        except Refused as problem:
            problems.append(problem)
    if version == 1:
        problems += [
            Refused('schema', f'$.payload.{name}', _lt("This field is missing."))
            for name in table.required if payload.get(name) is None
        ]
    return read, problems, extra


def _read_extra(name, value):
    """Return an unknown value as it is, if the database can hold it."""
    read_text(name, '$.payload', 128)
    _check_plain(value, f'$.payload.{name}', 0)
    return value


def _check_plain(value, path, depth):
    if depth > MAX_EXTRA_DEPTH:
        raise Refused('schema', path, _lt("This is nested too deeply."))
    if isinstance(value, str):
        if '\x00' in value or any('\ud800' <= character <= '\udfff' for character in value):
            raise Refused('value', path, _lt("This text holds characters that cannot be shown."))
    elif isinstance(value, float) and value - value != 0:
        raise Refused('value', path, _lt("%(value)s isn't a decimal number.", value=shown(value)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check_plain(item, f'{path}[{index}]', depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_plain(key, path, depth)
            _check_plain(item, f'{path}.{key}', depth + 1)
