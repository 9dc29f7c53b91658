"""Odoo 19 itself, always the same bytes: Debian's package unpacked into the cache, or a checkout in ODOO_SRC.

Why Debian's package: it is a complete Odoo that every Debian mirror serves under a hash that can be pinned.
"""
import hashlib
import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from . import python_env
from .machine import CACHE, IS_ROOT, fail, locked, run, step

VERSION = '19.0.0+dfsg-1'
SHA256 = '9d2f598b0555db17e291d48ed24df184c70823c053c4c5ed53c467ca7f629bbf'
#: what the package links to: package/suite
COMPANIONS = (
    'fonts-montserrat/sid', 'fonts-font-awesome/bookworm', 'fonts-ocr-b/bookworm', 'fonts-roboto-unhinted/bookworm',
    'fonts-inconsolata/bookworm', 'libjs-jquery/bookworm', 'libjs-jquery-form/bookworm', 'libjs-underscore/bookworm',
)
#: stray copies of all addons, packaging, and catalogues but zh_CN and fr (a core test reads the French one)
EXCLUDE = (
    './usr/lib/python3/dist-packages/addons', './usr/lib/python3/dist-packages/setup',
    './usr/lib/python3/dist-packages/doc', './usr/share/doc', './usr/share/lintian', './usr/share/nodejs', './etc',
    '*/i18n*/[a-eg-y]*.po', '*/i18n*/f[!r]*.po', '*/i18n*/fr_*.po', '*/i18n*/zh_[!C]*.po',
)
#: not free enough for Debian; without a file of that name every browser test fails on a console error
STUB = 'odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js'

UNPACKED = CACHE / f'odoo-{VERSION}'
KEYRINGS = [Path(f'/usr/share/keyrings/debian-archive-keyring.{end}') for end in ('gpg', 'pgp')]


def source_folder():
    """Folder that holds the `odoo` package."""
    own = os.environ.get('ODOO_SRC')
    return Path(own).absolute() if own else UNPACKED / 'usr/lib/python3/dist-packages'


def addons_folder():
    """Folder of Odoo's business modules: beside the package in a checkout, inside it in Debian's package."""
    beside = source_folder() / 'addons'
    return beside if (beside / 'crm').is_dir() else source_folder() / 'odoo/addons'


def ensure():
    """Make `import odoo` work in the environment."""
    source = source_folder()
    if not os.environ.get('ODOO_SRC') and not (UNPACKED / 'complete').exists():
        with locked('odoo'), step(f'Odoo {VERSION}'):
            if not (UNPACKED / 'complete').exists():
                _unpack(_download())
    if not (source / 'odoo/release.py').exists():
        fail(f'{source} holds no Odoo; set ODOO_SRC to the folder of an Odoo 19.0 checkout, or unset it.')
    pth = python_env.site_packages() / 'odoo_source.pth'
    if not pth.exists() or pth.read_text() != f'{source}\n':
        pth.write_text(f'{source}\n')
    command = python_env.VENV / 'bin/odoo'
    if not command.exists():
        command.write_text(f'#!{python_env.PYTHON}\nimport odoo.cli\nodoo.cli.main()\n')
        command.chmod(0o755)


def version():
    """What decides a cached database: the release, or the place and state of one's own checkout."""
    own = os.environ.get('ODOO_SRC')
    if not own:
        return VERSION
    head = subprocess.run(['git', '-C', own, 'rev-parse', 'HEAD'], capture_output=True, text=True).stdout.strip()
    return f'{own} {head}'


def _download():
    """Fetch the packages with lists of our own: nothing is installed, no root is needed."""
    debs = CACHE / 'debs'
    work = CACHE / 'apt'
    for folder in (debs, work / 'lists/partial', work / 'cache/archives/partial'):
        folder.mkdir(parents=True, exist_ok=True)
    name = f'odoo-19_{VERSION}_all.deb'
    signed = next((f'[signed-by={path}] ' for path in KEYRINGS if path.exists()), '')
    mirror = os.environ.get('DEBIAN_MIRROR') or _mirror()
    (work / 'sources.list').write_text(
        ''.join(f'deb {signed}{mirror} {suite} main\n' for suite in ('sid', 'bookworm')))
    options = [
        '-o', f'Dir::Etc::SourceList={work}/sources.list', '-o', 'Dir::Etc::SourceParts=/dev/null',
        '-o', f'Dir::State::Lists={work}/lists', '-o', f'Dir::Cache={work}/cache',
        '-o', 'Acquire::Check-Valid-Until=false', '-o', 'Acquire::Languages=none', '-o', 'Acquire::Retries=3',
    ] + (['-o', 'APT::Sandbox::User=root'] if IS_ROOT else [])
    run(['apt-get', *options, 'update', '-q'], tries=3, timeout=300)
    wanted = list(COMPANIONS)
    if not (debs / name).exists():
        wanted.append(f'odoo-19={VERSION}')
    run(['apt-get', *options, 'download', '-q', *wanted], tries=3, timeout=900, cwd=debs)
    found = hashlib.sha256((debs / name).read_bytes()).hexdigest()
    if found != SHA256:
        (debs / name).unlink()
        fail(f'The Odoo package of your mirror is not the one this suite was tested with ({found[:12]}…); '
             f'set ODOO_SRC to an Odoo 19.0 checkout instead.')
    return debs


def _unpack(debs):
    partial = UNPACKED.with_name(UNPACKED.name + '.partial')
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for deb in sorted(debs.glob('*.deb')):
        reader = subprocess.Popen(['dpkg-deb', '--fsys-tarfile', deb], stdout=subprocess.PIPE)
        subprocess.run(
            ['tar', '-x', '-C', partial, '--no-same-owner', *(f'--exclude={glob}' for glob in EXCLUDE)],
            stdin=reader.stdout, check=True)
        if reader.wait():
            fail(f'{deb.name} could not be unpacked; delete {debs} and start again.')
    stub = partial / 'usr/lib/python3/dist-packages' / STUB
    stub.parent.mkdir(parents=True, exist_ok=True)
    stub.write_text('/* not in Debian: background blur in calls stays off */\n')
    (partial / 'complete').touch()
    shutil.rmtree(UNPACKED, ignore_errors=True)
    partial.rename(UNPACKED)
    shutil.rmtree(debs)


def _mirror():
    """The Debian mirror this machine already uses."""
    if not shutil.which('apt-get') or platform.machine() not in ('x86_64', 'aarch64'):
        fail('Odoo is taken from a Debian mirror by apt-get; without it set ODOO_SRC to an Odoo 19.0 checkout.')
    for path in sorted(Path('/etc/apt').rglob('*.sources')) + sorted(Path('/etc/apt').rglob('*.list')):
        for line in path.read_text().splitlines():
            found = re.match(r'(?:URIs:|deb\s+(?:\[.*?\])?)\s*(\S+/debian)/?(?:\s|$)', line)
            if found:
                return found[1]
    fail('No Debian mirror found in /etc/apt; set DEBIAN_MIRROR to the address of one (and install debian-archive-keyring), '
         'or ODOO_SRC to an Odoo 19.0 checkout.')
