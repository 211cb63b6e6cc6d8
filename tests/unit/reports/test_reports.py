"""What the browser writes as a report: FHIR read with R4B classes, the page as three readers do."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pypdf
import pytest

from tests.unit.printing import Read, parse, resources, text_of

SAMPLES = ["consultation", "letter", "record", "long", "markup"]
TYPES = {"consultation": "11488-4", "letter": "57133-1", "record": "51851-4"}
AUTHOR = [
    "Dr Camille Démo",
    "Médecin, Médecine générale",
    "RPPS : 10101234564",
    "Tél. : +33 4 72 00 00 00",
    "Fait à Lyon, le 3 août 2026",
    "Signature de Dr Camille Démo :",
    "Téléconsultation du 3 août 2026 à 07:50",
]
EXPECTED = {
    "consultation": [
        "COMPTE RENDU DE CONSULTATION",
        "Łukasz Şahin",
        "Motif de consultation Toux depuis une semaine",
        "Histoire et antécédents Asthme dans l’enfance. Non-fumeur.",
        "Conclusion Bronchite aiguë probable.",
        "revoir dans 7 jours si la fièvre dépasse 38,5 °C.",
    ],
    "letter": [
        "COURRIER MÉDICAL",
        "Zoë N’Diaye-Œuvrard",
        "Date de naissance : 02/03/1985 (41 ans)",
        "Destinataire Dr Morgan Fictif Cardiologie, 3 place de l’Exemple, 69002 Lyon",
        "Motif du courrier Avis cardiologique",
    ],
    "record": [
        "RELEVÉ DE TÉLÉCONSULTATION",
        "Patient : Łukasz Şahin, nom déclaré.",
        "Le praticien déclare avoir comparé à voix haute le numéro de vérification.",
        "Début : 3 août 2026 à 07:50.",
        "Fin : 3 août 2026 à 08:12, soit 22 minutes.",
        "3 août 2026 à 07:55 : connexion interrompue.",
        "ordonnance, du praticien au patient (reçu et ouvert).",
        "il ne contient rien de ce qui a été dit ou montré",
    ],
    "long": ["Paragraphe 1 : le patient dit aller mieux", "Paragraphe 60 : le patient dit"],
    "markup": ["</p><script>alert(1)</script> & <b>", "<i>Titre</i> Ligne 1 <b> Ligne 3 & fin"],
}


@pytest.fixture(params=SAMPLES)
def raw(request: pytest.FixtureRequest, printed: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((printed / f"{request.param}.json").read_text())
    return loaded


def test_the_library_reads_and_writes_it_without_loss(raw: dict[str, Any]) -> None:
    assert json.loads(parse(json.dumps(raw)).model_dump_json()) == raw


def test_it_is_a_document_about_a_patient_by_its_author(raw: dict[str, Any]) -> None:
    bundle = parse(json.dumps(raw))
    composition = bundle.entry[0].resource
    assert (bundle.type, type(composition).__name__) == ("document", "Composition")
    (patient,) = resources(bundle, "Patient")
    (role,) = resources(bundle, "PractitionerRole")
    (practitioner,) = resources(bundle, "Practitioner")
    (encounter,) = resources(bundle, "Encounter")
    assert composition.subject.reference == f"urn:uuid:{patient.id}"
    assert composition.author[0].reference == f"urn:uuid:{role.id}"
    assert composition.attester[0].party.reference == f"urn:uuid:{practitioner.id}"
    assert composition.encounter.reference == f"urn:uuid:{encounter.id}"
    assert encounter.class_fhir.code == "VR"
    assert practitioner.identifier[0].value == "10101234564"
    assert all(section.text.div.startswith("<div") for section in composition.section)


@pytest.mark.parametrize("name", TYPES)
def test_each_kind_has_its_code(name: str, printed: Path) -> None:
    composition = parse((printed / f"{name}.json").read_text()).entry[0].resource
    (coding,) = composition.type.coding
    assert (coding.system, coding.code) == ("http://loinc.org", TYPES[name])


def test_markup_in_a_text_stays_text(printed: Path) -> None:
    composition = parse((printed / "markup.json").read_text()).entry[0].resource
    for section in composition.section:
        assert not re.search(r"<(?!/?(?:div|p)[ >])", section.text.div)


@pytest.mark.parametrize("name", SAMPLES)
def test_all_of_it_can_be_read_from_the_page(
    name: str, printed: Path, read: dict[str, Read]
) -> None:
    by_poppler = text_of(printed / f"{name}.pdf", "-raw")
    pages = pypdf.PdfReader(printed / f"{name}.pdf").pages
    by_pypdf = re.sub(r"\s+", "", " ".join(page.extract_text() for page in pages))
    for field in AUTHOR + EXPECTED[name]:
        assert field in by_poppler
        assert field in read[name].text
        assert field.replace(" ", "") in by_pypdf
    # A browser's reader has the same words in the same order, and nothing to complain of.
    assert (read[name].said, read[name].refused) == ([], None)
    assert read[name].text.split() == by_poppler.split()
    assert len(read[name].pages) == len(pages)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_page_has_its_number_and_says_how_it_is_checked(name: str, printed: Path) -> None:
    total = len(pypdf.PdfReader(printed / f"{name}.pdf").pages)
    assert total == (2 if name == "long" else 1)
    for number in range(1, total + 1):
        page = ("-raw", "-f", str(number), "-l", str(number))
        text = text_of(printed / f"{name}.pdf", *page)
        assert f"Page {number}/{total}" in text
        assert "appeler le signataire au +33 4 72 00 00 00" in text


def test_it_names_its_author_language_and_title(printed: Path) -> None:
    reader = pypdf.PdfReader(printed / "letter.pdf")
    assert reader.metadata is not None
    assert reader.metadata.title == "Courrier médical"
    assert reader.metadata.author == "Dr Camille Démo"
    assert str(reader.root_object["/Lang"]) == "fr-FR"
