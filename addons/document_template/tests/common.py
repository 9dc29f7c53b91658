from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

ESIGN = "<p>Both parties agree to sign this paper electronically by the method of this system.</p>"


class DocumentCase(TransactionCase):
    """A template for partners: here they play the record that becomes a paper (see `test_document_template`)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True, lang='en_US'))
        cls.manager = new_test_user(cls.env, 'h_doc_manager', 'document_template.group_manager')
        cls.user = new_test_user(cls.env, 'h_doc_user', 'base.group_user')

    @classmethod
    def _template(cls, *clauses, model=None, **values):
        """A template with one version in preparation that holds ``clauses``."""
        model = model or cls.env['document.template']._selection_model()[0][0]
        return cls.env['document.template'].create({
            'name': "Lease", 'model': model, 'lang': 'en_US', **values,
            'version_ids': [Command.create({'title': "Lease Contract", 'clause_ids': [Command.create(clause) for clause in clauses]})],
        })
