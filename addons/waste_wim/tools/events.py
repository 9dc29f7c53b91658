"""The messages of WIM, as one table: it validates them, and the OpenAPI document is made from it.

Fields: ../shared/data/reference/wim_field_map.csv (read 2026-11-22), in the shapes of the feed. A message is a patch:
only version 1 has to carry the required fields.
"""
from dataclasses import dataclass, field

from odoo.tools.translate import LazyTranslate

from .types import (
    Anything,
    Boolean,
    Code,
    Date,
    Datetime,
    Either,
    Integer,
    Number,
    Objects,
    Pdf,
    Period,
    Rows,
    Text,
    Texts,
)

_lt = LazyTranslate(__name__)

KG = Number(3, 0, 60_000, "公斤 kilograms, at most 3 decimals and 60 t")
T = Number(6, 0, 60, "吨 tonnes, at most 6 decimals and 60 t")
T_TOTAL = Number(6, 0, 10_000_000, "吨 tonnes over a period, at most 6 decimals")
MONEY = Number(2, -1_000_000_000, 1_000_000_000, "元 yuan, at most 2 decimals")
PRICE = Number(6, -10_000_000, 10_000_000, "元 yuan, tax included, at most 6 decimals; negative: we pay")
RATE = Number(4, 0, 1, "比例 share, such as 0.06")
PERCENT = Number(4, 0, 100, "% percent")


@dataclass(frozen=True)
class Event:
    """One kind of message.

    :param label: its name on screen (lazily translated)
    :param number: payload field that, when sent, is the document's number instead of ``entity_key``
    """
    label: object
    summary: str
    fields: dict
    required: tuple = ()
    number: str | None = None
    needs_business: bool = field(default=True)


LINE = Objects({
    'line_no': Code("废物明细号"), 'waste_name': Text(note="废物名称"), 'waste_code': Code("废物代码"),
    'waste_official_name': Text(), 'waste_category': Code(), 'hazard': Text(), 'physical_form': Code("形态"),
    'packaging_code': Code("包装方式"), 'price_mode': Code("计价方式"), 'unit_price': PRICE, 'floor_price': PRICE,
    'payer': Code("甲方 or 乙方"), 'disposal_method': Code("处置方式"), 'planned_qty_t': T_TOTAL, 'uom': Code(),
    'remark': Text(2000),
}, required=('line_no', 'waste_name', 'price_mode', 'unit_price'))

# In the order in which they are applied: what others refer to comes first.
EVENTS = {
    'partner.upsert': Event(_lt("Party"), "单位 A party: producer, carrier, disposer, regulator", {
        'partner_code': Code("单位编码"), 'name': Text(note="单位名称"), 'uscc': Code("统一社会信用代码"),
        'unit_kind': Either(Text(note="产废, 运输, 收集, 处置, 监管 or 政府部门"), Texts()), 'industry': Text(),
        'industry_code': Code(), 'town_code': Code("镇街"), 'town': Text(), 'tier': Code("重点, 简化 or 登记"),
        'address': Text(512), 'contact': Text(), 'phone': Code(), 'legal_rep': Text(), 'platform_account': Code(),
        'env_contact': Text(), 'env_contact_phone': Code(), 'emergency_phone': Code(), 'invoice_title': Text(),
        'tax_no': Code(), 'bank_account': Text(),
    }, required=('name',), number='partner_code', needs_business=False),
    'licence.upsert': Event(_lt("Licence"), "资质/许可证 A licence of a party", {
        'licence_no': Code("证书编号"), 'licence_kind': Text(64, "证照类型"), 'holder_code': Code("持证单位"), 'mode': Code(),
        'category_code': Text(2000, "核准类别"), 'yearly_capacity_t': T_TOTAL, 'valid_from': Date(), 'valid_to': Date(),
        'audit_state': Code(),
    }, required=('holder_code', 'licence_kind', 'valid_from', 'valid_to'), number='licence_no', needs_business=False),
    'assignment.upsert': Event(_lt("Assignment"), "产废单位与业务员对应关系 Which salesperson serves a producer", {
        'assignment_no': Code(), 'producer_code': Code("产废单位"), 'salesperson_code': Code("业务员"),
        'waste_category': Code("废物类别"), 'share_percent': PERCENT, 'date_from': Date(), 'date_to': Date(),
    }, required=('producer_code', 'salesperson_code', 'date_from'), number='assignment_no'),
    'contract.upsert': Event(_lt("Contract"), "合同 A contract with its waste details", {
        'contract_no': Code("合同编号"), 'business_type': Code(), 'company_code': Code(), 'contract_kind': Code(),
        'producer_code': Code("产废单位"), 'disposer_code': Code("收废单位"), 'gov_code': Code("政府部门"),
        'salesperson_code': Code("业务员"), 'sales_team': Text(64, "销售团队"), 'sign_date': Date(), 'start_date': Date(),
        'end_date': Date(), 'settlement_mode': Code(), 'settlement_cycle': Code("次, 月, 季, 年 or 预付"),
        'lump_sum_amount': MONEY, 'included_qty_t': T_TOTAL, 'tax_rate': RATE, 'invoice_unit': Code(),
        'transport_mode': Code(), 'tiers': Rows(T_TOTAL, T_TOTAL, PRICE, optional=(1,)), 'lines': LINE,
        'to_sign': Boolean(),  # 待签: the parties still review and sign it here
        'pdf': Pdf(),  # 合同正文: these pages are signed; without to_sign the contract is a draft that our staff takes on
    }, required=('producer_code', 'lines'), number='contract_no'),
    'pickup.upsert': Event(_lt("Pickup order"), "接运单 A pickup order", {
        'pickup_no': Code("接运单号"), 'contract_no': Code("合同编号"), 'contract_pending': Boolean(), 'producer_code': Code("产废单位"),
        'planned_at': Datetime(), 'pickup_address': Text(512), 'contact': Text(), 'carrier_code': Code("运输企业"),
        'vehicle_plate': Code("车牌号"), 'driver_name': Text(64), 'driver_phone': Code(), 'escort_name': Text(64),
        'dispatched_at': Datetime(), 'departed_at': Datetime(), 'arrived_producer_at': Datetime(),
        'loaded_at': Datetime(), 'producer_confirmed_at': Datetime(), 'arrived_plant_at': Datetime(),
        'state': Code("状态"), 'cancel_reason': Text(),
    }, required=('producer_code', 'planned_at'), number='pickup_no'),
    'package.event': Event(_lt("Package event"), "包装事件 A node in the life of a package", {
        'package_no': Code("包装编号"), 'kind': Code("节点"), 'unit': Code("操作单位"), 'digital_code': Code("数字识别码"),
        'batch_no': Code("批次号"), 'line_no': Code("废物明细"), 'packaging_code': Code("包装方式"), 'net_kg': KG,
        'gross_kg': KG, 'tare_kg': KG, 'allocated_kg': KG, 'qty_kg': KG, 'place': Text(), 'plate': Code("车牌号"),
        'reason': Text(512), 'method': Code("处置方式"), 'op_no': Code("转换单号"), 'document_no': Code(),
        'void_of': Code("作废事件: the event key that this one reverses"),
        'to': Either(Code("目标包装"), Rows(Code(), KG)), 'actor_name': Text(64),
    }, required=('package_no', 'kind')),
    'manifest.upsert': Event(_lt("Manifest"), "转移联单 A transfer manifest", {
        'manifest_no': Code("国家联单编号, 14 digits"), 'gd_manifest_no': Code(), 'pickup_no': Code("接运单号"),
        'batch_no': Code("批次号"), 'waste_code': Code("废物代码"), 'package_count': Integer(), 'out_qty_t': T,
        'in_qty_t': T, 'stage': Code("联单阶段"), 'major_difference': Boolean(), 'difference_desc': Text(512),
        'receiver_opinion': Text(64, "接受, 部分接受 or 拒收"), 'is_voided': Boolean(),
    }, required=('pickup_no', 'out_qty_t'), number='manifest_no'),
    'weighing.upsert': Event(_lt("Weighing ticket"), "磅单 A weighing", {
        'weigh_no': Code("磅单号"), 'pickup_no': Code("接运单号"), 'plate': Code("车牌号"), 'gross_kg': KG, 'tare_kg': KG,
        'net_kg': KG, 'first_weighed_at': Datetime(), 'second_weighed_at': Datetime(), 'scale_code': Code(),
        'weigher': Text(64), 'deduct_kg': KG,
    }, required=('pickup_no', 'gross_kg', 'tare_kg'), number='weigh_no'),
    'inbound.upsert': Event(_lt("Inbound"), "入仓单 An inbound", {
        'inbound_no': Code("入仓单号"), 'pickup_no': Code("接运单号"), 'batch_no': Code("批次号"), 'line_no': Code("废物明细"),
        'inbound_at': Datetime(), 'planned_qty_t': T, 'actual_qty_t': T, 'package_count': Integer(),
        'warehouse_code': Code(), 'location_code': Code("库位"), 'diff_reason': Text(512), 'operator': Text(64),
        'state': Code("状态"),
    }, required=('batch_no', 'line_no', 'actual_qty_t'), number='inbound_no'),
    'lab.upsert': Event(_lt("Lab report"), "化验单 A lab report", {
        'lab_no': Code("化验单号"), 'batch_no': Code("批次号"), 'sample_no': Code(), 'sampled_at': Datetime(),
        'tested_at': Datetime(), 'items': Rows(Text(64), Anything(), Text(32)), 'qualified': Boolean(),
    }, required=('batch_no', 'items'), number='lab_no'),
    'disposal.upsert': Event(_lt("Disposal"), "处置记录 A disposal", {
        'disposal_no': Code("处置单号"), 'batch_no': Code("批次号"), 'package_no': Code("包装编号"), 'method': Code("处置方式"),
        'facility_code': Code(), 'qty_kg': KG, 'started_at': Datetime(), 'finished_at': Datetime(),
        'residue_code': Code(), 'residue_qty_kg': KG,
    }, required=('qty_kg', 'finished_at'), number='disposal_no'),
    'statement.upsert': Event(_lt("Statement"), "对账单 A statement", {
        'statement_no': Code("结算单号"), 'contract_no': Code("合同编号"), 'direction': Code("应收 or 应付"),
        'period': Period(), 'settle_qty_t': T_TOTAL, 'amount_total': MONEY, 'tax_rate': RATE, 'received_amount': MONEY,
        'customer_confirmed_at': Datetime(), 'state': Code("状态"),
    }, required=('contract_no', 'direction', 'period', 'amount_total'), number='statement_no'),
    'invoice.upsert': Event(_lt("Invoice"), "开票 An invoice", {
        'invoice_notice_no': Code("开票通知单号"), 'statement_no': Code("结算单号"), 'invoice_no': Code("发票号码"),
        'invoice_kind': Code(), 'seller_company': Code("开票单位"), 'amount_untaxed': MONEY, 'tax_amount': MONEY,
        'amount_total': MONEY, 'tax_rate': RATE, 'issued_at': Datetime(), 'red_of': Code("红冲原发票"), 'state': Code("状态"),
    }, number='invoice_notice_no'),
    'payment.upsert': Event(_lt("Payment"), "回款 A payment", {
        'payment_no': Code("收款单号"), 'partner_code': Code("付款单位"), 'payer_name': Text(), 'amount': MONEY,
        'paid_at': Datetime(), 'method': Code(), 'bank_ref': Code("银行流水号"), 'allocated': Rows(Code(), MONEY),
    }, required=('partner_code', 'amount'), number='payment_no'),
}
