"""What only the system can give: a browser for tests, libraries and Chinese fonts for PDF."""
import shutil

from . import machine

#: WeasyPrint draws with pango; the fonts are TrueType because PDF/A wants them embedded. Signers see pages that pdftoppm
#: (poppler-utils) draws; openssl checks signatures without this product (scripts/verify_pdf).
LIBRARIES = (
    'libpango-1.0-0', 'libpangoft2-1.0-0', 'libharfbuzz-subset0', 'fonts-wqy-zenhei', 'fonts-lxgw-wenkai', 'poppler-utils', 'openssl')
BROWSERS = ('google-chrome', 'chromium', 'chromium-browser', 'google-chrome-stable')


def ensure_libraries():
    machine.apt_install(LIBRARIES, 'PDF documents need a text engine, Chinese fonts and tools')


def want_libraries():
    """For serving: all but the PDF documents works without them, so a user without root is only told."""
    if machine.IS_ROOT:
        return ensure_libraries()
    missing = machine.missing_packages(LIBRARIES)
    if missing:
        machine.say(f'  signed PDF documents also need: {" ".join(missing)} (ask root to install them)')


def ensure_token():
    """A hardware module made of software: seals are put with a key in it as with one in a real module."""
    machine.apt_install(['softhsm2'], 'Tests of keys in hardware modules need a module (PKCS#11)')


def ensure_browser():
    if not any(map(shutil.which, BROWSERS)):
        machine.apt_install(['chromium'], 'Browser tests need Chromium')
