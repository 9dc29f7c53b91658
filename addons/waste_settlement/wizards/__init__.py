from . import (
    waste_ageing,
    waste_money_refuse,
    waste_payment_plan_make,
    waste_statement_difference,
    waste_statement_dispute,
    waste_statement_make,
)
