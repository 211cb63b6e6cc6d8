"""The RFC 6962 Merkle tree hash over 64 KiB chunks of a part's plaintext."""

from __future__ import annotations

import hashlib

from client.sealing.encoding import sha256

CHUNK_BYTES = 64 * 1024
LEAF_BYTES = 32


def leaf_hash(chunk: bytes) -> bytes:
    # In two steps, since a chunk is long: what stands before it is not worth a copy.
    leaf = hashlib.sha256(b"\x00")
    leaf.update(chunk)
    return leaf.digest()


def root_of(leaves: bytes) -> bytes:
    """The tree hash of the part whose chunks have these leaf hashes, 32 bytes each, in order."""
    tree = TreeHash()
    for at in range(0, len(leaves), LEAF_BYTES):
        tree.add_leaf(leaves[at : at + LEAF_BYTES])
    return tree.digest()


class TreeHash:
    """Hash a plaintext as it streams by, in memory that grows with the logarithm of its length."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        # Roots of perfect subtrees, largest first, with the number of their leaves.
        self._roots: list[tuple[int, bytes]] = []
        self.length = 0

    def update(self, data: bytes) -> None:
        self.length += len(data)
        self._buffer += data
        while len(self._buffer) >= CHUNK_BYTES:
            self.add_leaf(leaf_hash(bytes(self._buffer[:CHUNK_BYTES])))
            del self._buffer[:CHUNK_BYTES]

    def add_leaf(self, leaf: bytes) -> None:
        """Take a chunk by its leaf hash; none may have come in part."""
        leaves, root = 1, leaf
        while self._roots and self._roots[-1][0] == leaves:
            _, left = self._roots.pop()
            leaves, root = 2 * leaves, sha256(b"\x01" + left + root)
        self._roots.append((leaves, root))

    def digest(self) -> bytes:
        """The tree hash, once: an empty part is one empty chunk."""
        if self._buffer or not self._roots:
            self.add_leaf(leaf_hash(bytes(self._buffer)))
            self._buffer.clear()
        _, root = self._roots[-1]
        for _, left in reversed(self._roots[:-1]):
            root = sha256(b"\x01" + left + root)
        return root


def tree_hash(data: bytes) -> bytes:
    tree = TreeHash()
    tree.update(data)
    return tree.digest()
