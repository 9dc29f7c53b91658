from odoo.tests import tagged

from odoo.addons.wecom_contact.tests.common import READ, AccessCase

ALLOWED = {
    'wecom.handover': {'salesperson': READ, 'manager': READ, 'administrator': READ},
    'wecom.handover.line': {'salesperson': READ, 'manager': READ, 'administrator': READ},
    'wecom.handover.record': {'salesperson': READ, 'manager': READ, 'administrator': READ},
    'wecom.handover.start': {'manager': ('read', 'write', 'create'), 'administrator': ('read', 'write', 'create')},
}


@tagged('post_install', '-at_install')
class TestWecomHandoverAccess(AccessCase):

    def test_who_may_what(self):
        self.check_access(ALLOWED)
