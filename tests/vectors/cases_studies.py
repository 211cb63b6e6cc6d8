"""Studies: the index that a zip begins with, and where in the zip it begins."""

from __future__ import annotations

import json
from typing import Any

from client.sealing.study import INDEX_BYTES
from tests.vectors.forge import Case, good, refused, sealed

MANY = "MANY"


def tag(vr: str, *values: object) -> dict[str, object]:
    return {"vr": vr, "Value": list(values)} if values else {"vr": vr}


PATIENT = tag("PN", {"Alphabetic": "ÉCHANTILLON^Zoé"})
OF_STUDY = {"0020000D": tag("UI", "1.3.6.1.4.1.32473.1"), "00100010": PATIENT}


def image(at: float, length: float = 500, **more: object) -> dict[str, Any]:
    return {"at": at, "length": length, "dataset": {}} | more


def series(description: str, *images: object) -> dict[str, Any]:
    return {"dataset": {"0008103E": tag("LO", description)}, "instances": list(images)}


def study(*of: object) -> dict[str, Any]:
    return {"dataset": OF_STUDY, "series": list(of)}


def line(*studies: object, **more: object) -> str:
    said = {"v": 1, "studies": list(studies)} | more
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n"


def one(*images: object) -> str:
    return line(study(series("Thorax", *images)))


def with_dataset(dataset: object) -> str:
    return one(image(100, dataset=dataset))


def spaced(length: int) -> Case:
    """An index of so many bytes: spaces stand before its line feed."""
    short = one(image(100))
    return {"line": short, "spaces": length - len(short.encode())}


def index() -> list[Case]:
    def summed(*described: tuple[str, int], first: list[int], last: list[int]) -> dict[str, Any]:
        listed = [{"description": text, "instances": count} for text, count in described]
        return {"series": listed, "first": first, "last": last}

    two = line(
        study(series("Scout", image(91)), series("Thorax", image(700, 1), image(701, 512_000))),
        study(series("Crâne", image(2**40, 10**9))),
    )
    alone = summed(("Thorax", 1), first=[100, 500], last=[100, 500])
    tags = {f"{number:08X}": tag("IS", number) for number in range(65)}
    fine: list[tuple[str, Case, Case]] = [
        ("three series of two studies", {"line": two},
         summed(("Scout", 1), ("Thorax", 2), ("Crâne", 1), first=[91, 500], last=[2**40, 10**9])),
        ("one number, written in two ways", {"line": one(image(100.0, 500.0))}, alone),
        ("at once behind the line feed", {"line": one(image(0))},
         alone | {"first": [0, 500], "last": [0, 500]}),
        ("members that nobody knows",
         {"line": line(study(series("Thorax", image(100, x=None))), x=[])}, alone),
        ("64 tags, one of them empty",
         {"line": with_dataset(dict([*tags.items()][:63], FFFFFFFF=tag("PN")))}, alone),
        ("10,000 instances", {"line": one(MANY), "many": 10_000},
         summed(("Thorax", 10_000), first=[0, 10], last=[99_990, 10])),
        ("8 MiB", spaced(INDEX_BYTES), alone),
    ]  # fmt: skip
    form = {
        "nothing": "",
        "no line feed": one(image(100))[:-1],
        "two line feeds": one(image(100)) + "\n",
        "a line feed within": one(image(100)).replace(",", ",\n", 1),
        "no object": "[]\n",
        "no studies": line(),
        "studies that are no list": line(studies={}),
        "a study that is no object": line([]),
        "no series": line(study()),
        "no instances": one(),
        "an instance that is no object": one(7),
        "a member that stands twice": one(image(100)).replace('"at":100', '"at":100,"at":100'),
        "overlapping": one(image(100), image(599)),
        "descending": one(image(700), image(100)),
        "descending from series to series": line(
            study(series("Scout", image(700)), series("Thorax", image(100)))
        ),
        "no place": one({"length": 500, "dataset": {}}),
        "a place before the beginning": one(image(-1)),
        "half a place": one(image(100.5)),
        "a place that is a text": one({"at": "100", "length": 500, "dataset": {}}),
        "a file of no bytes": one(image(100, 0)),
        "a place that no number holds": one(image(2**53)),
        "an end that no number holds": one(image(2**53 - 1, 1)),
        "no dataset": one({"at": 100, "length": 500}),
        "a dataset that is a list": with_dataset([]),
        "65 tags": with_dataset(tags),
        "a tag in small letters": with_dataset({"0020000d": tag("UI")}),
        "a tag by its name": with_dataset({"PatientID": tag("LO")}),
        "a tag that is a text": with_dataset({"00100020": "DEMO-1"}),
        "a tag without a VR": with_dataset({"00100020": {"Value": ["DEMO-1"]}}),
        "a VR of another form": with_dataset({"00100020": tag("lo", "DEMO-1")}),
        "a value that is no list": with_dataset({"00100020": {"vr": "LO", "Value": "DEMO-1"}}),
        "a value that is null": with_dataset({"00100020": {"vr": "LO", "Value": None}}),
        "an empty value": with_dataset({"00100020": {"vr": "LO", "Value": []}}),
    }
    wrong: list[tuple[str, str, Case]]
    wrong = [(name, "bad_form", {"line": text}) for name, text in form.items()]
    wrong += [
        ("another version", "bad_suite", {"line": line(study(series("", image(100))), v=2)}),
        ("no version", "bad_suite", {"line": one(image(100)).replace('"v":1,', "")}),
        ("10,001 instances", "bad_form", {"line": one(MANY), "many": 10_001}),
        ("one byte more than 8 MiB", "bad_form", spaced(INDEX_BYTES + 1)),
    ]
    what: Case = {"what": "index"}
    return [
        *(good(name, what | case, gives) for name, case, gives in fine),
        *(refused(name, "index", code, what | case) for name, code, case in wrong),
    ]


def start(
    name: bytes = b"index.json", extra: bytes = b"", flags: int = 8, method: int = 0
) -> bytes:
    """How a zip begins (APPNOTE 4.3.7)."""
    numbers = [(45, 2), (flags, 2), (method, 2), (0x7B21, 2), (0x5C61, 2)]
    numbers += [(0, 4), (0xFFFFFFFF, 4), (0xFFFFFFFF, 4), (len(name), 2), (len(extra), 2)]
    return b"PK\3\4" + b"".join(n.to_bytes(size, "little") for n, size in numbers) + name + extra


def starts() -> list[Case]:
    wide = b"\1\0\x10\0" + bytes(16)
    fine = {
        "as ours are": (start(extra=wide), 60),
        "without a field for long files": (start(extra=b""), 40),
        "a name that is marked as UTF-8": (start(flags=0x808), 40),
    }
    wrong = {
        "nothing at all": b"",
        "cut within the name": start()[:39],
        "no zip": b"\0" * 128 + b"DICM",
        "an empty zip": b"PK\5\6" + bytes(18),
        "another file first": start(name=b"IM000001"),
        "a longer name": start(name=b"index.json2"),
        "a packed index": start(method=8),
        "an encrypted index": start(flags=9),
    }
    what: Case = {"what": "start"}
    return [
        *(
            good(name, what | sealed(start=made), {"begin": at})
            for name, (made, at) in fine.items()
        ),
        *(
            refused(name, "start", "bad_form", what | sealed(start=made))
            for name, made in wrong.items()
        ),
    ]


def study_cases() -> list[Case]:
    return [*index(), *starts()]
