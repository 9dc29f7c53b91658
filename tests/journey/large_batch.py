"""Messages of one batch with many packages: every node of their lives, conversions, statement, invoice and payment."""
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from . import feed

CONTRACT, LINE, PRICE = 'DSWF-2026-0001', 'DSWF-2026-0001-03', Decimal(2800)
KILOS = Decimal('25.000')
#: node, hours after the start
NODES = (('PACKED', 0), ('LABELLED', 1), ('LOADED', 26), ('ARRIVED', 28), ('WEIGHED', 29), ('ACCEPTED', 30), ('WAREHOUSED', 31))


@dataclass
class LargeBatch:
    """A batch of its own month.

    One package in twenty is split in two, one pair in twenty is merged, half of the others are disposed of.

    :param month: such as 2026-09; no two batches share one, nor a digital code
    """
    name: str
    count: int
    month: str

    def messages(self):
        contract = next(message for message in feed.messages() if message['entity_key'] == CONTRACT)
        return [contract, *self._documents(), *(event for number in range(self.count) for event in self._life(number)), *self._money()]

    def _documents(self):
        pickup, tonnes = f'SYTTD-{self.name}', str(self.count * KILOS / 1000)
        yield self._message('pickup.upsert', pickup, 0, {
            'contract_no': CONTRACT, 'producer_code': 'P00001', 'planned_at': self._at(24), 'state': 'to_dispatch'})
        yield self._message('inbound.upsert', f'RKD-{self.name}', 31, {
            'batch_no': self.name, 'line_no': LINE, 'pickup_no': pickup, 'planned_qty_t': tonnes, 'actual_qty_t': tonnes,
            'package_count': self.count, 'state': 'audited'})

    def _life(self, number):
        package, place = f'{self.name}-{number:05}', number % 20
        for kind, hours in NODES:
            yield self._event(package, kind, hours, **self._node(number, kind))
        if place == 0:
            yield self._event(package, 'SPLIT', 50, op_no=f'CF-{package}', to=[[f'{package}-A', '10.000'], [f'{package}-B', '15.000']])
        elif place in (1, 2):
            target = f'{self.name}-M{number // 20:05}'
            yield self._event(package, 'MERGED', 50, op_no=f'HB-{target}', to=target, qty_kg=str(KILOS))
        elif place % 2:
            yield self._event(package, 'ISSUED', 60, place='投料区')
            yield self._event(package, 'DISPOSED', 62, method='D10', qty_kg=str(KILOS))

    def _node(self, number, kind):
        code = f'91441900DEM000014R90003949{self.month.replace("-", "")}{number // 1000:02}{number % 1000:03}'
        return {
            'PACKED': {'net_kg': str(KILOS), 'digital_code': code, 'batch_no': self.name, 'line_no': LINE, 'packaging_code': 'BAG_TON'},
            'LABELLED': {'digital_code': code},
            'LOADED': {'plate': '粤S41051'},
            'WEIGHED': {'allocated_kg': str(KILOS)},
            'WAREHOUSED': {'place': '乙-02-05', 'qty_kg': str(KILOS)},
        }.get(kind, {})

    def _money(self):
        statement, tonnes = f'JSD-{self.name}', self.count * KILOS / 1000
        amount = f'{tonnes * PRICE:.2f}'
        yield self._message('statement.upsert', statement, 800, {
            'contract_no': CONTRACT, 'direction': '应收', 'period': self.month, 'settle_qty_t': str(tonnes), 'amount_total': amount,
            'tax_rate': '0.06', 'state': 'approved'})
        yield self._message('invoice.upsert', f'KPTZ-{self.name}', 900, {
            'statement_no': statement, 'invoice_no': f'2644{self.month.replace("-", ""):0>16}', 'amount_total': amount, 'state': 'issued'})
        yield self._message('payment.upsert', f'SK-{self.name}', 950, {
            'partner_code': 'P00001', 'amount': amount, 'bank_ref': f'BK-{self.name}', 'allocated': [[statement, amount]]})

    def _event(self, package, kind, hours, **payload):
        unit = {'PACKED': 'P00001', 'LABELLED': 'P00001', 'LOADED': 'T001'}.get(kind, 'D001')
        return self._message('package.event', f'{package}#{kind}', hours, {'package_no': package, 'kind': kind, 'unit': unit, **payload})

    def _message(self, event, key, hours, payload):
        return {
            'msg_id': f'{event}-{key}'.replace('#', ':'), 'event': event, 'entity_key': key, 'version': 1,
            'occurred_at': self._at(hours), 'sent_at': self._at(hours), 'company_code': 'DS-HW', 'business_type': 'hazardous',
            'payload': payload,
        }

    def _at(self, hours):
        return (datetime.fromisoformat(f'{self.month}-01T08:00:00+08:00') + timedelta(hours=hours)).isoformat()
