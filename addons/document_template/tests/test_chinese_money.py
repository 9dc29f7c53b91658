from odoo.tests import BaseCase

from ..tools import capital


class TestChineseMoney(BaseCase):

    def test_amounts_as_cheques_write_them(self):
        for amount, text in {
            0: '零元整', 0.05: '伍分', 0.5: '伍角整', 1: '壹元整', 10: '壹拾元整', 30000: '叁万元整', 10001: '壹万零壹元整',
            1005000: '壹佰万零伍仟元整', 10203.04: '壹万零贰佰零叁元零肆分', 150000000: '壹亿伍仟万元整',
            100000001.3: '壹亿零壹元叁角整', 1234567.89: '壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分', -5: '负伍元整', 0.005: '壹分',
        }.items():
            with self.subTest(amount=amount):
                self.assertEqual(capital(amount), text)
