"""The time-stamp authority of the tests, held against openssl: a fake that errs would prove the product wrong or right by luck."""
import re
import subprocess
import urllib.error
import urllib.request
from datetime import UTC, datetime

import pytest
from fakes.running import Fake

VERIFIED = 'Verification: OK'


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp('tsa')


@pytest.fixture(scope='module')
def tsa(folder):
    with Fake('tsa', '--certificate-out', folder / 'root.pem', '--keys', folder / 'keys') as running:
        yield running


@pytest.fixture(scope='module')
def query(folder):
    (folder / 'data').write_text('signed')
    openssl('ts', '-query', '-data', folder / 'data', '-sha256', '-cert', '-out', folder / 'query')
    return folder / 'query'


def openssl(*arguments):
    done = subprocess.run(['openssl', *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr


def ask(url, body, kind='application/timestamp-query'):
    request = urllib.request.Request(url, body, {'Content-Type': kind})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read()


def verify(folder, query, answer):
    (folder / 'answer').write_bytes(answer)
    return openssl('ts', '-verify', '-queryfile', query, '-in', folder / 'answer', '-CAfile', folder / 'root.pem')


def test_openssl_accepts_the_token(tsa, folder, query):
    assert VERIFIED in verify(folder, query, ask(tsa.url + '/', query.read_bytes()))


@pytest.mark.parametrize(('path', 'complaint'), [
    ('/wrong-imprint', 'imprint mismatch'), ('/wrong-nonce', 'nonce mismatch'), ('/stranger', 'certificate verify error'),
    ('/refuse', 'no time stamp token'),
])
def test_openssl_rejects_what_is_wrong_on_purpose(tsa, folder, query, path, complaint):
    said = verify(folder, query, ask(tsa.url + path, query.read_bytes()))

    assert VERIFIED not in said
    assert complaint in said


def test_wrong_time_is_one_hour_old_and_otherwise_good(tsa, folder, query):
    assert VERIFIED in verify(folder, query, ask(tsa.url + '/wrong-time', query.read_bytes()))

    said = re.search(r'Time stamp: (.+) GMT', openssl('ts', '-reply', '-in', folder / 'answer', '-text'))[1]
    age = datetime.now(UTC) - datetime.strptime(said, '%b %d %H:%M:%S %Y').replace(tzinfo=UTC)
    assert 3600 <= age.total_seconds() < 3660


@pytest.mark.parametrize(('path', 'kind', 'status'), [
    ('/down', 'application/timestamp-query', 503), ('/', 'application/octet-stream', 415),
])
def test_http_errors(tsa, query, path, kind, status):
    with pytest.raises(urllib.error.HTTPError) as error:
        ask(tsa.url + path, query.read_bytes(), kind)

    assert error.value.code == status


def test_keys_kept_in_a_folder_outlive_a_restart(tsa, folder, query):
    with Fake('tsa', '--keys', folder / 'keys') as again:
        assert VERIFIED in verify(folder, query, ask(again.url + '/', query.read_bytes()))
