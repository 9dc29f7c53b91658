"""What our signatures say beyond PAdES: names of our fields, and the digest of the evidence as a signed attribute."""
from asn1crypto import algos, cms, core, tsp
from pyhanko.sign.ades.api import CAdESSignedAttrSpec, GenericCommitment
from pyhanko.sign.attributes import CMSAttributeProvider
from pyhanko.sign.signers.pdf_cms import CAdESSignedAttributeProviderSpec, PdfCMSSignedAttributes

FREEZE, ARCHIVE = 'freeze', 'archive_'
#: the digest of who signed, what they saw, the one-time code and the strokes; an OID made of a UUID (X.667) needs no registration
EVIDENCE_OID = '2.25.217905471968303041207431518424837365105'
EVIDENCE = 'esign_evidence_sha256'

cms.CMSAttributeType._map[EVIDENCE_OID] = EVIDENCE
cms.CMSAttributeType._reverse_map = None
cms.CMSAttribute._oid_specs[EVIDENCE] = cms.SetOfOctetString


def _parse_children(self, recurse=False, usual=tsp.ESSCertIDv2._parse_children):
    """Parse, and don't take the digest algorithm that is left out, and thus the usual one, for a change.

    asn1crypto would, and encode a time stamp that was looked into anew at each level around it, twice a level: ten seconds for one
    signature in seven.
    """
    usual(self, recurse)
    for child in self.children:
        if isinstance(child, algos.DigestAlgorithm) and child._mutated:
            child.dump()
            child._mutated = False


tsp.ESSCertIDv2._parse_children = _parse_children

CADES = CAdESSignedAttrSpec(commitment_type=GenericCommitment.PROOF_OF_APPROVAL.asn1)


class WithEvidence:
    """The signed attributes of PAdES, and the digest of the evidence."""

    def __init__(self, signer, digest):
        self.usual = CAdESSignedAttributeProviderSpec(
            PdfCMSSignedAttributes(cades_signed_attrs=CADES), signer.signing_cert, is_pades=True, timestamper=None)
        self.digest = digest

    def signed_attr_providers(self, data_digest, digest_algorithm):
        yield from self.usual.signed_attr_providers(data_digest, digest_algorithm)
        yield _Evidence(self.digest)


class _Evidence(CMSAttributeProvider):
    attribute_type = EVIDENCE

    def __init__(self, digest):
        self.digest = digest

    async def build_attr_value(self, dry_run=False):
        return core.OctetString(self.digest)


def evidence_of(signer_info):
    """Return the hex digest that a signature holds, None without one."""
    for attribute in signer_info['signed_attrs']:
        if attribute['type'].native == EVIDENCE:
            return attribute['values'][0].native.hex()
    return None
