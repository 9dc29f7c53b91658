# ruff: noqa: F821
"""In `odoo shell`: write as many rows as the feed has messages, bare, by the ORM and by COPY."""
import datetime
import gzip
import hashlib
import io
import json
import statistics
import time

RUNS = 3
#: the columns of a package event and of an inbox message
EVENT = {
    'x_package_id': 'integer', 'x_company_id': 'integer', 'x_kind': 'char', 'x_occurred_at': 'datetime',
    'x_recorded_at': 'datetime', 'x_is_late': 'boolean', 'x_unit_id': 'integer', 'x_place': 'char', 'x_plate': 'char',
    'x_qty_kg': 'float', 'x_method_id': 'integer', 'x_reason': 'char', 'x_op_no': 'char', 'x_external_key': 'char',
    'x_external_extra': 'text',
}
MESSAGE = {
    'x_msg_id': 'char', 'x_key': 'char', 'x_payload': 'text', 'x_payload_sha256': 'char', 'x_state': 'char',
    'x_received_at': 'datetime', 'x_processed_at': 'datetime', 'x_company_id': 'integer', 'x_event': 'char',
    'x_entity_key': 'char', 'x_version': 'integer', 'x_occurred_at': 'datetime', 'x_sent_at': 'datetime',
    'x_company_code': 'char', 'x_business_type': 'char',
}


def make_model(name, columns):
    env['ir.model'].create({
        'name': name, 'model': name,
        'field_id': [(0, 0, {'name': column, 'ttype': kind, 'field_description': column}) for column, kind in columns.items()],
        'access_ids': [(0, 0, {
            'name': name, 'group_id': env.ref('base.group_system').id,
            'perm_read': True, 'perm_write': True, 'perm_create': True, 'perm_unlink': True})],
    })
    env.cr.commit()


def make_event(number, message):
    payload = message['payload']
    return {
        'x_package_id': number, 'x_company_id': 1, 'x_kind': payload.get('kind') or message['event'],
        'x_occurred_at': utc(message['occurred_at']), 'x_recorded_at': utc(message['sent_at']), 'x_is_late': False,
        'x_unit_id': 1 if 'unit' in payload else False, 'x_place': payload.get('place', False),
        'x_plate': payload.get('plate', False), 'x_qty_kg': float(payload.get('qty_kg', 0)),
        'x_method_id': 1 if 'method' in payload else False, 'x_reason': payload.get('reason', False),
        'x_op_no': payload.get('op_no', False), 'x_external_key': message['entity_key'],
        'x_external_extra': False if message['event'] == 'package.event' else json.dumps(payload, ensure_ascii=False),
    }


def make_message(line, message):
    now = datetime.datetime.now()
    return {
        'x_msg_id': message['msg_id'], 'x_key': message['msg_id'], 'x_payload': line,
        'x_payload_sha256': hashlib.sha256(line.encode()).hexdigest(), 'x_state': 'done', 'x_received_at': now,
        'x_processed_at': now, 'x_company_id': 1, 'x_event': message['event'], 'x_entity_key': message['entity_key'],
        'x_version': message['version'], 'x_occurred_at': utc(message['occurred_at']), 'x_sent_at': utc(message['sent_at']),
        'x_company_code': message['company_code'], 'x_business_type': message['business_type'],
    }


def utc(text):
    return datetime.datetime.fromisoformat(text).astimezone(datetime.UTC).replace(tzinfo=None)


def create():
    env['x_bench_event'].create(events)
    env.cr.commit()


def create_both():
    env['x_bench_message'].create(inbox)
    create()


def copy():
    text = io.StringIO()
    for row in events:
        text.write('\t'.join(cell(row[name], kind) for name, kind in EVENT.items()) + '\n')
    text.seek(0)
    env.cr._obj.copy_expert(f'COPY x_bench_event ({", ".join(EVENT)}) FROM STDIN', text)
    env.cr.commit()


def cell(value, kind):
    if value is False and kind != 'boolean':
        return '\\N'
    return str(value).replace('\\', '\\\\').replace('\t', '\\t').replace('\n', '\\n')


def clock(write):
    """Return the seconds of one writing of all rows into empty tables."""
    started = time.perf_counter()
    write()
    seconds = time.perf_counter() - started
    env.cr.execute('SELECT count(*) FROM x_bench_event')
    assert env.cr.fetchone()[0] == len(events)
    env.cr.execute('TRUNCATE x_bench_event, x_bench_message')
    env.cr.commit()
    env.invalidate_all()
    return seconds


make_model('x_bench_event', EVENT)
make_model('x_bench_message', MESSAGE)
with gzip.open(arguments['feed'], 'rt', encoding='utf-8') as handle:
    lines = [line.strip() for line in handle if line.strip()]
messages = [json.loads(line) for line in lines]
events = [make_event(number, message) for number, message in enumerate(messages)]
inbox = [make_message(line, message) for line, message in zip(lines, messages)]
rounds = [[clock(way) for way in (create, create_both, copy)] for _run in range(RUNS)]
report({
    'rows': len(events),
    'seconds': dict(zip(('create', 'create_both', 'copy'), map(statistics.median, zip(*rounds)))),
    'sample': [
        {name: str(value) if isinstance(value, datetime.datetime) else value for name, value in row.items()}
        for row in events[:arguments['sample']]
    ],
})
