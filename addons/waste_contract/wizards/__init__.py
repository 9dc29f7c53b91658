from . import (
    waste_contract_compare,
    waste_contract_follow_up,
    waste_contract_reason,
    waste_contract_sheet,
    waste_contract_transfer,
    waste_price_simulation,
)
