from odoo.tests import HttpCase, tagged

from .common import ContractCase


@tagged('post_install', '-at_install')
class TestContractTemplateTour(ContractCase, HttpCase):

    def test_an_administrator_writes_previews_and_publishes_the_next_version(self):
        contract = self._contract()
        template = self.env.ref('waste_contract.document_template_hazardous')
        template.name = "Disposal contract: tour"
        latest = template.version_ids.sorted('number')[-1]
        draft = template._make_draft() if latest.published_at else latest
        draft.sample_id = contract.id
        action = self.env.ref('document_template.document_template_action')

        self.start_tour(f'/odoo/action-{action.id}', 'waste_contract_write_template', login='h3_admin')

        clause = draft.clause_ids.filtered(lambda clause: clause.name == "送达")
        self.assertIn('{{producer.name}}', clause.body)
        self.assertEqual((draft.state, draft.published_by_id), ('published', self.users['admin']))
