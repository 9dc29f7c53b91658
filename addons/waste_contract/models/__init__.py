from . import (
    account_tax,
    pricing,
    res_company,
    res_partner,
    sale_order,
    sale_order_life,
    sale_order_line,
    waste_business,
    waste_price_tier,
    waste_pricing_mode,
)
