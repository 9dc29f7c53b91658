{
    "name": "Waste Tracking",
    "summary": "What happened to the waste: pickups, manifests, weighings, batches and the life of every package",
    "description": " ",
    "version": "19.0.1.0.0",
    "category": "Solid Waste",
    "author": "东实环境 SCRM team",
    "license": "AGPL-3",
    "depends": ["waste_contract", "portal"],
    "data": [
        "security/ir.model.access.csv",
        "security/waste_track_rules.xml",
    ],
}
