from . import waste_collection_progress
