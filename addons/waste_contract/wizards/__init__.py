from . import waste_contract_reason
