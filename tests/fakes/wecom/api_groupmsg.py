"""Group sends: a task that sends nothing until the member confirms it, and how often a customer may get one.

Who gets the task of a customer whom several members have: the one whom the customer knows longest (WeCom: who chatted last).
"""
import calendar
import datetime

from acts import act
from api import endpoint
from errors import Refused

UNSENT, SENT, NO_FRIEND, TOO_OFTEN = 0, 1, 2, 3
DAY = 86400
MOST_REMINDERS = 3


@endpoint('externalcontact/add_msg_template')
def add_msg_template(call):
    world, body = call.world, call.body
    kind = body.get('chat_type') or 'single'
    text = (body.get('text') or {}).get('content', '')
    if len(text.encode()) > 4000 or len(body.get('attachments') or []) > 9 or kind not in ('single', 'group'):
        raise Refused(40058)
    if not text and not body.get('attachments'):
        raise Refused(44004)
    sender = world.member(body['sender'], 40003)['userid'] if body.get('sender') else None
    rows, failed = _chats(world, sender, body) if kind == 'group' else _customers(world, sender, body)
    if not rows:
        raise Refused(41048)
    number = world.number('msg')
    world.group_sends[number] = {
        'msgid': number, 'chat_type': kind, 'creator': call.app['agentid'], 'create_time': world.now(), 'text': body.get('text') or {},
        'attachments': body.get('attachments') or [], 'rows': rows, 'reminded': [], 'cancelled': False}
    return {'msgid': number, 'fail_list': failed}


def _customers(world, sender, body):
    asked = body.get('external_userid')
    if asked is not None and len(asked) > 10000 or not asked and not sender:
        raise Refused(40058, 'external_userid')
    if not asked:
        asked = [external for name, external in world.relations if name == sender.lower()]
    rows, failed = [], []
    for external in asked:
        friends = [row for (name, other), row in world.relations.items()
                   if other == external and (not sender or name == sender.lower()) and name in world.members]
        if friends:
            friend = min(friends, key=lambda row: row['createtime'])
            rows.append({'userid': friend['userid'], 'external_userid': external, 'status': UNSENT})
        else:
            failed.append(external)
    return rows, failed


def _chats(world, sender, body):
    if not sender or len(body.get('chat_id_list') or []) > 2000:
        raise Refused(40058, 'sender' if not sender else 'chat_id_list')
    own = [number for number, chat in world.chats.items() if chat['owner'].lower() == sender.lower()]
    asked = body.get('chat_id_list') or own
    rows = [{'userid': sender, 'chat_id': number, 'status': UNSENT} for number in asked if number in own]
    return rows, [number for number in asked if number not in own]


def _find(call):
    found = call.world.group_sends.get(call.body.get('msgid') or '')
    if not found:
        raise Refused(41063 if str(call.body.get('msgid') or '').startswith('msg') else 40058)
    return found


def _ready(call):
    found = _find(call)
    if call.world.now() - found['create_time'] < call.world.settings['group_send_seconds']:
        raise Refused(41063)
    return found


@endpoint('externalcontact/remind_groupmsg_send')
def remind(call):
    found, now = _find(call), call.world.now()
    found['reminded'] = [moment for moment in found['reminded'] if moment > now - DAY]
    if len(found['reminded']) >= MOST_REMINDERS:
        raise Refused(41094)
    found['reminded'].append(now)
    return {}


@endpoint('externalcontact/cancel_groupmsg_send')
def cancel(call):
    _find(call)['cancelled'] = True
    return {}


@endpoint('externalcontact/get_groupmsg_list_v2')
def send_list(call):
    body = call.body
    rows = [{name: row[name] for name in ('msgid', 'creator', 'text', 'attachments')} | {
        'create_time': str(int(row['create_time'])), 'create_type': 0} for row in call.world.group_sends.values()
        if row['chat_type'] == body.get('chat_type') and body['start_time'] <= row['create_time'] <= body['end_time']]
    page, cursor = call.page(rows, 100)
    return {'group_msg_list': page, 'next_cursor': cursor}


@endpoint('externalcontact/get_groupmsg_task')
def send_tasks(call):
    found = _ready(call)
    members = dict.fromkeys(row['userid'] for row in found['rows'])
    rows = []
    for userid in members:
        confirmed = next((row['confirmed_at'] for row in found['rows'] if row['userid'] == userid and 'confirmed_at' in row), None)
        rows.append({'userid': userid, 'status': 2 if confirmed else 0, **({'send_time': int(confirmed)} if confirmed else {})})
    page, cursor = call.page(rows, 1000)
    return {'task_list': page, 'next_cursor': cursor}


@endpoint('externalcontact/get_groupmsg_send_result')
def send_result(call):
    found = _ready(call)
    rows = [{name: row[name] for name in ('userid', 'external_userid', 'chat_id', 'status') if name in row}
            | ({'send_time': int(row['confirmed_at'])} if row['status'] == SENT else {})
            for row in found['rows'] if row['userid'].lower() == str(call.body.get('userid')).lower()]
    page, cursor = call.page(rows, 1000)
    return {'send_list': page, 'next_cursor': cursor}


@act
def confirms_send(world, msgid, userid):
    """A member presses "send" in his client: the customers get it, but for those who are no friends (any more) or had enough."""
    found = world.group_sends[msgid]
    for row in found['rows']:
        if row['userid'].lower() != userid.lower() or row['status'] != UNSENT or found['cancelled']:
            continue
        row['confirmed_at'] = world.now()
        target = row.get('external_userid') or row['chat_id']
        if 'external_userid' in row and (userid.lower(), target) not in world.relations:
            row['status'] = NO_FRIEND
        elif _count(world, target) >= _quota(world):
            row['status'] = TOO_OFTEN
        else:
            row['status'] = SENT
    return {}, []


def _count(world, target):
    """Return how many sends the customer or chat got in the present month, week or day."""
    since = _start(world)
    return sum(row['status'] == SENT and row['confirmed_at'] >= since and target in (row.get('external_userid'), row.get('chat_id'))
               for send in world.group_sends.values() for row in send['rows'])


def _today(world):
    return datetime.datetime.fromtimestamp(world.now(), datetime.timezone(datetime.timedelta(hours=8))).replace(
        hour=0, minute=0, second=0, microsecond=0)


def _start(world):
    today, per = _today(world), world.settings['group_sends_per']
    first = {'month': today.replace(day=1), 'week': today - datetime.timedelta(days=today.weekday()), 'day': today}[per]
    return first.timestamp()


def _quota(world):
    today = _today(world)
    return {'month': calendar.monthrange(today.year, today.month)[1], 'week': 7, 'day': 1}[world.settings['group_sends_per']]
