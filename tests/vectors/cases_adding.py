"""What passes between two screens: link, request, reply with its code, grant, what was kept."""

from __future__ import annotations

import json
from dataclasses import replace

from client.sealing import adding
from client.sealing.adding import (
    AddingLink,
    Direction,
    Request,
    Use,
    make_reply,
    make_request,
)
from client.sealing.certificate import issue
from client.sealing.encoding import b64u, fields, json_bytes, lv, sha256, u8
from client.sealing.grants import (
    SECOND_BYTES,
    Grant,
    HelperGrant,
    PersonGrant,
    PractitionerGrant,
    WayGrant,
    make_grant,
    make_kept,
)
from client.sealing.kdf import CHACHA, ZERO_NONCE, hkdf, mac
from client.sealing.keys import SigningKey
from client.sealing.letter import seal_letter
from client.sealing.xwing import KemKey
from tests.vectors.forge import (
    DEVICE,
    IDENTITY,
    ISSUED,
    OTHER_IDENTITY,
    RECORDER,
    SMALL_ORDER,
    Case,
    Drbg,
    drawn,
    flipped,
    good,
    refused,
    sealed,
)

ADDER = SigningKey(drawn("adder"))
LINK = AddingLink(drawn("adding secret"), ADDER.public)
OTHER_LINK = AddingLink(drawn("another adding secret"), ADDER.public)
SEAL = KemKey(drawn("new device's X-Wing seed"))
CHANCE = drawn("adding chance")
LABEL = "Téléphone 📱"
NAME = "Dr Camille Exemple"
REQUEST = make_request(LINK, DEVICE, SEAL.public, LABEL, Drbg("adding request"))
OTHER_REQUEST = make_request(LINK, DEVICE, SEAL.public, LABEL, Drbg("another adding request"))
REPLY = make_reply(ADDER, REQUEST, CHANCE)
CERTIFICATE = issue(IDENTITY, DEVICE.public, ISSUED)
GRANT = PractitionerGrant(CERTIFICATE, drawn("ring secret"), drawn("vault"))
HELP = AddingLink(drawn("helping secret"), ADDER.public, Use.HELP)
BACK = AddingLink(drawn("giving back secret"), ADDER.public, Use.BACK)
HELD = drawn("helper's secret")
VOUCHERS = tuple(
    {"voucher": b64u(drawn(f"voucher {at}")), "bytes": 65_536, "until": "2029-02-28T09:30:00Z"}
    for at in range(4)
)
_LINKED = sealed(fragment=LINK.fragment())
_SIGNED = {"fragment": LINK.fragment(), "adder_seed": b64u(ADDER.seed)}


def _links() -> list[Case]:
    secret, adder = b64u(LINK.secret), b64u(LINK.adder)
    small = AddingLink(LINK.secret, SMALL_ORDER).fragment()
    wrong = {
        "another version": f"add=2.{secret}.{adder}",
        "another use": f"sheet=1.{secret}.{adder}",
        "a part more": f"add=1.{secret}.{adder}.",
        "a part fewer": f"add=1.{secret}",
        "a short secret": f"add=1.{secret[:-2]}.{adder}",
        "not base64url": f"add=1.{secret}.{adder[:-1]}=",
    }
    places = {
        "places": [b64u(LINK.place(direction)) for direction in Direction],
        "owners": [b64u(LINK.owner(direction).public) for direction in Direction],
        "appends": [b64u(LINK.append(direction).public) for direction in Direction],
    }
    told = {"secret": b64u(LINK.secret), "adder": b64u(LINK.adder)} | places
    return [
        good("a link", {"what": "link", "fragment": LINK.fragment()}, told),
        good("a link with its #", {"what": "link", "fragment": f"#{LINK.fragment()}"}, told),
        *(
            good(
                f"a link {name}",
                {"what": "link", "fragment": link.fragment()},
                {"secret": b64u(link.secret), "adder": b64u(link.adder)}
                | {
                    "places": [b64u(link.place(direction)) for direction in Direction],
                    "owners": [b64u(link.owner(direction).public) for direction in Direction],
                    "appends": [b64u(link.append(direction).public) for direction in Direction],
                },
            )
            for name, link in (("that asks for help", HELP), ("of a helper", BACK))
        ),
        *(
            refused(f"a link: {name}", "link", "bad_link", {"what": "link", "fragment": fragment})
            for name, fragment in wrong.items()
        ),
        refused("a link of no key", "link", "bad_key", {"what": "link", "fragment": small}),
    ]


def _request(
    label: bytes = LABEL.encode(),
    *,
    suite: int = 1,
    kind: int = 12,
    device: bytes = DEVICE.public,
    link: AddingLink = LINK,
    sealed_for: AddingLink = LINK,
    signer: SigningKey = DEVICE,
    purpose: str = "aparte/1 add request",
    signed_label: bytes | None = None,
    filling: bytes = b"",
    size: int = adding.BODY_BYTES,
) -> bytes:
    chance = Drbg("adding request")(32)
    named = label if signed_label is None else signed_label
    signature = signer.sign(purpose, link.secret, link.adder, chance, SEAL.public, named)
    body = (device + SEAL.public + signature + lv(label) + filling).ljust(size, b"\0")
    start = u8(suite) + u8(kind) + chance
    key = hkdf(sealed_for.secret, chance, "aparte/1 add request")
    return start + CHACHA.seal(key, ZERO_NONCE, start, body)


def _requests() -> list[Case]:
    def wrong(name: str, code: str, raw: bytes, layer: str = "form") -> Case:
        inputs = {"what": "request", **_LINKED, "request": b64u(raw)}
        return refused(f"a request {name}", layer, code, inputs)

    assert _request() == REQUEST.raw
    made = sealed(request=REQUEST.raw, device_seed=DEVICE.seed, random=Drbg("adding request")(32))
    told = sealed(device=DEVICE.public, seal=SEAL.public, label=LABEL)
    empty = make_request(LINK, DEVICE, SEAL.public, "", Drbg("adding request"))
    longest = "医" * adding.LABEL_UNITS
    long = make_request(LINK, DEVICE, SEAL.public, longest, Drbg("adding request"))
    signature = "signature"
    other_adder = AddingLink(LINK.secret, OTHER_IDENTITY.public)
    past = SEAL.public + bytes(64) + b"\xff" * 4
    return [
        good("a request", {"what": "request", **_LINKED, **made}, told),
        good(
            "a request without a name",
            {"what": "request", **_LINKED, **sealed(request=empty.raw)},
            told | {"label": ""},
        ),
        good(
            "a request with the longest name",
            {"what": "request", **_LINKED, **sealed(request=long.raw)},
            told | {"label": longest},
        ),
        wrong("of another suite", "bad_suite", _request(suite=2)),
        wrong("of another kind", "bad_form", _request(kind=13)),
        wrong("that is empty", "bad_form", b""),
        wrong("that is cut off", "bad_form", REQUEST.raw[:1200]),
        wrong("of a byte more", "bad_form", _request(size=adding.BODY_BYTES + 1)),
        wrong("sealed with another S", "cannot_open", _request(sealed_for=OTHER_LINK), "seal"),
        wrong("altered", "cannot_open", flipped(REQUEST.raw, 100), "seal"),
        wrong("under another head", "cannot_open", flipped(REQUEST.raw, 20), "seal"),
        wrong("filled with something", "bad_form", _request(filling=b"\0\1")),
        wrong("with a name too long", "bad_form", _request(("é" * 41).encode())),
        wrong("with a name that is not UTF-8", "bad_form", _request(b"\xff")),
        wrong("whose name has no end", "bad_form", _request(device=DEVICE.public + past)),
        wrong("of no key", "bad_key", _request(device=SMALL_ORDER), "device key"),
        wrong("by another key", "bad_signature", _request(signer=OTHER_IDENTITY), signature),
        wrong("signed for another S", "bad_signature", _request(link=OTHER_LINK), signature),
        wrong("for another adder", "bad_signature", _request(link=other_adder), signature),
        wrong("with another name", "bad_signature", _request(signed_label=b"Laptop"), signature),
        wrong(
            "signed as something else",
            "bad_signature",
            _request(purpose="aparte/1 add reply"),
            signature,
        ),
    ]


def _replies() -> list[Case]:
    def case(raw: bytes) -> Case:
        return {"what": "reply", **_LINKED, **sealed(request=REQUEST.raw, reply=raw)}

    def wrong(name: str, code: str, raw: bytes, layer: str = "form") -> Case:
        return refused(f"a reply {name}", layer, code, case(raw))

    code = adding.code_of(LINK, REQUEST, CHANCE)
    written = sealed(adder_seed=ADDER.seed, chance=CHANCE)
    head = REPLY[:-64]
    as_grant = head + ADDER.sign("aparte/1 add grant", head)
    low = next(
        chance
        for number in range(1000)
        if adding.code_of(LINK, REQUEST, chance := drawn(f"low {number}"))[0] == "0"
    )
    return [
        good("a reply", {**case(REPLY), **written}, {"code": code}),
        good(
            "a code that begins with a zero",
            case(make_reply(ADDER, REQUEST, low)),
            {"code": adding.code_of(LINK, REQUEST, low)},
        ),
        wrong("of another suite", "bad_suite", u8(2) + REPLY[1:]),
        wrong("of another kind", "bad_form", REPLY[:1] + u8(12) + REPLY[2:]),
        wrong("that is a byte short", "bad_form", REPLY[:-1]),
        wrong("with a byte more", "bad_form", REPLY + b"\0"),
        wrong(
            "by another key",
            "bad_signature",
            make_reply(OTHER_IDENTITY, REQUEST, CHANCE),
            "signature",
        ),
        wrong("signed as something else", "bad_signature", as_grant, "signature"),
        wrong(
            "to somebody else's request",
            "wrong_recipient",
            make_reply(ADDER, OTHER_REQUEST, CHANCE),
            "request",
        ),
    ]


def _letter(content: bytes, *, signer: SigningKey = ADDER, named: bytes = b"") -> bytes:
    digest = sha256(REQUEST.raw)
    signature = signer.sign("aparte/1 add grant", named or digest, content)
    kem = RECORDER.encapsulate
    return seal_letter(
        [SEAL.public], fields("add", digest), signature + content, Drbg("grant"), kem
    )


def _grants() -> list[Case]:
    def case(raw: bytes) -> Case:
        keys = sealed(request=REQUEST.raw, seed=SEAL.seed, grant=raw)
        return {"what": "grant", **_LINKED, **keys}

    def wrong(name: str, code: str, raw: bytes, layer: str = "form") -> Case:
        return refused(f"a grant {name}", layer, code, case(raw))

    def content(**members: object) -> bytes:
        value = {
            "v": 1,
            "t": "practitioner",
            "identity": b64u(IDENTITY.public),
            "certificate": b64u(CERTIFICATE.raw),
            "secret": b64u(GRANT.secret),
            "vault": b64u(GRANT.vault),
        }
        changed = {name: value for name, value in (value | members).items() if value is not None}
        return _letter(json_bytes(changed))

    whole = make_grant(ADDER, REQUEST, GRANT, Drbg("grant"), RECORDER.encapsulate)
    assert whole == content()
    second = drawn("a second seed and its certificate", SECOND_BYTES)
    both = replace(GRANT, second=second)
    twice = make_grant(ADDER, REQUEST, both, Drbg("grant"), RECORDER.encapsulate)
    person = PersonGrant(GRANT.vault)
    personal = make_grant(ADDER, REQUEST, person, Drbg("grant"), RECORDER.encapsulate)
    kem = RECORDER.encapsulate(SEAL.public)
    written = sealed(
        adder_seed=ADDER.seed, content_key=Drbg("grant")(32), enc=kem.enc, kem_secret=kem.secret
    )
    vault = b64u(GRANT.vault)
    elsewhere = make_grant(ADDER, OTHER_REQUEST, GRANT, Drbg("grant"), RECORDER.encapsulate)
    other_device = issue(IDENTITY, OTHER_IDENTITY.public, ISSUED)
    other_doctor = issue(OTHER_IDENTITY, DEVICE.public, ISSUED)
    return [
        good(
            "a practitioner's grant",
            {**case(whole), **written},
            {"t": "practitioner", "vault": vault}
            | sealed(certificate=CERTIFICATE.raw, secret=GRANT.secret),
        ),
        good(
            "a practitioner's grant, with what signs a second time",
            {**case(twice), **written},
            {"t": "practitioner", "vault": vault}
            | sealed(certificate=CERTIFICATE.raw, secret=GRANT.secret, second=second),
        ),
        good("a person's grant", {**case(personal), **written}, {"t": "person", "vault": vault}),
        wrong("for another request", "cannot_open", elsewhere, "letter"),
        wrong(
            "by another key",
            "bad_signature",
            _letter(person.encode(), signer=OTHER_IDENTITY),
            "signature",
        ),
        wrong(
            "signed for another request",
            "bad_signature",
            _letter(person.encode(), named=sha256(OTHER_REQUEST.raw)),
            "signature",
        ),
        wrong("of another version", "bad_suite", content(v=2)),
        wrong("of another type", "bad_form", content(t="nobody")),
        wrong("without a vault", "bad_form", content(vault=None)),
        wrong("with a short vault", "bad_form", content(vault=b64u(GRANT.vault[:31]))),
        wrong("without a secret", "bad_form", content(secret=None)),
        wrong("with a short second", "bad_form", content(second=b64u(second[:-1]))),
        wrong("with an empty second", "bad_form", content(second="")),
        wrong("with a short certificate", "bad_form", content(certificate=b64u(bytes(136)))),
        wrong(
            "with another device's certificate",
            "wrong_recipient",
            content(certificate=b64u(other_device.raw)),
            "certificate",
        ),
        wrong(
            "with another practitioner's certificate",
            "wrong_host",
            content(certificate=b64u(other_doctor.raw)),
            "certificate",
        ),
    ]


def _asked(link: AddingLink) -> Request:
    return make_request(link, DEVICE, SEAL.public, LABEL, Drbg("adding request"))


def _other_uses() -> list[Case]:
    """The same three messages, of the other two uses: none of one counts for another."""
    cases = []
    for name, link in (("for help", HELP), ("to a helper", BACK)):
        request = _asked(link)
        linked = {"fragment": link.fragment(), "request": b64u(request.raw)}
        reply = make_reply(ADDER, request, CHANCE)
        as_adding = make_reply(
            ADDER, Request(DEVICE.public, SEAL.public, LABEL, request.raw), CHANCE
        )
        added = AddingLink(link.secret, link.adder)
        cases += [
            good(
                f"a request {name}",
                {"what": "request", **linked}
                | sealed(device_seed=DEVICE.seed, random=Drbg("adding request")(32)),
                sealed(device=DEVICE.public, seal=SEAL.public, label=LABEL),
            ),
            refused(
                f"a request {name}, of a device that wants to be added",
                "seal",
                "cannot_open",
                {"what": "request", **linked} | sealed(request=_asked(added).raw),
            ),
            good(
                f"a reply to a request {name}",
                {"what": "reply", **linked}
                | sealed(reply=reply, adder_seed=ADDER.seed, chance=CHANCE),
                {"code": adding.code_of(link, request, CHANCE)},
            ),
            refused(
                f"a reply to a request {name}, as to a device",
                "signature",
                "bad_signature",
                {"what": "reply", **linked} | sealed(reply=as_adding),
            ),
        ]
    return cases


def _entrusted() -> list[Case]:
    """What a helper is given to keep, and gives back."""
    kem = RECORDER.encapsulate(SEAL.public)
    written = sealed(
        adder_seed=ADDER.seed, content_key=Drbg("grant")(32), enc=kem.enc, kem_secret=kem.secret
    )

    def case(link: AddingLink, content: bytes) -> Case:
        request = _asked(link)
        digest = sha256(request.raw)
        signature = ADDER.sign(link.use.label("grant"), digest, content)
        context = fields(link.use.value, digest)
        raw = seal_letter(
            [SEAL.public], context, signature + content, Drbg("grant"), RECORDER.encapsulate
        )
        keys = sealed(request=request.raw, seed=SEAL.seed, grant=raw)
        return {"what": "grant", "fragment": link.fragment(), **keys}

    def granted(link: AddingLink, grant: Grant) -> Case:
        found = case(link, grant.encode())
        made = make_grant(ADDER, _asked(link), grant, Drbg("grant"), RECORDER.encapsulate)
        assert found["grant"] == b64u(made)
        return found | written

    def helper(**members: object) -> Case:
        value = {"v": 1, "t": "helper", "secret": b64u(HELD), "name": NAME} | members
        content = {name: one for name, one in value.items() if one is not None}
        # Half a surrogate pair is escaped, as anybody could write it.
        return case(HELP, json.dumps(content, separators=(",", ":")).encode())

    def wrong(name: str, code: str, inputs: Case) -> Case:
        return refused(f"a grant to a helper {name}", "form", code, inputs)

    way = {"v": 1, "t": "way", "secret": b64u(HELD)}
    told = {"t": "helper", "secret": b64u(HELD), "name": NAME}
    person = json_bytes({"v": 1, "t": "person", "vault": b64u(HELD)})
    five = [*VOUCHERS, VOUCHERS[0]]
    half = {**VOUCHERS[0], "voucher": b64u(bytes(31))}
    return [
        good("a grant to a helper", granted(HELP, HelperGrant(HELD, NAME)), told),
        good(
            "a grant to a helper, with vouchers",
            granted(HELP, HelperGrant(HELD, NAME, VOUCHERS)),
            told | {"vouchers": list(VOUCHERS)},
        ),
        good(
            "a grant to a helper, of the longest name",
            granted(HELP, HelperGrant(HELD, "医" * 60)),
            told | {"name": "医" * 60},
        ),
        good("a helper's grant", granted(BACK, WayGrant(HELD)), {"t": "way", "secret": b64u(HELD)}),
        wrong("of another version", "bad_suite", helper(v=2)),
        wrong("without a name", "bad_form", helper(name=None)),
        wrong("with a name too long", "bad_form", helper(name="é" * 61)),
        wrong("with half a character", "bad_form", helper(name="\ud83d")),
        wrong("without a secret", "bad_form", helper(secret=None)),
        wrong("with a sheet's secret", "bad_form", helper(secret=b64u(HELD[:16]))),
        wrong("with an empty list of vouchers", "bad_form", helper(vouchers=[])),
        wrong("with five vouchers", "bad_form", helper(vouchers=five)),
        wrong("with a short voucher", "bad_form", helper(vouchers=[half])),
        wrong("of a vault", "bad_form", case(HELP, person)),
        wrong("of what one gives back", "bad_form", case(HELP, json_bytes(way))),
        wrong("to whom one came back", "bad_form", case(BACK, HelperGrant(HELD, NAME).encode())),
        wrong("without what was kept", "bad_form", case(BACK, json_bytes({**way, "secret": 1}))),
        refused("a device's grant of a way", "form", "bad_form", case(LINK, json_bytes(way))),
    ]


def _kept() -> list[Case]:
    """A helper's device has stored it."""
    request = _asked(HELP)
    raw = make_kept(HELD, request)
    other = make_kept(HELD, make_request(HELP, DEVICE, SEAL.public, LABEL, Drbg("another request")))
    wide = u8(1) + u8(17) + mac(HELD, sha256(request.raw))

    def case(kept: bytes) -> Case:
        known = sealed(request=request.raw, kept=kept, secret=HELD)
        return {"what": "kept", "fragment": HELP.fragment(), **known}

    def wrong(name: str, code: str, kept: bytes) -> Case:
        layer = "mac" if code == "bad_mac" else "form"
        return refused(f"what was kept, {name}", layer, code, case(kept))

    return [
        good("what was kept", case(raw), {}),
        wrong("of another suite", "bad_suite", u8(2) + raw[1:]),
        wrong("of another kind", "bad_form", u8(1) + u8(13) + raw[2:]),
        wrong("cut off", "bad_form", raw[:-1]),
        wrong("by who has another secret", "bad_mac", make_kept(drawn("other"), request)),
        wrong("of another request", "bad_mac", other),
        wrong("under the secret itself", "bad_mac", wide),
    ]


def adding_cases() -> list[Case]:
    cases = [*_links(), *_requests(), *_replies(), *_grants()]
    return [*cases, *_other_uses(), *_entrusted(), *_kept()]
