from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import ESIGN, DocumentCase

TEXT = {'name': "Rent", 'body': "<p>Contract {{number}}</p>", 'sequence': 1}
SIGNING = {'name': "Signing", 'kind': 'esign', 'body': ESIGN, 'sequence': 2}
PLACES = {'kind': 'signatures', 'sequence': 3}

# model -> user: read, write, create, delete; manager likewise
RIGHTS = {
    'document.template': ('r', 'rwcd'), 'document.template.version': ('r', 'rwcd'), 'document.clause': ('r', 'rwcd'),
    'document.column': ('r', 'r'), 'document.rendition': ('', 'r'), 'document.archive': ('', 'r'),
    'document.preview': ('r', 'r'), 'document.unarchive': ('', 'rwcd'), 'document.clause.pick': ('', 'rwcd'),
}
OPERATIONS = {'r': 'read', 'w': 'write', 'c': 'create', 'd': 'unlink'}


@tagged('post_install', '-at_install')
@freeze_time('2026-09-15')
class TestDocumentTemplate(DocumentCase):

    def setUp(self):
        super().setUp()
        if not self.env['document.template']._selection_model():
            self.skipTest("no model of this database becomes a paper")

    def test_rights_table(self):
        for model, rights in RIGHTS.items():
            for user, letters in zip((self.user, self.manager), rights):
                for letter, operation in OPERATIONS.items():
                    with self.subTest(model=model, user=user.login, operation=operation):
                        self.assertEqual(self.env[model].with_user(user).has_access(operation), letter in letters)

    def test_company_b_never_sees_templates_of_company_a(self):
        company_a, company_b = self.env['res.company'].create([{'name': "A"}, {'name': "B"}])
        template = self._template(TEXT, company_id=company_a.id)
        self.manager.write({'company_ids': [(6, 0, company_b.ids)], 'company_id': company_b.id})

        for record in (template, template.version_ids, template.version_ids.clause_ids):
            theirs = record.with_user(self.manager).with_context(allowed_company_ids=company_b.ids)
            self.assertFalse(theirs.search([('id', 'in', record.ids)]), record._name)

    def test_published_wording_stays_and_editing_makes_the_next_version(self):
        template = self._template(TEXT, SIGNING, PLACES)
        first = template.version_ids
        first.action_publish()
        for change in (
            lambda: first.write({'title': "x"}), lambda: first.clause_ids[0].write({'body': "<p>x</p>"}),
            lambda: first.clause_ids[0].unlink(), first.unlink, template.unlink,
            lambda: self.env['document.clause'].create({'version_id': first.id, 'body': "<p>x</p>"}),
        ):
            with self.assertRaises(UserError):
                change()

        second = self.env['document.template.version'].browse(template.action_edit()['res_id'])
        second.clause_ids[0].body = "<p>Contract {{number}}, new</p>"

        self.assertEqual((second.number, second.state, template.action_edit()['res_id']), (2, 'draft', second.id))
        self.assertEqual((template.version_id, template.draft_id), (first, second))
        self.assertNotIn("new", first.clause_ids[0].body)
        second.action_publish()
        self.assertEqual((template.version_id, first.state, second.state), (second, 'superseded', 'published'))

    def test_a_version_is_in_force_from_its_day(self):
        template = self._template(TEXT, SIGNING, PLACES)
        first = template.version_ids
        first.action_publish()
        second = template._make_draft()
        second.date_effective = '2026-10-01'
        second.action_publish()

        self.assertEqual((template.version_id, first.state, second.state), (first, 'published', 'published'))
        with freeze_time('2026-10-01'):
            template.invalidate_recordset()
            template.version_ids.invalidate_recordset()
            self.assertEqual((template.version_id, first.state), (second, 'superseded'))

    def test_a_past_day_is_refused(self):
        version = self._template(TEXT, SIGNING, PLACES).version_ids
        version.date_effective = '2026-09-14'

        with self.assertRaisesRegex(UserError, "2026-09-14"):
            version.action_publish()
        self.assertFalse(version.published_at)

    def test_esign_art_3_no_publishing_without_the_clause_on_electronic_signing(self):
        conditional = {**SIGNING, 'condition': "[('id', '=', 0)]"}
        empty = {**SIGNING, 'body': "<p>&nbsp;</p>"}
        for clauses in ([TEXT, PLACES], [TEXT, conditional, PLACES], [TEXT, empty, PLACES], [TEXT, SIGNING],
                        [TEXT, SIGNING, PLACES, PLACES], []):
            version = self._template(*clauses).version_ids
            with self.assertRaises(UserError):
                version.action_publish()
            self.assertFalse(version.published_at)
        unsigned = self._template(TEXT, is_signed=False).version_ids
        unsigned.action_publish()
        self.assertEqual(unsigned.state, 'published')

    def test_only_placeholders_of_the_list(self):
        for body in ("<p>{{order_line.floor_price}}</p>", "<p>{{ 7*7 }}</p>", "<p>{{num<b>ber</b>}}</p>"):
            with self.subTest(body=body), self.assertRaises(ValidationError):
                self._template({**TEXT, 'body': body})

    def test_scripts_and_foreign_tags_are_taken_out_when_saved(self):
        clause = self._template({**TEXT, 'body': (
            '<p onclick="x()">a<script>x()</script><iframe src="file:///etc/passwd"></iframe>'
            '<style>@import url(http://x)</style><t t-out="env">b</t></p>')}).version_ids.clause_ids

        for tag in ('script', 'iframe', 'style', 'onclick', 't-out'):
            self.assertNotIn(tag, clause.body)

    def test_conditions_are_data(self):
        for condition in ("[('id', '=', uid)]", "__import__('os').system('x')", "[('nothing', '=', 1)]", "7", "[(1,)]"):
            with self.subTest(condition=condition), self.assertRaises(ValidationError):
                self._template({**TEXT, 'condition': condition})

    def test_no_placeholder_reaches_what_is_not_for_all_of_the_staff(self):
        for model, _label in self.env['document.template']._selection_model():
            for name, placeholder in self.env[model]._document_placeholders().items():
                if isinstance(placeholder.value, str):
                    self.assertTrue(self.env[model]._is_document_path_public(placeholder.value), f'{model} {name}')

    def test_standard_clauses_are_copied(self):
        template = self._template(TEXT)
        standard = self.env['document.clause'].create({'name': "Noise", 'body': "<p>Quiet at night</p>"})
        self.env['document.clause.pick'].create({'version_id': template.version_ids.id, 'clause_ids': standard.ids}).action_confirm()

        standard.body = "<p>Loud</p>"

        self.assertIn("Quiet at night", template.version_ids.clause_ids[-1].body)

    def test_the_picker_offers_the_list_of_the_model_only(self):
        version = self.env['document.template.version'].with_user(self.user)
        model = self.env['document.template']._selection_model()[0][0]

        self.assertIn('number', [entry['name'] for entry in version.get_placeholders(model)])
        self.assertEqual(version.get_placeholders('res.users'), [])
