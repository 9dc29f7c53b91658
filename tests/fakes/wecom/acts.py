"""What people do in WeChat and WeCom: each act changes the world and says which events it causes. `POST /control/act`."""
import secrets
import urllib.parse

from errors import Refused

ACTS = {}


def act(function):
    ACTS[function.__name__] = function
    return function


def contact_event(change, userid, external, **more):
    return {'Event': 'change_external_contact', 'ChangeType': change, 'UserID': userid, 'ExternalUserID': external, **more}


def _known(world, external):
    if external not in world.customers:
        raise Refused(40096)
    return external


@act
def scan(world, name='访客', way=None, link=None, userid=None, half=False, external_userid=None, state=None):
    """A person scans a code, taps a link (or finds the member) and adds him; a welcome code goes with the event."""
    found = world.ways.get(way or '', {})
    if way and (not found or found.get('used')):
        raise Refused(41044)
    if found.get('is_temp'):
        found['used'] = True
    if link:
        world.links[link]['taps'].append({'at': world.now(), 'added': not half})
        found = {'user': world.links[link]['range']['user_list']}
    userid = world.member(userid or secrets.choice(found['user']))['userid']
    state = state or found.get('state', '')
    external = external_userid if external_userid in world.customers else world.add_customer(name, external_userid=external_userid)
    code, add_way = secrets.token_urlsafe(24), 16 if link else 1
    if half:
        world.halves[userid.lower(), external] = {
            'userid': userid, 'external_userid': external, 'state': state, 'add_way': add_way, 'code': code}
    else:
        world.halves.pop((userid.lower(), external), None)
        world.relate(userid, external, state=state, add_way=add_way)
    world.welcome[code] = {'at': world.now(), 'used': False, 'userid': userid, 'external_userid': external}
    change = 'add_half_external_contact' if half else 'add_external_contact'
    return {'external_userid': external}, [contact_event(change, userid, external, State=state, WelcomeCode=code)]


@act
def customer_deletes(world, userid, external_userid):
    world.part(userid, _known(world, external_userid))
    return {}, [contact_event('del_follow_user', world.member(userid)['userid'], external_userid)]


@act
def member_deletes(world, userid, external_userid, by_transfer=False):
    world.part(userid, _known(world, external_userid))
    more = {'Source': 'DELETE_BY_TRANSFER'} if by_transfer else {}
    return {}, [contact_event('del_external_contact', world.member(userid)['userid'], external_userid, **more)]


@act
def member_edits(world, userid, external_userid, **values):
    relation = world.relations[userid.lower(), _known(world, external_userid)]
    relation.update(values)
    return {}, [contact_event('edit_external_contact', relation['userid'], external_userid)]


@act
def transfer_refused(world, userid, external_userid, reason='customer_refused'):
    world.customers[_known(world, external_userid)]['transfer_fate'] = 3 if reason == 'customer_refused' else 4
    return {}, [contact_event('transfer_fail', world.member(userid)['userid'], external_userid, FailReason=reason)]


@act
def opens_chat(world, name, owner, members=()):
    chat = world.add_chat(name, world.member(owner)['userid'], [world.member(owner)['userid'], *members])
    return {'chat_id': chat}, [{'Event': 'change_external_chat', 'ChangeType': 'create', 'ChatId': chat}]


def _chat_event(chat, detail, member, versions, **more):
    return {'Event': 'change_external_chat', 'ChangeType': 'update', 'ChatId': chat, 'UpdateDetail': detail, 'MemChangeCnt': 1,
            'MemChangeList': [member], 'LastMemVer': versions[0], 'CurMemVer': versions[1], **more}


@act
def joins_chat(world, chat_id, member):
    return {}, [_chat_event(chat_id, 'add_member', member, world.join_chat(chat_id, member), JoinScene=3)]


@act
def opens_url(world, url, name='访客'):
    """A person taps a link that somebody sent him; what follows `customer_channel` is cut after 64 bytes."""
    split = urllib.parse.urlsplit(url)
    state = dict(urllib.parse.parse_qsl(split.query)).get('customer_channel', '')
    number = split.path.rpartition('/')[2]
    if number not in world.links:
        raise Refused(40058, 'no such link')
    return scan(world, name, link=number, state=state.encode()[:64].decode(errors='ignore'))


@act
def taps_link(world, link):
    """Somebody opens a link and adds nobody."""
    world.links[link]['taps'].append({'at': world.now(), 'added': False})
    return {}, [{'Event': 'customer_acquisition', 'ChangeType': 'open_profile', 'LinkId': link}]


@act
def deletes_link(world, link):
    """Somebody deletes a link in the console."""
    del world.links[link]
    return {}, [{'Event': 'customer_acquisition', 'ChangeType': 'delete_link', 'LinkId': link}]


@act
def joins_by_way(world, way, name='访客'):
    """A customer scans a group-join code: the first chat with room takes him; when none has any, another is opened."""
    found, external, events = world.join_ways[way], world.add_customer(name), []
    chat = next((number for number in found['chat_id_list'] if len(world.chats[number]['members']) < world.settings['room_size']), None)
    if not chat and not found['auto_create_room']:
        raise Refused(41091, 'full')
    if not chat:
        first = world.chats[found['chat_id_list'][0]]
        chat = world.add_chat(f'{found.get("room_base_name", "")}{found.get("room_base_id", 1)}', first['owner'], [first['owner']])
        found['chat_id_list'].append(chat)
        events.append({'Event': 'change_external_chat', 'ChangeType': 'create', 'ChatId': chat})
    versions = world.join_chat(chat, external, state=found.get('state', ''))
    return {'external_userid': external, 'chat_id': chat}, [*events, _chat_event(chat, 'add_member', external, versions, JoinScene=3)]


@act
def leaves_chat(world, chat_id, member):
    return {}, [_chat_event(chat_id, 'del_member', member, world.leave_chat(chat_id, member), QuitScene=0)]


@act
def tags_in_console(world, group, name):
    """Somebody makes a tag in WeCom's console: no app of ours may change it."""
    found = next((row for row in world.tags.values() if row['group_name'] == group), None)
    number = world.add_tag(found['group_id'] if found else world.add_tag_group(group, [], ''), name)
    return {'id': number}, [{'Event': 'change_external_tag', 'ChangeType': 'create', 'Id': number, 'TagType': 'tag'}]


@act
def hires(world, userid, name, departments=(1,)):
    world.add_member(userid, name, list(departments))
    return {}, [{'Event': 'change_contact', 'ChangeType': 'create_user', 'UserID': userid, 'Department': ','.join(map(str, departments))}]


@act
def moves(world, userid, departments):
    member = world.member(userid)
    member['department'], member['main_department'] = list(departments), departments[0]
    return {}, [{'Event': 'change_contact', 'ChangeType': 'update_user', 'UserID': member['userid'],
                 'Department': ','.join(map(str, departments))}]


@act
def changes(world, userid, **values):
    """A member is deactivated (status 2) or may have no customers any more (serves False): WeCom tells of neither."""
    world.member(userid).update(values)
    return {}, []


@act
def leaves(world, userid):
    member = world.member(userid)
    world.left[userid.lower()] = {**world.members.pop(userid.lower()), 'left_at': int(world.now())}
    return {}, [{'Event': 'change_contact', 'ChangeType': 'delete_user', 'UserID': member['userid']}]


@act
def opens_department(world, name, parent=1):
    number = max(world.departments) + 1
    world.departments[number] = {'id': number, 'name': name, 'parentid': parent, 'order': 0}
    return {'id': number}, [{'Event': 'change_contact', 'ChangeType': 'create_party', 'Id': number, 'Name': name, 'ParentId': parent}]


@act
def writes(world, userid, text, agent='1000002'):
    """A member writes to the app."""
    return {}, [{'MsgType': 'text', 'FromUserName': world.member(userid)['userid'], 'Content': text, 'MsgId': secrets.randbelow(10 ** 18),
                 'AgentID': agent}]


@act
def logs_in(world, userid):
    """A member opens a link with OAuth: the code that the browser would bring along."""
    code = secrets.token_urlsafe(24)
    member = world.member(userid)
    world.codes[code] = {'userid': member['userid'], 'user_ticket': f'ticket-{member["userid"]}'}
    return {'code': code}, []


@act
def stranger_logs_in(world):
    code = secrets.token_urlsafe(24)
    world.codes[code] = {'openid': f'o{secrets.token_hex(13)}'}
    return {'code': code}, []


@act
def console_hands_over(world, userid, to, external_userid):
    """An administrator allots a leaver's customer in WeCom's console; no event tells of it."""
    world.part(userid, _known(world, external_userid))
    world.relate(to, external_userid, add_way=202)
    return {}, []
