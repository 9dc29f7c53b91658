from odoo.tests import BaseCase

from odoo.addons.sms_cn.tools import phone, signing

TENCENT_BODY = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'


class TestSigning(BaseCase):
    """The worked examples of the vendors' documentation, to the last digit."""

    def test_aliyun_example_of_its_documentation(self):
        query = signing.aliyun_query({'RegionId': 'cn-shanghai', 'ImageId': 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd'})
        headers = {
            'host': 'ecs.cn-shanghai.aliyuncs.com', 'x-acs-action': 'RunInstances', 'x-acs-version': '2014-05-26',
            'x-acs-date': '2023-10-26T10:22:32Z', 'x-acs-signature-nonce': '3156853299f313e23d1673dc12e1703d',
            'x-acs-content-sha256': signing.EMPTY_SHA256,
        }

        signed = signing.aliyun_authorization('YourAccessKeyId', 'YourAccessKeySecret', query, headers)

        self.assertEqual(signed.rpartition('=')[2], '06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0')

    def test_tencent_example_of_its_documentation(self):
        signed = signing.tencent_authorization(
            'AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE', 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE', 'cvm', 'cvm.tencentcloudapi.com',
            1551113065, TENCENT_BODY)

        self.assertEqual(signed.rpartition('=')[2], '72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168')

    def test_query_is_encoded_as_rfc_3986_says(self):
        self.assertEqual(signing.aliyun_query({'b': 'a b*~', 'a': '东'}), 'a=%E4%B8%9C&b=a%20b%2A~')


class TestPhone(BaseCase):

    def test_ways_to_write_a_mobile_number(self):
        for written in ('13800138000', '+8613800138000', '+86 138-0013-8000', '008613800138000', '86 138 0013 8000',
                        '（+86）13800138000', '１３８００１３８０００'):
            self.assertEqual(phone.mainland(written), '13800138000', written)

    def test_what_is_no_mobile_number(self):
        for written in ('', None, '0769-22334455', '1380013800', '138001380001', '12800138000', '+85298765432', 'abc', '+14155550123'):
            self.assertIsNone(phone.mainland(written), written)

    def test_foreign_numbers_are_told_from_wrong_ones(self):
        self.assertTrue(phone.is_foreign('+852 9876 5432'))
        self.assertTrue(phone.is_foreign('0085298765432'))
        self.assertFalse(phone.is_foreign('+86 1380013'))
        self.assertFalse(phone.is_foreign('138'))
