# ruff: noqa: F821
"""In `odoo shell`: the life-cycle page against bare SQL that fetches the same rows."""
import json
import time

RUNS = 5
PACKAGES = """
    WITH RECURSIVE own(id) AS (
        SELECT id FROM waste_package WHERE batch_id = %s
         UNION
        SELECT to_package_id FROM own JOIN waste_package_lineage ON from_package_id = own.id
    )
    SELECT package.* FROM own JOIN waste_package package ON package.id = own.id
"""
EDGES = "SELECT * FROM waste_package_lineage WHERE to_package_id = ANY(%s)"
EVENTS = "SELECT * FROM waste_package_event WHERE package_id = ANY(%s) ORDER BY occurred_at"


def ours(batch):
    env.invalidate_all()
    queries, started = env.cr.sql_log_count, time.perf_counter()
    page = batch.get_lifecycle(batch_id=batch.id)
    return time.perf_counter() - started, env.cr.sql_log_count - queries, page


def bare(batch):
    started = time.perf_counter()
    packages = fetch(PACKAGES, batch.id)
    ids = [row[0] for row in packages]
    fetch(EDGES, ids)
    events = fetch(EVENTS, ids)
    return time.perf_counter() - started, len(packages), len(events)


def fetch(query, value):
    env.cr.execute(query, [value])
    return env.cr.fetchall()


dispatcher = env['res.users'].search([('login', '=', 'dispatcher')])
env = env(user=dispatcher, context={  # noqa: F811
    'lang': 'zh_CN', 'tz': 'Asia/Shanghai', 'allowed_company_ids': dispatcher.company_ids.ids})
small, large = (env['waste.batch'].search([('name', '=', name)]) for name in ('PC-SMALL', 'PC-LARGE'))
for batch in (small, large):  # fill the caches that a server keeps between requests
    ours(batch), bare(batch)
queries_small = ours(small)[1]
pairs = [(ours(large), bare(large)) for _run in range(RUNS)]
page = pairs[0][0][2]
assert len(page['rows']) == pairs[0][1][1], 'the page does not show the packages that SQL finds'
report({
    'seconds': [(ours_[0], bare_[0]) for ours_, bare_ in pairs],
    'queries': max(ours_[1] for ours_, _bare in pairs),
    'queries_small': queries_small,
    'packages': pairs[0][1][1],
    'events': pairs[0][1][2],
    'bytes': len(json.dumps(page, default=str)),
})
