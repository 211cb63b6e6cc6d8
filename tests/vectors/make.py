"""Write the test vectors: `python -m tests.vectors.make`.

Every file is a list of cases. A case has a name, its inputs (bytes as unpadded base64url), and
either `gives`, what comes out, or `refused`, the layer that refuses and its one code. Running this
again writes the same bytes: see forge.Recorder for what libraries draw by themselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.vectors import (
    cases_adding,
    cases_cells,
    cases_dispensing,
    cases_documents,
    cases_handshake,
    cases_kept,
    cases_keys,
    cases_letters,
    cases_links,
    cases_locks,
    cases_mail,
    cases_marks,
    cases_moved,
    cases_pairs,
    cases_permits,
    cases_practitioners,
    cases_rings,
    cases_second,
    cases_session,
    cases_streamed,
    cases_studies,
    cases_vaults,
    cases_words,
)
from tests.vectors.forge import FOLDER, RECORDER, Case

FILES: dict[str, Callable[[], list[Case]]] = {
    "keys": cases_keys.keys,
    "certificate": cases_keys.certificate,
    "xwing": cases_keys.xwing,
    "link": cases_keys.link,
    "intro": cases_handshake.intro,
    "accept": cases_handshake.accept,
    "open": cases_handshake.open_,
    "sas": cases_handshake.sas,
    "exchange": cases_session.exchange,
    "data": cases_session.data,
    "fingerprint": cases_session.fingerprint,
    "messages": cases_session.messages,
    "tree": cases_documents.tree,
    "objects": cases_documents.objects,
    "statement": cases_documents.statement,
    "second": cases_second.second,
    "envelope": cases_documents.envelope,
    "padme": cases_documents.padme,
    "age": cases_documents.age,
    "streamed": cases_streamed.streamed,
    "study": cases_studies.study_cases,
    "code": cases_documents.code,
    "roster": cases_pairs.roster,
    "pair": cases_pairs.pair,
    "cell": cases_cells.cell,
    "letter": cases_letters.letter,
    "mail": cases_mail.mail,
    "practice_moved": cases_moved.practice_moved,
    "card": cases_practitioners.card,
    "attestation": cases_practitioners.attestation,
    "devices": cases_practitioners.devices,
    "record": cases_practitioners.record,
    "receipt": cases_practitioners.receipt,
    "ring": cases_rings.ring,
    "lock": cases_locks.lock,
    "adding": cases_adding.adding_cases,
    "vault": cases_vaults.vault,
    "kept": cases_kept.kept,
    "words": cases_words.words,
    "permit": cases_permits.permit,
    "permit_papers": cases_permits.permit_papers,
    "marks": cases_marks.marks,
    "sealed_link": cases_links.sealed_link,
    "dispensing": cases_dispensing.dispensing,
}


def text_of(name: str) -> str:
    """The exact text of one file of vectors."""
    return json.dumps(FILES[name](), indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    for name in FILES:
        (FOLDER / f"{name}.json").write_text(text_of(name), encoding="utf-8")
    RECORDER.save()


if __name__ == "__main__":
    main()
