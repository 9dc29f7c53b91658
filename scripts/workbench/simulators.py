"""Stand-ins for what the demo world can't reach: a time-stamp authority and the SMS gateways, each a process of its own."""
import contextlib
import socket
import sys

from . import postgres, product, python_env
from .machine import CHECKOUT, say

sys.path.insert(0, str(CHECKOUT / 'tests'))
from fakes.running import Fake  # noqa: E402  (the path above comes first)

#: from the server's port to theirs
TSA_OFFSET, SMS_OFFSET = 249, 250


class Simulators:
    """Both, for as long as the server runs; the authority's keys stay in the data folder, as its tokens must stay good."""

    def __init__(self, databases, name, folder, port):
        self.databases, self.name, self.folder = databases, name, folder
        python = python_env.PYTHON
        self.tsa = Fake('tsa', '--port', free(port + TSA_OFFSET), '--keys', folder / 'tsa',
                        '--certificate-out', folder / 'tsa_root.pem', python=python)
        self.sms = Fake('sms', '--port', free(port + SMS_OFFSET), '--templates', folder / 'templates.json', python=python)

    def start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.tsa.start()
        self.sms.start()
        return self

    def announce(self):
        """Tell the database where they are this time."""
        product.set_parameter(self.databases, self.name, 'esign.tsa_url', f'{self.tsa.url}/')
        postgres.sql(
            f"UPDATE sms_cn_account SET endpoint = '{self.sms.url}' WHERE endpoint LIKE 'http://127.0.0.1:%'", self.name,
            self.databases.cluster.env())

    def welcome(self):
        say(f'\n  {self.sms.url}/messages   the SMS of the demo world: links and codes for signing')

    def stop(self):
        self.tsa.stop()
        self.sms.stop()


def free(port):
    """The port, or 0 for any when somebody has it."""
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(('127.0.0.1', port))
        except OSError:
            return 0
    return port
