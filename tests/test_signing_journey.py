"""A contract is signed as people do it: link by SMS, reading, code, handwriting, seal, archive, verification. Nothing of our addons is
imported: a server, a time-stamp authority and an SMS gateway, each a process of its own, and what a browser and an integrator send."""
import hashlib
import json
import shutil
import subprocess
import time
import uuid
import xmlrpc.client

import pytest
from journey.signing import MOBILE, READING_SECONDS, Phone, strokes

REPORT_SECONDS = 120  # a job whose wake-up was missed begins with the cron's next minute


@pytest.fixture(scope='module')
def signed(office, sms):
    """One contract from one click to the archive. The tests look at what became of it."""
    contract = office.agreed_contract()
    office('sale.order', 'action_start_signing', [contract])

    phone = Phone(office.server.url)
    phone.arrive(sms.received(r'(http://\S+/sign/\S+)', MOBILE))
    early = phone.read(READING_SECONDS + 1)
    phone.prove(sms, MOBILE)
    form = phone.signature()
    answer = json.loads(phone.post('/sign/submit', **form))
    again = json.loads(phone.post('/sign/submit', **form))
    office.seal(contract)
    return {'contract': contract, 'phone': phone, 'answer': answer, 'again': again, 'early': early, 'pdf': phone.get('/sign/file.pdf')}


def test_reading_is_not_over_before_its_time(signed):
    assert json.loads(signed['early'])['code'] == 'wait'


def test_signature_is_taken_once_however_often_it_is_sent(signed):
    assert signed['answer']['state'] == 'signed'
    assert signed['again'] == signed['answer']


def test_contract_is_in_force_and_archived(signed, office):
    contract = office.contract(signed['contract'])

    assert contract['contract_state'] == 'active'
    assert contract['archive_number']
    assert contract['archive_sha256'] == hashlib.sha256(signed['pdf']).hexdigest()


def test_archived_file_is_closed_for_the_administrator_too(signed, office):
    contract = office.contract(signed['contract'])

    with pytest.raises(xmlrpc.client.Fault):
        office('ir.attachment', 'write', contract['contract_file_ids'][:1], {'raw': 'x'})
    with pytest.raises(xmlrpc.client.Fault):
        office('sale.order', 'unlink', [signed['contract']])


def test_public_page_knows_the_file_and_notices_one_byte(signed, office):
    page = Phone(office.server.url)
    page.get('/sign/verify')
    good = page.upload('/sign/verify', signed['pdf'])
    assert 'final document in the register' in good
    assert 'All signatures are unbroken' in good

    at = len(signed['pdf']) // 3
    changed = signed['pdf'][:at] + bytes([signed['pdf'][at] ^ 1]) + signed['pdf'][at + 1:]
    bad = page.upload('/sign/verify', changed)
    assert 'No document in the register is this file' in bad
    assert 'All signatures are unbroken' not in bad


@pytest.mark.skipif(not shutil.which('pdfsig'), reason="poppler-utils")
def test_poppler_lists_every_signature_as_sound(signed, tmp_path):
    (tmp_path / 'contract.pdf').write_bytes(signed['pdf'])

    said = subprocess.run(
        ['pdfsig', '-nocert', str(tmp_path / 'contract.pdf')], capture_output=True, text=True, timeout=60, check=False).stdout

    assert said.count('Signature is Valid.') == 3  # freeze, producer, seal
    assert '王建国' in said


def test_link_shows_the_signed_paper_and_signs_no_more(signed):
    phone = signed['phone']

    answer = phone.post('/sign/submit', strokes=strokes(), base_sha256='0' * 64, nonce=uuid.uuid4().hex, statement='1')

    assert phone.status in (400, 409)
    assert 'error' in json.loads(answer)


def test_evidence_report_lies_on_the_contract_soon(signed, office):
    end = time.monotonic() + REPORT_SECONDS
    while len(files := office.contract(signed['contract'])['contract_file_ids']) < 2 and time.monotonic() < end:
        time.sleep(0.5)

    names = [file['name'] for file in office('ir.attachment', 'read', files, ['name'])]
    assert len(names) == 2
    assert any('evidence' in name for name in names)
