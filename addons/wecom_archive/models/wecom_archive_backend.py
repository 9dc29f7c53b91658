import json
import os
import shlex
import sys
from pathlib import Path

from odoo import models
from odoo.tools import config

from ..const import MEMORY, SECONDS
from ..tools import cipher, content
from ..tools.child import Child, ChildError, ChildRefusal

NATIVE = Path(__file__).resolve().parent.parent / 'tools/native.py'


class Unread(Exception):
    """A record that can't be read now.

    :param category: of `wecom.archive.record`
    """

    def __init__(self, category):
        super().__init__(category)
        self.category = category


class WecomArchive(models.Model):
    """From encrypted records to what they say: the keys are used here, the native library in a process of its own."""
    _inherit = 'wecom.archive'

    def _open_backend(self):
        """Return the `Child` that speaks for WeCom's library. Which program that is, the server's files say, never the database.

        :raise ChildError: none is set
        """
        self.ensure_one()
        # sudo: a job's secret, for WeCom
        archive_sudo = self.sudo()
        hello = {'op': 'open', 'corp': self.app_id.corp_id,
                 'secret': self._decrypt(archive_sudo.secret_word, 'secret') if archive_sudo.secret_word else ''}
        return Child(self._get_command(), hello, SECONDS, MEMORY)

    def _get_command(self):
        """Return the command of the child: ``WECOM_ARCHIVE_CHILD``, or our own with the library at ``WECOM_ARCHIVE_LIBRARY``."""
        command = os.environ.get('WECOM_ARCHIVE_CHILD') or config.get('wecom_archive_child')
        library = os.environ.get('WECOM_ARCHIVE_LIBRARY') or config.get('wecom_archive_library')
        if command:
            return shlex.split(command)
        if not library:
            raise ChildError(self.env._(
                "the server doesn't know WeCom's library: name its file in odoo.conf as wecom_archive_library, "
                "or in WECOM_ARCHIVE_LIBRARY"))
        return [sys.executable, '-I', str(NATIVE), str(library)]

    def _read_record(self, record, child, keys):
        """Return what a record says and the text of it.

        :param record: dict, as GetChatData gives it
        :param keys: {version: private key}
        :return: (`content.Content`, JSON text)
        :raise Unread: it can't be read now
        """
        try:
            key = keys.get(int(record['publickey_ver']))
            if key is None:
                raise Unread('no_key')
            text = child.call('decrypt', key=cipher.open_key(key, record['encrypt_random_key']), message=record['encrypt_chat_msg'])['text']
            parsed = content.parse(text)
            found = content.read(parsed)
        except cipher.CipherError:
            raise Unread('wrong_key') from None
        except ChildError:
            raise Unread('crash') from None
        except ChildRefusal:
            raise Unread('refused') from None
        except (ValueError, KeyError, TypeError):
            raise Unread('shape') from None
        if found.msgid != record['msgid']:
            raise Unread('shape')
        return found, json.dumps(parsed, ensure_ascii=False)
