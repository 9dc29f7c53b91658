from . import callback
from . import login
