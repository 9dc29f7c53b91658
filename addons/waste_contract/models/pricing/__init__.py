from . import (
    waste_pricing,
    waste_pricing_kitchen,
    waste_pricing_lab,
    waste_pricing_lump,
    waste_pricing_negative,
    waste_pricing_service,
    waste_pricing_tier,
    waste_pricing_tier_quota,
    waste_pricing_unit,
)
