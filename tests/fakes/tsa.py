#!/usr/bin/env python3
"""A time-stamp authority (RFC 3161 over HTTP) with a root of its own, for tests and for the demo world.

    tests/fakes/tsa.py --port 0 --certificate-out root.pem

says `TSA http://127.0.0.1:41234/` when it listens. The path chooses how it behaves:

    /               a token, as a good authority gives it
    /refuse         status `rejection`, no token
    /down           HTTP 503
    /slow/<s>       a good token after that many seconds
    /wrong-time     a token that says one hour ago
    /wrong-imprint  a token over other data than was asked for
    /wrong-nonce    a token that answers another question
    /stranger       a token signed below a root nobody knows, its names all the same
    /crl            the root's revocation list (DER)

It imports nothing of the product: what it says about a token, the product has to find out by itself.
"""
import argparse
import datetime
import hashlib
import os
import re
import secrets
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

POLICY = '1.3.6.1.4.1.99999.3161.1'
#: digests an authority of today accepts
DIGESTS = {'sha256', 'sha384', 'sha512'}
LARGEST_QUERY = 64_000


def now():
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)


class Authority:
    """A root and the certificate that signs tokens."""

    def __init__(self, root_key, root, key, certificate):
        self.root_key, self.root, self.key, self.certificate = root_key, root, key, certificate

    @classmethod
    def make(cls):
        root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        root_name, name = _name('Test Time Stamp Root'), _name('Test Time Stamp Authority')
        root = _certificate(root_name, root_name, root_key, root_key, 30, authority=True)
        return cls(root_key, root, key, _certificate(name, root_name, key, root_key, 15, authority=False))

    @classmethod
    def kept_in(cls, folder):
        """The authority of a folder, made the first time: tokens of yesterday stay good after a restart."""
        names = ('root.key', 'root.pem', 'tsa.key', 'tsa.pem')
        if not all((folder / name).exists() for name in names):
            made = cls.make()
            folder.mkdir(parents=True, exist_ok=True)
            for name, content in zip(names, (_key_pem(made.root_key), _pem(made.root), _key_pem(made.key), _pem(made.certificate)),
                                     strict=True):
                with open(os.open(folder / name, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), 'wb') as handle:
                    handle.write(content)
        root_key, root, key, certificate = ((folder / name).read_bytes() for name in names)
        return cls(serialization.load_pem_private_key(root_key, None), x509.load_pem_x509_certificate(root),
                   serialization.load_pem_private_key(key, None), x509.load_pem_x509_certificate(certificate))

    def crl(self):
        built = x509.CertificateRevocationListBuilder().issuer_name(self.root.subject).last_update(now())
        built = built.next_update(now() + datetime.timedelta(days=3650))
        return built.sign(self.root_key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def token(self, query, *, at=None, imprint=None, nonce=None):
        """The signed statement: this imprint existed at this time."""
        asked = query['message_imprint']
        info = {
            'version': 'v1', 'policy': POLICY, 'serial_number': secrets.randbits(64), 'gen_time': at or now(),
            'message_imprint': {'hash_algorithm': asked['hash_algorithm'], 'hashed_message': imprint or asked['hashed_message'].native},
            'accuracy': {'seconds': 1}, 'ordering': False,
        }
        if query['nonce'].native is not None:
            info['nonce'] = query['nonce'].native if nonce is None else nonce
        return self._signed(tsp.TSTInfo(info).dump(), with_certificates=query['cert_req'].native)

    def _signed(self, content, with_certificates):
        certificate = _asn1(self.certificate)
        attributes = cms.CMSAttributes([
            cms.CMSAttribute({'type': 'content_type', 'values': ['tst_info']}),
            cms.CMSAttribute({'type': 'signing_time', 'values': [cms.Time({'utc_time': now()})]}),
            cms.CMSAttribute({'type': 'message_digest', 'values': [hashlib.sha256(content).digest()]}),
            # which certificate signed, so that no other one of the same name can take its place (RFC 5816)
            cms.CMSAttribute({'type': 'signing_certificate_v2', 'values': [tsp.SigningCertificateV2({
                'certs': [tsp.ESSCertIDv2({'cert_hash': hashlib.sha256(certificate.dump()).digest()})],
            })]}),
        ])
        signer = cms.SignerInfo({
            'version': 'v1',
            'sid': cms.SignerIdentifier({'issuer_and_serial_number': cms.IssuerAndSerialNumber({
                'issuer': certificate.issuer, 'serial_number': certificate.serial_number})}),
            'digest_algorithm': algos.DigestAlgorithm({'algorithm': 'sha256'}),
            'signed_attrs': attributes,
            'signature_algorithm': algos.SignedDigestAlgorithm({'algorithm': 'sha256_ecdsa'}),
            'signature': self.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())),
        })
        signed = {
            'version': 'v3', 'digest_algorithms': [algos.DigestAlgorithm({'algorithm': 'sha256'})], 'signer_infos': [signer],
            'encap_content_info': {'content_type': 'tst_info', 'content': core.ParsableOctetString(content)},
        }
        if with_certificates:
            signed['certificates'] = [certificate, _asn1(self.root)]
        return cms.ContentInfo({'content_type': 'signed_data', 'content': cms.SignedData(signed)})


def _name(common):
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, 'CN'), x509.NameAttribute(NameOID.ORGANIZATION_NAME, 'Test only'),
                      x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _certificate(name, issuer, key, issuer_key, years, *, authority):
    built = (x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(key.public_key())
             .serial_number(x509.random_serial_number()).not_valid_before(now() - datetime.timedelta(days=1))
             .not_valid_after(now() + datetime.timedelta(days=365 * years))
             .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
             .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
             .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
             .add_extension(x509.KeyUsage(
                 digital_signature=not authority, key_cert_sign=authority, crl_sign=authority, content_commitment=not authority,
                 key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False),
                 critical=True))
    if not authority:
        built = built.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return built.sign(issuer_key, hashes.SHA256())


def _asn1(certificate):
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _answer(token):
    return tsp.TimeStampResp({'status': {'status': 'granted'}, 'time_stamp_token': token})


class Refusal(core.Sequence):
    """A TimeStampResp without its token, which RFC 3161 leaves out of a refusal and asn1crypto insists on."""
    _fields = [('status', tsp.PKIStatusInfo)]


def _refusal(reason, sentence):
    return Refusal({'status': {'status': 'rejection', 'status_string': [sentence], 'fail_info': {reason}}})


class Door(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        if self.path == '/crl':
            return self._reply(200, self.server.authority.crl(), 'application/pkix-crl')
        if self.path == '/root.pem':
            return self._reply(200, _pem(self.server.authority.root), 'application/x-pem-file')
        return self._reply(405, b'POST an RFC 3161 query here.\n', 'text/plain')

    def do_POST(self):
        size = int(self.headers.get('Content-Length') or 0)
        if size > LARGEST_QUERY:
            return self._reply(413, b'', 'text/plain')
        body = self.rfile.read(size)
        if self.path == '/down':
            return self._reply(503, b'out of order\n', 'text/plain')
        if self.headers.get('Content-Type') != 'application/timestamp-query':
            return self._reply(415, b'Content-Type must be application/timestamp-query\n', 'text/plain')
        answer = self._judge(body)
        return self._reply(200, answer.dump(), 'application/timestamp-reply')

    def _judge(self, body):
        try:
            query = tsp.TimeStampReq.load(body, strict=True)
            algorithm = query['message_imprint']['hash_algorithm']['algorithm'].native
            digest = query['message_imprint']['hashed_message'].native
        except (ValueError, TypeError):
            return _refusal('bad_data_format', 'This is not a time-stamp query.')
        if algorithm not in DIGESTS or len(digest) != hashlib.new(algorithm).digest_size:
            return _refusal('bad_alg', 'Use SHA-256, SHA-384 or SHA-512.')
        return self._behave(query, digest)

    def _behave(self, query, digest):
        authority = self.server.authority
        if slow := re.fullmatch(r'/slow/(\d+(?:\.\d+)?)', self.path):
            time.sleep(float(slow[1]))
        elif self.path == '/refuse':
            return _refusal('system_failure', 'The authority refuses, as it was asked to.')
        elif self.path == '/wrong-time':
            return _answer(authority.token(query, at=now() - datetime.timedelta(hours=1)))
        elif self.path == '/wrong-imprint':
            return _answer(authority.token(query, imprint=bytes(byte ^ 1 for byte in digest)))
        elif self.path == '/wrong-nonce':
            return _answer(authority.token(query, nonce=4711))
        elif self.path == '/stranger':
            return _answer(self.server.stranger.token(query))
        elif self.path != '/':
            return _refusal('unaccepted_policy', 'No such path.')
        return _answer(authority.token(query))

    def _reply(self, status, body, kind):
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        """Quiet: whoever wants to know asks the product."""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--port', type=int, default=8318, help='0: any free one')
    parser.add_argument('--certificate-out', type=Path, metavar='FILE', help='write the root certificate (PEM) there')
    parser.add_argument('--keys', type=Path, metavar='DIR', help='keep the keys in this folder (default: new ones at each start)')
    args = parser.parse_args()
    server = ThreadingHTTPServer(('127.0.0.1', args.port), Door)
    server.daemon_threads = True
    server.authority = Authority.kept_in(args.keys) if args.keys else Authority.make()
    server.stranger = Authority.make()
    if args.certificate_out:
        args.certificate_out.write_bytes(_pem(server.authority.root))
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    sys.stdout.write(f'TSA http://127.0.0.1:{server.server_port}/\n')
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.1)


if __name__ == '__main__':
    main()
