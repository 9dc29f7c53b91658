from . import (
    test_access,
    test_contract_calendar,
    test_contract_external,
    test_contract_states,
    test_contract_terms,
    test_contract_views,
    test_portal,
    test_pricing,
    test_pricing_properties,
    test_res_partner,
    test_waste_business,
    test_waste_price_tier,
)
