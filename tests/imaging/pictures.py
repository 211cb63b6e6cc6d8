"""Pictures of a sealed link: genuine ones, as cameras and scanners write them, and hostile ones."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

PNG = b"\x89PNG\r\n\x1a\n"


def drawing(width: int = 60, height: int = 40) -> Image.Image:
    """Red at the top left, green at the top right, blue at the bottom left, white at its right."""
    pixels = np.full((height, width, 3), 255, np.uint8)
    pixels[: height // 2, : width // 2] = (220, 20, 20)
    pixels[: height // 2, width // 2 :] = (20, 160, 20)
    pixels[height // 2 :, : width // 2] = (20, 20, 220)
    return Image.fromarray(pixels)


def saved(picture: Image.Image, kind: str, **how: object) -> bytes:
    made = io.BytesIO()
    picture.save(made, kind, **how)
    return made.getvalue()


def turned() -> bytes:
    """As a phone saves it: on its side, and with a word that it is."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(drawing().rotate(90, expand=True), "JPEG", quality=95, exif=exif)


def chunk(kind: bytes, data: bytes, length: int | None = None) -> bytes:
    size = len(data) if length is None else length
    return struct.pack(">I", size) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    width: int, height: int, packed: bytes, *more: bytes, bits: int = 8, kind: int = 0
) -> bytes:
    """Grey, of these dimensions, with what was packed elsewhere."""
    head = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
    return (
        PNG + chunk(b"IHDR", head) + b"".join(more) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )


def zeros(mebibytes: int, wbits: int = 15) -> bytes:
    """That many of them, packed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    piece = bytes(1024 * 1024)
    return b"".join(packer.compress(piece) for _ in range(mebibytes)) + packer.flush()


def moving() -> bytes:
    frames = [drawing(), drawing().rotate(180)]
    return saved(frames[0], "PNG", save_all=True, append_images=frames[1:])


def genuine() -> Iterator[tuple[str, bytes]]:
    """All of the same drawing."""
    yield "PNG", saved(drawing(), "PNG")
    yield "PNG with opacity", saved(drawing().convert("RGBA"), "PNG")
    yield "PNG of a palette", saved(drawing().quantize(8), "PNG")
    deep = np.asarray(drawing().convert("L"), np.uint16) * 257
    yield "PNG of 16 bits of grey", saved(Image.fromarray(deep), "PNG")
    yield "JPEG", saved(drawing(), "JPEG", quality=95)
    yield "progressive JPEG", saved(drawing(), "JPEG", quality=95, progressive=True)
    yield "JPEG in CMYK", saved(drawing().convert("CMYK"), "JPEG", quality=95)
    yield "grey JPEG", saved(drawing().convert("L"), "JPEG", quality=95)
    yield "JPEG that is turned", turned()
    yield "JPEG with restarts", saved(drawing(), "JPEG", quality=95, restart_marker_blocks=1)
    yield "PNG that moves", moving()


def jpeg_head(rows: int, columns: int, marker: int = 0xC0) -> bytes:
    frame = struct.pack(">BHHB", 8, rows, columns, 1) + b"\1\x11\0"
    return b"\xff\xd8\xff" + bytes([marker]) + struct.pack(">H", len(frame) + 2) + frame


def hostile() -> Iterator[tuple[str, bytes, str]]:
    """Each with why nothing of it is shown."""
    whole = saved(drawing(), "PNG")
    photo = saved(drawing(400, 300), "JPEG", quality=95)
    scan = b"\xff\xda\0\x08\1\1\0\0\x3f\0" + b"\xab" * 64
    thumbnail = b"\xff\xe1" + struct.pack(">H", len(photo[:600]) + 2) + photo[:600]
    script = b"<script>document.title='x'</script>"
    lines = zlib.compress(bytes(101 * 100))
    yield "a PNG of giant dimensions", png(60_000, 60_000, lines, bits=1), "too_large"
    yield "a PNG of four thousand million lines", png(1, 0xFFFFFFFF, lines), "too_large"
    yield "a PNG without lines", png(100, 0, lines), "broken"
    yield "a PNG that unpacks to half a gibibyte", png(100, 100, zeros(512)), "broken"
    yield "a PNG with half of its lines", png(100, 100, zlib.compress(bytes(101 * 50))), "broken"
    yield "a PNG that is cut", whole[:-20], "broken"
    yield "a PNG without an end", whole[:-12], "broken"
    yield "a PNG cut in what is packed", png(100, 100, lines[:-6]), "broken"
    yield "a PNG of noise", png(100, 100, bytes(range(256))), "broken"
    yield "a PNG with two heads", png(100, 100, lines, whole[8:33]), "broken"
    yield "a PNG with a chunk beyond it", PNG + chunk(b"IHDR", bytes(13), 0x7FFFFFFF), "broken"
    yield "a PNG of no kind", png(100, 100, lines, kind=5), "broken"
    yield "a PNG of nothing", PNG, "broken"
    yield "a JPEG that is cut", photo[: len(photo) // 2], "broken"
    yield (
        "a JPEG that is cut behind another's end",
        b"\xff\xd8" + thumbnail + photo[2:-400],
        "broken",
    )
    yield "a JPEG cut in its tables", photo[:100], "broken"
    yield "a giant JPEG", jpeg_head(65_500, 65_500) + scan + b"\xff\xd9", "too_large"
    yield "a JPEG without lines", jpeg_head(0, 16) + scan + b"\xff\xd9", "unsupported"
    yield "a JPEG of noise", jpeg_head(16, 16) + scan + b"\xff\xd9", "unsupported"
    yield "a JPEG of frames in frames", jpeg_head(16, 16) + jpeg_head(16, 16)[2:], "broken"
    yield "a lossless JPEG", jpeg_head(16, 16, 0xC3) + scan + b"\xff\xd9", "unsupported"
    yield "a JPEG of nothing but an end", b"\xff\xd8\xff\xd9", "broken"
    yield "a drawing that is called a PNG", b"<svg xmlns='http://www.w3.org/2000/svg'>", "kind"
    yield "a page", b"<!doctype html>" + script, "kind"
    yield "a page that is a PDF further on", b"<html>" + script + b"\n%PDF-1.7\n", "kind"
    yield "a program that is a PDF further on", b"MZ" + bytes(200) + b"%PDF-1.7\n", "kind"
    yield "a moving picture of another form", saved(drawing(), "GIF"), "kind"
    yield "another form of picture", saved(drawing(), "WEBP"), "kind"
    yield "a zip", b"PK\3\4" + bytes(60), "kind"
    yield "nothing", b"", "kind"
