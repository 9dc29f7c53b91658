from .movements import Movement, Movements
from .periods import counting_start, day_start_utc, local_day, month_bounds

__all__ = ["Movement", "Movements", "counting_start", "day_start_utc", "local_day", "month_bounds"]
