"""Odoo as a command: which environment it runs in, and what to do when it fails."""
import os
import subprocess

from . import python_env
from .machine import ADDONS, CACHE, CHECKOUT, fail, say

COMMAND = python_env.VENV / 'bin/odoo'
CONFIG = CHECKOUT / 'odoo.conf'


def environment(cluster, data_dir):
    """Variables that make any Odoo, or pytest, of ours find config, addons, server and files."""
    env = {
        **os.environ, **cluster.env(),
        'ODOO_RC': str(CONFIG),
        'ODOO_DATA_DIR': str(data_dir),
        'PATH': f'{python_env.VENV}/bin:{os.environ["PATH"]}',
        'VIRTUAL_ENV': str(python_env.VENV),
        'PYTHONWARNINGS': 'ignore::DeprecationWarning,ignore::UserWarning',
    }
    if addons():
        env['ODOO_ADDONS_PATH'] = str(ADDONS)
    return env


def addons():
    """Names of the rooms in this checkout."""
    return sorted(path.parent.name for path in ADDONS.glob('*/__manifest__.py'))


def run(words, env, stdin=None):
    """Run Odoo to its end; its log is kept in the cache and shown when it fails."""
    log = CACHE / 'odoo.log'
    with open(log, 'w') as handle:
        code = subprocess.run(
            [COMMAND, *words], env=env, cwd=CHECKOUT, input=stdin, stdout=handle, stderr=subprocess.STDOUT,
            text=True).returncode
    text = log.read_text(errors='replace')
    if code:
        say('\n'.join(_telling(text)))
        fail(f'"odoo {" ".join(words)[:150]}" failed; the whole log is in {log}.')
    return text


def _telling(text):
    """The lines of a log that say what went wrong: the last traceback, or else its end."""
    lines = text.splitlines()
    start = max((at for at, line in enumerate(lines) if ' CRITICAL ' in line or ' ERROR ' in line), default=0)
    return lines[start:][-60:] if start else lines[-40:]
