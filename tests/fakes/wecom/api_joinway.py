"""Ways into group chats (加入群聊): up to five chats; nothing lists the ways."""
from api import endpoint
from errors import Refused

MOST_CHATS, MOST_PEOPLE = 5, 200


def _way(call):
    way = call.world.join_ways.get(call.body.get('config_id'))
    if not way or way['agent'] != call.app['agentid']:
        raise Refused(41044)
    return way


def _check(call):
    chats = call.body.get('chat_id_list') or []
    if len(chats) > MOST_CHATS:
        raise Refused(41091)
    if not chats or call.body.get('scene') not in (1, 2) or len(call.body.get('state') or '') > 30:
        raise Refused(40058)
    if any(chat not in call.world.chats for chat in chats):
        raise Refused(40050, 'chat_id')
    if len(call.body.get('room_base_name') or '') > 40:
        raise Refused(40058, 'room_base_name')


@endpoint('externalcontact/groupchat/add_join_way')
def add(call):
    _check(call)
    number = call.world.number('join')
    call.world.join_ways[number] = {
        'auto_create_room': 1, **call.body, 'config_id': number, 'agent': call.app['agentid'], 'qr_code': call.world.picture(number)}
    return {'config_id': number}


@endpoint('externalcontact/groupchat/get_join_way')
def get(call):
    return {'join_way': {key: value for key, value in _way(call).items() if key != 'agent'}}


@endpoint('externalcontact/groupchat/update_join_way')
def update(call):
    way = _way(call)
    _check(call)
    way.update({key: value for key, value in call.body.items() if key != 'config_id'})
    return {}


@endpoint('externalcontact/groupchat/del_join_way')
def delete(call):
    del call.world.join_ways[_way(call)['config_id']]
    return {}
