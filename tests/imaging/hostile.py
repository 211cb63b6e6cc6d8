"""Files that somebody made to do harm: DICOM, zips, studies, pictures, FHIR documents, PDFs.

Each has a name, how a page would come to open it, and its bytes. None of them may be shown.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tests.imaging.dicoms import Ct, encoded

# `image`: as a file of a study; `study`: as what a link holds; `chosen`: as a zip that is to be
# sent; `marks`: as a file of marks; `photo`: as a photo of the chat; the others as the part of a
# signed document.
How = Literal[
    "image", "study", "chosen", "marks", "photo", "application/fhir+json", "application/pdf"
]

RLE, J2K = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.90"
JPEG, JPEG_LS, LOSSLESS = (f"1.2.840.10008.1.2.4.{n}" for n in (50, 80, 70))
_BIG = 0xFFFFFFFF


@dataclass(frozen=True)
class Hostile:
    name: str
    how: How
    content: bytes


def _element(group: int, number: int, vr: bytes, value: bytes, length: int | None = None) -> bytes:
    size = len(value) if length is None else length
    if vr in {b"OB", b"OW", b"SQ", b"UN", b"UT"}:
        return struct.pack("<HH2sHI", group, number, vr, 0, size) + value
    return struct.pack("<HH2sH", group, number, vr, size) + value


def _item(value: bytes, length: int | None = None) -> bytes:
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(value) if length is None else length) + value


_END = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)


def _head(syntax: str = "1.2.840.10008.1.2.1", preamble: bytes = b"") -> bytes:
    uid = syntax.encode() + b"\0" * (len(syntax) % 2)
    meta = _element(2, 0x10, b"UI", uid)
    length = _element(2, 0, b"UL", struct.pack("<I", len(meta)))
    return preamble.ljust(128, b"\0") + b"DICM" + length + meta


def _short(number: int, value: int) -> bytes:
    return _element(0x28, number, b"US", struct.pack("<H", value))


def _image(
    pixels: bytes,
    *,
    syntax: str = "1.2.840.10008.1.2.1",
    rows: int = 16,
    columns: int = 16,
    samples: int = 1,
    photometric: bytes = b"MONOCHROME2 ",
    bits: int = 16,
    frames: bytes = b"1 ",
) -> bytes:
    """A file with these pixels, of which not everything needs to be true."""
    shape = [
        _short(2, samples),
        _element(0x28, 4, b"CS", photometric),
        _element(0x28, 8, b"IS", frames),
        *(_short(0x10, rows), _short(0x11, columns), _short(0x100, bits), _short(0x101, bits)),
        *(_short(0x102, bits - 1), _short(0x103, 0)),
    ]
    return _head(syntax) + b"".join(shape) + pixels


def _plain(count: int = 512) -> bytes:
    return _element(0x7FE0, 0x10, b"OW", b"\1\2" * (count // 2))


def _packed(*pieces: bytes, end: bytes = _END) -> bytes:
    items = _item(b"") + b"".join(map(_item, pieces))
    return _element(0x7FE0, 0x10, b"OB", b"", _BIG) + items + end


def _siz(width: int, height: int, parts: int = 1) -> bytes:
    """How a JPEG 2000 codestream begins."""
    size = struct.pack(">HIIIIIIIIH", 0, width, height, 0, 0, width, height, 0, 0, parts)
    size += b"\x0f\1\1" * parts
    return b"\xff\x4f\xff\x51" + struct.pack(">H", len(size) + 2) + size


def _jpeg(rows: int, columns: int, marker: int = 0xC0) -> bytes:
    frame = struct.pack(">BHHB", 8, rows, columns, 1) + b"\1\x11\0"
    head = b"\xff\xd8\xff" + bytes([marker]) + struct.pack(">H", len(frame) + 2) + frame
    return head + b"\xff\xda\0\x08\1\1\0\0\x3f\0" + b"\xab" * 64


def _deflated(size: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(bytes(size)) + packer.flush()


def images() -> Iterator[tuple[str, bytes]]:
    whole = encoded(Ct().slice(0))
    sequence = _element(0x40, 0x275, b"SQ", b"", _BIG)
    runs = struct.pack("<16I", 2, 64, 66, *([0] * 13))
    programs = (b"MZ\x90\0", b"\x7fELF\2\1", b"#!/bin/sh\n", b"%PDF-1.7\n", b"<html><script>")
    for begin in programs:
        yield f"a program in the preamble: {begin[:4]!r}", whole.replace(bytes(14), begin, 1)
    yield "no magic", whole[:128] + b"DICX" + whole[132:]
    yield "nothing", b""
    yield "cut in its head", whole[:300]
    yield "cut in its pixels", whole[:-40]
    yield "giant dimensions", _image(_plain(), rows=65_535, columns=65_535)
    yield "giant runs", _image(_packed(runs), syntax=RLE, rows=65_535, columns=65_535)
    yield "giant colours", _image(_plain(), rows=9000, columns=9000, samples=3, bits=8)
    yield "two thousand million frames", _image(_plain(), frames=b"2000000000")
    yield "a negative number of frames", _image(_plain(), frames=b"-4")
    yield "frames that are no number", _image(_plain(), frames=b"NaN ")
    yield "more frames than pixels", _image(_plain(), frames=b"3 ", rows=12)
    yield "no rows", _image(_plain(), rows=0)
    yield "32 bits", _image(_plain(), bits=32)
    yield "three samples of grey", _image(_plain(768), samples=3, bits=8)
    yield "a palette without colours", _image(_plain(), photometric=b"PALETTE COLOR ")
    yield "an unknown kind of colour", _image(_plain(), photometric=b"<script>")
    yield "a length beyond the file", _head() + _element(8, 0x60, b"LO", b"CT", 60_000)
    yield "a sequence without an end", _head() + sequence + _item(b"", _BIG) + bytes(4096)
    yield "sequences in sequences", _head() + (sequence + _item(b"", _BIG)) * 50_000
    yield "an item beyond its sequence", _head() + sequence + _item(b"", 0x7FFFFFFF) + _plain()
    yield "an unknown syntax", _image(_plain(), syntax="1.2.3.4")
    yield "a syntax that is no UID", _image(_plain(), syntax="../../etc/passwd")
    yield "deflated zeros", _head("1.2.840.10008.1.2.1.99") + _deflated(64 * 1024 * 1024)
    yield "plain pixels that say to be packed", _image(_plain(), syntax=J2K)
    yield "pieces without an end", _image(_packed(b"\xff\xd8", end=b""), syntax=JPEG)
    yield "no piece", _image(_packed(), syntax=JPEG)
    yield "a piece beyond the file", _image(_packed(end=_item(b"", 0x7FFFFFFF)), syntax=JPEG)
    yield "a giant JPEG 2000", _image(_packed(_siz(1 << 31, 1 << 31)), syntax=J2K)
    yield "a JPEG 2000 of another size", _image(_packed(_siz(17, 16)), syntax=J2K)
    yield "a JPEG 2000 without tiles", _image(_packed(_siz(16, 16) + b"\xff\x90" * 64), syntax=J2K)
    yield "16,384 parts of JPEG 2000", _image(_packed(_siz(16, 16, 16_384)), syntax=J2K)
    yield "a giant JPEG", _image(_packed(_jpeg(65_500, 65_500)), syntax=JPEG, bits=8)
    yield "a JPEG that is cut", _image(_packed(_jpeg(16, 16)[:24]), syntax=JPEG, bits=8)
    yield "a JPEG-LS of noise", _image(_packed(_jpeg(16, 16, 0xF7)), syntax=JPEG_LS)
    yield "a lossless JPEG of noise", _image(_packed(_jpeg(16, 16, 0xC3)), syntax=LOSSLESS)
    yield "runs beyond their segment", _image(_packed(runs + b"\x7f\1"), syntax=RLE)
    segments = struct.pack("<16I", 2, 9_999, 70, *([0] * 13))
    yield "segments beyond the frame", _image(_packed(segments + bytes(8)), syntax=RLE)
    yield "more segments than bytes", _image(_packed(b"\xff" * 64), syntax=RLE)


def _zip(entries: list[tuple[str, bytes]], method: int = zipfile.ZIP_STORED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as zipped:
        for name, content in entries:
            zipped.writestr(name, content)
    return made.getvalue()


def _index(instances: list[dict[str, object]]) -> bytes:
    series = [{"dataset": {}, "instances": instances}]
    return json.dumps({"v": 1, "studies": [{"dataset": {}, "series": series}]}).encode() + b"\n"


def studies() -> Iterator[tuple[str, bytes]]:
    def named(index: bytes, rest: bytes = b"") -> bytes:
        return _zip([("index.json", index), ("1.dcm", rest)])

    at = 16 + 30 + len("1.dcm")
    program = _image(_plain()).replace(bytes(2), b"MZ", 1)
    one = {"at": at - 16, "length": len(program), "dataset": {}}
    yield "no zip", b"\0" * 200_000
    yield "another file first", _zip([("1.dcm", _image(_plain()))])
    yield "an index without an end", named(b"{" * 400_000)
    yield "an index of nested lists", named(b"[" * 200_000 + b"\n")
    yield "files beyond the part", named(_index([{"at": 0, "length": 2**50, "dataset": {}}]))
    yield "a program for an image", named(_index([one]), program)
    yield "an index in an index", named(_index([{"at": 0, "length": 40, "dataset": {}}]))
    yield "an index that is packed", _zip([("index.json", b" " * 9000)], zipfile.ZIP_DEFLATED)


def zips() -> Iterator[tuple[str, bytes]]:
    bomb = bytes(128) + b"DICM" + bytes(200 * 1024 * 1024)
    yield "a bomb", _zip([("IM1", bomb)], zipfile.ZIP_DEFLATED)
    yield "20,000 files", _zip([(f"{n}", b"") for n in range(20_000)])
    yield "names that lead elsewhere", _zip([("../../x", b"MZ"), ("\u202egpj.exe", b"MZ")])
    yield "cut", _zip([("IM1", _image(_plain()))])[:-30]
    yield "an end that lies", b"PK\5\6" + struct.pack("<4H2IH", 0, 0, 9, 9, _BIG, _BIG, 0)


def marks() -> Iterator[tuple[str, bytes]]:
    """Presentation states of which no mark can be drawn."""

    def state(*tags: bytes) -> bytes:
        uids = [(8, 0x16, b"1.2.840.10008.5.1.4.1.1.11.1"), (8, 0x18, b"1.2")]
        uids += [(0x20, 0x0D, b"1.2.3")]
        named = [_element(a, b, b"UI", uid + b"\0" * (len(uid) % 2)) for a, b, uid in uids]
        return _head() + b"".join(named) + b"".join(tags)

    def drawn(*values: float, count: int = 1) -> bytes:
        data = struct.pack(f"<{len(values)}f", *values)
        graphic = _element(0x70, 5, b"CS", b"PIXEL ")
        graphic += _element(0x70, 0x20, b"US", struct.pack("<H", 2))
        graphic += _element(0x70, 0x21, b"US", struct.pack("<H", count))
        graphic += _element(0x70, 0x22, b"FL", data) + _element(0x70, 0x23, b"CS", b"POINT ")
        image = _element(8, 0x1155, b"UI", b"1.2\0")
        refs = _element(8, 0x1140, b"SQ", _item(image))
        objects = _element(0x70, 9, b"SQ", _item(graphic))
        return _element(0x70, 1, b"SQ", _item(refs + objects))

    sequence = _element(0x70, 1, b"SQ", b"", _BIG) + _item(b"", _BIG)
    yield "marks without an end", state(sequence, bytes(4096))
    yield "marks in marks", state(sequence * 50_000)
    yield "marks that are no numbers", state(drawn(float("nan"), 1))
    yield "marks far outside", state(drawn(1e30, 1e30))
    yield "more points than there are", state(drawn(1, 1, count=65_535))
    yield "a file of marks that is large", state(drawn(1, 1), bytes(2 * 1024 * 1024))
    yield "marks that are a program", b"MZ" + state(drawn(1, 1))[2:]
    yield "marks that are an image", _image(_plain())


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    packed = chunk(b"IDAT", zlib.compress(bytes(4096)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + packed + chunk(b"IEND", b"")


def photos() -> Iterator[tuple[str, bytes]]:
    yield "a giant picture", _png(60_000, 60_000)
    yield "a drawing with a script", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"
    yield "a page", b"<!doctype html><script>document.title='x'</script>"
    yield "a JPEG of noise", _jpeg(16, 16)[:20] + b"\xff" * 400
    yield "a GIF without a picture", b"GIF89a" + bytes(64)


def documents() -> Iterator[tuple[str, How, bytes]]:
    bundle = {"resourceType": "Bundle", "type": "document", "entry": []}
    script = bundle | {"text": {"div": "<div><script>document.title='x'</script></div>"}}
    fhir: dict[str, bytes] = {
        "lists without an end": b"[" * 500_000,
        "no UTF-8": b'{"resourceType":"\xff"}',
        "a bundle of nothing": json.dumps(bundle).encode(),
        "a bundle with a script": json.dumps(script).encode(),
        "a prototype": b'{"__proto__":{"resourceType":"Bundle"},"entry":{"length":1e9}}',
        "a number without an end": b'{"resourceType":' + b"9" * 400_000 + b"}",
        "a text": b'"Bundle"',
        "nothing": b"",
    }
    for name, content in fhir.items():
        yield name, "application/fhir+json", content
    pdfs = {
        "a program that is a PDF further on": b"MZ" + bytes(200) + b"%PDF-1.7\n",
        "a page that says to be a PDF": b"<!doctype html><script>document.title='x'</script>",
        "no PDF": b"%PD",
    }
    for name, content in pdfs.items():
        yield name, "application/pdf", content


def written(*objects: bytes, trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A file of these objects, numbered from 1, with a table of where each of them is."""
    made = b"%PDF-1.7\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    table = b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, rows)
    end = b"trailer\n<< /Size %d %b >>\n" % (len(objects) + 1, trailer)
    return made + table + end + b"startxref\n%d\n%%%%EOF\n" % len(made)


def stream(content: bytes, said: bytes = b"") -> bytes:
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(content), said, content)


def paged(page: bytes, *more: bytes, catalog: bytes = b"", count: int = 1) -> bytes:
    """A file of one page, which is its third object."""
    return written(
        b"<< /Type /Catalog /Pages 2 0 R %b >>" % catalog,
        b"<< /Type /Pages /Kids [3 0 R] /Count %d >>" % count,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] %b >>" % page,
        *more,
    )


FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
WORDS = b"BT /F 18 Tf 20 100 Td (words) Tj ET"


def plain_pdf(catalog: bytes = b"", page: bytes = b"", *more: bytes) -> bytes:
    """A page with a word on it, and what else is said of it."""
    with_words = b"/Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> " + page
    return paged(with_words, stream(WORDS), FONT, *more, catalog=catalog)


def pdfs() -> Iterator[tuple[str, bytes]]:
    """That are none, or have no page which can be shown within seconds."""
    whole = plain_pdf()
    yield "a PDF of nothing", b"%PDF-1.7\n"
    yield "a PDF cut in its objects", whole[:80]
    yield "a PDF of noise", b"%PDF-1.7\n" + bytes(range(256)) * 400
    yield "a PDF of brackets", b"%PDF-1.7\n1 0 obj\n" + b"[" * 400_000
    yield "a PDF of dictionaries", b"%PDF-1.7\ntrailer\n" + b"<< /Root " * 200_000
    yield (
        "a locked PDF",
        written(
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [] /Count 0 >>",
            b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%b> /U <%b> >>" % (b"ab" * 32, b"cd" * 32),
            trailer=b"/Root 1 0 R /Encrypt 3 0 R /ID [<00> <00>]",
        ),
    )
    yield (
        "no page",
        written(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"),
    )
    yield (
        "pages in a ring",
        written(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"),
    )
    yield "a thousand million pages", paged(b"", count=1_000_000_000)
    yield "a giant page", paged(b"").replace(b"300 200", b"3e9 2e9")
    yield "an empty page", paged(b"").replace(b"300 200", b"0 0")


def corpus() -> list[Hostile]:
    return [
        *(Hostile(name, "image", content) for name, content in images()),
        *(Hostile(name, "study", content) for name, content in studies()),
        *(Hostile(name, "chosen", content) for name, content in zips()),
        *(Hostile(name, "marks", content) for name, content in marks()),
        *(Hostile(name, "photo", content) for name, content in photos()),
        *(Hostile(name, how, content) for name, how, content in documents()),
    ]
