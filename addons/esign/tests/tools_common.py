"""Keys, an authority for time-stamps and papers for the tests of `tools`: no database."""
import io
import json
import math
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from PIL import Image, ImageDraw
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from odoo.addons.document_template.tools import render

from ..tools import pades, pki, strokes

PASSPHRASE = b'a passphrase of tests'
DER = serialization.Encoding.DER
PARTIES = {'party_a': '广东绿源食品有限公司', 'party_b': '深圳市东实环境股份有限公司', 'party_g': '某区城市管理局'}


def name_written(characters=3, start=1_760_000_000_000, pressure=0.5):
    """Handwriting like a name: each character two waves, as a canvas sends it."""
    items, now = [], start
    for number in range(characters):
        left = 120 + 260 * number
        for row in (150, 330):
            points = [[left + 12 * step, round(row + 70 * math.sin(step / 2), 2), pressure, 16 * step] for step in range(16)]
            items.append({'t0': now, 'points': points})
            now += 400
    return items


def handwriting():
    return strokes.parse(json.dumps(name_written()))


@lru_cache(maxsize=1)
def authority():
    return pki.Authority.load(*pki.create_authority('东实环境电子签名', 20, PASSPHRASE), PASSPHRASE)


class TimeAuthority:
    """A time-stamp authority in this process, with a root of its own.

    It also says other times than now, which the one in tests/fakes can't.
    """

    def __init__(self, name='Test TSA', years=15, moment=None):
        start = (moment or datetime.now(UTC)) - timedelta(days=1)
        self.root_key, self.key = (rsa.generate_private_key(65537, 2048) for _key in range(2))
        name, root_name = (x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)]) for text in (name, f'{name} root'))
        self.root = self._certificate(root_name, root_name, self.root_key, start, 30).add_extension(
            x509.BasicConstraints(True, None), True).sign(self.root_key, hashes.SHA256())
        self.cert = self._certificate(name, root_name, self.key, start, years).add_extension(
            x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING]), True).sign(self.root_key, hashes.SHA256())

    def _certificate(self, subject, issuer, key, start, years):
        return x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key()).serial_number(
            x509.random_serial_number()).not_valid_before(start).not_valid_after(start + timedelta(days=365 * years)).add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)

    @property
    def root_der(self):
        return self.root.public_bytes(DER)

    def crl(self, days=3650):
        now = datetime.now(UTC)
        return x509.CertificateRevocationListBuilder().issuer_name(self.root.subject).last_update(now).next_update(
            now + timedelta(days=days)).sign(self.root_key, hashes.SHA256()).public_bytes(DER)

    def timestamper(self, moment=None):
        store = [asn1_x509.Certificate.load(self.root_der)]
        key = self.key.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return DummyTimeStamper(asn1_x509.Certificate.load(self.cert.public_bytes(DER)), asn1_keys.PrivateKeyInfo.load(key),
                                certs_to_embed=store, fixed_dt=moment)


@lru_cache(maxsize=1)
def time_authority():
    return TimeAuthority()


def trust(revoked=(), issuer=None):
    issuer, times = issuer or authority(), time_authority()
    return pki.Trust([issuer.root], [times.root_der], [
        issuer.crl(list(revoked), datetime.now(UTC) + timedelta(days=3650)), times.crl()])


def pipeline(**changes):
    return pades.Pipeline(time_authority().timestamper(), trust()._replace(**changes))


@lru_cache(maxsize=4)
def paper(parties=2, clauses=60):
    """A contract with a table of lines and a place for each party, drawn as documents are.

    :return: ``document_template`` Rendered
    """
    chosen = list(PARTIES.items())[:parties]
    lines = ''.join(f'<tr><td>{number}<td>餐厨垃圾 HW{number:02}<td>{number * 17.5}<td>吨</tr>' for number in range(1, 31))
    text = ''.join(
        f'<p>第{number}条 双方同意以本系统的电子签名签署本合同，与手写签名或盖章具有同等效力。</p>' for number in range(1, clauses + 1))
    places = ''.join(
        f'<div class="signature"><div>{party}（盖章或电子签名）：</div><div class="place" id="sig_{key}"></div>'
        '<div>法定代表人或授权代表：</div><div>日期：</div></div>' for key, party in chosen)
    return render(f'''<html lang="zh-CN"><head><style>
        @page {{ size: A4; margin: 22mm 20mm; }} body {{ font: 10.5pt/1.7 "LXGW WenKai"; }}
        table {{ width: 100%; border-collapse: collapse; }} td {{ border: .5pt solid #888; padding: 1mm 2mm; }}
        .signature {{ display: inline-block; width: 46%; margin-right: 3%; break-inside: avoid; vertical-align: top; }}
        .place {{ height: 32mm; margin: 2mm 0; border: 0.5pt dashed #bbb; }}
        </style></head><body><h1>固体废物收集处置合同</h1><table>{lines}</table>
        {text}{places}</body></html>''')


def seal_png(text='东实环境', size=600, mode='RGBA'):
    """A round red seal."""
    image = Image.new('RGBA', (size, size))
    draw = ImageDraw.Draw(image)
    red, edge = (217, 32, 32, 255), size // 40
    draw.ellipse((edge, edge, size - edge, size - edge), outline=red, width=size // 30)
    middle, radius = size / 2, size / 6
    draw.polygon([
        (middle + radius * (1 if point % 2 == 0 else 0.4) * math.sin(math.pi * point / 5),
         middle - radius * (1 if point % 2 == 0 else 0.4) * math.cos(math.pi * point / 5)) for point in range(10)], fill=red)
    for number in range(24):
        angle = math.pi * (0.7 + 1.6 * number / 23)
        x, y = middle + 0.36 * size * math.sin(-angle), middle + 0.36 * size * math.cos(angle)
        draw.rectangle((x - size / 60, y - size / 40, x + size / 60, y + size / 40), fill=red)
    file = io.BytesIO()
    if mode == 'P':
        image = image.quantize(16)
    elif mode == 'RGB':
        paper_ = Image.new('RGB', image.size, 'white')
        paper_.paste(image, mask=image)
        image = paper_
    image.save(file, 'PNG')
    return file.getvalue()


def fields(rendered, **kinds):
    """The places of a paper as fields."""
    return [pades.Field(key, rendered.places[f'sig_{key}']['page'], rendered.places[f'sig_{key}']['box'], kind)
            for key, kind in kinds.items()]


def evidence(key):
    """A digest that stands for the evidence of a party's signing."""
    return (key.encode() * 32)[:32].hex()


def signed(parties=2, seam=True, until=None, issuer=None, last='party_b', **changes):
    """A contract that went through all steps: the producer writes, the government reviews, the company seals.

    :param until: stop after this step (a party's key, 'freeze' or 'finish')
    :param issuer: an authority other than ours
    :param last: who locks the file
    :return: {step: PDF}
    """
    rendered, steps, issuer = paper(parties), {}, issuer or authority()
    line = pipeline(**({'roots': [issuer.root]} | changes))
    kinds = {'party_a': 'handwriting', **({'party_g': 'review'} if parties == 3 else {}), 'party_b': 'seal'}
    steps['prepare'] = line.prepare(rendered.pdf, fields(rendered, **kinds), seam, last=last)
    steps['freeze'] = line.freeze(steps['prepare'], issuer.issue('系统', kind='system'))
    last = steps['freeze']
    for key, kind in kinds.items():
        if until in steps:
            return steps
        credential = issuer.issue(PARTIES[key], kind='seal' if kind == 'seal' else 'signer', organisation=PARTIES[key])
        if kind == 'seal':
            last = line.seal(last, key, credential, image_png=seal_png(), seam=seam, evidence_sha256=evidence(key),
                             reason='盖章', name=PARTIES[key])
        else:
            last = line.sign(last, key, credential, strokes=handwriting(), text='张伟\n2026-11-22 16:20', evidence_sha256=evidence(key),
                             reason='同意', name=PARTIES[key])
        steps[key] = last
    if until not in steps:
        steps['finish'] = line.finish(last)
    return steps
