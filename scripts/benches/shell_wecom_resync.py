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
resyncs, pages = type(env['wecom.resync']), []
read_page = resyncs._read_page


def measured(resync):
    """Note the memory after each page, as the job goes on by itself."""
    read_page(resync)
    pages.append(memory())


resyncs._read_page = measured
started = time.perf_counter()
resync = env['wecom.resync']._begin(app)
env.cr.commit()
env['wecom.resync']._cron_resync()
seconds = time.perf_counter() - started
resyncs._read_page = read_page

# The same rows, bare: what the ORM needs to create as many customers and relations.
model = env['wecom.contact'].with_context(tracking_disable=True)
other = env['wecom.app'].create({'name': 'Bare', 'corp_id': 'wwbare', 'agent_id': '1'})
member = env['wecom.member'].create({'app_id': other.id, 'userid': 'bare', 'name': 'bare'})
bare = arguments['bare']
started = time.perf_counter()
for start in range(0, bare, 100):
    contacts = model.create([{
        'app_id': other.id, 'external_userid': f'wm{number:028}', 'name': f'客户{number}', 'kind': 'wechat', 'unionid': f'o{number:026}'}
        for number in range(start, start + 100)])
    env['wecom.relation'].create([{'contact_id': contact.id, 'member_id': member.id, 'added_at': '2026-01-01', 'remark': contact.name,
                                   'oper_userid': 'bare', 'add_way': '1'} for contact in contacts])
    env.cr.commit()
    env.invalidate_all()
bare_seconds = time.perf_counter() - started
report({
    'seconds': seconds, 'seen': resync.seen_count, 'rss_start': pages[len(pages) // 10], 'rss_end': pages[-1],
    'bare_per_second': bare / bare_seconds,
    'relations': env['wecom.relation'].search_count([('app_id', '=', app.id), ('state', '=', 'active')]),
})
