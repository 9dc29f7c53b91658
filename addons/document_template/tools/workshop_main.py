"""The helper process of ``workshop.py``, never imported: takes orders at a socket, forks a child for each.

An order is JSON ({"words", "home"}) with four files: standard input, output and error of the child, and where to tell its number and,
at its end, how it ended.
"""
import gc
import importlib.util
import json
import os
import select
import signal
import socket
import sys
import traceback

#: libraries in memory that nobody uses are given back
IDLE_SECONDS = 300
MOST_ORDER_BYTES = 1 << 16


def load(script):
    spec = importlib.util.spec_from_file_location('work', script)
    work = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(work)
    work.prepare()
    return work


def labour(work, order, files):
    """Be the child: a program of its own in all but the start."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        for number, file in enumerate(files[:3]):
            os.dup2(file, number)
        os.closerange(3, 1 << 10)
        os.chdir(order['home'])
        os.environ.update(HOME=order['home'], TMPDIR=order['home'])
        sys.argv = [work.__file__, *order['words']]
        work.main()
        sys.stdout.flush()
        status = 0
    except BaseException:  # noqa: BLE001 (told, not raised: above are the helper's frames)
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


def main():
    work, door = load(sys.argv[1]), socket.socket(fileno=int(sys.argv[2]))
    gc.freeze()
    alarm, bell = os.pipe2(os.O_NONBLOCK)
    signal.signal(signal.SIGCHLD, lambda *_signal: None)
    signal.set_wakeup_fd(bell)
    running = {}
    while True:
        ready, _w, _x = select.select([door, alarm], [], [], None if running else IDLE_SECONDS)
        if not ready:
            return
        if alarm in ready:
            os.read(alarm, 1 << 12)
            for child, told in list(running.items()):
                ended, status = os.waitpid(child, os.WNOHANG)
                if ended:
                    tell(told, os.waitstatus_to_exitcode(status))
                    os.close(running.pop(child))
        if door in ready:
            order, files, _flags, _address = socket.recv_fds(door, MOST_ORDER_BYTES, 4)
            if not order:
                return  # the server is gone
            child = os.fork()
            if not child:
                labour(work, json.loads(order), files)
            tell(files[3], child)
            running[child] = files[3]
            for file in files[:3]:
                os.close(file)


def tell(file, number):
    try:
        os.write(file, b'%d\n' % number)
    except BrokenPipeError:
        pass  # nobody waits any more


if __name__ == '__main__':
    main()
