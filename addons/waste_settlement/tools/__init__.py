from .movements import Movement, Movements
from .periods import contract_years, counting_start, cycle_periods, day_start_utc, local_day, month_bounds

__all__ = [
    "Movement", "Movements", "contract_years", "counting_start", "cycle_periods", "day_start_utc", "local_day", "month_bounds",
]
