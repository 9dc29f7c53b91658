import json

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .common import ContractCase


@tagged('post_install', '-at_install')
class TestContractFiles(ContractCase, HttpCase):
    """S3-con-att: files by kind; the producer gets what is meant for it, through one door."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(
            cls.env, 'h3_files_portal', 'base.group_portal', company_id=cls.company.id, lang='en_US',
            company_ids=[Command.set(cls.company.ids)], partner_id=cls.env['res.partner'].create(
                {'name': "宏达环保专员", 'parent_id': cls.producer.id, 'email': 'files@example.com'}).id)
        cls.contract = cls._contract(contract_state='active')
        cls.scan = cls._file('scan', "合同扫描件.pdf", b'scan')
        cls.photo = cls._file('photo', "现场照片.jpg", b'photo')
        cls.chatter = cls.env['ir.attachment'].create(
            {'name': "底价.xlsx", 'raw': b'floor', 'res_model': 'sale.order', 'res_id': cls.contract.id})

    @classmethod
    def _file(cls, kind, name, raw):
        order = cls.contract.with_user(cls.salesperson)
        order.contract_file_ids = [Command.create({'contract_file_kind': kind, 'name': name, 'raw': raw})]
        return order.contract_file_ids.filtered(lambda file: file.name == name).sudo(False).with_env(cls.env)

    def test_files_are_listed_with_kind_and_who(self):
        self.assertEqual(self.contract.contract_file_ids, self.scan | self.photo)
        self.assertRecordValues(self.scan | self.photo, [
            {'res_model': 'sale.order', 'res_id': self.contract.id, 'is_for_producer': True, 'create_uid': self.salesperson.id},
            {'res_model': 'sale.order', 'res_id': self.contract.id, 'is_for_producer': False, 'create_uid': self.salesperson.id}])
        self.assertEqual(self.scan.action_open_file()['url'], f'/web/content/{self.scan.id}')

    def test_who_reads_a_contract_reads_its_files(self):
        stranger = self._new_user('salesperson', 'h3_files_stranger')

        self.assertEqual(self.photo.with_user(self.users['dispatcher']).raw, b'photo')
        with self.assertRaises(AccessError):
            self.photo.with_user(self.users['dispatcher']).write({'name': "x"})
        for attack in (lambda file: file.raw, lambda file: file.action_open_file(), lambda file: file.unlink()):
            with self.assertRaises(AccessError):
                attack(self.photo.with_user(stranger))

    def test_a_producer_has_no_way_to_files_but_its_door(self):
        files = self.scan | self.photo | self.chatter
        attachments = self.env['ir.attachment'].with_user(self.portal)

        for attack in (
            lambda: attachments.browse(files.ids).read(['name', 'datas']),
            lambda: attachments.search_read([('res_model', '=', 'sale.order'), ('res_id', '=', self.contract.id)], ['name']),
            lambda: attachments.browse(files.ids).export_data(['name', 'datas']),
            lambda: attachments.browse(files.ids).write({'is_for_producer': True}),
            lambda: self.contract.with_user(self.portal).read(['contract_file_ids']),
            lambda: self.contract.with_user(self.portal).export_data(['contract_file_ids/datas']),
        ):
            with self.assertRaises(UserError):
                attack()

    def test_a_producer_reads_no_file_by_http(self):
        self.authenticate('h3_files_portal', 'h3_files_portal')
        for file in (self.photo, self.chatter, self.scan):
            for url in (f'/web/content/{file.id}', f'/web/content/ir.attachment/{file.id}/datas', f'/web/image/{file.id}'):
                with self.subTest(file=file.name, url=url):
                    self.assertNotIn(file.raw, self.url_open(url).content)
        for method, params in (('read', {'args': [self.photo.ids, ['datas']]}), ('search_read', {'args': [[]]})):
            answer = self.make_jsonrpc_request_raw(method, params)
            self.assertRegex(answer, r'AccessError|"result": \[\]')
        self.assertIn(self.url_open(
            '/json/2/ir.attachment/search_read', data=json.dumps({'domain': []}),
            headers={'Content-Type': 'application/json'}).status_code, (401, 403))

    def make_jsonrpc_request_raw(self, method, params):
        return self.url_open('/web/dataset/call_kw', data=json.dumps({'jsonrpc': '2.0', 'method': 'call', 'params': {
            'model': 'ir.attachment', 'method': method, 'kwargs': {}, **params}}),
            headers={'Content-Type': 'application/json'}).text

    def test_the_door_gives_what_is_meant_for_the_producer(self):
        self.authenticate('h3_files_portal', 'h3_files_portal')
        url = f'/my/orders/{self.contract.id}/files'
        page = self.url_open(f'/my/orders/{self.contract.id}').text

        self.assertIn("合同扫描件.pdf", page)
        self.assertNotIn("现场照片.jpg", page)
        self.assertEqual(self.url_open(f'{url}/{self.scan.id}').content, b'scan')
        for file in (self.photo, self.chatter):
            self.assertEqual(self.url_open(f'{url}/{file.id}').status_code, 404)
        self.photo.is_for_producer = True
        self.env.flush_all()
        self.assertEqual(self.url_open(f'{url}/{self.photo.id}').content, b'photo')

    def test_the_door_is_closed_for_others(self):
        other = self._contract(partner_id=self.government.id, contract_state='active')
        url = f'/my/orders/{self.contract.id}/files/{self.scan.id}'
        self.authenticate(None, None)
        self.assertNotEqual(self.url_open(url, allow_redirects=False).status_code, 200)
        token = self.contract._portal_ensure_token()
        self.env.flush_all()
        self.assertEqual(self.url_open(f'{url}?access_token={token}').content, b'scan')
        self.authenticate('h3_files_portal', 'h3_files_portal')

        response = self.url_open(f'/my/orders/{other.id}/files/{self.scan.id}', allow_redirects=False)

        self.assertEqual(response.status_code, 303)

    def test_the_signed_file_is_a_scan_that_stays(self):
        self.contract.with_user(self.salesperson).write({'signed_file': 'JVBERi0=', 'signed_file_name': "签署.pdf"})
        signed = self.contract.contract_file_ids.filtered('is_locked')

        self.assertEqual((signed.name, signed.contract_file_kind, signed.is_for_producer), ("签署.pdf", 'scan', True))
        with self.assertRaises(UserError):
            self.contract.with_user(self.salesperson).contract_file_ids = [Command.delete(signed.id)]
