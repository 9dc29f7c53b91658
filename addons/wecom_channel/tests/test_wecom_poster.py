import base64
import io

import requests
from PIL import Image

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.wecom_contact.tests.common import ContactCase

from ..tools import picture


def png(width=600, height=900, kind='PNG'):
    file = io.BytesIO()
    Image.new('RGB', (width, height), '#2e7d32').save(file, kind)
    return base64.b64encode(file.getvalue())


def opened(content):
    return Image.open(io.BytesIO(base64.b64decode(content)))


@tagged('post_install', '-at_install')
class TestWecomPoster(ContactCase):

    def make_code(self, **values):
        channel = self.env['wecom.channel'].with_user(self.chen).create(
            {'app_id': self.app.id, 'name': '环保展2026', 'member_ids': self.member.ids, **values}).sudo()
        self.env.flush_all()
        self.run_job(lambda: self.env['wecom.channel']._cron_send())
        return channel

    def make_poster(self, **values):
        return self.env['wecom.poster'].with_user(self.chen).create({'name': '展会', 'background': png(), **values})

    def test_the_picture_of_a_code_is_kept_that_of_a_link_is_drawn(self):
        code, link = self.make_code(), self.make_code(kind='link', name='官网')
        self.assertEqual(opened(code.qr_picture).format, 'PNG')
        self.assertEqual(base64.b64decode(link.qr_picture), picture.draw_code(link.url))

    def test_a_poster_has_the_code_at_its_place_and_the_name_below(self):
        poster = self.make_poster(left_percent=10, top_percent=20, side_percent=50, has_name=False)
        channel = self.make_code(poster_id=poster.id)
        drawn, green = opened(channel.poster_picture), (46, 125, 50)
        inside = drawn.crop((60, 180, 360, 480)).getcolors(10 ** 6)

        self.assertEqual((drawn.size, drawn.getpixel((59, 180)), drawn.getpixel((360, 480))), ((600, 900), green, green))
        self.assertNotIn(green, [color for _count, color in inside])
        poster.has_name = True
        named = opened(channel.poster_picture)
        self.assertGreater(len(named.crop((0, 481, 600, 560)).getcolors(10 ** 6)), 1)
        self.assertIn(f'/wecom.channel/{channel.id}/poster_picture', channel.with_user(self.lina).action_download_poster()['url'])
        self.assertTrue(poster.preview)

    def test_bad_pictures_and_places_are_refused_in_a_sentence(self):
        gif = base64.b64encode(b'GIF89a' + bytes(30))
        for values, sentence in (
                ({'background': gif}, 'PNG or JPEG'), ({'background': png(100, 100)}, '300 to 4000'),
                ({'background': png(300, 4001)}, 'PNG or JPEG'),
                ({'left_percent': 90}, 'outside the picture'), ({'top_percent': -1}, 'outside the picture'),
                ({'side_percent': 10}, 'smaller than 120'), ({'color': 'url(x)'}, 'color')):
            with self.subTest(sentence), self.assertRaisesRegex(ValidationError, sentence):
                self.make_poster(**values)
        with self.assertRaisesRegex(UserError, 'choose a poster'):
            self.make_code().action_download_poster()

    def test_pictures_come_from_wecoms_hosts_only(self):
        for address in ('https://evil.example/x.png', 'http://wework.qpic.cn/x.png', 'https://wework.qpic.cn.evil.example/x.png',
                        'http://127.0.0.1:1/x.png', 'file:///etc/passwd', 'https://wework.qpic.cn:8443/x', 'https://a@evil.example/'):
            with self.subTest(address), self.assertRaises(picture.BadPicture):
                picture.fetch(address, f'{self.fake.url}/cgi-bin/')
        with self.assertRaises(requests.HTTPError):
            picture.fetch(f'{self.fake.url}/nowhere.png', f'{self.fake.url}/cgi-bin/')
        with self.assertRaises(picture.BadPicture):
            picture.fetch(f'{self.fake.url}/', f'{self.fake.url}/cgi-bin/')

    def test_a_picture_is_nobodys_to_change(self):
        channel = self.make_code()
        with self.assertRaises(AccessError):
            channel.with_user(self.chen).qr_picture = png()
