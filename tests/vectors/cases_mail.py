"""What letters hold."""

from __future__ import annotations

from typing import Any

from client.sealing.encoding import b64u, json_bytes
from client.sealing.sealed_link import draw_code
from tests.vectors.forge import Case, drawn, good, refused, sealed


def mail() -> list[Case]:
    identifier, at = b64u(drawn("id", 16)), "2026-01-02T03:04:05Z"
    document = {"t": "document", "id": identifier, "at": at, "statement": "AAAA", "envelope": ""}
    delivered = {"t": "delivered", "document": identifier, "verified": True}
    opened = {"t": "opened", "document": identifier}
    moved = {"t": "moved", "address": "AAAA"}
    files = {
        "t": "files",
        "id": identifier,
        "at": at,
        "link": b64u(drawn("link")),
        "code": b64u(draw_code(lambda length: drawn("code", length))),
        "name": "Étude 2026.zip",
        "size": 1_288_490_188,
        "until": "2026-02-01T00:00:00Z",
    }
    paid = {"voucher": b64u(drawn("voucher")), "bytes": 65_536, "until": at}
    fine: dict[str, dict[str, Any]] = {
        "document": document,
        "document with a receipt": document | {"receipt": b64u(bytes(72))},
        "document with what pays for keeping it": document | {"vouchers": [paid] * 2},
        "delivered": delivered,
        "delivered, and refused": delivered | {"verified": False},
        "opened": opened,
        "moved": moved,
        "files": files,
        "files that were sent with a permit": files | {"permit": b64u(drawn("permit", 16))},
        "files with what pays for keeping the letter": files | {"vouchers": [paid] * 2},
        "an empty file": files | {"size": 0},
        "files with a name of 200 units": files | {"name": "𝔸" * 100},
        "a member too many": opened | {"later": 1},
        "an unknown type": {"t": "later", "x": 1},
    }
    wrong: dict[str, bytes] = {
        "nothing": b"",
        "no object": b"[]",
        "no type": b"{}",
        "a document without envelope": json_bytes(
            {name: value for name, value in document.items() if name != "envelope"}
        ),
        "a document at no time": json_bytes(document | {"at": "2026-02-30T00:00:00Z"}),
        "a receipt of 71 bytes": json_bytes(document | {"receipt": b64u(bytes(71))}),
        "no voucher": json_bytes(document | {"vouchers": []}),
        "five vouchers": json_bytes(document | {"vouchers": [paid] * 5}),
        "an id of 15 bytes": json_bytes(opened | {"document": b64u(bytes(15))}),
        "moved without an address": json_bytes({"t": "moved"}),
        "files with a name of 201 units": json_bytes(files | {"name": "𝔸" * 100 + "a"}),
        "files with a name of half a pair": json_bytes(files).replace(b"2026.zip", rb"\ud835"),
        "files without a code": json_bytes(
            {name: value for name, value in files.items() if name != "code"}
        ),
        "a code of 8 bytes": json_bytes(files | {"code": b64u(bytes(8))}),
        "a link of 31 bytes": json_bytes(files | {"link": b64u(bytes(31))}),
        "files of less than nothing": json_bytes(files | {"size": -1}),
        "more bytes than are counted": json_bytes(files | {"size": 2**53}),
        "files until no time": json_bytes(files | {"until": "2026-02-29T00:00:00Z"}),
        "a permit of 32 bytes": json_bytes(files | {"permit": b64u(bytes(32))}),
        "verified by a number": json_bytes(delivered | {"verified": 1}),
    }
    return [
        *(
            good(
                name,
                sealed(mail=json_bytes(value)),
                {"type": None if name == "an unknown type" else value["t"]},
            )
            for name, value in fine.items()
        ),
        *(
            refused(name, "mail", "bad_message", sealed(mail=value))
            for name, value in wrong.items()
        ),
    ]
