{
    'name': "Electronic Signing",
    'version': '19.0.1.0.0',
    'summary': "Who signed what, when, provably? Handwriting on a phone, seals, PAdES, evidence, verification",
    'description': " ",
    'category': 'Productivity',
    'author': "东实环境 SCRM team",
    'license': 'LGPL-3',
    'depends': ['document_template', 'mail', 'portal', 'sms'],
    'external_dependencies': {'python': ['pyhanko', 'cryptography']},
    'data': [
        'security/esign_groups.xml',
        'security/ir.model.access.csv',
        'views/h5_layout.xml',
        'views/h5_signer.xml',
        'views/h5_verify.xml',
        'views/esign_menus.xml',
    ],
    'assets': {
        'esign.assets_h5': [
            'web/static/src/module_loader.js',
            'web/static/lib/signature_pad/signature_pad.umd.js',
            'esign/static/src/h5/**/*',
        ],
    },
    'application': True,
}
