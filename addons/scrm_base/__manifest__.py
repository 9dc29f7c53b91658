{
    "name": "SCRM: the workbench",
    "version": "19.0.1.0.0",
    "summary": "A home page for each role: what to do next, with one click to it",
    "description": " ",
    "category": "Solid Waste",
    "author": "东实环境 SCRM team",
    "license": "AGPL-3",
    "depends": ["waste_settlement", "waste_wim"],
    "data": [
        "views/scrm_workbench_views.xml",
        "views/scrm_base_menus.xml",
    ],
    "assets": {
        "web._assets_primary_variables": [
            ("before", "web/static/src/scss/primary_variables.scss", "scrm_base/static/src/scss/primary_variables.scss"),
        ],
        "web.assets_backend": [
            "scrm_base/static/src/scss/control_panel.scss",
            "scrm_base/static/src/workbench/**/*",
        ],
        "web.assets_tests": [
            "scrm_base/static/tests/tours/**/*",
        ],
        "web.assets_unit_tests": [
            "scrm_base/static/tests/*.test.js",
        ],
    },
    "application": True,
}
