from . import waste_assignment_transfer
from . import waste_catalogue_import
