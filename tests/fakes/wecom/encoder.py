"""Encrypts callbacks without the product's code: by npm's @wecom/crypto, or by the openssl program where node is missing.

`scripts/workbench/node_tools.py` installs the package, pinned in package-lock.json; `WECOM_CRYPTO` names the folder.
"""
import base64
import hashlib
import json
import os
import secrets
import struct
import subprocess
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent


def encoder():
    """Return the best encoder that this machine has."""
    folder = os.environ.get('WECOM_CRYPTO')
    if not folder:
        cache = Path(os.environ.get('WASTE_CACHE') or Path.home() / '.cache/waste_scrm')
        digest = hashlib.sha256((HERE / 'package-lock.json').read_bytes()).hexdigest()[:12]
        folder = cache / f'node-wecom-{digest}'
    if (Path(folder) / 'node_modules/@wecom/crypto').is_dir():
        return NodeEncoder(folder)
    return OpensslEncoder()


class NodeEncoder:
    name = '@wecom/crypto'

    def __init__(self, folder):
        self.lock, self.folder, self.process = threading.Lock(), folder, None

    def _ask(self, **request):
        with self.lock:
            # With the first message only: most tests want none, and it takes longer to start than the simulator itself.
            self.process = self.process or subprocess.Popen(
                ['node', str(HERE / 'encoder.mjs'), str(self.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            self.process.stdin.write(json.dumps(request) + '\n')
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline())

    def encrypt(self, token, aes_key, receiver, message, timestamp, nonce):
        """Return (encrypted text, signature)."""
        answer = self._ask(job='encrypt', token=token, aes_key=aes_key, receiver=receiver, message=message,
                           timestamp=timestamp, nonce=nonce)
        return answer['encrypted'], answer['signature']

    def close(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait(5)


class OpensslEncoder:
    name = 'openssl'

    def encrypt(self, token, aes_key, receiver, message, timestamp, nonce):
        key = base64.b64decode(aes_key + '=')
        body = message.encode()
        plain = secrets.token_bytes(16) + struct.pack('>I', len(body)) + body + receiver.encode()
        padding = 32 - len(plain) % 32
        done = subprocess.run(
            ['openssl', 'enc', '-aes-256-cbc', '-nopad', '-K', key.hex(), '-iv', key[:16].hex()],
            input=plain + bytes([padding]) * padding, capture_output=True, check=True)
        encrypted = base64.b64encode(done.stdout).decode()
        return encrypted, hashlib.sha1(''.join(sorted([token, timestamp, nonce, encrypted])).encode()).hexdigest()

    def close(self):
        """Nothing runs on."""
