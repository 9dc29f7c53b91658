from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import DocumentCase


@tagged('post_install', '-at_install')
class TestLockedFile(DocumentCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.file = cls.env['ir.attachment'].create({'name': "contract.pdf", 'raw': b'%PDF-1.7', 'is_locked': True})

    def test_nobody_changes_or_deletes_it(self):
        for file in (self.file, self.file.with_user(self.env.ref('base.user_admin')), self.file.with_user(self.manager)):
            for vals in ({'raw': b'x'}, {'datas': 'eA=='}, {'name': "x"}, {'res_id': 1}, {'is_locked': False}, {'public': True}):
                with self.subTest(user=file.env.user.login, su=file.env.su, vals=vals), self.assertRaises(UserError):
                    file.write(vals)
            with self.assertRaises(UserError):
                file.unlink()
        self.assertEqual((self.file.raw, self.file.name, self.file.is_locked), (b'%PDF-1.7', "contract.pdf", True))

    def test_the_web_client_keeps_its_small_picture_of_the_first_page(self):
        """It draws one for each PDF of a chatter, for whoever opens the record first."""
        picture = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

        self.file.write({'thumbnail': picture})

        self.assertEqual((self.file.has_thumbnail, self.file.raw), (True, b'%PDF-1.7'))

    def test_only_archiving_locks(self):
        mine = self.env['ir.attachment'].with_user(self.user)
        with self.assertRaises(UserError):
            mine.create({'name': "x", 'raw': b'x', 'is_locked': True})
        free = mine.create({'name': "x", 'raw': b'x'})
        with self.assertRaises(UserError):
            free.is_locked = True
        free.unlink()

    def test_archive_entries_and_papers_stay(self):
        for model in ('document.archive', 'document.rendition'):
            for user in (self.user, self.manager):
                for operation in ('write', 'create', 'unlink'):
                    self.assertFalse(self.env[model].with_user(user).has_access(operation), (model, user.login, operation))
