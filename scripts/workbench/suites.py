"""Test suites: one pytest process each, its log and result in test-results/."""
import os
import re
import subprocess
import time
from dataclasses import dataclass, field

from . import odoo, odoo_source, python_env
from .machine import ADDONS, CHECKOUT, say

RESULTS = CHECKOUT / 'test-results'
#: Odoo's own suites that must stay green with our rooms installed
GATE = ('crm', 'sales_team', 'sale_crm', 'portal')
CORE = ('sale', 'account')
#: checks of test_lint that cannot run, here or at all
LINT_EXCLUDED = {
    'TestPyLint': 'checks all of Odoo, and its plugins do not load in pylint 4; scripts/lint runs pylint-odoo on our rooms',
    'TestESLint': 'needs eslint, which comes from another registry; the browser tests run our JavaScript',
    'test_addons_orm_import': "stops at OCA's addons; ruff's banned-api says the same of ours",
}
COUNTED = re.compile(r'(\d+) (passed|failed|skipped|errors?|xfailed|xpassed)\b')
#: a browser test that did not run proves nothing
NO_BROWSER = re.compile(r'^SKIPPED.*(chrom|browser|websocket-client|odoo-http)', re.IGNORECASE | re.MULTILINE)


@dataclass
class Result:
    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0
    problems: str = field(default='', repr=False)


def rooms(databases, name, database, names, words=()):
    """The tests of our rooms, Odoo's way: modules loaded once, browser tests included."""
    paths = [str(ADDONS / room) for room in names if (ADDONS / room / 'tests').is_dir()]
    if not paths:
        return Result(name)
    return _pytest(name, [*_on(database), *paths, *words], databases.env())


def thirds(names):
    """The rooms in three lists of about equally much test code, each for a process of its own."""
    size = {name: sum(path.stat().st_size for path in (ADDONS / name).glob('tests/*.py')) for name in names}
    parts = [], [], []
    for name in sorted(names, key=size.get, reverse=True):
        min(parts, key=lambda part: sum(map(size.get, part))).append(name)
    return [part for part in parts if part]


def core(databases, name, database, modules):
    """Suites of Odoo's own modules; tests that our rooms change on purpose are listed in tests/core_expected.txt."""
    folder = odoo_source.addons_folder()
    words = [f'--rootdir={folder}', *(str(folder / module) for module in modules)]
    words += [f'--deselect={test}' for test, _reason in expected()]
    return _pytest(name, [*_on(database), *words], databases.env())


def module_lint(databases, name, database):
    """Odoo's own checks of modules (manifests, indexes, RPC-safe names, routes, translations)."""
    folder = odoo_source.addons_folder()
    words = [f'--rootdir={folder}', str(folder / 'test_lint'), '-k', f'not {" and not ".join(LINT_EXCLUDED)}']
    theirs = [path.name for path in (python_env.site_packages() / 'odoo/addons').iterdir()]
    return _pytest(name, [*_on(database), *words], databases.env(), theirs)


def journeys(databases, name, template, words=()):
    """What no single room can test: tests/, against servers started on copies of the template."""
    env = {**databases.env(), 'WASTE_TEMPLATE_DB': template}
    return _pytest(name, ['-c', 'tests/pytest.ini', 'tests', *words], env)


def expected():
    """Pairs (test id, reason) of core tests that our rooms change on purpose."""
    listed = CHECKOUT / 'tests/core_expected.txt'
    lines = listed.read_text().splitlines() if listed.exists() else []
    return [tuple(map(str.strip, line.split('#', 1))) for line in lines if line.strip() and not line.startswith('#')]


def _on(database):
    return [f'--odoo-database={database}', f'--odoo-config={odoo.CONFIG}', '--odoo-http']


def _pytest(name, words, env, theirs=()):
    """Run pytest; findings on the modules ``theirs``, which aren't ours to mend, don't count."""
    RESULTS.mkdir(exist_ok=True)
    stem = re.sub(r'\W+', '_', name)
    log = RESULTS / f'{stem}.log'
    command = [python_env.PYTHON, '-m', 'pytest', '-p', 'no:cacheprovider', '-q', '-rsfE', '--tb=short',
               '--durations=10', f'--junitxml={RESULTS / stem}.xml', *words]
    say(f'▸ {name}: {log.relative_to(CHECKOUT)}')
    started = time.monotonic()
    with open(log, 'w') as handle:
        code = subprocess.run(command, cwd=CHECKOUT, env={**env, 'PYTHONDONTWRITEBYTECODE': '1'},
                              stdin=subprocess.DEVNULL, stdout=handle, stderr=subprocess.STDOUT).returncode
    text = log.read_text(errors='replace')
    found = [line for line in text.splitlines() if line.startswith(('FAILED ', 'SUBFAILED', 'ERROR '))]
    if found and theirs and all(re.match(rf"SUBFAILED\(module='({'|'.join(theirs)})'", line) for line in found):
        text, code = re.sub(r'\b\d+ failed, ', '', text), 0
    result = _judge(name, code, text)
    result.seconds = time.monotonic() - started
    say(f'{"✘" if result.failed else "✔"} {name}: {result.passed} passed, {result.failed} failed, '
        f'{result.skipped} skipped in {result.seconds:.0f} s')
    return result


def _judge(name, code, text):
    """Read pytest's closing line; an exit code that it does not explain counts as a failure."""
    closing = next((line for line in reversed(text.splitlines()) if re.search(r' in [\d.]+s', line)), '')
    counts = {word.rstrip('s') if word.startswith('error') else word: int(number)
              for number, word in COUNTED.findall(re.sub(r'\d+ subtests \w+', '', closing))}
    result = Result(name, counts.get('passed', 0), counts.get('failed', 0) + counts.get('error', 0), counts.get('skipped', 0))
    not_run = NO_BROWSER.findall(text)
    if not_run:
        result.failed += len(not_run)
        result.problems = 'Browser tests were skipped:\n' + '\n'.join(
            line for line in text.splitlines() if NO_BROWSER.match(line))
    if code not in (0, 5) and not result.failed:
        result.failed = 1
    if result.failed and not result.problems:
        result.problems = _failures(text)
    return result


def _failures(text, most=120):
    """pytest's own account of the failures: the tracebacks' beginning and the list at the end."""
    lines = text.splitlines()
    start = next((at for at, line in enumerate(lines) if re.match(r'=+ (FAILURES|ERRORS) =+', line)), max(0, len(lines) - most))
    summary = next((at for at, line in enumerate(lines) if 'short test summary info' in line), len(lines))
    shown = lines[start:summary]
    if len(shown) > most:
        shown = [*shown[:most], f'… {len(shown) - most} more lines in the log']
    return '\n'.join(shown + [line for line in lines[summary:] if not line.startswith('SKIPPED')])


def leftover_pid(database):
    """Process that made a test database, if its name says so and it is gone."""
    found = re.fullmatch(r'test_(\d+)_\w+', database)
    return found and not os.path.exists(f'/proc/{found[1]}')
