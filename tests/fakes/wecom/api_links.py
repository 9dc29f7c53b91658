"""Links by which customers add members (获客助手): links, what came of them, how many customers were bought."""
import time

from api import endpoint
from errors import Refused

DAY = 86400


def _link(call):
    if not call.world.settings['may_link']:
        raise Refused(48002)
    link = call.world.links.get(call.body.get('link_id'))
    if not link or link['agent'] != call.app['agentid']:
        raise Refused(40058, 'link_id')
    return link


def _check(call, body):
    if not call.world.settings['may_link']:
        raise Refused(48002)
    users = (body.get('range') or {}).get('user_list') or []
    if not 0 < len(users) <= 500 or len(body.get('link_name') or '') > 30:
        raise Refused(40058, 'range, link_name')
    for name in users:
        if call.world.member(name, 40003)['status'] != 1:
            raise Refused(41054)


def _shown(link):
    return {key: link[key] for key in ('link_id', 'link_name', 'url', 'create_time')}


@endpoint('externalcontact/customer_acquisition/create_link')
def create(call):
    _check(call, call.body)
    if len(call.world.links) >= call.world.settings['most_links']:
        raise Refused(41095)
    number = call.world.number('cawcde')
    call.world.links[number] = {
        'skip_verify': True, **call.body, 'link_id': number, 'url': f'https://work.weixin.qq.com/ca/{number}', 'agent': call.app['agentid'],
        'create_time': int(call.world.now()), 'taps': []}
    return {'link': _shown(call.world.links[number])}


@endpoint('externalcontact/customer_acquisition/get')
def get(call):
    link = _link(call)
    return {'link': {**_shown(link), 'skip_verify': link['skip_verify']}, 'range': link['range']}


@endpoint('externalcontact/customer_acquisition/update_link')
def update(call):
    link = _link(call)
    _check(call, {**link, **call.body})
    link.update({key: call.body[key] for key in ('link_name', 'range', 'skip_verify') if key in call.body})
    return {}


@endpoint('externalcontact/customer_acquisition/delete_link')
def delete(call):
    del call.world.links[_link(call)['link_id']]
    return {}


@endpoint('externalcontact/customer_acquisition/list_link')
def list_link(call):
    if not call.world.settings['may_link']:
        raise Refused(48002)
    rows = [link['link_id'] for link in call.world.links.values() if link['agent'] == call.app['agentid']]
    page, cursor = call.page(rows, 100)
    return {'link_id_list': page, 'next_cursor': cursor}


@endpoint('externalcontact/customer_acquisition/statistic')
def statistic(call):
    """Whole days of China, at most 30 of the last 180."""
    link, start, end = _link(call), int(call.body['start_time']), int(call.body['end_time'])
    if end - start > 30 * DAY or time.time() - start > 180 * DAY:
        raise Refused(40058, 'start_time')
    first, last = ((moment + 8 * 3600) // DAY for moment in (start, end))
    taps = [tap for tap in link['taps'] if first <= (tap['at'] + 8 * 3600) // DAY <= last]
    return {'click_link_customer_cnt': len(taps), 'new_customer_cnt': sum(tap['added'] for tap in taps)}


@endpoint('externalcontact/customer_acquisition_quota')
def quota(call):
    if not call.world.settings['may_link']:
        raise Refused(48002)
    total = call.world.settings['link_total']
    used = sum(tap['added'] for link in call.world.links.values() for tap in link['taps'])
    return {'total': total, 'balance': max(total - used, 0), 'quota_list': [
        {'expire_date': int(call.world.now()) + 180 * DAY, 'balance': max(total - used, 0)}]}
