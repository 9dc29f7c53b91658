"""What goes wrong between a signature and its record: the power fails, two sign in the same second. One good result each time,
nothing half-written, and whoever asks again signs once (reference/esign.md §6, attacks 2, 8 and 25)."""
import json
import os
import threading
import time
import urllib.error
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import psycopg2
import pytest
from journey.signing import MOBILE, OTHER_MOBILE, Phone

from workbench.server import Server

#: the lock that a transaction waits for when it is about to be committed
GATE = 2611

READING_SECONDS = 2
WRITTEN = ('esign_revision', 'esign_event', 'esign_certificate', 'esign_handwriting', 'esign_seal_use', 'esign_anchor')


@pytest.fixture(scope='module')
def hasty(office):
    """Templates that are read in two seconds; producer and authority of a kitchen contract sign in the same step."""
    quick = {'reading_seconds': READING_SECONDS - 1}
    office.next_template('esign_template_two', party_a=quick)
    office.next_template('esign_template_three', party_a=quick, party_c={**quick, 'action': 'sign', 'order': 1})
    return office


@pytest.fixture(scope='module')
def second(hasty):
    """Another machine on the same database."""
    running = Server(hasty.server.databases, hasty.server.db, log=hasty.server.log.with_suffix('.second.log')).start()
    yield running
    running.stop()


@pytest.fixture
def ready(hasty, sms):
    """Make a phone on which only the handwriting is missing."""
    def make(mobile, since, url=None):
        phone = Phone(url or hasty.server.url)
        phone.arrive(sms.received(r'http://[^/]+(/sign/\S+)', mobile, since))
        phone.read(READING_SECONDS)
        phone.prove(sms, mobile)
        return phone
    return make


def unheard(call):
    """Send what will get no answer."""
    def send():
        with suppress(urllib.error.URLError, ConnectionError, xmlrpc.client.ProtocolError, OSError):
            call()
    thread = threading.Thread(target=send)
    thread.start()
    return thread


class Database:
    """The server's database, seen from beside it."""

    def __init__(self, server):
        env = {**os.environ, **server.databases.cluster.env()}
        self.connection = psycopg2.connect(dbname=server.db, host=env['PGHOST'], port=env['PGPORT'], user=env['PGUSER'])
        self.connection.autocommit = True

    def __call__(self, statement, *values):
        with self.connection.cursor() as cr:
            cr.execute(statement, values)
            return cr.fetchall() if cr.description else None

    def written(self):
        """Count what is evidence."""
        return {table: self(f'SELECT count(*) FROM {table}')[0][0] for table in WRITTEN}

    def cut_power(self, server, call):
        """Let ``call`` come to its COMMIT, all done and nothing decided; there the server and its transaction die."""
        self(f"""
            CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql
                AS 'BEGIN PERFORM pg_advisory_xact_lock_shared({GATE}); RETURN NULL; END';
            CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON esign_revision DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION wait_at_gate()""")
        self('SELECT pg_advisory_lock(%s)', GATE)
        sending = unheard(call)
        process = self._until("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted", GATE)[0][0]
        server.kill()
        self('SELECT pg_terminate_backend(%s)', process)
        self._until('SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = %s)', process)
        sending.join()
        self('SELECT pg_advisory_unlock(%s)', GATE)
        self('DROP FUNCTION wait_at_gate CASCADE')

    def _until(self, statement, *values, seconds=60):
        end = time.monotonic() + seconds
        while not (found := self(statement, *values)):
            assert time.monotonic() < end, statement
            time.sleep(0.05)
        return found


def verified(office, contract):
    """Verify the envelope of a contract as its page does."""
    verification = office('esign.envelope', 'action_verify', [office.envelope(contract)['id']])['res_id']
    found = office('esign.verification', 'read', [verification], ['is_ok', 'problems'])[0]
    return found['problems'] or found['is_ok']


def events(office, contract, kind):
    return office('esign.event', 'search_count', [('envelope_id', '=', office.envelope(contract)['id']), ('type', '=', kind)])


def files(server):
    return sum(path.is_file() for path in server.databases.filestore(server.db).rglob('*'))


def test_attack_08_two_signers_at_once_on_two_servers(hasty, second, tsa, sms, ready):
    office = hasty
    since = sms.count()
    contract = office.agreed_kitchen_contract()
    office('sale.order', 'action_start_signing', [contract])
    phones = [ready(MOBILE, since), ready(OTHER_MOBILE, since, second.url)]
    assert phones[0].sha256 == phones[1].sha256

    # the authority takes its time, so both are at work together
    with slow(office, tsa):
        answers = at_once(*[lambda phone=phone: json.loads(phone.post('/sign/submit', **phone.signature())) for phone in phones])

    assert sorted(phone.status for phone in phones) == [200, 409]
    late = phones[[phone.status for phone in phones].index(409)]
    assert [answer['code'] for answer in answers if 'error' in answer] == ['conflict']
    assert office.envelope(contract)['progress'] == '1/3'
    late.look()
    assert json.loads(late.post('/sign/submit', **late.signature()))['code'] == 'code', 'the code was for the document as it was'
    late.prove(sms, MOBILE if late is phones[0] else OTHER_MOBILE)
    assert json.loads(late.post('/sign/submit', **late.signature()))['state'] == 'signed'
    office.seal(contract)

    assert office.envelope(contract)['state'] == 'completed'
    assert events(office, contract, 'signed') == 2
    assert verified(office, contract) is True


def test_attack_02_the_same_request_five_times_at_once_on_two_servers(hasty, second, tsa, sms, ready):
    office = hasty
    since = sms.count()
    contract = office.agreed_contract()
    office('sale.order', 'action_start_signing', [contract])
    phone = ready(MOBILE, since)
    form = phone.signature()
    twin = Phone(second.url)  # the same browser, sent to the other machine by the load balancer
    twin.opener, twin.hidden = phone.opener, phone.hidden

    with slow(office, tsa):
        answers = at_once(*[lambda one=one: json.loads(one.post('/sign/submit', **form)) for one in (phone, twin, phone, twin, phone)])

    assert [answer.get('state') for answer in answers] == ['signed'] * 5, answers
    assert events(office, contract, 'signed') == 1
    # whoever may put the seal presses the button twice, in two windows
    requests = office.seal_requests(contract)
    office('esign.seal.request', 'action_approve', requests, login='approver')
    told = at_once(*[lambda: office.another().put(requests)] * 2)
    assert sorted(note['params']['type'] for note in told) == ['danger', 'success']
    assert events(office, contract, 'sealed') == 1
    assert verified(office, contract) is True


def test_attack_25_power_cut_between_signing_and_commit(hasty, second, sms, ready):
    """Last in this file: what it kills stays dead, as far as another machine can go on."""
    office, server = hasty, hasty.server
    since = sms.count()
    contract = office.agreed_contract()
    office('sale.order', 'action_start_signing', [contract])
    phone = ready(MOBILE, since, second.url)
    form = phone.signature()
    database = Database(server)
    before, kept = database.written(), files(server)

    database.cut_power(second, lambda: phone.post('/sign/submit', **form))

    assert files(server) > kept, 'the signed file was not written yet: this cut proves nothing'
    assert database.written() == before
    assert office.envelope(contract)['progress'] == '0/2'
    assert verified(office, contract) is True
    phone.url = server.url  # the same browser is led to the machine that lives
    answer = json.loads(phone.post('/sign/submit', **form))
    assert (phone.status, answer['state']) == (200, 'signed')
    assert json.loads(phone.post('/sign/submit', **form)) == answer
    assert events(office, contract, 'signed') == 1

    # seal, archive time stamp and archive are one step, and fall together
    requests = office.seal_requests(contract)
    office('esign.seal.request', 'action_approve', requests, login='approver')
    before = database.written()
    database.cut_power(server, lambda: office.put(requests))
    server.start()

    assert database.written() == before
    found = office.contract(contract)
    assert (found['contract_state'], found['archive_number']) == ('signing', False)
    office.put(requests)
    assert (office.envelope(contract)['state'], office.contract(contract)['contract_state']) == ('completed', 'active')
    assert (events(office, contract, 'sealed'), events(office, contract, 'completed')) == (1, 1)
    assert verified(office, contract) is True


@contextmanager
def slow(office, tsa):
    office('ir.config_parameter', 'set_param', 'esign.tsa_url', f'{tsa.url}/slow/1')
    yield
    office('ir.config_parameter', 'set_param', 'esign.tsa_url', f'{tsa.url}/')


def at_once(*calls):
    barrier = threading.Barrier(len(calls))

    def wait_and_call(call):
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as people:
        return list(people.map(wait_and_call, calls))
