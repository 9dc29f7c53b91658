"""Work on what strangers made, each piece in a process of its own, and without waiting for its libraries.

Importing WeasyPrint or pyHanko takes a second or two, drawing a contract with it a tenth of one. So one helper process
(``workshop_main.py``) imports them once and forks a child for each piece of work. The child binds itself to limits of memory and
time before it reads a byte, and is gone when it is done; the helper ends when nobody asked for a while, or with its server.
"""
import json
import os
import selectors
import signal
import socket
import subprocess  # noqa: S404 (starts one script of ours, without a shell)
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

MAIN = Path(__file__).with_name('workshop_main.py')


class Done(NamedTuple):
    #: as of `subprocess`: negative when a signal ended it
    returncode: int
    stdout: bytes
    stderr: bytes


class Workshop:
    """The helper process of one kind of work, started when it is first needed.

    :param script: file with ``prepare()``, which imports, and ``main()``, which works as a program does: words in ``sys.argv``,
        standard input and output
    :param environment: variables besides the few that every program needs
    """

    def __init__(self, script, **environment):
        self.script = Path(script)
        self.environment = environment
        self.lock = threading.Lock()
        self.process = self.door = self.owner = None

    def run(self, words, source, seconds):
        """Do one piece of work.

        :param words: texts, the program's arguments
        :param source: bytes, its standard input
        :return: :class:`Done`
        :raise TimeoutError: when it takes longer than ``seconds``; it is stopped then
        """
        for attempt in range(2):
            with tempfile.TemporaryDirectory(prefix='workshop_') as home:
                # what a helper about to end didn't take is asked of the next one
                if done := self._ask(words, source, seconds, home, fresh=bool(attempt)):
                    return done
        raise OSError(f'The helper for {self.script.name} did not start.')

    def _ask(self, words, source, seconds, home, fresh):
        order = json.dumps({'words': words, 'home': home}).encode()
        heard, told = zip(*(os.pipe() for _end in ('stdout', 'stderr', 'status')), strict=True)
        stdin = os.memfd_create('workshop')
        try:
            with open(stdin, 'wb', closefd=False) as file:
                file.write(source)
            os.lseek(stdin, 0, os.SEEK_SET)
            try:
                with self.lock:
                    socket.send_fds(self._open(fresh), [order], [stdin, *told])
            except (BrokenPipeError, ConnectionError):
                return None
            finally:
                for end in told:
                    os.close(end)
            return self._hear(heard, seconds)
        finally:
            for end in (stdin, *heard):
                os.close(end)

    def _open(self, fresh):
        """Return the door of the helper; each process of the server has a helper of its own."""
        if fresh or self.owner != os.getpid() or self.process.poll() is not None:
            if self.door:
                self.door.close()
            self.door, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            # Nothing of the server's environment (passwords among it).
            environment = {
                'PATH': os.defpath, 'PYTHONPATH': os.pathsep.join(filter(None, sys.path)), 'LANG': 'C.UTF-8',
                'PYTHONDONTWRITEBYTECODE': '1', **self.environment}
            with theirs:
                self.process = subprocess.Popen(  # noqa: S603
                    [sys.executable, str(MAIN), str(self.script), str(theirs.fileno())], stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL, pass_fds=[theirs.fileno()], env=environment, start_new_session=True)
            self.owner = os.getpid()
        return self.door

    @staticmethod
    def _hear(ends, seconds):
        """Read what the child says until it ended.

        :return: :class:`Done`, or None when there was no child
        """
        said, limit = dict.fromkeys(ends, b''), time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            for end in ends:
                selector.register(end, selectors.EVENT_READ)
            while selector.get_map():
                ready = selector.select(max(0, limit - time.monotonic()))
                for key, _events in ready:
                    if part := os.read(key.fd, 1 << 16):
                        said[key.fd] += part
                    else:
                        selector.unregister(key.fd)
                if not ready:
                    if child := said[ends[2]].split():
                        os.kill(int(child[0]), signal.SIGKILL)
                    raise TimeoutError
        stdout, stderr, status = (said[end] for end in ends)
        return Done(int(status.split()[1]), stdout, stderr) if status.count(b'\n') == 2 else None
