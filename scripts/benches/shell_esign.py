# ruff: noqa: F821
"""In `odoo shell`: sealing and verifying against bare pyHanko on the same files."""
import asyncio
import io
import ssl
import sys
import tempfile
import time
from pathlib import Path

from asn1crypto import crl as asn1_crl
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from odoo.addons.esign import __path__ as room
from odoo.addons.esign.tests import tools_common as common
from odoo.addons.esign.tools import pades, timestamp, trust, verify

sys.path.insert(0, str(Path(room[0]).parents[1] / 'tests'))
from fakes.running import Fake  # noqa: E402

PAIRS, TIMES = 5, 10


def rate(action):
    started = time.perf_counter()
    for _time in range(TIMES):
        action()
    return TIMES / (time.perf_counter() - started)


def pairs(ours, bare):
    ours(), bare()  # fill the caches that a worker keeps
    return [(rate(ours), rate(bare)) for _pair in range(PAIRS)]


def known(trusted):
    """Return roots and lists of revocation as pyHanko takes them."""
    return ([trust.certificate(der) for der in (*trusted.roots, *trusted.timestamp_roots)],
            [asn1_crl.CertificateList.load(der) for der in trusted.crls])


def memory():
    line = next(line for line in Path('/proc/self/status').read_text().splitlines() if line.startswith('VmRSS'))
    return int(line.split()[1]) / 1024


def measure_seal(stamper, trusted):
    line, image = pades.Pipeline(stamper, trusted), common.seal_png()
    credential = common.authority().issue('东实环境', kind='seal')
    rendered = common.paper(2)
    places = common.fields(rendered, party_a='handwriting', party_b='seal')
    frozen = line.freeze(line.prepare(rendered.pdf, places, True, last='party_b'), common.authority().issue('系统', kind='system'))
    signer = credential.signer()

    def ours():
        line.finish(line.seal(frozen, 'party_b', credential, image_png=image, seam=True, evidence_sha256=common.evidence('party_b')))

    roots, lists = known(trusted)

    def bare():
        context = ValidationContext(trust_roots=roots, crls=lists, allow_fetching=False)
        metadata = PdfSignatureMetadata(
            field_name='party_b', md_algorithm='sha256', subfilter=SigSeedSubFilter.PADES, validation_context=context,
            embed_validation_info=True, use_pades_lta=True, docmdp_permissions=MDPPerm.NO_CHANGES,
            dss_settings=DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE))
        PdfSigner(metadata, signer, timestamper=stamper).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(frozen)), existing_fields_only=True)

    found = {'rates': pairs(ours, bare)}
    for _time in range(20):
        ours()
    before = memory()
    for _time in range(100):
        ours()
    found['memory'] = (memory(), before)
    return found


def measure_verify(_stamper, _trusted):
    pdf, trusted = common.signed(3)['finish'], common.trust()
    expected = ['party_a', 'party_g', 'party_b']
    roots, lists = known(trusted)
    assert verify.examine(pdf, trusted, expected=expected)['ok'], 'the contract to verify is not good'

    async def validate():
        for signature in PdfFileReader(io.BytesIO(pdf)).embedded_signatures:
            context = ValidationContext(trust_roots=roots, crls=lists, allow_fetching=False)
            check = async_validate_pdf_timestamp if signature.sig_object_type == '/DocTimeStamp' else async_validate_pdf_signature
            status = await check(signature, context)
            assert status.intact and status.valid

    return {'rates': pairs(lambda: verify.examine(pdf, trusted, expected=expected), lambda: asyncio.run(validate()))}


with tempfile.TemporaryDirectory() as folder:
    root = Path(folder) / 'root.pem'
    with Fake('tsa', '--certificate-out', root) as tsa:
        der = ssl.PEM_cert_to_DER_cert(root.read_text())
        trusted = common.trust()._replace(timestamp_roots=[der])
        report({'seal': measure_seal, 'verify': measure_verify}[arguments['what']](timestamp.http(tsa.url + '/'), trusted))
