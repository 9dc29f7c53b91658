"""Messages of one batch with many packages, each with all nodes of its life, some split, merged and disposed of."""
from datetime import datetime, timedelta, timezone

from . import feed

CHINA = timezone(timedelta(hours=8))
START = datetime(2026, 9, 1, 8, tzinfo=CHINA)
CONTRACT = 'DSWF-2026-0001'
LINE = 'DSWF-2026-0001-02'
#: node, hours after the start
NODES = (('PACKED', 0), ('LABELLED', 1), ('LOADED', 26), ('ARRIVED', 28), ('WEIGHED', 29), ('ACCEPTED', 30), ('WAREHOUSED', 31))
KILOS = '25.000'


def messages(count, name, first_code=0):
    """Messages that lead to one batch of ``count`` packages.

    One package in twenty is split in two, one pair in twenty is merged, half of the others are disposed of.

    :param first_code: number of the first digital code; no two packages have the same
    """
    contract = next(message for message in feed.messages() if message['entity_key'] == CONTRACT)
    pickup, tonnes = f'SYTTD-{name}', f'{count * 25 / 1000:.6f}'
    result = [
        contract,
        _message('pickup.upsert', pickup, 0, {
            'contract_no': CONTRACT, 'producer_code': 'P00001', 'planned_at': _at(24), 'state': 'to_dispatch'}),
        _message('inbound.upsert', f'RKD-{name}', 31, {
            'batch_no': name, 'line_no': LINE, 'pickup_no': pickup, 'planned_qty_t': tonnes, 'actual_qty_t': tonnes,
            'package_count': count, 'state': 'audited'}),
    ]
    for number in range(count):
        package = f'{name}-{number:05}'
        result += [_event(package, kind, hours, **_payload(name, first_code + number, kind)) for kind, hours in NODES]
        last = number % 20
        if last == 0:
            result.append(_event(package, 'SPLIT', 50, op_no=f'CF-{package}', to=[[f'{package}-A', '10.000'], [f'{package}-B', '15.000']]))
        elif last in (1, 2):
            target = f'{name}-M{number // 20:05}'
            result.append(_event(package, 'MERGED', 50, op_no=f'HB-{target}', to=target, qty_kg=KILOS))
        elif last % 2:
            result += [
                _event(package, 'ISSUED', 60, place='投料区'),
                _event(package, 'DISPOSED', 62, method='R4', qty_kg=KILOS),
            ]
    return result


def _payload(name, number, kind):
    code = f'91441900DEM000014R39800522{20260000 + number // 1000}{number % 1000:03}'
    return {
        'PACKED': {'net_kg': KILOS, 'digital_code': code, 'batch_no': name, 'line_no': LINE, 'packaging_code': 'BAG_TON'},
        'LABELLED': {'digital_code': code},
        'LOADED': {'plate': '粤S41051'},
        'WEIGHED': {'allocated_kg': KILOS},
        'WAREHOUSED': {'place': '乙-02-05', 'qty_kg': KILOS},
    }.get(kind, {})


def _event(package, kind, hours, **payload):
    unit = {'PACKED': 'P00001', 'LABELLED': 'P00001', 'LOADED': 'T001'}.get(kind, 'D001')
    return _message('package.event', f'{package}#{kind}', hours, {'package_no': package, 'kind': kind, 'unit': unit, **payload})


def _message(event, key, hours, payload):
    return {
        'msg_id': f'{event}-{key}'.replace('#', ':'), 'event': event, 'entity_key': key, 'version': 1, 'occurred_at': _at(hours),
        'sent_at': _at(hours), 'company_code': 'DS-HW', 'business_type': 'hazardous', 'payload': payload,
    }


def _at(hours):
    return (START + timedelta(hours=hours)).isoformat()
