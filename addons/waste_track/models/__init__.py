from . import (
    waste_pickup,
    waste_manifest,
    waste_weighing,
    waste_batch,
    waste_package,
    waste_package_event,
    waste_package_lineage,
    waste_inbound,
    waste_lab,
    waste_disposal,
)
