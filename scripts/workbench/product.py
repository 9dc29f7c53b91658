"""The database that people work in: all rooms, Chinese first, nothing that phones home."""
import json

from . import odoo, postgres, rooms
from .machine import say, step

#: a product without customers yet: rooms are divided and renamed without migrations
NO_MIGRATION = 'Data of an earlier state of the rooms may not fit: make the database anew with --fresh, or give another folder with --data.'

#: run in `odoo shell` after every installation or update
SETTLE = '''
CLOSED = "http://127.0.0.1:9"  # a local port where nobody listens: refused at once instead of waited for
parameters = env["ir.config_parameter"].sudo()
for key in (
    "iap.endpoint", "enrich.endpoint", "reveal.endpoint", "iap.partner_autocomplete.endpoint", "snailmail.endpoint",
    "mail.server.gmail.iap.endpoint", "mail.server.outlook.iap.endpoint", "html_editor.media_library_endpoint",
    "html_editor.olg_api_endpoint", "account_peppol.edi.mode_endpoint",
):
    parameters.set_param(key, CLOSED)
parameters.set_param("mail.link_preview_throttle", 0)
for xmlid in (
    "mail.ir_cron_module_update_notification", "partner_autocomplete.ir_cron_partner_autocomplete",
    "snailmail.snailmail_print", "crm_iap_enrich.ir_cron_lead_enrichment",
):
    cron = env.ref(xmlid, raise_if_not_found=False)
    if cron:
        cron.active = False

chinese = env["res.lang"]._activate_lang("zh_CN")
env["ir.default"].set("res.partner", "lang", "zh_CN")
env["ir.default"].set("res.partner", "tz", "Asia/Shanghai")
first = {first}
if first:
    people = env["res.users"].with_context(active_test=False).search([]).partner_id
    (people | env["res.company"].search([]).partner_id).write({{"lang": "zh_CN", "tz": "Asia/Shanghai"}})
parameters.set_param("waste_scrm.installed", {state!r})
env.cr.commit()
'''


def ensure(databases, name):
    """Create the database, or bring it up to the code of this checkout."""
    wanted = {room: rooms.installed_digest(room) for room in _rooms()}
    if name not in databases.names():
        with step(f'Database {name}: {", ".join(wanted) or "Odoo alone, there is no room in addons/"}'):
            databases.build(name, lambda new: _create(databases, new, wanted))
        return
    known = json.loads(parameter(databases, name, 'waste_scrm.installed') or '{}')
    changed = [room for room in wanted if wanted[room] != known.get(room)]
    if changed:
        with step(f'Updating {", ".join(changed)}'):
            new = [room for room in changed if room not in known]
            old = [room for room in changed if room in known]
            words = (['-i', ','.join(new)] if new else []) + (['-u', ','.join(old)] if old else [])
            odoo.run(['-d', name, *words, '--stop-after-init', '--no-http'], databases.env(), advice=NO_MIGRATION)
            _settle(databases, name, wanted, first=False)


def parameter(databases, name, key):
    return postgres.sql(f"SELECT value FROM ir_config_parameter WHERE key = '{key}'", name, databases.cluster.env())


def set_parameter(databases, name, key, value):
    postgres.sql(
        f"INSERT INTO ir_config_parameter (key, value) VALUES ('{key}', '{value}')"
        f" ON CONFLICT (key) DO UPDATE SET value = excluded.value", name, databases.cluster.env())


def logins(databases, name):
    """One login per role of ours: lines of (role, login)."""
    statement = """
        SELECT DISTINCT ON (g.sequence, g.id) coalesce(g.name->>'zh_CN', g.name->>'en_US'), u.login
        FROM res_groups g
        JOIN ir_model_data d ON d.model = 'res.groups' AND d.res_id = g.id AND (d.module LIKE 'waste%' OR d.module LIKE 'scrm%')
        JOIN res_groups_users_rel r ON r.gid = g.id
        JOIN res_users u ON u.id = r.uid AND u.active AND u.id > 2
        WHERE d.name != 'group_wim_integrator'
        ORDER BY g.sequence, g.id, u.id"""
    text = postgres.sql(statement, name, databases.cluster.env())
    return [line.split('|') for line in text.splitlines()]


def _rooms():
    """All rooms; bridges come by themselves."""
    return odoo.addons()


def _create(databases, new, wanted):
    databases.create(new)
    modules = list(wanted) or ['base']
    odoo.run(['-d', new, '-i', ','.join(modules), '--load-language=zh_CN', '--stop-after-init', '--no-http'], databases.env())
    _settle(databases, new, wanted, first=True)
    say('  languages and defaults set, calls to outside switched off')


def _settle(databases, name, wanted, first):
    code = SETTLE.format(first=first, state=json.dumps(wanted))
    odoo.run(['shell', '-d', name, '--no-http'], databases.env(), stdin=code)
