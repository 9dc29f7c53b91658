"""Odoo as a command: which environment it runs in, and what to do when it fails."""
import os
import subprocess
import threading

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
    if addons():  # Odoo warns of a folder without modules
        env['ODOO_ADDONS_PATH'] = str(ADDONS)
    return env


def addons():
    """Names of the rooms in this checkout."""
    return sorted(path.parent.name for path in ADDONS.glob('*/__manifest__.py'))


def run(words, env, stdin=None, advice=''):
    """Run Odoo to its end; its log is shown, and kept, when it fails.

    :param words: arguments, e.g. ['-d', 'demo', '-i', 'crm']
    :param stdin: Python for `odoo shell`
    :param advice: what to do when it fails
    """
    log = CACHE / f'logs/odoo-{os.getpid()}-{threading.get_ident()}.log'
    log.parent.mkdir(exist_ok=True)
    with open(log, 'w') as handle:
        code = subprocess.run(
            [COMMAND, *words], env=env, cwd=CHECKOUT, input=stdin, stdout=handle, stderr=subprocess.STDOUT,
            text=True).returncode
    text = log.read_text(errors='replace')
    if code:
        say('\n'.join(_telling(text)))
        fail(f'"odoo {" ".join(words)[:150]}" failed; the whole log is in {log}.{advice and f" {advice}"}')
    log.unlink()
    return text


def _telling(text):
    """The lines of a log that say what went wrong: the last traceback, or else its end."""
    lines = text.splitlines()
    start = max((at for at, line in enumerate(lines) if ' CRITICAL ' in line or ' ERROR ' in line), default=0)
    return lines[start:][-60:] if start else lines[-40:]
