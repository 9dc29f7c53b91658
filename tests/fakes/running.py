"""A fake as a process of its own: `with running.Fake('tsa', '--certificate-out', path) as tsa: … tsa.url`."""
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


class Fake:
    """tests/fakes/<name>.py, or the folder of that name, on a free port or on the one given as `--port`."""

    def __init__(self, name, *options, python=sys.executable):
        self.name, self.options, self.python = name, [str(option) for option in options], str(python)
        self.process = self.url = None
        self.port = '0'

    def start(self):
        """Also after `kill`: it listens where it did."""
        options = self.options if '--port' in self.options else ['--port', self.port, *self.options]
        program = HERE / self.name if (HERE / self.name).is_dir() else HERE / f'{self.name}.py'
        self.process = subprocess.Popen(
            [self.python, str(program), *options], stdout=subprocess.PIPE, text=True)
        said = self.process.stdout.readline()
        address = re.search(r'http://\S+', said)
        if not address:
            self.stop()
            raise RuntimeError(f'tests/fakes/{program.name} did not start: {said!r}')
        self.url = address[0].rstrip('/')
        self.port = self.url.rpartition(':')[2]
        return self

    def stop(self):
        if self.process:
            self._end(self.process.terminate)

    def kill(self):
        """End it without a word, as a power cut does; one that did so itself is only buried."""
        self._end(self.process.kill)

    def _end(self, how):
        how()
        self.process.wait(10)
        self.process.stdout.close()
        self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_error):
        self.stop()
