"""Static checks of the whole suite, each an outside tool with its configuration at the top level."""
import os
import re
import subprocess

from . import odoo, python_env
from .machine import ADDONS, CHECKOUT

BIN = python_env.VENV / 'bin'
#: what must stay true whoever hosts the suite: no package registry is named in the repository
REGISTRY = re.compile(r'(?:deb|security)\.debian\.org|pypi\.org|pythonhosted|registry\.npmjs|ghcr\.io|quay\.io')


def checks(rooms=None):
    """Pairs of a check's name and its command; a command that exits 0 is content."""
    names = rooms or odoo.addons()
    modules = [str(ADDONS / name) for name in names]
    catalogues = [str(path) for name in names for path in sorted((ADDONS / name / 'i18n').glob('*.po'))]
    code = modules if rooms else ['.']
    found = [('ruff', [BIN / 'ruff', 'check', '-q', *code])]
    if modules:
        found += [
            ('pylint-odoo', [BIN / 'pylint', '--rcfile=.pylintrc', *modules]),
            ('oca-checks-odoo-module', [BIN / 'oca-checks-odoo-module', '--config=.oca_hooks.cfg', *modules]),
        ]
    if catalogues:
        found.append(('oca-checks-po', [BIN / 'oca-checks-po', '--config=.oca_hooks.cfg', *catalogues]))
    if not rooms:
        found.append(('hadolint', [BIN / 'hadolint', '--config', '.hadolint.yaml', 'docker/Dockerfile']))
    return found


def run(rooms=None):
    """Run all checks.

    :return: list of (name, problem text or '')
    """
    results = []
    for name, command in checks(rooms):
        done = subprocess.run(
            command, cwd=CHECKOUT, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, env={**os.environ, 'PYTHONDONTWRITEBYTECODE': '1'})
        results.append((name, done.stdout.strip() or f'{name} ended with {done.returncode}' if done.returncode else ''))
    results.append(('no registry host named', _registries()))
    return results


def _registries():
    listed = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard', '-z'], cwd=CHECKOUT, capture_output=True,
                            text=True).stdout.split('\0')
    hits = []
    for name in filter(None, listed):
        path = CHECKOUT / name
        if name.startswith('scripts/workbench/lint.py') or not path.is_file() or path.stat().st_size > 2_000_000:
            continue
        for number, line in enumerate(path.read_text(errors='ignore').splitlines(), 1):
            if REGISTRY.search(line):
                hits.append(f'{name}:{number}: {line.strip()[:120]}')
    return '\n'.join(hits)
