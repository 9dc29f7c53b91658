"""Run in `odoo shell`: compare all customers with the WeCom at arguments['api']."""
# ruff: noqa: F821 - env, arguments and report are the shell's
import time

import psutil


def memory():
    return psutil.Process().memory_info().rss / 2 ** 20


app = env['wecom.app'].create({
    'name': 'Bench', 'corp_id': 'wwfake0000000001', 'agent_id': '1000002', 'secret': 'fake-app-secret-1000002',
    'api_base_url': arguments['api']})
env.cr.commit()
started = time.perf_counter()
resync = env['wecom.resync']._begin(app)
env.cr.commit()
after_a_tenth = None
while resync.state == 'running':
    resync._read_page()
    env.cr.commit()
    env.invalidate_all()
    if resync.page_count == 20:
        after_a_tenth = memory()
report({
    'seconds': time.perf_counter() - started, 'seen': resync.seen_count, 'rss_start': after_a_tenth, 'rss_end': memory(),
    'relations': env['wecom.relation'].search_count([('app_id', '=', app.id), ('state', '=', 'active')]),
})
