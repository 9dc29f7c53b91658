from . import waste_contract_reason, waste_price_simulation
from . import waste_contract_compare, waste_contract_reason, waste_contract_transfer
