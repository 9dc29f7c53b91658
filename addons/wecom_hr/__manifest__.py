{
    'name': "WeCom and Employees",
    'summary': "Which WeCom member an employee is; who left WeCom with customers to hand over",
    'description': " ",
    'version': '19.0.1.0.0',
    'category': 'Human Resources',
    'author': "东实环境 SCRM team",
    'license': 'AGPL-3',
    'depends': ['wecom_handover', 'hr'],
    'data': [
        'views/hr_employee_views.xml',
    ],
    'auto_install': True,
}
