"""A process of its own for the native library, which ends the process it runs in when it doesn't like a message (SIGABRT).

Requests and answers are JSON, one line each, over pipes: secrets appear in no list of processes, what was said in no file.
"""
import json
import os
import resource
import select
import subprocess
import time

MOST = 256 << 20  # bytes of one answer
ENVIRONMENT = ('PATH', 'LANG', 'LD_LIBRARY_PATH', 'http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'no_proxy')


class ChildError(Exception):
    """The process ended, hung or said something else than JSON."""


class ChildRefusal(Exception):
    """The library answered with an error code."""

    def __init__(self, code):
        super().__init__(f'error {code}')
        self.code = code


class Child:
    """Starts its process with the first call, and again after one that ended it.

    :param command: list; the program reads a request a line and answers each with a line
    :param hello: request that each new process gets first
    :param seconds: {op: how long an answer may take}
    """

    def __init__(self, command, hello, seconds, memory):
        self.command, self.hello, self.seconds, self.memory = command, hello, seconds, memory
        self.process, self.buffer = None, b''

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.close()

    def call(self, op, **words):
        """Return the answer to one request.

        :raise ChildRefusal: the library's error code
        :raise ChildError: no answer; the process is gone
        """
        self.start()
        return self._ask({'op': op, **words})

    def close(self):
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        self.process, self.buffer = None, b''

    def start(self):
        if self.process is not None:
            return
        try:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0, cwd='/',
                env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ}, start_new_session=True)
        except OSError as error:
            raise ChildError(f'{self.command[0]}: {error.strerror}') from None
        for pipe in (self.process.stdin, self.process.stdout):
            os.set_blocking(pipe.fileno(), False)
        # From outside, as a function run between fork and exec isn't safe in a process with threads. No core: it would hold keys.
        for limit, value in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, self.memory)):
            resource.prlimit(self.process.pid, limit, (value, value))
        self._ask(self.hello)

    def _ask(self, request):
        try:
            answer = json.loads(self._exchange(json.dumps(request).encode() + b'\n', self.seconds[request['op']]))
            code = answer.get('code', 0)
        except ChildError:
            self.close()
            raise
        except (ValueError, AttributeError):
            self.close()
            raise ChildError('answered something else than JSON') from None
        if code:
            if request is self.hello:
                self.close()
            raise ChildRefusal(code)
        return answer

    def _exchange(self, line, seconds):
        """Write the line and read one, both within the time: a process that hangs may read as little as it writes."""
        writing, reading = self.process.stdin.fileno(), self.process.stdout.fileno()
        poll, deadline = select.poll(), time.monotonic() + seconds
        poll.register(reading, select.POLLIN)
        poll.register(writing, select.POLLOUT)
        while b'\n' not in self.buffer:
            left = deadline - time.monotonic()
            if left <= 0:
                raise ChildError(f'no answer within {seconds} seconds')
            for number, _event in poll.poll(left * 1000):
                if number == writing:
                    line = line[self._write(writing, line):]
                    if not line:
                        poll.unregister(writing)
                elif part := os.read(reading, 1 << 20):
                    self.buffer += part
                else:
                    raise ChildError(self._describe_end())
            if len(self.buffer) > MOST:
                raise ChildError('an answer without end')
        answer, _newline, self.buffer = self.buffer.partition(b'\n')
        return answer

    def _write(self, number, line):
        try:
            return os.write(number, line[:65536])
        except BrokenPipeError:
            raise ChildError(self._describe_end()) from None

    def _describe_end(self):
        try:
            code = self.process.wait(5)
        except subprocess.TimeoutExpired:
            return 'closed its answers'
        return f'ended by signal {-code}' if code < 0 else f'ended with {code}'
