{
    "name": "Message Exchange",
    "summary": "How a message to or from another system is kept, retried, shown and replayed",
    "description": " ",
    "version": "19.0.1.0.0",
    "category": "Solid Waste",
    "author": "东实环境 SCRM team",
    "license": "LGPL-3",
    "depends": ["mail"],
    "data": [
        "security/ir.model.access.csv",
        "data/mail_activity_type_data.xml",
        "views/exchange_attempt_views.xml",
        "views/exchange_message_mixin_views.xml",
    ],
}
