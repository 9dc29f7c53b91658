"""Inheritance: customers and chats pass from one member to another, after 24 hours and within limits."""
from api import endpoint
from errors import Refused

DAY = 86400
WAITING, DONE, REFUSED, FULL = 2, 1, 3, 4


def settle(world):
    """Carry out what has waited for its 24 hours; called before every answer, as time is whatever the tests say.

    :return: the events that it causes
    """
    events = []
    for row in world.transfers:
        if row['status'] == WAITING and world.now() - row['at'] >= DAY:
            row['status'] = row['fate']
            pair = {'Event': 'change_external_contact', 'ExternalUserID': row['external']}
            if row['fate'] == DONE:
                old = world.part(row['from'], row['external']) or {}
                is_known = (row['to'].lower(), row['external']) in world.relations
                world.relate(row['to'], row['external'], remark=old.get('remark', ''), tags=old.get('tags', []), add_way=202)
                events.append({**pair, 'ChangeType': 'del_external_contact', 'UserID': row['from'], 'Source': 'DELETE_BY_TRANSFER'})
                if not is_known:
                    events.append({**pair, 'ChangeType': 'add_external_contact', 'UserID': row['to']})
            else:
                reason = 'customer_refused' if row['fate'] == REFUSED else 'customer_limit_exceed'
                events.append({**pair, 'ChangeType': 'transfer_fail', 'UserID': row['to'], 'FailReason': reason})
    return events


def _transfer(call, resigned):
    world, body = call.world, call.body
    giver, taker = str(body.get('handover_userid')), str(body.get('takeover_userid'))
    world.member(taker, 40003)
    if resigned and giver.lower() not in world.left:
        raise Refused(40097)
    if not resigned:
        world.member(giver, 40003)
    names = body.get('external_userid') or []
    if len(body.get('transfer_success_msg') or '') > 200:
        raise Refused(40058, 'transfer_success_msg')
    if not 0 < len(names) <= 100:
        raise Refused(40058, 'external_userid')
    return {'customer': [{'external_userid': name, 'errcode': _start(world, giver, taker, name, resigned)} for name in names]}


def _start(world, giver, taker, external, resigned):
    if external not in world.customers:
        return 40096
    if (giver.lower(), external) not in world.relations:
        return 40131
    earlier = [row for row in world.transfers if row['external'] == external]
    if any(row['status'] == WAITING for row in earlier):
        return 40100
    if not resigned and sum(row['at'] > world.now() - 90 * DAY and not row['resigned'] for row in earlier) >= 2:
        return 40128
    fate = world.customers[external].get('transfer_fate', DONE)
    world.transfers.append({'from': giver, 'to': taker, 'external': external, 'at': world.now(), 'status': WAITING, 'fate': fate,
                            'resigned': resigned})
    return 0


def _result(call):
    giver, taker = (str(call.body.get(key)).lower() for key in ('handover_userid', 'takeover_userid'))
    rows = [{'external_userid': row['external'], 'status': row['status'],
             'takeover_time': int(row['at'] + DAY) if row['status'] in (WAITING, DONE) else 0}
            for row in call.world.transfers if row['from'].lower() == giver and row['to'].lower() == taker]
    page, cursor = call.page(rows, 1000)
    return {'customer': page, 'next_cursor': cursor}


@endpoint('externalcontact/transfer_customer')
def transfer(call):
    return _transfer(call, resigned=False)


@endpoint('externalcontact/resigned/transfer_customer')
def transfer_resigned(call):
    return _transfer(call, resigned=True)


@endpoint('externalcontact/transfer_result', 'externalcontact/resigned/transfer_result')
def transfer_result(call):
    return _result(call)


@endpoint('externalcontact/get_unassigned_list')
def unassigned(call):
    left = call.world.left
    rows = [{'handover_userid': left[name]['userid'], 'external_userid': external, 'dimission_time': left[name]['left_at']}
            for name, external in call.world.relations if name in left]
    page, cursor = call.page(rows, 1000)
    return {'info': page, 'next_cursor': cursor, 'is_last': not cursor}


def _give_chats(call, resigned):
    world, names = call.world, call.body.get('chat_id_list') or []
    taker = world.member(call.body.get('new_owner'), 40003)['userid']
    if not 0 < len(names) <= 100:
        raise Refused(40058, 'chat_id_list')
    failed = []
    for name in names:
        chat = world.chats.get(name)
        code = 0 if chat else 40058
        if chat and resigned and chat['owner'].lower() not in world.left:
            code = 90500
        if not code:
            gift = [int((world.now() + 8 * 3600) // DAY), chat['owner'].lower()]  # its days are Beijing's
            count = sum(row == gift for other in world.chats.values() for row in other.get('given', []))
            code = 45009 if count >= 300 else 0
            if not code:
                chat.setdefault('given', []).append(gift)
                chat['owner'] = taker
        if code:
            failed.append({'chat_id': name, 'errcode': code, 'errmsg': 'failed'})
    return {'failed_chat_list': failed}


@endpoint('externalcontact/groupchat/transfer')
def chats_resigned(call):
    return _give_chats(call, resigned=True)


@endpoint('externalcontact/groupchat/onjob_transfer')
def chats_onjob(call):
    return _give_chats(call, resigned=False)
