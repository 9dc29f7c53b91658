from .as_of import as_of
from .settled import KG_PER_T, Settled, exact, half_up

__all__ = ['KG_PER_T', 'Settled', 'as_of', 'exact', 'half_up']
