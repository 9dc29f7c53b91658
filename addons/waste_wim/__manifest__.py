{
    "name": "WIM Interface",
    "summary": "Messages of the production system WIM: received, checked, applied, shown",
    "description": " ",
    "version": "19.0.1.0.0",
    "category": "Solid Waste",
    "author": "东实环境 SCRM team",
    "license": "AGPL-3",
    "depends": ["exchange", "waste_settlement"],
    "data": [
        "security/ir.model.access.csv",
        "security/wim_message_rules.xml",
        "data/ir_cron_data.xml",
        "views/wim_message_views.xml",
        "views/wim_field_mapping_views.xml",
        "views/interface_page_templates.xml",
        "views/waste_wim_menus.xml",
    ],
    "assets": {
        "web.assets_backend": ["waste_wim/static/src/**/*"],
        "web.assets_unit_tests": ["waste_wim/static/tests/**/*.test.js"],
    },
    "application": True,
}
