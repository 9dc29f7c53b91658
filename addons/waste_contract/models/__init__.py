# First: the files below override their hooks.
from . import sale_order, sale_order_life, waste_contract_agreed_mixin, waste_contract_agreement, waste_contract_agreement_life

# isort: split
from . import (
    account_tax,
    crm_lead,
    pricing,
    res_company,
    res_partner,
    sale_order_agreement,
    sale_order_approval,
    sale_order_framework,
    sale_order_line,
    sale_order_line_prices,
    sale_order_overview,
    sale_order_prices,
    sale_order_quotation,
    sale_order_renewal,
    sale_order_terms,
    waste_business,
    waste_business_overview,
    waste_business_policy,
    waste_contract_agreement_apply,
    waste_contract_agreement_approval,
    waste_contract_agreement_line,
    waste_contract_change,
    waste_contract_member,
    waste_price_index,
    waste_price_tier,
    waste_pricing_mode,
    waste_report_class,
)
