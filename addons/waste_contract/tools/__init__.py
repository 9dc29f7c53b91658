from .as_of import as_of
from .settled import CENT, KG_PER_T, Settled, exact, half_up

__all__ = ['CENT', 'KG_PER_T', 'Settled', 'as_of', 'exact', 'half_up']
