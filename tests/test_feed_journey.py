"""92 days of WIM through the door: the state of every package, batch, statement, and what became of every faulty message.

`data/wim_feed/` says what must come out; nothing of our addons is imported.
"""
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby

import pytest
from journey import feed, snapshot

PERIOD_END = {'2026-07': '2026-07-31', '2026-08': '2026-08-31', '2026-09': '2026-09-30', '2026-10': '2026-10-31'}


@pytest.fixture(scope='module')
def read(fed):
    """Read all records of a model over JSON-2."""
    def read(model, fields, domain=()):
        return fed.world.json2(model, 'search_read', domain=list(domain), fields=fields, context={'active_test': False})
    return read


@pytest.fixture(scope='module')
def count(fed):
    def count(model, domain=()):
        return fed.world.json2(model, 'search_count', domain=list(domain), context={'active_test': False})
    return count


@pytest.fixture(scope='module')
def packages(read):
    rows = read('waste.package', [
        'name', 'digital_code', 'batch_id', 'contract_line_id', 'packaging_id', 'declared_kg', 'accepted_kg', 'state',
        'disposed_at', 'event_ids'])
    return {row['name']: row for row in rows}


@pytest.fixture(scope='module')
def lineage(read):
    return read('waste.package.lineage', ['op_no', 'kind', 'op_at', 'from_package_id', 'to_package_id', 'qty_kg'])


@pytest.fixture(scope='module')
def batches(read):
    rows = read('waste.batch', [
        'name', 'contract_line_id', 'contract_id', 'manifest_ids', 'pickup_id', 'package_count', 'declared_kg', 'gate_kg',
        'refused_kg', 'accepted_kg', 'disposed_kg', 'stock_kg', 'state', 'waste_code_id'])
    return {row['name']: row for row in rows}


@pytest.fixture(scope='module')
def line_numbers(read):
    return {row['id']: row['line_no'] for row in read('sale.order.line', ['line_no'], [('line_no', '!=', False)])}


# --- the end state ---


def test_every_message_got_its_result(fed):
    distinct = len(feed.by_id())
    kept = fed.world.states()

    assert sum(fed.answered.values()) == len(feed.messages())
    assert kept.get('pending', 0) == 0
    assert kept['parked'] == len(feed.issues('unknown parent'))
    assert kept['stale'] == len(feed.issues('stale version'))
    assert kept['rejected'] == len(feed.issues('bad city digits and bad waste code')) + len(feed.issues('tare>gross'))
    assert kept['done'] + kept['warned'] == distinct + len(feed.master_data()) - kept['parked'] - kept['stale'] - kept['rejected']


def test_warned_are_major_differences_and_statements_that_came_too_early(read):
    """A statement that comes before the last weight of its month differs from ours until the weight is there."""
    warned = {row['msg_id']: row for row in read('wim.message', ['msg_id', 'event', 'entity_key'], [('state', '=', 'warned')])}
    early = [row for msg_id, row in warned.items() if msg_id not in feed.issues('major_difference')]

    assert warned.keys() >= set(feed.issues('major_difference'))
    assert {row['event'] for row in early} <= {'statement.upsert'}
    assert not read('waste.statement', ['name'], [('has_difference', '=', True)])


def test_documents_are_as_many_as_the_summary_says(count):
    keys = defaultdict(set)
    faulty = set(feed.issues('unknown parent') + feed.issues('bad city digits and bad waste code') + feed.issues('tare>gross'))
    for message in feed.messages():
        if message['msg_id'] not in faulty:
            keys[message['event']].add(message['entity_key'])
    counts = {event: len(found) for event, found in keys.items()}

    assert count('sale.order', [('business_id', '!=', False)]) == counts['contract.upsert'] == 41
    assert count('waste.pickup') == counts['pickup.upsert'] == 576
    assert count('waste.manifest') == counts['manifest.upsert'] == 137
    assert count('waste.weighing') == counts['weighing.upsert']
    assert count('waste.inbound') == counts['inbound.upsert']
    assert count('waste.lab') == counts['lab.upsert']
    assert count('waste.disposal') == counts['disposal.upsert']
    assert count('waste.package.event') == counts['package.event'] == 13331
    assert count('waste.statement') == counts['statement.upsert'] == 101


def test_packages_that_messages_name(packages, line_numbers, read):
    expected = {row['package_no']: row for row in feed.table('packages') if row['package_no'] in feed.named_packages()}
    packaging = {row['id']: row['code'] for row in read('waste.packaging', ['code'])} | {False: ''}

    ours = {
        name: (
            row['digital_code'] or '', row['batch_id'][1], line_numbers[row['contract_line_id'][0]], kilos(row['declared_kg']),
            kilos(row['accepted_kg']), row['state'], row['disposed_at'] or '',
        ) for name, row in packages.items()
    }

    assert len(expected) == 1751
    assert ours == {
        name: (
            row['digital_code'], row['batch_no'], row['line_no'], Decimal(row['declared_kg']), Decimal(row['accepted_kg']),
            row['state'].lower(), utc(row['disposed_at']),
        ) for name, row in expected.items()
    }
    # No message tells what merged and split waste was put into.
    refilled = {row['to_package_no'] for row in feed.table('lineage') if row['op_kind'] in ('merge', 'split')}
    assert len(refilled) == 44 + 30
    assert {name: packaging[row['packaging_id'] and row['packaging_id'][0]] for name, row in packages.items() if name not in refilled} == {
        name: row['packaging_code'] for name, row in expected.items() if name not in refilled}


def test_bins_that_no_message_names_are_counted_in_their_batches(packages, batches):
    """WIM sends kitchen bins only as the number and weight of a batch."""
    bins = [row for row in feed.table('packages') if row['package_no'] not in feed.named_packages()]
    by_batch = {number: list(rows) for number, rows in groupby(
        sorted(bins, key=lambda row: row['batch_no']), key=lambda row: row['batch_no'])}

    assert len(bins) == 2252
    assert {row['state'] for row in bins} == {'DISPOSED'}
    assert not packages.keys() & {row['package_no'] for row in bins}
    for number, rows in by_batch.items():
        batch = batches[number]
        assert batch['package_count'] == len(rows)
        assert kilos(batch['declared_kg']) == sum(Decimal(row['declared_kg']) for row in rows)
        assert kilos(batch['accepted_kg']) == kilos(batch['disposed_kg']) == sum(Decimal(row['accepted_kg']) for row in rows)
        assert batch['state'] == 'disposed'


def test_batches(batches, line_numbers, read):
    manifests = {row['id']: row['name'] for row in read('waste.manifest', ['name'])}

    ours = {
        name: (
            line_numbers[row['contract_line_id'][0]], row['contract_id'][1].split(' ')[0],
            ''.join(manifests[number] for number in row['manifest_ids']), row['pickup_id'][1], row['package_count'],
            *(kilos(row[field]) for field in ('declared_kg', 'gate_kg', 'refused_kg', 'accepted_kg', 'disposed_kg', 'stock_kg')),
            row['state'],
        ) for name, row in batches.items()
    }

    assert ours == {
        row['batch_no']: (
            row['line_no'], row['contract_no'], row['manifest_no'], row['pickup_no'], int(row['packages']),
            *(Decimal(row[field]) for field in ('declared_kg', 'gate_kg', 'refused_kg', 'accepted_kg', 'disposed_kg', 'stock_kg')),
            # The file has one word for batches of which some or nothing was disposed of.
            'stored' if row['state'] == 'part' and not Decimal(row['disposed_kg']) else row['state'],
        ) for row in feed.table('batches')
    }


def test_lineage(lineage):
    ours = [
        (row['op_no'], row['kind'], row['op_at'], row['from_package_id'][1], row['to_package_id'][1], kilos(row['qty_kg']))
        for row in lineage
    ]

    assert len(ours) == 213
    assert set(ours) == {
        (row['op_no'], row['op_kind'], utc(row['op_at']), row['from_package_no'], row['to_package_no'], Decimal(row['qty_kg']))
        for row in feed.table('lineage')
    }


def test_parents_of_packages(lineage):
    parents = defaultdict(set)
    for row in lineage:
        parents[row['to_package_id'][1]].add(row['from_package_id'][1])

    assert parents == {
        row['package_no']: set(row['parents'].split('|')) for row in feed.table('packages') if row['parents']}


def test_mass_balance_of_each_waste_code(batches, line_numbers):
    code_of = {number: line['waste_code'] or 'KITCHEN' for number, (line, _contract) in feed.details().items()}
    balance = defaultdict(lambda: [Decimal(0)] * 3)
    for batch in batches.values():
        code = code_of[line_numbers[batch['contract_line_id'][0]]]
        if batch['waste_code_id']:
            assert batch['waste_code_id'][1].split(' ')[0] == code
        amounts = (kilos(batch[field]) for field in ('accepted_kg', 'disposed_kg', 'stock_kg'))
        balance[code] = [total + amount for total, amount in zip(balance[code], amounts)]

    assert dict(balance) == {
        row['waste_code']: [Decimal(row['inbound_kg']), Decimal(row['disposed_kg']), Decimal(row['stock_kg'])]
        for row in feed.table('mass_balance')
    }
    assert all(inbound - disposed == stock for inbound, disposed, stock in balance.values())


def test_statements(read):
    rows = read('waste.statement', [
        'name', 'contract_id', 'direction', 'period_start', 'period_end', 'quantity_kg', 'amount_total', 'computed_amount'])

    ours = {
        row['name']: (
            row['contract_id'][1].split(' ')[0], row['direction'], row['period_start'], row['period_end'],
            kilos(row['quantity_kg']), yuan(row['amount_total']), yuan(row['computed_amount']),
        ) for row in rows
    }

    assert ours == {
        row['statement_no']: (
            row['contract_no'], {'应收': 'receivable', '应付': 'payable'}[row['direction']],
            f'{row["period"]}-01', PERIOD_END[row['period']],
            Decimal(row['qty_t']) * 1000, Decimal(row['amount_total']), Decimal(row['amount_total']),
        ) for row in feed.table('statements')
    }


def test_receivables_are_collected(read):
    """No message tells of what we paid for payable statements."""
    expected = {row['statement_no']: row for row in feed.table('statements') if row['direction'] == '应收'}
    ours = {row['name']: row for row in read('waste.statement', ['name', 'received_amount', 'state'])}

    assert {number: yuan(ours[number]['received_amount']) for number in expected} == {
        number: Decimal(row['received']) for number, row in expected.items()}
    assert {number for number in expected if ours[number]['state'] == 'settled'} == {
        number for number, row in expected.items() if row['state'] == 'settled'}


# --- expected_issues.csv, row by row ---


@pytest.mark.parametrize('msg_id', feed.issues('stale version'))
def test_stale_version_is_kept_and_not_applied(msg_id, fed, read):
    message = feed.by_id()[msg_id]

    assert fed.world.door.get(msg_id)['state'] == 'stale'
    assert [row['state'] for row in read('waste.pickup', ['state'], [('name', '=', message['entity_key'])])] == ['done']


@pytest.mark.parametrize('msg_id', feed.issues('unknown parent'))
def test_unknown_parent_is_parked(msg_id, fed, count):
    message = feed.by_id()[msg_id]

    assert fed.world.door.get(msg_id)['state'] == 'parked'
    assert not count('waste.inbound', [('name', '=', message['entity_key'])])
    assert not count('waste.batch', [('name', '=', message['payload']['batch_no'])])


@pytest.mark.parametrize('msg_id', feed.issues('bad city digits and bad waste code'))
def test_bad_manifest_is_rejected(msg_id, fed, count):
    result = fed.world.door.get(msg_id)

    assert result['state'] == 'rejected'
    assert (result['error']['category'], result['error']['path']) == ('manifest_no', '$.entity_key')
    assert feed.by_id()[msg_id]['entity_key'] in result['error']['message']
    assert not count('waste.manifest', [('name', '=', feed.by_id()[msg_id]['entity_key'])])


@pytest.mark.parametrize('msg_id', feed.issues('tare>gross'))
def test_tare_above_gross_is_rejected(msg_id, fed, count):
    result = fed.world.door.get(msg_id)

    assert result['state'] == 'rejected'
    assert result['error']['path'] in ('$.payload.gross_kg', '$.payload.net_kg')
    assert len(result['error']['message']) > 20
    assert not count('waste.weighing', [('name', '=', feed.by_id()[msg_id]['entity_key'])])


@pytest.mark.parametrize('msg_id', feed.issues('major_difference'))
def test_major_difference_is_shown_and_an_answer_asked(msg_id, fed, read):
    number = feed.by_id()[msg_id]['entity_key']

    assert fed.world.door.get(msg_id)['state'] == 'warned'
    [manifest] = read('waste.manifest', ['has_major_difference', 'difference_answer', 'activity_ids'], [('name', '=', number)])
    assert manifest['has_major_difference']
    assert not manifest['difference_answer']
    assert len(manifest['activity_ids']) == 1


def test_late_events_are_accepted_and_stand_at_their_true_time(fed, read, packages):
    late = [feed.by_id()[msg_id] for msg_id in feed.issues('late')]
    events = {row['id']: row for row in read('waste.package.event', ['external_key', 'occurred_at', 'recorded_at', 'package_id'])}
    by_key = {row['external_key']: row for row in events.values()}

    assert len(late) == 114
    for message in late:
        event = by_key[message['entity_key']]
        assert fed.world.door.get(message['msg_id'])['state'] == 'done'
        assert event['occurred_at'] == utc(message['occurred_at'])
        assert event['recorded_at'] == utc(message['sent_at'])
        row = packages[message['payload']['package_no']]
        times = [events[number]['occurred_at'] for number in row['event_ids']]
        assert times == sorted(times)


def test_duplicates_have_no_effect_and_can_be_traced(fed, read):
    expected = feed.issues('duplicate')
    again = read('wim.message', ['duplicate_of_id', 'payload'], [('state', '=', 'duplicate')])
    first = {row['id']: row for row in read('wim.message', ['msg_id', 'payload'], [('msg_id', 'in', expected)])}

    assert len(expected) == len(again) == fed.answered['duplicate'] == 112
    for row in again:
        assert row['payload'] == first[row['duplicate_of_id'][0]]['payload']
    assert {first[row['duplicate_of_id'][0]]['msg_id'] for row in again} == set(expected)
    for msg_id in expected:
        result = fed.world.door.get(msg_id)
        assert (result['state'], result['duplicates']) == ('done', 1)


# --- again, and in another order ---


def test_pushing_the_whole_feed_again_changes_nothing(fed):
    kept = fed.world.states()

    answered = fed.world.push(feed.messages())

    assert answered == {'duplicate': len(feed.messages())}
    assert fed.world.states() == {**kept, 'duplicate': kept['duplicate'] + len(feed.messages())}
    assert snapshot.differences(fed.documents, fed.world.documents()) == []
    assert snapshot.stamps(fed.world.json2) == fed.stamps


def test_shuffled_delivery_ends_in_the_same_state(fed, make_world):
    world = make_world()

    world.push(feed.shuffled())

    kept = world.states()
    documents = world.documents()
    world.server.stop()
    assert snapshot.differences(fed.documents, documents) == []
    assert kept['parked'] == len(feed.issues('unknown parent'))
    assert kept['rejected'] == fed.world.states()['rejected']


# --- readings ---


def kilos(value):
    """Exact kilograms; Odoo shows NUMERIC(16,3) as a float."""
    return Decimal(str(value)).quantize(Decimal('0.001'))


def yuan(value):
    return Decimal(str(value)).quantize(Decimal('0.01'))


def utc(text):
    """Odoo's text for a time that the feed gives with its offset."""
    return datetime.fromisoformat(text).astimezone(UTC).strftime('%Y-%m-%d %H:%M:%S') if text else ''
