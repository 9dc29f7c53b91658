from . import statement_xlsx, waste_collection_progress, waste_volume_report
