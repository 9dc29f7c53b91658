from . import waste_contract_reason, waste_price_simulation
