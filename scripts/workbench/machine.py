"""The machine under us: folders, progress on screen, locks, commands that may need a second try."""
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
ADDONS = CHECKOUT / 'addons'
CACHE = Path(os.environ.get('WASTE_CACHE') or Path.home() / '.cache/waste_scrm').absolute()
DATA = Path.home() / '.local/share/waste_scrm'
IS_ROOT = os.geteuid() == 0

#: (title, seconds) of every step of this process, for the closing table
STEPS: list[tuple[str, float]] = []


def fail(sentence):
    """End the script with one sentence that says what to do."""
    sys.stdout.flush()
    raise SystemExit(f'\n✘ {sentence}')


def say(line):
    print(line, flush=True)


@contextlib.contextmanager
def step(title):
    """Show what is being done, and how long it took."""
    say(f'▸ {title}')
    started = time.monotonic()
    yield
    seconds = time.monotonic() - started
    STEPS.append((title, seconds))
    if seconds >= 1:
        say(f'  {seconds:.1f} s')


@contextlib.contextmanager
def locked(name, folder=CACHE):
    """Let one process at a time do ``name``; the others wait and then find it done."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f'{name}.lock', 'w') as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f'  waiting for another run that holds {name}.lock')
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def run(command, tries=1, timeout=600, **kwargs):
    """Run a command quietly; show what it said only if it failed each time.

    :param tries: more than one for what the network may spoil
    :return: its standard output
    """
    command = [str(word) for word in command]
    for attempt in range(1, tries + 1):
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout, **kwargs)
            if not done.returncode:
                return done.stdout
            said = (done.stdout + done.stderr).strip()
        except subprocess.TimeoutExpired:
            said = f'no end after {timeout} s'
        if attempt < tries:
            say(f'  try {attempt} of {tries} failed, once more')
            time.sleep(3 * attempt)
    say(said[-3000:])
    fail(f'"{" ".join(command)[:200]}" failed; mend what it says above and start again.')


def digest(*parts):
    """Short name for a set of things that decide something, e.g. a lock file and a version."""
    return hashlib.sha256('\0'.join(str(part) for part in parts).encode()).hexdigest()[:12]


def tree_digest(*folders, skip=('__pycache__', '.pyc')):
    """Digest of all files below folders, by name and content."""
    sha = hashlib.sha256()
    for folder in folders:
        for path in sorted(Path(folder).rglob('*')):
            if path.is_file() and not any(word in str(path) for word in skip):
                sha.update(str(path.relative_to(folder)).encode() + b'\0' + path.read_bytes() + b'\0')
    return sha.hexdigest()[:12]


def reachable_by_all(folder):
    """Can an account that owns nothing (nobody) walk down to where this folder is, or will be?"""
    above = [path for path in Path(folder).resolve().parents if path.exists()]
    return all(path.stat().st_mode & 0o001 for path in above)


def apt_install(packages, why):
    """Install missing Debian packages as root; otherwise say how to."""
    missing = missing_packages(packages)
    if not missing:
        return
    if not IS_ROOT or not shutil.which('apt-get'):
        fail(f'{why}: install these packages, then start again: {" ".join(missing)}.')
    with step(f'Installing {" ".join(missing)}'), locked('apt'):
        env = {**os.environ, 'DEBIAN_FRONTEND': 'noninteractive'}
        run(['apt-get', 'update', '-q'], tries=3, env=env)
        run(['apt-get', 'install', '-qy', '--no-install-recommends', *missing], tries=3, timeout=1200, env=env)


def missing_packages(packages):
    """Debian packages of these that are not installed; none where there is no dpkg to ask."""
    if not shutil.which('dpkg-query'):
        return []
    return [name for name in packages if subprocess.run(
        ['dpkg-query', '-Wf', '${db:Status-Status}', name], capture_output=True, text=True).stdout != 'installed']
