import importlib.util
import os
import platform
import sys
import unittest
from pathlib import Path

from odoo.tests import BaseCase, tagged

from odoo.addons.wecom_archive.const import SECONDS
from odoo.addons.wecom_archive.models.wecom_archive_backend import NATIVE
from odoo.addons.wecom_archive.tools.child import Child, ChildError, ChildRefusal


def library():
    """WeCom's own library: named in the environment, or the one inside the package pywecomarchive."""
    if os.environ.get('WECOM_ARCHIVE_LIBRARY'):
        return os.environ['WECOM_ARCHIVE_LIBRARY']
    found = importlib.util.find_spec('pywecomarchive')
    machine = 'arm64' if platform.machine() == 'aarch64' else platform.machine()
    path = found and Path(found.origin).parent / f'lib/linux/{machine}/libWeWorkFinanceSdk_C.so'
    return str(path) if path and path.exists() else None


@tagged('post_install', '-at_install')
class TestWecomArchiveNative(BaseCase):

    @unittest.skipUnless(library(), "WeCom's library isn't here: name it in WECOM_ARCHIVE_LIBRARY, or install pywecomarchive")
    def test_check_12_wecoms_own_library_ends_only_its_child(self):
        """A message too short makes it abort its process; the next one is answered by a new process."""
        hello = {'op': 'open', 'corp': 'ww0000000000000000', 'secret': 'none'}
        with Child([sys.executable, '-I', str(NATIVE), library()], hello, SECONDS, 2 << 30) as child:
            with self.assertRaisesRegex(ChildError, 'ended by signal 6'):
                child.call('decrypt', key='k', message='QUJD')
            with self.assertRaises(ChildRefusal) as refusal:
                child.call('decrypt', key='0' * 32, message='QUJD' * 100)
            self.assertEqual(refusal.exception.code, 10008)

    def test_a_library_that_is_not_there_is_told(self):
        with Child([sys.executable, '-I', str(NATIVE), '/nowhere.so'], {'op': 'open', 'corp': '', 'secret': ''}, SECONDS, 2 << 30) as child:
            with self.assertRaisesRegex(ChildError, 'ended with 1'):
                child.start()
