"""Streamed parts: how they begin, their leaves, and any chunk of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from client.sealing.agefile import CHUNK_BYTES, Payload, begin_file, seal_file
from client.sealing.encoding import sha256
from client.sealing.streamed import Shape
from client.sealing.tree import leaf_hash, tree_hash
from client.sealing.xwing import KemKey
from tests.vectors.cases_documents import pattern
from tests.vectors.forge import RECORDER, Case, Drbg, drawn, flipped, good, refused, sealed

KEY, OTHER_KEY = KemKey(drawn("document key")), KemKey(drawn("other document key"))


@dataclass(frozen=True)
class Part:
    """A part as it lies in its blob; a case has one thing wrong with it."""

    plain: bytes
    head: bytes
    payload: Payload = field(repr=False)
    leaves: bytes = b""
    key: KemKey = KEY

    @property
    def shape(self) -> Shape:
        return Shape(len(self.plain))

    def chunk(self, index: int, text: bytes | None = None, at: int | None = None) -> bytes:
        """A sealed chunk: another text, or sealed as if it were at another place."""
        plain = self.shape.plain
        own = self.plain[plain(index) : plain(index + 1)]
        number = index if at is None else at
        last = self.shape.is_last(index)
        return self.payload.seal(number, own if text is None else text, last=last)

    def case(self, index: int, chunk: bytes, **other: bytes) -> Case:
        shape = self.shape
        said: Case = {"length": len(self.plain), "content": shape.content, "index": index}
        said |= {"leaves_length": shape.leaves}
        parts = {"seed": self.key.seed, "head": self.head, "leaves": self.leaves, "chunk": chunk}
        hashes = {"leaves_hash": sha256(self.leaves), "tree": tree_hash(self.plain)}
        return said | sealed(**(parts | hashes | other))


def made(length: int, label: str = "streamed", key: KemKey = KEY) -> Part:
    plain, random = pattern(length), Drbg(f"{label} {length}")
    head, payload = begin_file(key.public, random, RECORDER.wrap)
    shape = Shape(length)
    chunks = [plain[shape.plain(n) : shape.plain(n + 1)] for n in range(shape.chunks)]
    hashes = b"".join(map(leaf_hash, chunks))
    leaves = b"".join(seal_file([hashes], key.public, random, RECORDER.wrap))
    return Part(plain, head, payload, leaves, key)


def streamed() -> list[Case]:
    two = made(CHUNK_BYTES + 100)
    other = made(CHUNK_BYTES + 100, "another")
    short = made(100)

    def fine(name: str, part: Part, index: int) -> Case:
        plain, shape = part.plain, part.shape
        text = plain[shape.plain(index) : shape.plain(index + 1)]
        gives = {"begin": shape.begin(index), "blob": shape.blob, "plain_length": len(text)}
        return good(name, part.case(index, part.chunk(index)), gives | sealed(sha256=sha256(text)))

    foreign = replace(two, leaves=other.leaves, head=other.head)
    wrong = [
        ("a flipped chunk", "altered", "chunk", two.case(1, flipped(two.chunk(1), 50))),
        ("a chunk cut short", "altered", "chunk", two.case(1, two.chunk(1)[:-1])),
        ("another chunk's place", "altered", "chunk", two.case(1, two.chunk(1, at=0))),
        ("the last as if it were not", "altered", "chunk",
         two.case(1, two.payload.seal(1, two.plain[CHUNK_BYTES:], last=False))),
        ("rewritten with the document key", "altered", "chunk",
         two.case(1, two.chunk(1, text=bytes(100)))),
        ("a chunk of another file to the same key", "altered", "chunk",
         two.case(1, other.chunk(1))),
        ("flipped leaves", "altered", "leaves",
         two.case(1, two.chunk(1), leaves=flipped(two.leaves, 1700))),
        ("leaves that the sender did not name", "altered", "leaves",
         two.case(1, two.chunk(1), leaves=other.leaves)),
        ("leaves of another plaintext", "altered", "tree",
         foreign.case(1, other.chunk(1)) | sealed(tree=tree_hash(two.plain[:-1] + b"x"))),
        ("fewer leaves than chunks", "altered", "length",
         replace(two, leaves=short.leaves).case(1, two.chunk(1))
         | {"leaves_length": len(short.leaves)}),
        ("another length", "altered", "length", two.case(1, two.chunk(1)) | {"length": 100}),
        ("another header", "altered", "head",
         two.case(1, two.chunk(1), head=flipped(two.head, 300))),
        ("the header of another file", "altered", "chunk",
         two.case(1, two.chunk(1), head=other.head)),
        ("a header cut short", "altered", "head", two.case(1, two.chunk(1), head=two.head[:-1])),
        ("to another key", "altered", "leaves", two.case(1, two.chunk(1), seed=OTHER_KEY.seed)),
    ]  # fmt: skip
    return [
        fine("nothing", made(0), 0),
        fine("one chunk", short, 0),
        fine("a whole chunk", made(CHUNK_BYTES), 0),
        fine("the second chunk", two, 1),
        *(refused(name, layer, code, case) for name, code, layer, case in wrong),
    ]
