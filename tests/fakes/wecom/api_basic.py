"""Tokens, tickets, log-in, address book, messages of an app, media."""
import re
import secrets

from api import endpoint
from errors import Pass, Refused


@endpoint('gettoken')
def gettoken(call):
    value, seconds = call.gate.issue(call.query)
    return {'access_token': value, 'expires_in': seconds}


@endpoint('get_jsapi_ticket', 'ticket/get')
def ticket(call):
    kind = 'agent' if call.query.get('type') == 'agent_config' else 'corp'
    key = kind, call.app['agentid'] if kind == 'agent' else ''
    value = call.world.tickets.setdefault(key, f'{kind}-ticket-{key[1]}-{secrets.token_urlsafe(24)}')
    return {'ticket': value, 'expires_in': call.world.settings['token_seconds']}


@endpoint('getcallbackip', 'get_api_domain_ip')
def addresses(call):
    return {'ip_list': ['127.0.0.1']}


# LOG-IN ------------------------------------------------------------------------

@endpoint('auth/getuserinfo')
def getuserinfo(call):
    found = call.world.codes.pop(call.query.get('code'), None)
    if not found:
        raise Refused(40029)
    return found


@endpoint('auth/getuserdetail')
def getuserdetail(call):
    userid = str(call.body.get('user_ticket', '')).removeprefix('ticket-')
    member = call.world.member(userid)
    return {'userid': member['userid'], 'mobile': member.get('mobile', ''), 'email': member.get('email', '')}


# ADDRESS BOOK ------------------------------------------------------------------

@endpoint('department/list', 'department/simplelist')
def departments(call):
    rows = list(call.world.departments.values())
    if call.query.get('id'):
        wanted = {int(call.query['id'])}
        for row in rows:
            if row['parentid'] in wanted:
                wanted.add(row['id'])
        rows = [row for row in rows if row['id'] in wanted]
    return {'department': rows, 'department_id': [{key: row[key] for key in ('id', 'parentid', 'order')} for row in rows]}


@endpoint('user/list_id')
def list_id(call):
    rows = [{'userid': member['userid'], 'department': number}
            for member in call.world.members.values() for number in member['department']]
    page, cursor = call.page(rows, 10000)
    return {'dept_user': page, 'next_cursor': cursor}


@endpoint('user/get')
def user_get(call):
    """Apps made since 2022 get no mobile, no address, no avatar."""
    member = call.world.member(call.query.get('userid'))
    return {key: value for key, value in member.items() if key not in ('mobile', 'email', 'avatar', 'biz_mail')}


@endpoint('user/simplelist')
def simplelist(call):
    number = int(call.query.get('department_id') or 0)
    if number not in call.world.departments:
        raise Refused(60123)
    return {'userlist': [{key: member[key] for key in ('userid', 'name', 'department')}
                         for member in call.world.members.values() if number in member['department']]}


# MESSAGES OF AN APP ------------------------------------------------------------

@endpoint('message/send')
def message_send(call):
    """Names in the answer are lower-cased; what is over 30 a minute for a member is dropped without a word."""
    world, body = call.world, call.body
    if str(body.get('agentid')) != call.app['agentid']:
        raise Refused(40056)
    if not body.get(body.get('msgtype')):
        raise Refused(44004)
    given = [name for name in str(body.get('touser', '')).split('|') if name]
    if given == ['@all']:
        given = [member['userid'] for member in world.members.values()]
    known = [name for name in given if name.lower() in world.members]
    unknown = [name.lower() for name in given if name.lower() not in world.members]
    if not known:
        raise Refused(81013, invaliduser='|'.join(unknown))
    number = world.number('msg')
    if body.get('enable_duplicate_check'):  # the same to the same within half an hour: taken once
        known = [name for name in known if not any(
            row['to'] == name.lower() and row['content'] == body[body['msgtype']] and row['at'] > world.now() - 1800
            for row in world.messages)]
    for name in known:
        minute = [row for row in world.messages if row['to'] == name.lower() and row['at'] > world.now() - 60]
        dropped = len([row for row in minute if not row['dropped']]) >= world.settings['member_messages_per_minute']
        world.messages.append({'msgid': number, 'to': name.lower(), 'at': world.now(), 'type': body['msgtype'], 'dropped': dropped,
                               'content': body[body['msgtype']], 'recalled': False})
    return {'msgid': number, 'invaliduser': '|'.join(unknown)}


@endpoint('message/recall')
def message_recall(call):
    for row in call.world.messages:
        if row['msgid'] == call.body.get('msgid'):
            row['recalled'] = True
    return {}


# MEDIA -------------------------------------------------------------------------

@endpoint('media/upload', 'media/uploadimg', 'media/upload_attachment')
def upload(call):
    boundary = re.search(r'boundary="?([^";]+)', call.kind)
    if not boundary:
        raise Refused(40058, 'no multipart body')
    part = call.raw.split(b'--' + boundary[1].encode())[1]
    content = part.partition(b'\r\n\r\n')[2].removesuffix(b'\r\n')
    if not content:
        raise Refused(40058, 'media is empty')
    number = call.world.number('media')
    call.world.media[number] = content
    call.world.media_at[number] = call.world.now()
    return {'type': call.query.get('type', 'file'), 'media_id': number, 'created_at': str(int(call.world.now())), 'size': len(content)}


@endpoint('media/get')
def media_get(call):
    content = call.world.media.get(call.query.get('media_id'))
    if content is None:
        raise Refused(40007)
    raise Pass(content)
