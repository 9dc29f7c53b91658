"""Is this file what the parties signed?

Each way to check misses an attack that another finds, so all must agree: every signature with an analysis of what came
after it, the expected signers in their order, and a time-stamp over the whole file as the last thing in it. What no file can
tell (an older copy, a lost signature) the caller finds by comparing ``sha256`` with the register.
"""
import asyncio
import io
from datetime import UTC, datetime
from hashlib import sha256

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation, extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import read_certification_data
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel

from . import trust
from .errors import VerifyError
from .evidence import FREEZE, evidence_of

MAX_SIGNATURES = 60
SIGNING = KeyUsageConstraints(key_usage={'non_repudiation'})
CHANGED = 'After this signature the file was changed in a way it forbids.'
UNREADABLE = 'This file is no PDF that can be read; it is damaged, encrypted or something else.'
TOO_LONG = 'Checking took too long and was stopped; the file is unusually complicated or made to hold up this server.'


def examine(pdf, trusted, *, expected=None, moment=None):
    """Check all signatures of a file.

    :param pdf: bytes
    :param trusted: ``trust.Trust``; with the lists of today what was taken back before a signature counts
    :param expected: keys of the parties in the order they signed; None when nobody knows
    :param moment: aware datetime of this examination; now by default
    :return: dict of JSON values: ``ok`` (all of it holds), ``sha256``, ``size``, ``whole_file``, ``last_is_timestamp``, ``locked``,
        ``problems`` (sentences) and ``signatures``, in the order they were made: ``key``, ``name``, ``kind`` (handwriting, review,
        seal, system, archive), ``intact`` (what was signed is unchanged), ``valid`` (and the mathematics is right), ``trusted`` (and the
        certificate was good then), ``at``, ``level`` (B-B, B-T, B-LTA), ``modification`` (what came later: none, lta_updates,
        form_filling, other), ``evidence_sha256``, ``serial``, ``problems``
    :raise VerifyError: when it is no PDF
    """
    try:
        return asyncio.run(_File(pdf, trusted, moment or datetime.now(UTC)).examine(expected))
    except (PdfError, SigningError, ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError, NotImplementedError,
            RecursionError, OverflowError) as error:
        if isinstance(error, VerifyError):
            raise
        raise VerifyError(UNREADABLE) from error


class _File:
    """One examination."""

    def __init__(self, pdf, trusted, moment):
        self.pdf, self.trusted, self.moment = pdf, trusted, moment
        self.reader = PdfFileReader(io.BytesIO(pdf))
        if self.reader.encrypted:
            raise VerifyError(UNREADABLE)
        self.signatures = self.reader.embedded_signatures
        if len(self.signatures) > MAX_SIGNATURES:
            raise VerifyError(TOO_LONG)
        self.crls = [*trusted.crls, *self._kept_lists()]

    def _kept_lists(self):
        """Return the lists of revocation inside the file; each is believed only as far as its signature goes."""
        if '/DSS' not in self.reader.root:
            return []
        return [crl.get_object().data for crl in self.reader.root['/DSS'].get('/CRLs', ())]

    async def examine(self, expected):
        archives = await self._archives()
        found = [archives.get(signature.fq_name) or await self._signature(signature, archives) for signature in self.signatures]
        last = self.signatures[-1] if self.signatures else None
        result = {
            'sha256': sha256(self.pdf).hexdigest(),
            'size': len(self.pdf),
            'whole_file': bool(last) and last.coverage == SignatureCoverageLevel.ENTIRE_FILE,
            'last_is_timestamp': bool(last) and _is_archive(last),
            'locked': self._is_locked(),
            'signatures': found,
        }
        result['problems'] = [sentence for sentence, holds in self._rules(result, expected) if not holds]
        result['ok'] = not result['problems']
        return result

    def _rules(self, result, expected):
        """Return (sentence, whether it is all right)."""
        found = result['signatures']
        keys = [row['key'] for row in found if row['kind'] != 'archive' and row['key'] != FREEZE]
        yield 'The file isn’t signed.', any(row['kind'] != 'archive' for row in found)
        yield 'At least one signature doesn’t hold.', not any(row['problems'] for row in found)
        yield 'The document wasn’t frozen before it was signed.', bool(found) and found[0]['key'] == FREEZE and self._is_certified()
        yield 'The last signature doesn’t lock the document.', result['locked']
        yield 'The file has no archive time-stamp at its end.', result['last_is_timestamp']
        yield 'Something was added after the last time-stamp.', result['whole_file'] or not result['last_is_timestamp']
        if expected is not None:
            yield 'The signatures are not those of this document’s parties, in their order.', keys == list(expected)

    def _is_certified(self):
        certification = read_certification_data(self.reader)
        return bool(certification) and certification.permission in (MDPPerm.NO_CHANGES, MDPPerm.FILL_FORMS) \
            and certification.author_sig == self.signatures[0].sig_object

    def _is_locked(self):
        parties = [signature for signature in self.signatures if not _is_archive(signature)]
        return bool(parties) and parties[-1].docmdp_level == MDPPerm.NO_CHANGES

    async def _archives(self):
        """Check the time-stamps over the whole file, each at the time of the next; the last one must be good today."""
        found, moment = {}, self.moment
        for signature in reversed(self.signatures):
            if _is_archive(signature):
                status = await async_validate_pdf_timestamp(
                    signature, self._context(self.trusted.timestamp_roots, signature.signed_data, moment))
                found[signature.fq_name] = row = self._row(signature, status, 'archive', 'B-LTA', status.timestamp)
                if status.timestamp > moment:
                    row['problems'].append('The time-stamp says a time that is still to come.')
                moment = min(status.timestamp, moment)
        return found

    async def _signature(self, signature, archives):
        """Check a party's signature at the time its time-stamp says, and that time-stamp at the time of the next archive."""
        token = next(extract_tst_data_iter(signature.signer_info, signed=False), None)
        said = token['encap_content_info']['content'].parsed['gen_time'].native if token else None
        archive = next((datetime.fromisoformat(archives[later.fq_name]['at']) for later in self.signatures
                        if later.fq_name in archives and later.signed_revision > signature.signed_revision), None)
        status = await async_validate_pdf_signature(
            signature,
            self._context(self.trusted.roots, signature.signed_data, said or self.moment),
            self._context(self.trusted.timestamp_roots, token or signature.signed_data, archive or self.moment),
            key_usage_settings=SIGNING)
        stamp = status.timestamp_validity
        stamped = bool(stamp and stamp.intact and stamp.valid and stamp.trusted)
        level = 'B-B' if not stamped else 'B-LTA' if archive and self.crls else 'B-T'
        row = self._row(signature, status, signature.sig_field.get('/TU', ''), level, said if stamped else None)
        row['evidence_sha256'] = evidence_of(signature.signer_info)
        if not stamped:
            row['problems'].append('Its time isn’t proved by a time-stamp that can be trusted.')
        elif said > (archive or self.moment):
            row['problems'].append('The time-stamp says a time that is still to come.')
        if not status.docmdp_ok and CHANGED not in row['problems']:
            row['problems'].append(CHANGED)
        return row

    def _context(self, roots, signed_data, moment):
        return trust.context(roots, extract_certs_for_validation(signed_data).signer_cert, crls=self.crls, moment=moment)

    def _row(self, signature, status, kind, level, at):
        """Return what is said of a signature."""
        modification = status.modification_level.name.lower() if status.modification_level else 'none'
        valid = bool(status.intact and status.valid)
        return {
            'key': signature.fq_name,
            'name': status.signing_cert.subject.native.get('common_name') or status.signing_cert.subject.human_friendly,
            'kind': str(kind),
            'intact': bool(status.intact), 'valid': valid, 'trusted': valid and bool(status.trusted),
            'at': at and at.astimezone(UTC).isoformat(),
            'level': level,
            'modification': modification,
            'evidence_sha256': None,
            'serial': f'{status.signing_cert.serial_number:x}',
            'problems': [sentence for sentence, holds in (
                ('What was signed is changed or damaged.', status.intact),
                ('The signature itself is damaged or forged.', status.valid),
                ('The certificate wasn’t good when it was used, or isn’t of an authority this system trusts.', status.trusted),
                (CHANGED, modification != 'other'),
            ) if not holds],
        }


def _is_archive(signature):
    return signature.sig_object_type == '/DocTimeStamp'
