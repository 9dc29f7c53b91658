from . import waste_manifest_answer, waste_pickup_cancel
