# ruff: noqa: F821
"""In `odoo shell`: one statement run over all contracts, then bare creates of the rows that it made."""
import time

SLICE = 1000
#: types that a field made by hand can't have
TYPES = {'selection': 'char', 'json': 'text', 'many2one_reference': 'integer'}


def columns(model):
    return {
        name: field for name, field in env[model]._fields.items()
        if field.store and field.column_type and name not in ('id', 'create_uid', 'create_date', 'write_uid', 'write_date')}


def make_model(name, model, further):
    """Make a model with the columns of ``model``."""
    fields = []
    for column, field in {**columns(model), **further}.items():
        values = {'name': f'x_{column}', 'ttype': TYPES.get(field.type, field.type), 'field_description': column}
        if field.type in ('many2one', 'many2many'):
            values['relation'] = field.comodel_name
        if field.type == 'monetary':
            values['currency_field'] = 'x_currency_id'
        fields.append((0, 0, values))
    env['ir.model'].create({'name': name, 'model': name, 'field_id': fields})


def rows(records, further):
    """Return what was written on records; links to each other apart, whose rows are gone when this is written again."""
    found = records.read([*columns(records._name), *further], load='')
    return [{f'x_{name}': value for name, value in row.items() if name not in ('id', 'run_id', 'statement_id')} for row in found]


def ours():
    started = time.perf_counter()
    run._transition('start')
    while run.state == 'queued':
        run._process_slice(SLICE)
        env.cr.commit()
    return time.perf_counter() - started


def bare():
    started = time.perf_counter()
    for start in range(0, len(statement_rows), SLICE):
        env['x_bench_statement'].create(statement_rows[start:start + SLICE])
        env['x_bench_statement_line'].create(line_rows[2 * start:2 * (start + SLICE)])
        env.cr.commit()
    return time.perf_counter() - started


company = env['res.company'].search([('name', '=', '批量结算公司')])
env = env(context={**env.context, 'allowed_company_ids': company.ids})
line_fields = env['waste.statement.line']._fields
make_model('x_bench_statement', 'waste.statement', {})
make_model('x_bench_statement_line', 'waste.statement.line', {name: line_fields[name] for name in ('batch_ids', 'currency_id')})
run = env['waste.statement.run'].create({
    'period_start': '2026-09-01', 'period_end': '2026-09-30', 'company_ids': company.ids, 'total_count': arguments['contracts']})
env.cr.commit()
env.invalidate_all()
seconds = ours()
statements = run.statement_ids
assert len(statements) == arguments['contracts'] and not run.skip_count, 'the run left contracts out'
statement_rows, line_rows = rows(statements, ()), rows(statements.line_ids, ('batch_ids', 'currency_id'))
env.invalidate_all()
report({'rows': len(statement_rows) + len(line_rows), 'ours': seconds, 'bare': bare()})
