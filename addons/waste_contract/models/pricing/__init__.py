from . import (
    waste_pricing,
    waste_pricing_lump,
    waste_pricing_negative,
    waste_pricing_tier,
    waste_pricing_unit,
)
