"""What only the system can give: a browser for tests, libraries and Chinese fonts for PDF."""
import shutil

from .machine import apt_install

#: WeasyPrint draws with pango; the fonts are TrueType because PDF/A wants them embedded
LIBRARIES = ('libpango-1.0-0', 'libpangoft2-1.0-0', 'libharfbuzz-subset0', 'fonts-wqy-zenhei', 'fonts-lxgw-wenkai')


def ensure_libraries():
    apt_install(LIBRARIES, 'PDF documents need a text engine and Chinese fonts')


def ensure_browser():
    if not any(map(shutil.which, ('chromium', 'google-chrome', 'chromium-browser', 'google-chrome-stable'))):
        apt_install(['chromium'], 'Browser tests need Chromium')
