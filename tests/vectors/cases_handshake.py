"""Intro, accept, open and the authentication string."""

from __future__ import annotations

from dataclasses import dataclass

from client.sealing import certificate as certificates
from client.sealing.certificate import Certificate
from client.sealing.encoding import b64u, fields, padded, sha256, u8
from client.sealing.handshake import (
    ACCEPT_BODY_SIZES,
    INTRO_BODY_BYTES,
    GuestIntro,
    HostAgreed,
    HostIntro,
    check_room,
    make_accept,
    make_intro,
    make_open,
    open_accept,
    open_intro,
)
from client.sealing.kdf import CHACHA, ZERO_NONCE, hkdf, mac
from client.sealing.keys import SigningKey
from client.sealing.link import Link, link_hash
from client.sealing.profile import GuestProfile, HostProfile
from client.sealing.sas import authentication_string
from client.sealing.xwing import KemKey
from tests.vectors.cases_keys import MIXED_ORDER
from tests.vectors.forge import (
    DEVICE,
    GUEST,
    IDENTITY,
    ISSUED,
    OTHER_GUEST,
    OTHER_IDENTITY,
    OTHER_PREKEY,
    OTHER_ROOM,
    PREKEY,
    RECORDER,
    ROOM,
    SECRET,
    SMALL_ORDER,
    Case,
    Drbg,
    drawn,
    flipped,
    good,
    refused,
    sealed,
)

LINK = Link(ROOM, SECRET, link_hash(IDENTITY.public, PREKEY.public))
CHECKED = check_room(LINK, IDENTITY.public, PREKEY.public)
PROFILE = GuestProfile("Łukasz Şahin", "toux depuis 3 jours", "fr")
HOST_PROFILE = HostProfile("Dr Camille Démo", "Médecin", "10003456784")
CERTIFICATE = certificates.issue(IDENTITY, DEVICE.public, ISSUED)
OFFER = b'{"t":"state","audio":true,"video":true,"screen":false}'
CHAT = b'{"t":"chat","id":"AAECAwQFBgcICQoLDA0ODw","at":"2026-01-02T03:04:05Z","text":"Bonjour"}'


def intro_made() -> GuestIntro:
    return make_intro(CHECKED, GUEST, PROFILE, Drbg("intro"), RECORDER.encapsulate)


def intro_read() -> HostIntro:
    return open_intro(intro_made().intro, LINK, PREKEY, GUEST.public)


def agreed() -> HostAgreed:
    return make_accept(
        intro_read(),
        DEVICE,
        CERTIFICATE,
        HOST_PROFILE,
        (OFFER, CHAT),
        Drbg("accept"),
        RECORDER.encapsulate,
    )


@dataclass
class ForgedIntro:
    """An intro of which every member can be another one, sealed as it should be."""

    guest: SigningKey = GUEST
    announced: bytes | None = None
    key: bytes | None = None
    ephemeral: bytes | None = None
    commitment: bytes = sha256(drawn("forged r_g"))
    profile: bytes = PROFILE.encode()
    room: bytes = ROOM
    enc_signed: bytes | None = None
    extra: bytes = b""
    signature: bytes | None = None
    count: int = 5
    body_size: int = INTRO_BODY_BYTES

    def write(self) -> bytes:
        salt = drawn("forged salt")
        made = RECORDER.encapsulate(PREKEY.public)
        key = self.key if self.key is not None else self.guest.public
        ephemeral = self.ephemeral or KemKey(drawn("forged ephemeral")).public
        said = (key, ephemeral, self.commitment, self.profile)
        enc = self.enc_signed or made.enc
        signature = self.signature or self.guest.sign(
            "aparte/1 intro", self.room, LINK.hash, salt, enc, *said
        )
        items = (*said, signature)[: self.count]
        body = padded(fields(*items) + self.extra, (self.body_size,))
        head = u8(1) + u8(1) + salt + made.enc
        secret = hkdf(made.secret + SECRET, salt, fields("aparte/1 intro", ROOM, LINK.hash))
        return head + CHACHA.seal(secret, ZERO_NONCE, head, body)


def _intro_inputs(intro: bytes, announced: bytes = GUEST.public) -> Case:
    return sealed(
        intro=intro,
        fragment=LINK.fragment(),
        prekey_seed=PREKEY.seed,
        announced=announced,
    )


def intro() -> list[Case]:
    made, read = intro_made(), intro_read()
    draw = Drbg("intro")
    salt, ephemeral, r_guest = draw(32), draw(32), draw(32)
    forged = ForgedIntro
    bad_ephemeral = b"\xff\xff\xff" + KemKey(drawn("forged ephemeral")).public[3:]
    cases: list[tuple[str, str, bytes]] = [
        ("nothing", "bad_form", b""),
        ("suite 2", "bad_suite", b"\x02" + made.intro[1:]),
        ("an accept's kind", "bad_form", b"\x01\x02" + made.intro[2:]),
        ("one byte short", "bad_form", made.intro[:-1]),
        ("one byte more", "bad_form", made.intro + b"\0"),
        ("a flipped salt", "cannot_open", flipped(made.intro, 2)),
        ("a flipped encapsulation", "cannot_open", flipped(made.intro, 40)),
        ("a flipped X25519 share", "cannot_open", flipped(made.intro, 34 + 1100)),
        ("a flipped body", "cannot_open", flipped(made.intro, 1200)),
        ("a flipped tag", "cannot_open", flipped(made.intro, len(made.intro) - 1)),
        ("four items", "bad_form", forged(count=4).write()),
        ("padding that is not zero", "bad_form", forged(extra=b"\x01").write()),
        ("a short commitment", "bad_form", forged(commitment=bytes(31)).write()),
        ("a short ephemeral key", "bad_form", forged(ephemeral=bytes(1215)).write()),
        ("an ephemeral key out of range", "bad_key", forged(ephemeral=bad_ephemeral).write()),
        ("a signature for another room", "bad_signature", forged(room=OTHER_ROOM).write()),
        ("a signature over another encapsulation", "bad_signature",
         forged(enc_signed=RECORDER.encapsulate(OTHER_PREKEY.public).enc).write()),
        ("a flipped signature", "bad_signature", forged(signature=bytes(64)).write()),
        ("another key's signature", "bad_signature",
         forged(guest=OTHER_GUEST, key=GUEST.public).write()),
        ("a profile that is no object", "bad_form", forged(profile=b"[]").write()),
        ("a profile that is no JSON", "bad_form", forged(profile=b"{").write()),
        ("a profile that is no UTF-8", "bad_form", forged(profile=b'{"name":"\xff"}').write()),
        ("a name that is no text", "bad_form", forged(profile=b'{"name":1}').write()),
        ("a name of 121 characters", "bad_form",
         forged(profile=b'{"name":"' + b"x" * 121 + b'"}').write()),
        ("a profile of 601 bytes", "bad_form",
         forged(profile=b'{"name":"x"' + b" " * 589 + b"}").write()),
    ]  # fmt: skip
    other_secret = Link(ROOM, drawn("other link secret"), LINK.hash)
    other_room = Link(OTHER_ROOM, SECRET, LINK.hash)
    other_hash = Link(ROOM, SECRET, bytes(16))
    base = _intro_inputs(made.intro)
    return [
        good(
            "an intro",
            base
            | sealed(
                guest_seed=GUEST.seed,
                salt=salt,
                ephemeral_seed=ephemeral,
                r_guest=r_guest,
                enc=RECORDER.encapsulate(PREKEY.public).enc,
                secret=RECORDER.encapsulate(PREKEY.public).secret,
                profile=PROFILE.encode(),
            ),
            sealed(
                guest=read.guest,
                ephemeral=read.ephemeral,
                commitment=read.commitment,
                name=read.profile.name,
                reason=read.profile.reason,
                lang=read.profile.lang,
            ),
        ),
        *(refused(name, "intro", code, _intro_inputs(raw)) for name, code, raw in cases),
        *(
            refused(name, "intro", "cannot_open", base | {"fragment": link.fragment()})
            for name, link in (
                ("another link secret", other_secret),
                ("another room", other_room),
                ("another link hash", other_hash),
            )
        ),
        refused(
            "another prekey",
            "intro",
            "cannot_open",
            base | sealed(prekey_seed=OTHER_PREKEY.seed),
        ),
        refused(
            "the server announced another guest",
            "intro",
            "wrong_guest",
            base | sealed(announced=OTHER_GUEST.public),
        ),
        *(
            refused(
                name,
                "intro",
                "bad_key",
                _intro_inputs(ForgedIntro(key=key).write(), key),
            )
            for name, key in (
                ("a guest key of small order", SMALL_ORDER),
                ("a guest key of mixed order", MIXED_ORDER),
            )
        ),
    ]


@dataclass
class ForgedAccept:
    """An accept of which every member can be another one, sealed as it should be."""

    device: SigningKey = DEVICE
    certificate: bytes = CERTIFICATE.raw
    room: bytes = ROOM
    intro_hash: bytes | None = None
    profile: bytes = HOST_PROFILE.encode()
    messages: bytes = b""
    r_host: bytes = drawn("forged r_h")
    extra: bytes = b""
    count: int = 6
    size: int = ACCEPT_BODY_SIZES[0]

    def write(self) -> bytes:
        intro = intro_read()
        made = RECORDER.encapsulate(intro.ephemeral)
        said = (
            self.r_host,
            drawn("forged x_h"),
            self.certificate,
            self.profile,
            self.messages,
        )
        digest = self.intro_hash or sha256(intro.intro)
        signature = self.device.sign("aparte/1 accept", self.room, digest, made.enc, *said)
        body = fields(*(*said, signature)[: self.count]) + self.extra
        body = body.ljust(self.size, b"\0")
        secrets = intro.ss1 + made.secret + SECRET
        label = fields("aparte/1 accept", ROOM)
        key = hkdf(secrets, sha256(intro.intro + made.enc), label)
        head = u8(1) + u8(2) + made.enc
        return head + CHACHA.seal(key, ZERO_NONCE, head, body)


def _guest_inputs(accept: bytes) -> Case:
    made = intro_made()
    return sealed(
        accept=accept,
        intro=made.intro,
        fragment=LINK.fragment(),
        identity=IDENTITY.public,
        ephemeral_seed=made.ephemeral.seed,
        ss1=made.ss1,
        r_guest=made.r_guest,
    )


def _other_certificate() -> Certificate:
    return certificates.issue(OTHER_IDENTITY, DEVICE.public, ISSUED)


def accept() -> list[Case]:
    made = agreed()
    enc = RECORDER.encapsulate(intro_read().ephemeral)
    forged = ForgedAccept
    small_device = u8(1) + IDENTITY.public + SMALL_ORDER + bytes(8)
    small_device += IDENTITY.sign("aparte/1 device certificate", small_device)
    cases: list[tuple[str, str, bytes]] = [
        ("nothing", "bad_form", b""),
        ("suite 2", "bad_suite", b"\x02" + made.accept[1:]),
        ("an intro's kind", "bad_form", b"\x01\x01" + made.accept[2:]),
        ("one byte short", "bad_form", made.accept[:-1]),
        ("one byte more", "bad_form", made.accept + b"\0"),
        ("a body of another size", "bad_form", forged(size=8192).write()),
        ("a flipped encapsulation", "cannot_open", flipped(made.accept, 40)),
        ("a flipped body", "cannot_open", flipped(made.accept, 2000)),
        ("five items", "bad_form", forged(count=5).write()),
        ("padding that is not zero", "bad_form", forged(extra=b"\x01").write()),
        ("a short r_h", "bad_form", forged(r_host=bytes(31)).write()),
        ("a cut certificate", "bad_form", forged(certificate=CERTIFICATE.raw[:-1]).write()),
        ("a certificate of another suite", "bad_suite",
         forged(certificate=b"\x02" + CERTIFICATE.raw[1:]).write()),
        ("a certificate with a device key of small order", "bad_key",
         forged(certificate=small_device).write()),
        ("a forged certificate", "bad_signature",
         forged(certificate=flipped(CERTIFICATE.raw, 130)).write()),
        ("a certificate by another identity", "wrong_host",
         forged(certificate=_other_certificate().raw).write()),
        ("a signature by another device", "bad_signature",
         forged(device=OTHER_IDENTITY).write()),
        ("a signature for another room", "bad_signature", forged(room=OTHER_ROOM).write()),
        ("a signature over another intro", "bad_signature", forged(intro_hash=bytes(32)).write()),
        ("a profile that is no object", "bad_form", forged(profile=b"1").write()),
        ("messages cut short", "bad_form", forged(messages=b"\0\0\0\x05abc").write()),
    ]  # fmt: skip
    long = make_accept(
        intro_read(),
        DEVICE,
        CERTIFICATE,
        HOST_PROFILE,
        (b'{"t":"x","x":"' + b"x" * 12000 + b'"}',),
        Drbg("long accept"),
        RECORDER.encapsulate,
    )
    return [
        *(
            good(
                name,
                _guest_inputs(value.accept)
                | sealed(
                    device_seed=DEVICE.seed,
                    certificate=CERTIFICATE.raw,
                    profile=HOST_PROFILE.encode(),
                    messages=[b64u(message) for message in value.messages],
                    r_host=value.r_host,
                    x_host=value.x_host,
                    enc=enc.enc,
                    secret=enc.secret,
                    prekey_seed=PREKEY.seed,
                ),
                sealed(
                    transcript=value.transcript,
                    root=value.root,
                    r_host=value.r_host,
                    x_host=value.x_host,
                    device=DEVICE.public,
                    name=HOST_PROFILE.name,
                    profession=HOST_PROFILE.profession,
                    rpps=HOST_PROFILE.rpps,
                    messages=[b64u(message) for message in value.messages],
                    authentication=authentication_string(
                        intro_made().r_guest, value.r_host, value.transcript
                    ),
                ),
            )
            for name, value in (("an accept", made), ("a long accept", long))
        ),
        *(refused(name, "accept", code, _guest_inputs(raw)) for name, code, raw in cases),
        refused(
            "another intro",
            "accept",
            "cannot_open",
            _guest_inputs(made.accept) | sealed(intro=flipped(intro_made().intro, 3000)),
        ),
        refused(
            "another ss1",
            "accept",
            "cannot_open",
            _guest_inputs(made.accept) | sealed(ss1=bytes(32)),
        ),
        refused(
            "the link names another identity",
            "accept",
            "wrong_host",
            _guest_inputs(made.accept) | sealed(identity=OTHER_IDENTITY.public),
        ),
    ]


def _opened(r_guest: bytes, accept_hash: bytes, root: bytes) -> bytes:
    signed = u8(1) + u8(3) + accept_hash + r_guest + drawn("forged x_g")
    key = hkdf(root, b"", "aparte/1 hello mac")
    return signed + mac(key, fields("aparte/1 open", signed))


def open_() -> list[Case]:
    made = agreed()
    guest = open_accept(made.accept, intro_made())
    frame = make_open(guest, Drbg("open"))
    base = sealed(
        accept=made.accept, root=made.root, commitment=made.commitment, r_host=made.r_host,
        transcript=made.transcript,
    )  # fmt: skip
    digest = sha256(made.accept)
    cases: list[tuple[str, str, bytes]] = [
        ("nothing", "bad_form", b""),
        ("suite 2", "bad_suite", b"\x02" + frame[1:]),
        ("one byte short", "bad_form", frame[:-1]),
        ("one byte more", "bad_form", frame + b"\0"),
        ("another accept", "stale_exchange", flipped(frame, 5)),
        ("a flipped r_g", "bad_mac", flipped(frame, 40)),
        ("a flipped x_g", "bad_mac", flipped(frame, 70)),
        ("a flipped mac", "bad_mac", flipped(frame, 129)),
        ("a mac under another secret", "bad_mac", _opened(guest.r_guest, digest, bytes(32))),
        ("another r_g, with a mac", "bad_commitment", _opened(drawn("r"), digest, made.root)),
    ]
    return [
        good(
            "an open",
            base | sealed(frame=frame, r_guest=guest.r_guest, x_guest=drawn("open")),
            sealed(
                r_guest=guest.r_guest,
                x_guest=drawn("open"),
                authentication=authentication_string(guest.r_guest, made.r_host, made.transcript),
            ),
        ),
        *(refused(name, "open", code, base | sealed(frame=raw)) for name, code, raw in cases),
    ]


def sas() -> list[Case]:
    cases = []
    for number in range(4):
        draw = Drbg(f"sas {number}")
        r_guest, r_host, transcript = draw(32), draw(32), draw(32)
        cases.append(
            good(
                f"string {number}",
                sealed(r_guest=r_guest, r_host=r_host, transcript=transcript),
                {"authentication": authentication_string(r_guest, r_host, transcript)},
            )
        )
    return cases
