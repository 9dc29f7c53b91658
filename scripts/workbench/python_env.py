"""The virtual environment: exactly what requirements.txt pins, put there by uv."""
import os
import subprocess
import sys
from functools import lru_cache

from .machine import CACHE, CHECKOUT, digest, fail, locked, run, step

VENV = CACHE / 'venv'
PYTHON = VENV / 'bin/python'
REQUIREMENTS = CHECKOUT / 'requirements.txt'


def ensure():
    """Create or update the environment; a second call costs nothing."""
    if sys.version_info[:2] not in ((3, 11), (3, 12)):
        fail('The pinned libraries are for Python 3.11 and 3.12; start this script with one of them.')
    wanted = digest(sys.version_info[:2], REQUIREMENTS.read_text())
    stamp = VENV / 'installed'
    if stamp.exists() and stamp.read_text() == wanted:
        return
    with locked('venv'), step('Python environment'):
        if not PYTHON.exists() or _venv_version() != sys.version_info[:2]:
            run([sys.executable, '-m', 'venv', '--clear', VENV])
        if not (VENV / 'bin/uv').exists():
            run([PYTHON, '-m', 'pip', 'install', '-q', _pin('uv')], tries=3, timeout=300)
        run([VENV / 'bin/uv', 'pip', 'install', '-q', '--python', PYTHON, '--no-deps', '-r', REQUIREMENTS],
            tries=3, timeout=900, env=_uv_env())
        stamp.write_text(wanted)


@lru_cache
def site_packages():
    return next((VENV / 'lib').glob('python3*/site-packages'))


def _pin(name):
    return next(line.split()[0] for line in REQUIREMENTS.read_text().splitlines() if line.startswith(f'{name}=='))


def _uv_env():
    """uv brings its own list of authorities; a machine behind a private one has it in the system's."""
    return {**os.environ, 'UV_SYSTEM_CERTS': '1', 'UV_CACHE_DIR': str(CACHE / 'uv'), 'UV_HTTP_TIMEOUT': '120'}


def _venv_version():
    said = subprocess.run(
        [PYTHON, '-c', 'import sys; print(*sys.version_info[:2])'], capture_output=True, text=True).stdout.split()
    return tuple(map(int, said))
