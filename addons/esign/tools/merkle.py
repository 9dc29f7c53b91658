"""One hash over many, so that one time-stamp anchors the heads of all chains."""
from hashlib import sha256


def merkle_root(hashes):
    """Return the root of a Merkle tree as RFC 6962 builds it: leaves and nodes are hashed differently.

    :param hashes: hex hashes, in the order they are kept; the same set in another order has another root
    :return: hex hash
    """
    return _root([sha256(b'\x00' + bytes.fromhex(item)).digest() for item in hashes]).hex()


def _root(level):
    if not level:
        return sha256().digest()
    if len(level) == 1:
        return level[0]
    half = 1 << (len(level) - 1).bit_length() - 1  # the largest power of two below the length
    return sha256(b'\x01' + _root(level[:half]) + _root(level[half:])).digest()
