"""A full comparison of 100,000 customers with the simulated WeCom: how many calls, held against the fewest that pages allow.

Five members with 20,000 customers each, none of them known here. The ratio is calls made ÷ calls that pages of 100 and one list of
members need; the second row holds the memory at the end against that after a tenth of the pages, the third the customers a second
against those that the ORM creates bare, without WeCom, in the same batches.
"""
import json
import urllib.request

from . import Row
from workbench import demo_wecom

CUSTOMERS, MEMBERS = 20000, ('ZhangWei', 'LiNa', 'ChenHao', 'XiaoZhou', 'GuanLi')
PAGE = 100
BARE = 5000


def measure(bench):
    name = bench.copy()
    with demo_wecom.simulators.Fake('wecom') as fake:
        for userid in MEMBERS:
            _open(fake, 'control/customers', {'count': CUSTOMERS, 'userid': userid})
        result = bench.shell(name, 'shell_wecom_resync', api=f'{fake.url}/cgi-bin/', bare=BARE)
        calls = [call for call in _open(fake, 'control/calls.json') if call['path'].startswith('externalcontact/')]
    bench.drop(name)
    total = CUSTOMERS * len(MEMBERS)
    assert result['seen'] == total and result['relations'] == total, result
    return [
        Row('wecom_resync, calls ÷ the fewest that pages allow', [(len(calls), total / PAGE + 1)], 'calls', 1.02, at_most=True),
        Row('wecom_resync, memory at the end ÷ after a tenth', [(result['rss_end'], result['rss_start'])], 'MB', 1.25, at_most=True),
        Row('wecom_resync, customers a second ÷ created bare', [(total / result['seconds'], result['bare_per_second'])], 'customers/s'),
    ]


def _open(fake, path, values=None):
    data = None if values is None else json.dumps(values).encode()
    with urllib.request.urlopen(urllib.request.Request(f'{fake.url}/{path}', data), timeout=300) as answer:
        return json.load(answer)
