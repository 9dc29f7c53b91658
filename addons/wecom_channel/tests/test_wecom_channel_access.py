from odoo.tests import tagged

from odoo.addons.wecom_contact.tests.common import OPERATIONS, READ, AccessCase

ALLOWED = {
    'wecom.channel': {'salesperson': READ, 'manager': ('read', 'write', 'create'), 'administrator': ('read', 'write', 'create')},
    'wecom.channel.window': {'salesperson': READ, 'manager': OPERATIONS, 'administrator': OPERATIONS},
    'wecom.channel.report': {'salesperson': READ, 'manager': READ, 'administrator': READ},
    'wecom.material': {'salesperson': READ, 'manager': ('read', 'write', 'create'), 'administrator': ('read', 'write', 'create')},
    'wecom.poster': {'salesperson': READ, 'manager': OPERATIONS, 'administrator': OPERATIONS},
    'wecom.join.way': {'salesperson': READ, 'manager': ('read', 'write', 'create'), 'administrator': ('read', 'write', 'create')},
    'wecom.link.day': {'manager': READ, 'administrator': READ},
    'wecom.welcome': {'manager': READ, 'administrator': READ},
}


@tagged('post_install', '-at_install')
class TestWecomChannelAccess(AccessCase):

    def test_who_may_what(self):
        self.check_access(ALLOWED)
