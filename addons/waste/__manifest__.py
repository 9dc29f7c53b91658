{
    "name": "Waste: the words of the trade",
    "version": "19.0.1.0.0",
    "summary": "Businesses, waste catalogue, parties, licences and who serves whom",
    "description": " ",
    "category": "Solid Waste",
    "author": "东实环境 SCRM team",
    "license": "AGPL-3",
    "depends": ["base", "mail", "sales_team", "contacts", "portal"],
    "external_dependencies": {"python": ["python-stdnum"]},
    "data": [
        "security/waste_groups.xml",
        "security/ir.model.access.csv",
    ],
    "application": True,
}
