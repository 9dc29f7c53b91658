{
    'name': "Waste on WeCom",
    'summary': "Who serves a WeCom customer for which waste, and what comes of the codes by which customers came",
    'description': " ",
    'version': '19.0.1.0.0',
    'category': 'Solid Waste',
    'author': "东实环境 SCRM team",
    'license': 'AGPL-3',
    'depends': ['wecom_channel', 'wecom_handover', 'waste_settlement'],
    'data': [
        'views/wecom_contact_views.xml',
        'views/wecom_channel_views.xml',
        'views/crm_lead_views.xml',
        'views/wecom_tag_rule_views.xml',
    ],
    'auto_install': True,
}
