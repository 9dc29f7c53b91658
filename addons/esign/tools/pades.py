"""From a rendered PDF to a signed and archived one, bytes in, bytes out: the only file that signs with pyHanko.

The order is what makes the file provable (each point is a measured failure of the alternative):
every field is made before the first signature; freezing certifies that only forms may be filled from then on; the last
party's signature locks everything; the archive time-stamp is the last thing in the file, so it covers the whole of it.
"""
import asyncio
import io
from contextlib import contextmanager

from asn1crypto import crl as asn1_crl
from pyhanko.pdf_utils import misc
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation, extract_tst_data_iter
from pyhanko_certvalidator import CertificateValidator
from pyhanko_certvalidator.errors import PathBuildingError, ValidationError

from . import appearance, forms, paper_code, trust
from .errors import EsignError, KeyRefused, PdfRefused
from .evidence import ARCHIVE, CADES, FREEZE, WithEvidence
from .forms import Field  # noqa: F401 (what callers describe places with)
from .timestamp import CheckedTimestamper

MAX_PAGES = 2000
UNREADABLE = 'This is no PDF that can be signed: it is damaged, encrypted or of an unusual kind.'
SIGNED_ALREADY = 'This PDF is signed already; documents are prepared before the first signature.'
NO_FIELD = 'This place isn’t in the document or is signed already.'
NOT_FROZEN = 'The document isn’t frozen; nobody can sign it yet.'
NOTHING_SIGNED = 'Nobody signed the document; there is nothing to archive.'
OTHER_LAST = 'The document was prepared for another party to sign last.'
NOT_VALID = 'The certificate has expired, was taken back or isn’t issued by the authority this system trusts; nothing was signed.'


class Pipeline:
    """The steps of signing.

    :param timestamper: authority (``timestamp.http(url)``), asked once for each signature
    :param trusted: ``trust.Trust``
    """

    def __init__(self, timestamper, trusted):
        self.timestamper = CheckedTimestamper(timestamper, trusted.timestamp_roots)
        self.trust = trusted

    # BEFORE THE FIRST SIGNATURE

    def prepare(self, pdf, places, seam_pages=False, *, last=None, code=None):
        """Make every field that will ever be filled, and draw what the paper itself says of its verification.

        :param places: list of ``forms.Field``
        :param seam_pages: whether seals run across the right edges of all pages, too
        :param last: key of the party that signs last: its signature locks the file
        :param code: (address, lines of words) of the code on each page, or None
        :return: PDF
        """
        writer, sizes = _open(pdf), page_sizes(pdf)
        with _refusals():
            if forms.has_signature_fields(writer):
                raise PdfRefused(SIGNED_ALREADY)
            if code:
                paper_code.draw(writer, *code, len(sizes))
            forms.add_places(writer, places, sizes, last)
            if seam_pages and len(sizes) > 1:
                forms.add_seam(writer, places, sizes)
            output = io.BytesIO()
            writer.write(output)
            return output.getvalue()

    def freeze(self, pdf, credential):
        """Certify the document: from now on only its fields can be filled; without fields nothing can change at all."""
        writer = _open(pdf)
        return self._sign(writer, credential, FREEZE, certify=True, docmdp_permissions=(
            MDPPerm.FILL_FORMS if len(forms.empty_fields(writer)) > 1 else MDPPerm.NO_CHANGES))

    # SIGNATURES

    def sign(self, pdf, key, credential, *, strokes=None, text=None, evidence_sha256=None, reason=None, name=None):
        """Sign in a party's place.

        :param key: the party
        :param strokes: ``strokes.Strokes``, drawn in the place
        :param text: printed beside them, several lines separated by line breaks, e.g. name and time
        :param evidence_sha256: hex digest of the evidence, becomes part of what is signed
        :return: PDF
        """
        return self._sign_party(_open(pdf), key, credential, appearance.handwriting(strokes, (text or '').splitlines()),
                                evidence_sha256, reason=reason, name=name)

    def seal(self, pdf, key, credential, *, image_png, seam=False, text=None, evidence_sha256=None, reason=None, name=None, last=None):
        """Seal in a party's place and, with ``seam``, across the right edges of all pages in the same revision.

        :param last: whether the caller expects this seal to lock the file; refused when the document was prepared otherwise
        """
        writer, seal = _open(pdf), appearance.Seal(image_png)
        if seam:
            forms.fill_seam(writer, key, seal)
        return self._sign_party(writer, key, credential, seal.whole((text or '').splitlines()), evidence_sha256, last,
                                reason=reason, name=name)

    def _sign_party(self, writer, key, credential, draw, evidence_sha256, last=None, **metadata):
        empty = forms.empty_fields(writer)
        if FREEZE in empty:
            raise PdfRefused(NOT_FROZEN)
        if key not in empty:
            raise PdfRefused(NO_FIELD, 'conflict')
        locks = '/Lock' in empty[key]
        if last is not None and last != locks:
            raise PdfRefused(OTHER_LAST)
        if locks:
            forms.renew_buttons(writer)
        return self._sign(writer, credential, key, draw, evidence_sha256,
                          docmdp_permissions=MDPPerm.NO_CHANGES if locks else MDPPerm.FILL_FORMS, **metadata)

    def _sign(self, writer, credential, field, draw=None, evidence_sha256=None, **metadata):
        signer = credential.signer()
        self._check_certificate(signer)
        if evidence_sha256:
            signer.signed_attr_prov_spec = WithEvidence(signer, bytes.fromhex(evidence_sha256))
        metadata = PdfSignatureMetadata(
            field_name=field, md_algorithm='sha256', subfilter=SigSeedSubFilter.PADES, cades_signed_attr_spec=CADES, **metadata)
        with _refusals():
            return PdfSigner(metadata, signer, timestamper=self.timestamper, stamp_style=appearance.Stamp(draw)).sign_pdf(
                writer, existing_fields_only=True).getvalue()

    def _check_certificate(self, signer):
        """Refuse a certificate that has expired, was taken back or comes from elsewhere."""
        context = trust.context(self.trust.roots, signer.signing_cert, crls=self.trust.crls, others=signer.cert_registry)
        try:
            asyncio.run(CertificateValidator(signer.signing_cert, validation_context=context).async_validate_usage({'non_repudiation'}))
        except (PathBuildingError, ValidationError) as error:
            raise KeyRefused(NOT_VALID) from error

    # ARCHIVE

    def finish(self, pdf):
        """Add what a reader needs in twenty years (certificates, lists of revocation) and a time-stamp over the whole file."""
        return self._archive(pdf)

    def retimestamp(self, pdf):
        """Renew the archive: today's lists of revocation and a new time-stamp, before the last one's authority expires."""
        return self._archive(pdf)

    def _archive(self, pdf):
        writer = _open(pdf)
        with _refusals():
            signatures = writer.prev.embedded_signatures
            if not writer.prev.embedded_regular_signatures:
                raise PdfRefused(NOTHING_SIGNED)
            DocumentSecurityStore.supply_dss_in_writer(
                writer, None, certs=_certificates(signatures),
                crls=[asn1_crl.CertificateList.load(der) for der in self.trust.crls])
            number = sum(signature.field_name.startswith(ARCHIVE) for signature in signatures) + 1
            return PdfTimeStamper(
                self.timestamper, field_name=f'{ARCHIVE}{number:03}', readable_field_name='archive',
            ).timestamp_pdf(writer, 'sha256').getvalue()


# READING AND WRITING

def page_sizes(pdf):
    """Return [(width, height)] of the pages in points.

    :raise PdfRefused: when the file can't be read
    """
    reader = _read(pdf)
    with _refusals():
        return [_size(page) for page in _pages(reader.root['/Pages'], set())]


@contextmanager
def _refusals():
    """Tell what pyHanko says about a file in a sentence."""
    try:
        yield
    except EsignError:
        raise
    except (misc.PdfError, SigningError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise PdfRefused(UNREADABLE) from error


def _read(pdf):
    with _refusals():
        reader = PdfFileReader(io.BytesIO(pdf))
        if reader.encrypted:
            raise PdfRefused(UNREADABLE)
        return reader


class _Writer(IncrementalPdfFileWriter):
    """Stays with PDF 1.7, which PDF/A-3 is made of; PAdES is an extension of it (ESIC).

    Left alone pyHanko would call the file PDF 2.0 for its elliptic curves, and the file would no longer be what its metadata claim.
    """

    def ensure_output_version(self, version):
        super().ensure_output_version(min(version, (1, 7)))

    def register_extension(self, ext):
        if ext.base_version != '/2.0':
            super().register_extension(ext)


def _open(pdf):
    with _refusals():
        writer = _Writer(io.BytesIO(pdf))
        if writer.prev.encrypted:
            raise PdfRefused(UNREADABLE)
        return writer


def _certificates(signatures):
    """Return the certificates of all signatures and of their time-stamps, each once."""
    found = {}
    for signature in signatures:
        for signed_data in (signature.signed_data, *extract_tst_data_iter(signature.signer_info, signed=False)):
            certs = extract_certs_for_validation(signed_data)
            found.update((cert.sha256, cert) for cert in (certs.signer_cert, *certs.other_certs))
    return found.values()


def _pages(node, seen, inherited=None):
    """Yield the media box of each page; a box is inherited from above."""
    if id(node) in seen or len(seen) > MAX_PAGES:
        raise PdfRefused(UNREADABLE)
    seen.add(id(node))
    inherited = node.get('/MediaBox', inherited)
    if '/Kids' not in node:
        yield inherited
    for kid in node.get('/Kids', ()):
        yield from _pages(kid.get_object(), seen, inherited)


def _size(box):
    x1, y1, x2, y2 = (float(value) for value in box)
    return round(abs(x2 - x1), 2), round(abs(y2 - y1), 2)
