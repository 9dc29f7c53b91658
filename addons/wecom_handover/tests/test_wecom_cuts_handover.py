from contextlib import contextmanager
from datetime import datetime

from odoo.tests import tagged

from odoo.addons.wecom.tests.cuts import CutsMixin

from .test_wecom_handover import HandoverCase


@tagged('post_install', '-at_install')
class TestWecomCutsHandover(CutsMixin, HandoverCase):
    """Customers and chats pass over once, whatever is cut: on the job, after leaving, asked about, listed as unassigned."""

    def flow_customers(self, is_resigned=False):
        handover = self.begin(relations=self.customers(2), is_resigned=is_resigned)
        return self.send_flow(handover)

    def flow_customers_of_a_leaver(self):
        return self.flow_customers(is_resigned=True)

    def flow_asked_about(self, is_resigned=False):
        """The answer to the first call got lost: what became of it is asked, and that is cut, too."""
        handover = self.begin(relations=self.customers(2), is_resigned=is_resigned)
        resigned = 'resigned/' if is_resigned else ''
        self.lose_answer(f'externalcontact/{resigned}transfer_customer')
        self.assertEqual(self.states(handover), {'sent': 2})
        return self.send_flow(handover)

    def flow_asked_about_a_leaver(self):
        return self.flow_asked_about(is_resigned=True)

    def flow_result(self, is_resigned=False):
        relations = self.customers(2)
        lead = self.env['crm.lead'].create(
            {'name': '王女士', 'wecom_contact_id': relations[0].contact_id.id, 'user_id': self.zhang.id})
        handover = self.begin(relations=relations, is_resigned=is_resigned)
        self.send()
        self.pass_time(hours=25)

        def check():
            self.assertEqual(self.states(handover), {'done': 2})
            self.assertEqual(relations.mapped('state'), ['transferred'] * 2)
            for relation in relations:
                new = relation.contact_id.relation_ids - relation
                self.assertEqual((new.member_id, new.state), (self.member, 'active'))
            self.assertEqual((lead.user_id, handover.record_ids.filtered(lambda record: record.kind_id.model == 'crm.lead').number),
                             (self.lina, lead.id))
        return lambda: self.env['wecom.handover']._cron_ask(), check

    def flow_result_of_a_leaver(self):
        return self.flow_result(is_resigned=True)

    def flow_chats(self, is_resigned=False):
        handover = self.begin(chats=self.chats(2), is_resigned=is_resigned)

        def check():
            self.assertEqual((self.states(handover), handover.line_ids.chat_id.owner_id), ({'done': 2}, self.member))
            there = [(chat['owner'], len(chat['given'])) for chat in self.seen('state')['chats'].values()]
            self.assertEqual(there, [('LiNa', 1)] * 2, "given once: each counts among the owner's 300 a day")
        return lambda: self.env['wecom.handover']._cron_send(), check

    def flow_chats_of_a_leaver(self):
        return self.flow_chats(is_resigned=True)

    def flow_chats_looked_at(self):
        flow = self.flow_chats()
        self.lose_answer('externalcontact/groupchat/onjob_transfer')
        return flow

    def flow_unassigned(self):
        relations = self.customers(2)
        unknown = self.control('customers', count=1, userid='ZhangWei')['external_userid'][0]
        self.act('leaves', userid='ZhangWei')

        def check():
            waiting = self.env['wecom.relation'].search([('member_id', '=', self.giver.id), ('state', '=', 'active')])
            self.assertEqual(waiting, relations | self.contact(unknown).relation_ids)
            self.assertEqual((len(waiting), self.giver.active, len(self.giver.activity_ids)), (3, False, 1))
        return lambda: self.env['wecom.app']._cron_read_unassigned(), check

    FLOWS = (
        ('externalcontact/transfer_customer', flow_customers),
        ('externalcontact/resigned/transfer_customer', flow_customers_of_a_leaver),
        ('externalcontact/transfer_result', flow_asked_about),
        ('externalcontact/resigned/transfer_result', flow_asked_about_a_leaver),
        ('externalcontact/transfer_result', flow_result),
        ('externalcontact/resigned/transfer_result', flow_result_of_a_leaver),
        ('externalcontact/groupchat/onjob_transfer', flow_chats),
        ('externalcontact/groupchat/transfer', flow_chats_of_a_leaver),
        ('externalcontact/groupchat/get', flow_chats_looked_at),
        ('externalcontact/get_unassigned_list', flow_unassigned),
    )

    def test_nobody_is_lost_or_handed_over_twice_wherever_the_line_is_cut(self):
        self.cut_everywhere()

    # HELPERS ---------------------------------------------------------------

    @contextmanager
    def apart(self):
        began = datetime.now()
        try:
            with super().apart():
                yield
        finally:
            self.time.move_to(began)

    def begin(self, is_resigned, **what):
        if is_resigned:
            self.act('leaves', userid='ZhangWei')
            self.giver._leave()
        return self.hand_over(send=False, **what)

    def lose_answer(self, path):
        self.control('settings', hang_up_after={path: 1})
        self.send()
        self.control('settings', hang_up_after={})

    def send_flow(self, handover):
        def check():
            self.assertEqual(self.states(handover), {'waiting': 2})
            asked = [(row['external'], row['to']) for row in self.seen('state')['transfers']]
            self.assertEqual(sorted(asked), sorted((name, 'LiNa') for name in handover.line_ids.contact_id.mapped('external_userid')))
        return lambda: self.env['wecom.handover']._cron_send(), check
