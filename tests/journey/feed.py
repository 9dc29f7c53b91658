"""The WIM feed of 92 days and the state that it must lead to (`data/wim_feed`, explained in `data/README.md`)."""
import csv
import gzip
import json
import random
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / 'data/wim_feed'
BATCH = 500

#: columns of our csv files and the payload fields they are sent as
LICENCE_COLUMNS = {
    'holder': 'holder_code', 'kind': 'licence_kind', 'categories': 'category_code',
    'yearly_capacity_t': 'yearly_capacity_t', 'valid_from': 'valid_from', 'valid_to': 'valid_to',
}
PARTNER_COLUMNS = {
    'partner_code': 'partner_code', 'name': 'name', 'unit_kind': 'unit_kind', 'industry': 'industry', 'uscc': 'uscc',
    'town_code': 'town_code', 'town': 'town', 'tier': 'tier', 'contact': 'contact', 'phone_not_dialable': 'phone',
}


@cache
def table(name):
    """Rows of a csv file of the feed, as dicts of text."""
    with open(FOLDER / f'{name}.csv', encoding='utf-8', newline='') as handle:
        return list(csv.DictReader(handle))


@cache
def messages():
    """All messages in the order of delivery, faults included."""
    with gzip.open(FOLDER / 'messages.jsonl.gz', 'rt', encoding='utf-8') as handle:
        return [json.loads(line) for line in handle if line.strip()]


@cache
def by_id():
    return {message['msg_id']: message for message in messages()}


@cache
def contracts():
    with open(FOLDER / 'contracts.jsonl', encoding='utf-8') as handle:
        return {contract['contract_no']: contract for contract in map(json.loads, handle)}


def details():
    """{number of a waste detail: (its line in the contract, the contract)}"""
    return {line['line_no']: (line, contract) for contract in contracts().values() for line in contract['lines']}


def issues(kind):
    """Message numbers of one kind of `expected_issues.csv`."""
    return [row['msg_id'] for row in table('expected_issues') if row['kind'] == kind]


def batches(items, size=BATCH):
    return [items[start:start + size] for start in range(0, len(items), size)]


def shuffled(seed=20261121):
    """The same messages as they might come over a bad line with many senders."""
    mixed = list(messages())
    random.Random(seed).shuffle(mixed)
    return mixed


def master_data():
    """Messages for parties and licences, which the feed takes for granted."""
    parties = [_message('partner.upsert', row['partner_code'], row, PARTNER_COLUMNS) for row in table('partners')]
    licences = [_message('licence.upsert', row['licence_no'], row, LICENCE_COLUMNS) for row in table('licences')]
    return parties + licences


@cache
def named_packages():
    """Numbers of the packages that a message names; the kitchen's bins are only counted in their batches."""
    named = set()
    for message in messages():
        payload = message['payload']
        if 'package_no' in payload:
            named.add(payload['package_no'])
        target = payload.get('to')
        if isinstance(target, str):
            named.add(target)
        elif target:
            named.update(number for number, _quantity in target)
    return named


def _message(event, key, row, columns):
    return {
        'msg_id': f'master-{event}-{key}', 'event': event, 'entity_key': key, 'version': 1,
        'occurred_at': '2026-06-01T08:00:00+08:00', 'sent_at': '2026-06-01T08:00:01+08:00',
        'company_code': 'DS-HW', 'business_type': 'hazardous',
        'payload': {field: row[column] for column, field in columns.items() if row[column]},
    }
