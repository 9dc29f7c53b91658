"""Customers and who knows them, tags, ways to add somebody, welcome messages, group chats."""
from itertools import chain, islice

from api import endpoint
from errors import Refused

WELCOME_SECONDS, MEDIA_SECONDS = 20, 3 * 86400


def _external(call, external):
    if external not in call.world.customers:
        raise Refused(40096)
    return call.world.customers[external]


def _relation(call, userid, external):
    member = call.world.member(userid, 40003)
    _external(call, external)
    relation = call.world.relations.get((member['userid'].lower(), external))
    if not relation:
        raise Refused(84061)
    return relation


def _of(world, userid):
    return world.relations.of(userid)


class _Rows:
    """The relations of members, of which a page is taken without making a list of all."""

    def __init__(self, world, members):
        self.parts = [world.relations.by_user.get(userid.lower(), {}) for userid in members]

    def __len__(self):
        return sum(map(len, self.parts))

    def __getitem__(self, part):
        return list(islice(chain.from_iterable(own.items() for own in self.parts), part.start, part.stop))


def _follow(world, relation):
    """As `get` shows a relation: tags with names, personal ones too."""
    tags = [{'group_name': group['group_name'], 'tag_name': tag['name'], 'tag_id': tag['id'], 'type': 1}
            for group, tag in filter(None, map(world.find_tag, relation['tags']))]
    tags += [{'group_name': '', 'tag_name': name, 'type': 2} for name in relation['personal_tags']]
    return {**_plain(relation), 'tags': tags}


def _plain(relation):
    return {key: value for key, value in relation.items() if key not in ('tags', 'personal_tags', 'deleted_by_customer')}


@endpoint('externalcontact/get_follow_user_list')
def follow_users(call):
    return {'follow_user': [member['userid'] for member in call.world.members.values() if member.get('serves', True)]}


@endpoint('externalcontact/list')
def contact_list(call):
    userid = call.world.member(call.query.get('userid'), 40003)['userid']
    found = [external for external, _row in _of(call.world, userid)]
    if not found:
        raise Refused(84061)
    return {'external_userid': found}


@endpoint('externalcontact/get')
def contact_get(call):
    contact = _external(call, call.query.get('external_userid'))
    rows = [row for (_name, external), row in call.world.relations.items() if external == contact['external_userid']]
    if not rows:
        raise Refused(84061)
    call.body['cursor'] = call.query.get('cursor')
    page, cursor = call.page(rows, 500)
    return {'external_contact': contact, 'follow_user': [_follow(call.world, row) for row in page], 'next_cursor': cursor}


@endpoint('externalcontact/batch/get_by_user')
def batch_get(call):
    """Unlike `get`: tag ids without names, no personal tags."""
    names = call.body.get('userid_list') or []
    if not 0 < len(names) <= 100:
        raise Refused(40058, 'userid_list')
    members = [call.world.member(name, 40003)['userid'] for name in names]
    rows = _Rows(call.world, members)
    page, cursor = call.page(rows, 100)
    return {'next_cursor': cursor, 'external_contact_list': [{
        'external_contact': call.world.customers[external],
        'follow_info': {**_plain(row), 'tag_id': list(row['tags'])},
    } for external, row in page]}


@endpoint('externalcontact/remark')
def remark(call):
    relation = _relation(call, call.body.get('userid'), call.body.get('external_userid'))
    for key in ('remark', 'description', 'remark_mobiles'):
        if key in call.body:
            relation[key] = call.body[key]
    if 'remark_company' in call.body:
        relation['remark_corp_name'] = call.body['remark_company']
    return {}


# TAGS --------------------------------------------------------------------------

@endpoint('externalcontact/get_corp_tag_list')
def tag_list(call):
    groups, tags = call.body.get('group_id'), call.body.get('tag_id')
    rows = []
    for group in call.world.tags.values():
        inside = [tag for tag in group['tag'].values() if groups or not tags or tag['id'] in tags]
        if group['group_id'] in groups if groups else inside:
            rows.append({**{key: value for key, value in group.items() if key != 'agent'}, 'tag': inside})
    return {'tag_group': rows}


@endpoint('externalcontact/add_corp_tag')
def tag_add(call):
    world, body = call.world, call.body
    group = world.tags.get(body.get('group_id')) or next(
        (row for row in world.tags.values() if row['group_name'] == body.get('group_name')), None)
    names = [tag['name'] for tag in body.get('tag') or []]
    if not names:
        raise Refused(40058, 'tag')
    if group and {tag['name'] for tag in group['tag'].values()} & set(names) or len(set(names)) < len(names):
        raise Refused(40071)
    if sum(len(row['tag']) for row in world.tags.values()) + len(names) > 3000:
        raise Refused(40126)
    number = group['group_id'] if group else world.add_tag_group(body.get('group_name'), [], call.app['agentid'])
    added = [world.add_tag(number, name) for name in names]
    group = world.tags[number]
    return {'tag_group': {**{key: group[key] for key in ('group_id', 'group_name', 'create_time', 'order')},
                          'tag': [group['tag'][tag] for tag in added]}}


@endpoint('externalcontact/edit_corp_tag')
def tag_edit(call):
    number, name = call.body.get('id'), call.body.get('name')
    group = call.world.tags.get(number)
    found = call.world.find_tag(number)
    if not group and not found:
        raise Refused(40068)
    owner = group or found[0]
    if owner['agent'] != call.app['agentid']:
        raise Refused(60011, 'made by another app')
    if found and any(tag['name'] == name and tag['id'] != number for tag in owner['tag'].values()):
        raise Refused(40071)
    if group:
        group['group_name'] = name or group['group_name']
    else:
        found[1]['name'] = name or found[1]['name']
    return {}


@endpoint('externalcontact/del_corp_tag')
def tag_delete(call):
    world = call.world
    numbers, groups = call.body.get('tag_id') or [], call.body.get('group_id') or []
    owners = [world.tags[number] for number in groups if number in world.tags]
    owners += [found[0] for found in map(world.find_tag, numbers) if found]
    if any(owner['agent'] != call.app['agentid'] for owner in owners):
        raise Refused(60011, 'made by another app')
    numbers = [*numbers, *(tag for number in groups if number in world.tags for tag in world.tags[number]['tag'])]
    for number in numbers:
        if found := world.find_tag(number):
            del found[0]['tag'][number]
        for relation in world.relations.values():
            relation['tags'] = [tag for tag in relation['tags'] if tag != number]
    for number in groups:
        world.tags.pop(number, None)
    for number in [number for number, group in world.tags.items() if not group['tag']]:
        del world.tags[number]
    return {}


@endpoint('externalcontact/mark_tag')
def mark_tag(call):
    relation = _relation(call, call.body.get('userid'), call.body.get('external_userid'))
    added, removed = call.body.get('add_tag') or [], call.body.get('remove_tag') or []
    if not all(map(call.world.find_tag, [*added, *removed])):
        raise Refused(40068)
    relation['tags'] = [tag for tag in relation['tags'] if tag not in removed]
    relation['tags'] += [tag for tag in added if tag not in relation['tags']]
    return {}


# WAYS TO ADD SOMEBODY ----------------------------------------------------------

@endpoint('externalcontact/add_contact_way')
def way_add(call):
    body = call.body
    if body.get('type') not in (1, 2) or body.get('scene') not in (1, 2):
        raise Refused(40058)
    if len(body.get('state') or '') > 30:
        raise Refused(40058, 'state')
    if len(call.world.ways) >= call.world.settings['most_ways']:
        raise Refused(41045)
    _check_users(call, body['type'], body.get('user'))
    number = call.world.number('way')
    call.world.ways[number] = {**body, 'config_id': number, 'agent': call.app['agentid'], 'qr_code': call.world.picture(number)}
    return {'config_id': number, 'qr_code': call.world.ways[number]['qr_code']}


def _check_users(call, kind, users):
    """A code for one leads to one for ever; whoever isn't activated can't be added, and the answer doesn't say who it is."""
    if not users or len(users) > 100 or (kind == 1 and len(users) != 1):
        raise Refused(40058, 'user')
    members = [call.world.member(name, 40003) for name in users]
    if any(member['status'] != 1 for member in members):
        raise Refused(41054)


def _way(call):
    way = call.world.ways.get(call.body.get('config_id'))
    if not way or way['agent'] != call.app['agentid']:
        raise Refused(41044)
    return way


@endpoint('externalcontact/get_contact_way')
def way_get(call):
    return {'contact_way': {key: value for key, value in _way(call).items() if key != 'agent'}}


@endpoint('externalcontact/update_contact_way')
def way_update(call):
    way = _way(call)
    _check_users(call, way['type'], call.body.get('user', way['user']))
    way.update({key: value for key, value in call.body.items() if key not in ('config_id', 'type', 'scene')})
    return {}


@endpoint('externalcontact/del_contact_way')
def way_delete(call):
    del call.world.ways[_way(call)['config_id']]
    return {}


@endpoint('externalcontact/list_contact_way')
def way_list(call):
    rows = [{'config_id': way['config_id']} for way in call.world.ways.values()
            if way['agent'] == call.app['agentid'] and not way.get('is_temp')]
    page, cursor = call.page(rows, 1000)
    return {'contact_way': page, 'next_cursor': cursor}


@endpoint('externalcontact/close_temp_chat')
def close_temp_chat(call):
    relation = _relation(call, call.body.get('userid'), call.body.get('external_userid'))
    if not any(way.get('is_temp') and way['state'] == relation['state'] for way in call.world.ways.values()):
        raise Refused(40058, 'no temporary chat')
    relation['chat_closed'] = True
    return {}


@endpoint('externalcontact/send_welcome_msg')
def welcome(call):
    """A code lives 20 seconds and is good for one message."""
    code = call.world.welcome.get(call.body.get('welcome_code'))
    if not code or call.world.now() - code['at'] > WELCOME_SECONDS:
        raise Refused(41050)
    if code['used']:
        raise Refused(41051)
    attachments = call.body.get('attachments') or []
    if len(attachments) > 9 or not (attachments or (call.body.get('text') or {}).get('content')):
        raise Refused(40058, 'attachments')
    for row in attachments:
        content = row.get(row.get('msgtype')) or {}
        number = content.get('media_id') or content.get('pic_media_id')
        if row['msgtype'] != 'link' and call.world.now() - call.world.media_at.get(number, 0) > MEDIA_SECONDS:
            raise Refused(40007)
    code.update(used=True, sent_at=call.world.now(), content={key: call.body.get(key) for key in ('text', 'attachments')})
    return {}


# GROUP CHATS -------------------------------------------------------------------

@endpoint('externalcontact/groupchat/list')
def chat_list(call):
    owners = [name.lower() for name in (call.body.get('owner_filter') or {}).get('userid_list') or []]
    rows = [{'chat_id': chat['chat_id'], 'status': chat['status']} for chat in call.world.chats.values()
            if not owners or chat['owner'].lower() in owners]
    page, cursor = call.page(rows, 1000)
    return {'group_chat_list': page, 'next_cursor': cursor}


@endpoint('externalcontact/groupchat/get')
def chat_get(call):
    chat = call.world.chats.get(call.body.get('chat_id'))
    if not chat:
        raise Refused(40058, 'chat_id')
    content = {key: chat[key] for key in ('chat_id', 'name', 'owner', 'create_time', 'notice')}
    world, people = call.world, chat['members'].values()
    if call.body.get('need_name'):
        people = [{**row, 'name': (world.members.get(row['userid'].lower()) or world.customers.get(row['userid']) or {'name': ''})['name']}
                  for row in people]
    return {'group_chat': {**content, 'member_list': list(people), 'member_version': chat['version']}}
