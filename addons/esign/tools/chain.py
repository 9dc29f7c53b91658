"""Hashes that make a record of events tamper-evident: each event holds the hash of the one before."""
import json
from hashlib import sha256


def canonical(value):
    """Return the one spelling of a JSON value that is hashed."""
    return json.dumps(value, sort_keys=True, separators=(',', ':'), ensure_ascii=False, allow_nan=False).encode()


def event_hash(prev, fields):
    """Chain an event to the one before.

    :param prev: hex hash of the event before, '' for the first
    :param fields: dict of JSON values: all that the event says
    :return: hex hash
    """
    return sha256(canonical([prev, fields])).hexdigest()
