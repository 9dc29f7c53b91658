"""What tests take from npm: the package with which WeCom's own callbacks are made, pinned with its digest."""
import hashlib
import shutil

from .machine import CACHE, CHECKOUT, locked, run, say, step

FAKE = CHECKOUT / 'tests/fakes/wecom'


def ensure_wecom_crypto():
    """Install @wecom/crypto for `tests/fakes/wecom`; where node is missing the fake encrypts with openssl."""
    if not (shutil.which('node') and shutil.which('npm')):
        say('  node or npm is missing: the WeCom simulator encrypts with the openssl program instead of @wecom/crypto')
        return
    folder = CACHE / f'node-wecom-{_digest()}'
    if (folder / 'node_modules/@wecom/crypto').is_dir():
        return
    with locked('node-wecom'), step('@wecom/crypto for the WeCom simulator'):
        folder.mkdir(parents=True, exist_ok=True)
        for name in ('package.json', 'package-lock.json'):
            shutil.copy(FAKE / name, folder)
        run(['npm', 'ci', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder], tries=3, timeout=120)


def _digest():
    return hashlib.sha256((FAKE / 'package-lock.json').read_bytes()).hexdigest()[:12]
