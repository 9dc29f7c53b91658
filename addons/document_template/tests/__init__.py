from . import test_chinese_money, test_document_archive, test_document_renderer, test_document_template, test_wording
