"""The demo world: master data from waste_scrm's `demo` files, then three months of messages through WIM's own door."""
import gzip
import json
import time
import urllib.error
import urllib.request

from . import odoo, postgres, product
from .machine import ADDONS, CHECKOUT, fail, say, step

FEED = CHECKOUT / 'data/wim_feed/messages.jsonl.gz'
BATCH = 500
#: ir.config_parameter that tells how far the demo world is
MARKER = 'waste_scrm.demo_world'
#: run in `odoo shell`: only our demo files, not those of Odoo's modules
MASTER_DATA = '''
from odoo.modules import Manifest
from odoo.tools.convert import convert_file
for file in Manifest.for_addon("waste_scrm")["demo"]:
    convert_file(env(su=True), "waste_scrm", file, {}, "init", noupdate=True)
env.cr.commit()
'''
#: run in `odoo shell`: a key for the technical user in whose name WIM calls
API_KEY = '''
from datetime import datetime, timedelta
user = env.ref("waste.group_wim_integrator").all_user_ids.filtered("active").filtered(lambda user: user.id > 2)[:1]
keys = env["res.users.apikeys"].with_user(user or env.ref("base.user_admin")).sudo()
print("API KEY", keys._generate("rpc", "demo feed", datetime.now() + timedelta(days=1)))
env.cr.commit()
'''


def load_master_data(databases, name):
    """Load waste_scrm's demo files, once."""
    if not (ADDONS / 'waste_scrm/__manifest__.py').exists():
        say('  no demo world: addons/waste_scrm is not there yet')
    elif not product.parameter(databases, name, MARKER):
        with step('Demo world: companies, people, customers'):
            odoo.run(['shell', '-d', name, '--no-http'], databases.env(), stdin=MASTER_DATA)
            product.set_parameter(databases, name, MARKER, 'master data')


def push_feed(databases, name, url):
    """Send the feed to the running server in delivery order and wait until all of it is judged, once."""
    if product.parameter(databases, name, MARKER) != 'master data':
        return
    if not FEED.exists() or not (ADDONS / 'waste_wim/__manifest__.py').exists():
        return say('  no messages of WIM: data/wim_feed or addons/waste_wim is not there yet')
    with step('Demo world: three months of messages from WIM'):
        key = _api_key(databases, name)
        lines = gzip.decompress(FEED.read_bytes()).splitlines()
        for start in range(0, len(lines), BATCH):
            messages = [json.loads(line) for line in lines[start:start + BATCH]]
            _post(f'{url}/wim/v1/messages', key, messages)
            say(f'  {start + len(messages)} of {len(lines)} messages sent')
        _wait_until_judged(databases, name)
        product.set_parameter(databases, name, MARKER, 'complete')


def _api_key(databases, name):
    said = odoo.run(['shell', '-d', name, '--no-http'], databases.env(), stdin=API_KEY)
    return next(line.split()[-1] for line in said.splitlines() if line.startswith('API KEY'))


def _post(address, key, messages):
    request = urllib.request.Request(
        address, json.dumps(messages).encode(),
        {'Content-Type': 'application/json', 'Authorization': f'Bearer {key}'}, method='POST')
    try:
        with urllib.request.urlopen(request, timeout=300) as answer:
            answer.read()
    except urllib.error.HTTPError as error:
        fail(f'WIM\'s door answered {error.code} ({error.read()[:300]}); start again with --fresh, or with --no-demo.')


def _wait_until_judged(databases, name):
    """Wait for the jobs; give up when nothing moves for three minutes."""
    last, since = None, time.monotonic()
    while (pending := _pending(databases, name)) != '0':
        if pending != last:
            say(f'  {pending} messages to judge')
            last, since = pending, time.monotonic()
        elif time.monotonic() - since > 180:
            fail(f'{pending} messages of the demo feed stay pending; look at the job log in Settings › Technical › Scheduled Actions.')
        time.sleep(5)


def _pending(databases, name):
    return postgres.sql("SELECT count(*) FROM wim_message WHERE state = 'pending'", name, databases.cluster.env())
