# ruff: noqa: F821, T201
"""In `odoo shell`: write the rows that the feed has messages, bare, by one ORM create and by COPY."""
import datetime
import gzip
import io
import json
import statistics
import time

RUNS = 3
KINDS = {
    'x_package_id': 'integer', 'x_company_id': 'integer', 'x_kind': 'char', 'x_occurred_at': 'datetime',
    'x_recorded_at': 'datetime', 'x_is_late': 'boolean', 'x_unit_id': 'integer', 'x_place': 'char', 'x_plate': 'char',
    'x_qty_kg': 'float', 'x_method_id': 'integer', 'x_reason': 'char', 'x_op_no': 'char', 'x_external_key': 'char',
    'x_external_extra': 'text',
}


def make_model():
    env['ir.model'].create({
        'name': 'Bench', 'model': 'x_bench_event',
        'field_id': [(0, 0, {'name': name, 'ttype': kind, 'field_description': name}) for name, kind in KINDS.items()],
        'access_ids': [(0, 0, {
            'name': 'bench', 'group_id': env.ref('base.group_system').id,
            'perm_read': True, 'perm_write': True, 'perm_create': True, 'perm_unlink': True})],
    })
    env.cr.commit()


def read_rows(path):
    with gzip.open(path, 'rt', encoding='utf-8') as lines:
        return [make_row(number, json.loads(line)) for number, line in enumerate(lines) if line.strip()]


def make_row(number, message):
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


def utc(text):
    return datetime.datetime.fromisoformat(text).astimezone(datetime.UTC).replace(tzinfo=None)


def create(rows):
    env['x_bench_event'].create(rows)
    env.cr.commit()


def copy(rows):
    text = io.StringIO()
    for row in rows:
        text.write('\t'.join(cell(row[name], kind) for name, kind in KINDS.items()) + '\n')
    text.seek(0)
    env.cr._obj.copy_expert(f'COPY x_bench_event ({", ".join(KINDS)}) FROM STDIN', text)
    env.cr.commit()


def cell(value, kind):
    if value is False and kind != 'boolean':
        return '\\N'
    return str(value).replace('\\', '\\\\').replace('\t', '\\t').replace('\n', '\\n')


def clock(write, rows):
    """Return the seconds of one writing of all rows into the empty table."""
    started = time.perf_counter()
    write(rows)
    seconds = time.perf_counter() - started
    env.cr.execute('SELECT count(*) FROM x_bench_event')
    assert env.cr.fetchone()[0] == len(rows)
    env.cr.execute('TRUNCATE x_bench_event')
    env.cr.commit()
    env.invalidate_all()
    return seconds


make_model()
rows = read_rows(arguments['feed'])
pairs = [(clock(create, rows), clock(copy, rows)) for _run in range(RUNS)]
report({
    'rows': len(rows),
    'create_s': statistics.median(pair[0] for pair in pairs),
    'copy_s': statistics.median(pair[1] for pair in pairs),
    'sample': [
        {name: str(value) if isinstance(value, datetime.datetime) else value for name, value in row.items()}
        for row in rows[:arguments['sample']]
    ],
})
