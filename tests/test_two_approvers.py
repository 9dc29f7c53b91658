"""Two people decide on the same contract at the same moment, each in a transaction of his own: one result, clear words."""
import threading
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor

import pytest
from journey import company
from journey.clients import Rpc

ROUNDS = 4
MANAGERS = ('race_chen', 'race_wang')


@pytest.fixture(scope='module')
def office(server):
    """A server with a seller, two sales managers and no flow but those of the tests."""
    rpc = Rpc(server.url, server.db)
    mine = {'mine': rpc('res.users', 'read', [rpc.uid], fields=['company_id'])[0]['company_id'][0]}
    company.user(rpc, 'race_seller', '业务员', ['waste.group_salesperson'], mine, email='seller@example.com')
    for login in MANAGERS:
        company.user(rpc, login, login, ['waste.group_sales_manager'], mine, email=f'{login}@example.com')
    flows = rpc('tier.definition', 'search', [('model', '=', 'sale.order')])
    rpc('tier.definition', 'write', flows, {'active': False})
    return Office(server, rpc)


class Office:
    def __init__(self, server, rpc):
        self.rpc = rpc
        self.seller = Rpc(server.url, server.db, 'race_seller', company.PASSWORD)
        self.managers = [Rpc(server.url, server.db, login, company.PASSWORD) for login in MANAGERS]
        self.business = rpc.one('waste.business', [('code', '=', 'industrial')])
        self.producer = rpc('res.partner', 'create', {'name': '竞争纸业', 'is_company': True, 'uscc': '91441900TE1100001R'})
        self.flows = []

    def flow(self, name, **values):
        """Make a step that the flow of contracts has until the next test."""
        self.flows.append(self.rpc('tier.definition', 'create', {
            'name': name, 'model_id': self.rpc.one('ir.model', [('model', '=', 'sale.order')]), 'sequence': 10,
            'definition_domain': "[('business_id', '!=', False)]", **values}))

    def forget_flows(self):
        self.rpc('tier.definition', 'write', self.flows, {'active': False})
        self.flows = []

    def submitted(self):
        contract = self.seller('sale.order', 'create', {
            'business_id': self.business, 'partner_id': self.producer, 'user_id': self.seller.uid,
            'order_line': [(0, 0, {'waste_name': '废纸皮', 'planned_quantity_t': 10, 'pricing_mode': 'unit_t', 'price_unit': 300})]})
        self.seller('sale.order', 'action_submit', [contract])
        assert self.state(contract) == 'approving'
        return contract

    def state(self, contract):
        return self.rpc('sale.order', 'read', [contract], fields=['contract_state'])[0]['contract_state']

    def decisions(self, contract):
        """[(status, login of who decided)] of the steps of a contract, all rounds."""
        rows = self.rpc('tier.review', 'search_read', [('model', '=', 'sale.order'), ('res_id', '=', contract)],
                        fields=['status', 'done_by'], context={'active_test': False})
        return sorted((row['status'], row['done_by'] and row['done_by'][1]) for row in rows)


@pytest.fixture
def flow(office):
    yield office.flow
    office.forget_flows()


def at_once(*calls):
    """Make the calls at the same moment; return the answer of each, or what the refused one was told."""
    barrier = threading.Barrier(len(calls))

    def wait_and_call(call):
        barrier.wait()
        try:
            return call()
        except xmlrpc.client.Fault as fault:
            return fault.faultString.strip()

    with ThreadPoolExecutor(len(calls)) as people:
        return list(people.map(wait_and_call, calls))


def test_one_approves_while_the_other_returns(office, flow):
    """Or-sign: whoever comes first decides, the other is told what the contract is now."""
    flow('销售负责人', review_type='group', reviewer_group_id=office.rpc.ref('waste.group_sales_manager'))
    for _round in range(ROUNDS):
        contract = office.submitted()
        chen, wang = office.managers

        approved, returned = at_once(
            lambda: chen('sale.order', 'action_approve', [contract]),  # noqa: B023 (called before the next round)
            lambda: wang('sale.order', 'action_reject', [contract], '单价有误'))  # noqa: B023

        if office.state(contract) == 'customer_review':
            assert approved is True
            assert 'can not become “Draft”' in returned or 'decided' in returned, returned
            assert office.decisions(contract) == [('approved', 'race_chen')]
        else:
            assert returned is True
            assert office.state(contract) == 'draft'
            assert 'can not become “Producer Review”' in approved or 'decided' in approved, approved
            assert office.decisions(contract) == [('rejected', 'race_wang')]


def test_two_who_may_approve_do_so_together(office, flow):
    """Or-sign: one approval is recorded; repeating it is no error."""
    flow('销售负责人', review_type='group', reviewer_group_id=office.rpc.ref('waste.group_sales_manager'))
    for _round in range(ROUNDS):
        contract = office.submitted()

        answers = at_once(*[lambda person=person: person('sale.order', 'action_approve', [contract])  # noqa: B023
                            for person in office.managers])

        assert answers == [True, True]
        assert office.state(contract) == 'customer_review'
        assert [status for status, _who in office.decisions(contract)] == ['approved']


def test_both_countersign_at_the_same_moment(office, flow):
    """Side by side: neither signature is lost, and the contract moves on, once."""
    for number, manager in enumerate(office.managers):
        flow(f'会签 {number}', review_type='individual', reviewer_id=manager.uid)
    for _round in range(ROUNDS):
        contract = office.submitted()

        answers = at_once(*[lambda person=person: person('sale.order', 'action_approve', [contract])  # noqa: B023
                            for person in office.managers])

        assert answers == [True, True]
        assert office.state(contract) == 'customer_review'
        assert office.decisions(contract) == [('approved', 'race_chen'), ('approved', 'race_wang')]
