from . import waste_collection_progress
from . import statement_xlsx
