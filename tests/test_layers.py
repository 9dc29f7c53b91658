"""The picture in DESIGN.md, held against the manifests: dependencies point down, each room is complete."""
import ast
import re
from pathlib import Path

import pytest

ADDONS = Path(__file__).resolve().parents[1] / 'addons'

#: the picture read from its floor; within a level a room may use those named before it
LEVELS = {
    'RAILS': ('exchange', 'approval', 'document_template', 'wecom', 'esign', 'sms_cn'),
    'TRADE': ('waste', 'waste_contract', 'waste_track', 'waste_settlement'),
    'LINK': ('waste_wim', 'wecom_contact', 'wecom_channel', 'wecom_handover', 'waste_wecom', 'wecom_archive', 'wecom_engage'),
    'SCRM': (
        'scrm_base', 'scrm_partner', 'scrm_crm', 'scrm_message', 'scrm_portal', 'scrm_service', 'scrm_callcenter',
        'scrm_agent', 'scrm_marketing', 'scrm_performance', 'scrm_report',
    ),
    'APP': ('waste_scrm',),
}
ORDER = [room for level in LEVELS.values() for room in level]
#: pairs above that stand side by side: neither uses the other
STRANGERS = {
    ('esign', 'wecom'), ('sms_cn', 'exchange'), ('sms_cn', 'wecom'), ('sms_cn', 'esign'),
    ('approval', 'exchange'), ('wecom', 'approval'), ('esign', 'approval'), ('sms_cn', 'approval'),
    ('wecom_handover', 'wecom_channel'),
}
#: rails that stand on OCA addons under AGPL-3
ON_AGPL = {'approval'}

ROOMS = sorted(path.parent.name for path in ADDONS.glob('*/__manifest__.py'))
BRIDGE_LINES = 100


def manifest(room):
    return ast.literal_eval((ADDONS / room / '__manifest__.py').read_text(encoding='utf-8'))


def is_bridge(room):
    return room not in ORDER and bool(manifest(room).get('auto_install'))


def our_dependencies(room):
    return [name for name in manifest(room).get('depends', []) if name in ROOMS or name in ORDER]


@pytest.mark.parametrize('room', ROOMS)
def test_room_is_in_the_picture(room):
    assert room in ORDER or is_bridge(room), f'{room} is neither in the picture of DESIGN.md nor a bridge (auto_install)'


@pytest.mark.parametrize('room', ROOMS)
def test_dependencies_point_down(room):
    for below in our_dependencies(room):
        assert (ADDONS / below).is_dir(), f'{room} depends on {below}, which does not exist'
        assert not is_bridge(below) or room == 'waste_scrm', f'{room} depends on the bridge {below}'
        if room in ORDER and below in ORDER:
            assert ORDER.index(below) < ORDER.index(room), f'{room} depends on {below}, which lies above it'
        assert (room, below) not in STRANGERS, f'{room} and {below} stand side by side in the picture'


def test_bridges_are_small():
    for room in filter(is_bridge, ROOMS):
        code = [path for path in (ADDONS / room).rglob('*.py') if 'tests' not in path.parts]
        lines = sum(len(path.read_text(encoding='utf-8').splitlines()) for path in code)

        assert lines < BRIDGE_LINES, f'{room} has {lines} lines of Python'
        assert our_dependencies(room), f'{room} installs itself, but joins no room of ours'


def test_rails_know_no_word_of_waste():
    for path in [path for room in ROOMS if room in LEVELS['RAILS'] for path in (ADDONS / room).rglob('*')]:
        if path.suffix in ('.py', '.xml', '.js', '.csv') and not {'tests', 'i18n'} & set(path.parts):
            found = re.search(r'.*\bwaste[._].*', path.read_text(encoding='utf-8'))
            assert not found, f'{path.relative_to(ADDONS)}: {found[0].strip()}'


@pytest.mark.parametrize('room', ROOMS)
def test_room_is_complete(room):
    folder = ADDONS / room
    missing = [name for name in ('__init__.py', 'README.md', 'tests/__init__.py', 'i18n/zh_CN.po') if not (folder / name).exists()]
    has_models = any(re.search(r'^\s+_name = ', path.read_text(encoding='utf-8'), re.MULTILINE) for path in folder.glob('models/**/*.py')
                     if 'AbstractModel' not in path.read_text(encoding='utf-8'))
    if has_models and not (folder / 'security/ir.model.access.csv').exists():
        missing.append('security/ir.model.access.csv')

    assert not missing, f'{room} lacks {", ".join(missing)}'


@pytest.mark.parametrize('room', ROOMS)
def test_licence(room):
    wanted = 'LGPL-3' if room in LEVELS['RAILS'] and room not in ON_AGPL else 'AGPL-3'

    assert manifest(room).get('license') == wanted


@pytest.mark.parametrize('room', ROOMS)
def test_version_and_python_libraries(room):
    requirements = (ADDONS.parent / 'requirements.txt').read_text().lower()
    content = manifest(room)

    assert re.fullmatch(r'19\.0\.\d+\.\d+\.\d+', content.get('version', ''))
    for library in content.get('external_dependencies', {}).get('python', []):
        assert re.search(rf'^{re.escape(library.lower().replace("_", "-"))}==', requirements, re.MULTILINE), \
            f'{room} needs {library}, which requirements.txt does not pin'
