"""Exchanges, data frames, fingerprints and messages."""

from __future__ import annotations

from typing import Any

from client.sealing.encoding import b64u, json_bytes, u8, u32, u64
from client.sealing.exchange import Exchange, Side, derive, make_answer, make_hello
from client.sealing.handshake import make_open, open_accept
from client.sealing.kdf import CHACHA
from client.sealing.sdp import strip_fingerprints
from client.sealing.traffic import Inner
from tests.vectors.cases_handshake import agreed, intro_made
from tests.vectors.forge import PREKEY, Case, Drbg, drawn, flipped, good, refused, sealed

CURRENT, OLDER, NEWER = drawn("root"), drawn("older pending root"), drawn("newer pending root")


def _derived(made: Exchange) -> Case:
    return sealed(
        exchange=made.id,
        ratchet=made.ratchet,
        host_key=made.host_key,
        guest_key=made.guest_key,
    )


def _hello(name: str, roots: list[bytes], offered: list[bytes]) -> Case:
    frame = make_hello(Side.GUEST, offered, Drbg(name))
    found = next(root for root in offered if root in roots)
    inputs = sealed(
        op="hello",
        sender=Side.GUEST,
        roots=[b64u(root) for root in roots],
        frame=frame,
        offered=[b64u(root) for root in offered],
        x=frame[3:35],
    )
    return good(name, inputs, sealed(root=found))


def exchange() -> list[Case]:
    hello = make_hello(Side.GUEST, [CURRENT], Drbg("hello"))
    answer = make_answer(Side.HOST, hello, CURRENT, Drbg("answer"))
    made = agreed()
    opening = make_open(open_accept(made.accept, intro_made()), Drbg("open"))
    hears = sealed(op="hello", sender=Side.GUEST, roots=[b64u(CURRENT)])
    asks = sealed(op="answer", sender=Side.HOST, roots=[b64u(CURRENT)], hello=hello)
    reflected = make_hello(Side.HOST, [CURRENT], Drbg("reflected"))
    under_other = make_answer(Side.HOST, hello, NEWER, Drbg("answer"))
    to_other = make_answer(Side.HOST, flipped(hello, 10), CURRENT, Drbg("answer"))
    own_side = make_answer(Side.GUEST, hello, CURRENT, Drbg("answer"))
    swapped = hello[:35] + hello[75:115] + hello[35:75] + hello[115:]
    return [
        _hello("the current root", [CURRENT], [CURRENT]),
        _hello("a pending root of the receiver", [CURRENT, NEWER, OLDER], [OLDER]),
        _hello("the first slot that holds wins", [CURRENT, NEWER], [NEWER, CURRENT]),
        _hello("five slots, the last one holds", [CURRENT], [*map(drawn, "abcd"), CURRENT]),
        good("a slot's place does not count", hears | sealed(frame=swapped), sealed(root=CURRENT)),
        *(
            refused(f"hello: {name}", "exchange", code, hears | sealed(frame=frame))
            for name, code, frame in (
                ("nothing", "bad_form", b""),
                ("suite 2", "bad_suite", b"\x02" + hello[1:]),
                ("one byte short", "bad_form", hello[:-1]),
                ("one byte more", "bad_form", hello + b"\0"),
                ("our own, sent back", "bad_form", reflected),
                ("a side that does not exist", "bad_form", hello[:2] + b"\x02" + hello[3:]),
                ("another x", "bad_mac", flipped(hello, 10)),
                ("a flipped tag", "bad_mac", flipped(hello, 35)),
                ("a flipped mac", "bad_mac", flipped(hello, 50)),
                ("another root", "bad_mac", make_hello(Side.GUEST, [NEWER], Drbg("other"))),
            )
        ),
        good(
            "an answer",
            asks | sealed(frame=answer, y=answer[35:67], root=CURRENT),
            sealed(root=CURRENT) | _derived(derive(CURRENT, hello, answer)),
        ),
        good(
            "an answer under the second root offered",
            asks | sealed(roots=[b64u(NEWER), b64u(CURRENT)], frame=answer, y=answer[35:67],
                          root=CURRENT),
            sealed(root=CURRENT) | _derived(derive(CURRENT, hello, answer)),
        ),
        *(
            refused(f"answer: {name}", "exchange", code, asks | sealed(frame=frame))
            for name, code, frame in (
                ("nothing", "bad_form", b""),
                ("suite 2", "bad_suite", b"\x02" + answer[1:]),
                ("one byte short", "bad_form", answer[:-1]),
                ("one byte more", "bad_form", answer + b"\0"),
                ("our own side", "bad_form", own_side),
                ("to another hello", "stale_exchange", to_other),
                ("another y", "bad_mac", flipped(answer, 40)),
                ("a flipped tag", "bad_mac", flipped(answer, 67)),
                ("a flipped mac", "bad_mac", flipped(answer, 80)),
                ("under a root that was not offered", "bad_mac", under_other),
            )
        ),
        good(
            "accept and open make the first exchange",
            sealed(op="first", root=made.root, accept=made.accept, open=opening),
            _derived(derive(made.root, made.accept, opening)),
        ),
    ]  # fmt: skip


EXCHANGE = derive(CURRENT, b"first", b"second")


def _frame(counter: int, inner: Inner, made: Exchange = EXCHANGE) -> bytes:
    return _raw(counter, inner.encode(), made)


def _raw(counter: int, inner: bytes, made: Exchange = EXCHANGE, kind: int = 6) -> bytes:
    head = u8(1) + u8(kind) + made.id + u64(counter)
    return head + CHACHA.seal(made.guest_key, u32(0) + u64(counter), head, inner)


def _data_inputs(*frames: bytes, sent: int = 0) -> Case:
    keys = sealed(exchange=EXCHANGE.id, key=EXCHANGE.guest_key)
    return keys | {"sent": sent, "frames": [b64u(frame) for frame in frames]}


def data() -> list[Case]:
    """Frames come in order; what is told is the outcome of the last one."""
    hello = Inner(1, 0, b'{"t":"state","audio":true,"video":true,"screen":false}')
    first = _frame(0, hello)
    bare = _frame(0, Inner(0, 0))
    other = derive(CURRENT, b"another", b"second")
    host_sent = derive(CURRENT, b"first", b"second")
    own = u8(1) + u8(6) + host_sent.id + u64(0)
    reflected = own + CHACHA.seal(host_sent.host_key, bytes(12), own, hello.encode())
    lengths = [0, 244, 245, 1012, 1013, 4084, 4085, 16372, 16373, 61428]
    cases: list[tuple[str, str, tuple[bytes, ...]]] = [
        ("nothing", "bad_form", (b"",)),
        ("suite 2", "bad_suite", (b"\x02" + first[1:],)),
        ("one byte short", "bad_form", (first[:-1],)),
        ("one byte more", "bad_form", (first + b"\0",)),
        ("a size between", "bad_form", (_raw(0, hello.encode() + bytes(256)),)),
        ("another exchange", "unknown_exchange", (_frame(0, hello, other),)),
        ("a flipped exchange id", "unknown_exchange", (flipped(first, 5),)),
        ("a flipped counter", "cannot_open", (flipped(first, 17),)),
        ("a flipped text", "cannot_open", (flipped(first, 30),)),
        ("a flipped tag", "cannot_open", (flipped(first, len(first) - 1),)),
        ("our own, sent back", "cannot_open", (reflected,)),
        ("the same frame again", "replayed", (first, first)),
        ("the same counter, another text", "replayed", (first, _frame(0, Inner(2, 0, b"{}")))),
        ("1,024 counters behind", "replayed", (_frame(2000, hello), _frame(976, Inner(2, 0)))),
        ("a length past the end", "bad_form",
         (_raw(0, u32(1) + u32(0) + u32(245) + bytes(244)),)),
        ("padding that is not zero", "bad_form",
         (_raw(0, u32(1) + u32(0) + u32(1) + b"x" + bytes(242) + b"\x01"),)),
        ("text without a number", "bad_form",
         (_raw(0, u32(0) + u32(0) + u32(1) + b"x" + bytes(243)),)),
        ("an acknowledgement of what was not sent", "bad_form", (_frame(0, Inner(0, 1)),)),
    ]  # fmt: skip

    def gives(inner: Inner) -> Case:
        return sealed(n=inner.n, ack=inner.ack, message=inner.message)

    seals = sealed(exchange=EXCHANGE.id, key=EXCHANGE.guest_key)
    return [
        good("a message", _data_inputs(first), gives(hello)),
        good("a bare acknowledgement", _data_inputs(bare), gives(Inner(0, 0))),
        good(
            "an acknowledgement of 7 of 9",
            _data_inputs(_frame(0, Inner(0, 7)), sent=9),
            gives(Inner(0, 7)),
        ),
        good(
            "1,023 counters behind",
            _data_inputs(_frame(2000, hello), _frame(977, Inner(2, 0, b"{}"))),
            gives(Inner(2, 0, b"{}")),
        ),
        good(
            "out of order",
            _data_inputs(_frame(5, hello), _frame(3, Inner(2, 0, b"{}"))),
            gives(Inner(2, 0, b"{}")),
        ),
        good(
            "the last counter but one",
            _data_inputs(_frame(2**48 - 1, hello)),
            gives(hello),
        ),
        *(
            good(
                f"sizes: {length} bytes",
                {"length": length, "byte": 120},
                {"frame": 18 + len(Inner(1, 0, bytes(length)).encode()) + 16},
            )
            for length in lengths
        ),
        refused("sizes: 61,429 bytes", "data", "too_long", {"length": 61429, "byte": 120}),
        good(
            "sealed",
            {"counter": 3, "n": 9, "ack": 4, "message": b64u(b"{}")} | seals,
            sealed(frame=_frame(3, Inner(9, 4, b"{}"))),
        ),
        *(refused(name, "data", code, _data_inputs(*frames)) for name, code, frames in cases),
    ]


F1, F2 = (":".join(f"{byte:02X}" for byte in drawn(f"fingerprint {n}")) for n in (1, 2))
SHA1 = "a=fingerprint:sha-1 " + F1[:59]
SHA512 = "a=fingerprint:sha-512 " + F1 + ":" + F2


def _sdp(session: list[str], *media: list[str]) -> str:
    lines = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", *session]
    kinds = ("audio", "video", "video")
    for number, section in enumerate(media):
        lines += [f"m={kinds[number]} 9 UDP/TLS/RTP/SAVPF {96 + number}"]
        lines += [f"a=mid:{number}", *section]
    return "\r\n".join(lines) + "\r\n"


def fingerprint() -> list[Case]:
    one, two = f"a=fingerprint:sha-256 {F1}", f"a=fingerprint:sha-256 {F2}"
    value = bytes.fromhex(F1.replace(":", ""))
    accepted = {
        "one in each section": _sdp([], [one], [one]),
        "one for the session": _sdp([one], [], []),
        "session and sections agree": _sdp([one], [one], []),
        "small letters": _sdp([], [one.replace(F1, F1.lower())]),
        "bare line feeds": _sdp([], [one], [one]).replace("\r\n", "\n"),
    }
    rejected = {
        "none": _sdp([], []),
        "none in one section": _sdp([], [one], []),
        "two that differ, across sections": _sdp([], [one], [two]),
        "two that differ, in one section": _sdp([], [one, two]),
        "two that are equal, in one section": _sdp([], [one, one]),
        "two for the session": _sdp([one, one], []),
        "session and section differ": _sdp([one], [two]),
        "sha-1 beside it": _sdp([], [SHA1, one]),
        "sha-1 alone": _sdp([], [SHA1]),
        "sha-512 in another section": _sdp([], [one], [SHA512]),
        "31 bytes": _sdp([], [one[:-3]]),
        "33 bytes": _sdp([], [one + ":00"]),
        "not hexadecimal": _sdp([], [one[:-1] + "G"]),
        "two spaces": _sdp([], [one.replace("256 ", "256  ")]),
        "a space after it": _sdp([], [one + " "]),
        "a space before it": _sdp([], [" " + one]),
        "capital A": _sdp([], [one, two.replace("a=", "A=")]),
        "a lone carriage return": _sdp([], [one + "\r" + two]),
        "a zero byte": _sdp([], [one, "a=x\0"]),
        "no session description": "",
    }
    crowded = {
        "two video sections": _sdp([], [one], [one], [one]),
        "two audio sections": _sdp([], [one], [one]).replace("m=video", "m=audio"),
        "a second section that is rejected": _sdp([one], [], [], []).replace(
            "m=video 9", "m=video 0"
        ),
        "a data channel": _sdp([], [one], [one]).replace("m=video", "m=application"),
        "a kind in capitals": _sdp([], [one], [one]).replace("m=video", "m=Video"),
        "a kind without a space": _sdp([], [one], [one]).replace("m=video ", "m=video"),
    }
    stripped = {
        "three hashes in each section": _sdp([], [one, SHA512, SHA1], [SHA1, one]),
        "the same line three times": _sdp([], [one, one, one], [one]),
        "nothing to strip": _sdp([one], []),
    }
    return [
        *(good(name, {"sdp": sdp}, sealed(sha256=value)) for name, sdp in accepted.items()),
        *(
            refused(name, "fingerprint", "bad_fingerprint", {"sdp": sdp})
            for name, sdp in rejected.items()
        ),
        *(refused(name, "fingerprint", "bad_form", {"sdp": sdp}) for name, sdp in crowded.items()),
        *(
            good(f"strip: {name}", {"strip": sdp}, {"sdp": strip_fingerprints(sdp)})
            for name, sdp in stripped.items()
        ),
    ]


def messages() -> list[Case]:
    identifier, pc = b64u(drawn("id", 16)), b64u(drawn("pc", 8))
    part = sealed(blob=drawn("blob", 16), read=drawn("read"), length=70000, hash=drawn("hash"))
    at = "2026-01-02T03:04:05Z"
    key, tree = b64u(drawn("photo key")), b64u(drawn("photo tree"))
    photo = {"t": "photo", "id": identifier, "at": at, "media": "image/jpeg", "part": part,
             "key": key, "tree": tree, "length": 5}  # fmt: skip
    candidate = {"candidate": "candidate:1 1 udp 1 192.0.2.1 9 typ host", "sdpMid": "0",
                 "sdpMLineIndex": 0}  # fmt: skip
    chat = {"t": "chat", "id": identifier, "at": at, "text": "Ça va ? 🙂"}
    sdp = {"t": "sdp", "description": {"type": "offer", "sdp": "v=0"}, "pc": pc}
    address = {"t": "address", "id": identifier, "mailbox": b64u(drawn("mailbox", 16)),
               "append": b64u(drawn("append")), "seal": b64u(PREKEY.public)}  # fmt: skip
    paid = {"voucher": b64u(drawn("voucher")), "bytes": 1, "until": at}
    supply = {"t": "supply", "id": identifier, "vouchers": [paid]}
    shown = b64u(drawn("show", 16))
    look = {"t": "look", "show": shown, "n": 3, "series": 0, "picture": 12, "frame": 0,
            "window": {"center": 40, "width": 400.5}, "inverted": False,
            "point": {"x": 0.25, "y": 1}}  # fmt: skip
    ask = {"t": "ask-permit", "ask": shown, "bytes": 2**31}
    permit = {"t": "permit", "ask": shown, "permit": "1.AAAA"}
    no_permit = {"t": "no-permit", "ask": shown, "why": "declined"}
    fine: dict[str, dict[str, Any]] = {
        "show": {"t": "show", "show": shown, "handed": "AAAA"},
        "look": look,
        "a look in the picture's own window, without a pointer": look
        | {"window": None, "point": None},
        "hide": {"t": "hide", "show": shown},
        "ask-permit": ask,
        "permit": permit,
        "a permit of 512 characters": permit | {"permit": "x" * 512},
        "no-permit": no_permit,
        "a permit that is wanted no more": no_permit | {"why": "withdrawn"},
        "sdp": sdp,
        "ice": {"t": "ice", "candidate": candidate, "pc": pc},
        "the end of candidates": {"t": "ice", "candidate": None, "pc": pc},
        "state": {"t": "state", "audio": True, "video": False, "screen": False},
        "chat": chat,
        "a chat of 4,000 characters": chat | {"text": "x" * 4000},
        "photo": photo,
        "address": address,
        "an address with a voucher": address | {"voucher": b64u(drawn("voucher"))},
        "an address that was made at some time": address | {"since": 1_767_323_045},
        "an address that lasts": address | {"lasts": True},
        "mail": {"t": "mail"},
        "hold": {"t": "hold", "id": identifier},
        "bye": {"t": "bye", "id": identifier},
        "roster": {"t": "roster", "id": identifier, "roster": "AAAA"},
        "keep": {"t": "keep", "id": identifier},
        "supply": supply,
        "a supply of 64 vouchers": supply | {"vouchers": [paid] * 64},
        "a member too many": chat | {"later": 1},
        "an unknown type": {"t": "later", "x": 1},
    }
    no_id = {name: value for name, value in chat.items() if name != "id"}
    wrong: dict[str, bytes] = {
        "nothing": b"",
        "no JSON": b"{",
        "no object": b"[]",
        "no UTF-8": b'{"t":"chat\xff"}',
        "no type": b"{}",
        "a type that is no text": b'{"t":1}',
        "an sdp without pc": json_bytes({"t": "sdp", "description": {"type": "offer", "sdp": ""}}),
        "an sdp of another type": json_bytes(sdp | {"description": {"type": "x", "sdp": ""}}),
        "a pc of 7 bytes": json_bytes(sdp | {"pc": b64u(bytes(7))}),
        "a candidate that is text": json_bytes({"t": "ice", "candidate": "x", "pc": pc}),
        "a state that is a number": json_bytes(
            {"t": "state", "audio": 1, "video": True, "screen": True}
        ),
        "a chat without id": json_bytes(no_id),
        "an id of 15 bytes": json_bytes(chat | {"id": b64u(bytes(15))}),
        "an id with stray bits": json_bytes(chat | {"id": identifier[:-1] + "B"}),
        "a time with a zone": json_bytes(chat | {"at": "2026-01-02T03:04:05+01:00"}),
        "a chat of 4,001 characters": json_bytes(chat | {"text": "x" * 4001}),
        "a chat of 2,001 characters outside the first plane": json_bytes(
            chat | {"text": "🙂" * 2001}
        ),
        "a text that is a number": json_bytes(chat | {"text": 1}),
        "a photo of another type": json_bytes(photo | {"media": "image/svg+xml"}),
        "a photo without part": json_bytes(photo | {"part": None}),
        "an address without a mailbox": json_bytes(
            {name: value for name, value in address.items() if name != "mailbox"}
        ),
        "an address whose key is short": json_bytes(address | {"seal": b64u(bytes(1215))}),
        "no candidate at all": json_bytes({"t": "ice", "pc": pc}),
        "a voucher that is null": json_bytes(address | {"voucher": None}),
        "a voucher of 31 bytes": json_bytes(address | {"voucher": b64u(bytes(31))}),
        "an address made at half a second": json_bytes(address | {"since": 0.5}),
        "an address that does not last": json_bytes(address | {"lasts": False}),
        "an address that lasts 1": json_bytes(address | {"lasts": 1}),
        "a keep without id": json_bytes({"t": "keep"}),
        "a supply of nothing": json_bytes(supply | {"vouchers": []}),
        "a supply of 65 vouchers": json_bytes(supply | {"vouchers": [paid] * 65}),
        "a supply for no bytes": json_bytes(supply | {"vouchers": [paid | {"bytes": 0}]}),
        "a supply until no time": json_bytes(supply | {"vouchers": [paid | {"until": "soon"}]}),
        "a supply without a voucher": json_bytes(
            supply | {"vouchers": [{name: paid[name] for name in ("bytes", "until")}]}
        ),
        "a show without what is shown": json_bytes({"t": "show", "show": shown}),
        "a look of no show": json_bytes(look | {"show": None}),
        "a look before the first": json_bytes(look | {"n": -1}),
        "a look at a picture and a half": json_bytes(look | {"picture": 1.5}),
        "a look at a series beyond all numbers": json_bytes(look | {"series": 2**53}),
        "a look in an endless window": json_bytes(look).replace(b"400.5", b"1e999"),
        "a look in a window of more than a thousand million": json_bytes(
            look | {"window": {"center": 1_000_000_001, "width": 1}}
        ),
        "a look in a window of less than nothing": json_bytes(
            look | {"window": {"center": 0, "width": -1}}
        ),
        "a pointer beside the picture": json_bytes(look | {"point": {"x": 1.001, "y": 0}}),
        "a pointer of one number": json_bytes(look | {"point": {"x": 1}}),
        "a negative that is 1": json_bytes(look | {"inverted": 1}),
        "a hide of nothing": json_bytes({"t": "hide"}),
        "a permit asked for no bytes": json_bytes(ask | {"bytes": 0}),
        "a permit asked for half a byte": json_bytes(ask | {"bytes": 0.5}),
        "a permit asked for bytes beyond all numbers": json_bytes(ask | {"bytes": 2**53}),
        "a permit that nobody asked for": json_bytes({"t": "permit", "permit": "1.AAAA"}),
        "a permit that is empty": json_bytes(permit | {"permit": ""}),
        "a permit of 513 characters": json_bytes(permit | {"permit": "x" * 513}),
        "a permit that is a number": json_bytes(permit | {"permit": 1}),
        "no permit for another reason": json_bytes(no_permit | {"why": "later"}),
        "no permit without a reason": json_bytes({"t": "no-permit", "ask": shown}),
        "a roster that is a number": json_bytes({"t": "roster", "id": identifier, "roster": 1}),
    }
    durable = {"chat", "photo", "address", "hold", "bye", "roster", "keep", "supply"}
    return [
        *(
            good(
                name,
                {"message": b64u(json_bytes(value))},
                {
                    "type": None if name == "an unknown type" else value["t"],
                    "id": value.get("id") if value["t"] in durable else None,
                },
            )
            for name, value in fine.items()
        ),
        *(
            refused(name, "message", "bad_message", sealed(message=value))
            for name, value in wrong.items()
        ),
    ]
