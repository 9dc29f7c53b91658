from odoo.tests import tagged

from odoo.addons.waste.tests.common import WasteCommon


@tagged('post_install', '-at_install')
class TestWasteWecomContact(WasteCommon):

    def test_card_shows_who_serves_the_customer_for_which_waste_today(self):
        app = self.env['wecom.app'].create({'name': "WeCom", 'corp_id': 'ww1', 'agent_id': 1})
        speaker = self.env['res.partner'].create({'name': "王经理", 'parent_id': self.hongda.id})
        contact = self.env['wecom.contact'].create(
            {'app_id': app.id, 'external_userid': 'wmX1', 'name': "王经理", 'partner_id': speaker.id})
        hazardous = self._assign(self.hongda, self.zhang, self.hazardous)
        kitchen = self._assign(self.hongda, self.li, self.kitchen)
        self._assign(self.hongda, self.wang, self.industrial, date_from='2025-01-01', date_to='2025-12-31')
        self._assign(self.hengda, self.wang, self.kitchen)

        self.assertEqual(contact.assignment_ids, hazardous | kitchen)
