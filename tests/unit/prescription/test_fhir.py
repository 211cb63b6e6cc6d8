"""What the browser writes as FHIR, read with a FHIR library (R4B classes)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.printing import parse, resources

SAMPLES = ["simple", "child", "zones", "oneOfTwoZones", "narcotic", "long", "markup"]
CISIS = "https://smt.esante.gouv.fr/fhir/CodeSystem/terminologie-cisis"
UCUM = "http://unitsofmeasure.org"


@pytest.fixture(params=SAMPLES)
def raw(request: pytest.FixtureRequest, printed: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((printed / f"{request.param}.json").read_text())
    return loaded


@pytest.fixture
def bundle(raw: dict[str, Any]) -> Any:
    return parse(json.dumps(raw))


def test_the_library_reads_and_writes_it_without_loss(raw: dict[str, Any], bundle: Any) -> None:
    assert json.loads(bundle.model_dump_json()) == raw


def test_it_is_a_document_whose_first_entry_is_the_composition(bundle: Any) -> None:
    assert bundle.type == "document"
    assert bundle.identifier.value == f"urn:uuid:{bundle.id}"
    assert bundle.timestamp is not None
    assert [type(bundle.entry[0].resource).__name__] == ["Composition"]
    assert len(resources(bundle, "Composition")) == 1


def test_every_reference_leads_to_an_entry_and_every_entry_is_referred_to(
    raw: dict[str, Any],
) -> None:
    urls = [entry["fullUrl"] for entry in raw["entry"]]
    assert len(set(urls)) == len(urls)
    assert all(entry["fullUrl"] == f"urn:uuid:{entry['resource']['id']}" for entry in raw["entry"])
    referred: set[str] = set()

    def walk(value: object) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("reference"), str):
                referred.add(value["reference"])
            for one in value.values():
                walk(one)
        elif isinstance(value, list):
            for one in value:
                walk(one)

    walk(raw)
    assert referred == set(urls[1:])


def test_the_prescriber_is_named_by_rpps_number_address_and_telecom(bundle: Any) -> None:
    (practitioner,) = resources(bundle, "Practitioner")
    (number,) = practitioner.identifier
    assert (number.system, number.value) == ("urn:oid:1.2.250.1.71.4.2.1", "10101234564")
    assert "France" in practitioner.address[0].text
    assert {one.system: one.value for one in practitioner.telecom} == {
        "phone": "+33 4 72 00 00 00",
        "email": "camille.demo@exemple.fr",
    }
    (role,) = resources(bundle, "PractitionerRole")
    assert role.specialty[0].text == "Médecine générale"


def test_each_line_is_one_request_for_the_patient_by_the_prescriber(bundle: Any) -> None:
    requests = resources(bundle, "MedicationRequest")
    (patient,) = resources(bundle, "Patient")
    (role,) = resources(bundle, "PractitionerRole")
    section = bundle.entry[0].resource.section[0]
    assert [one.reference for one in section.entry] == [f"urn:uuid:{one.id}" for one in requests]
    for one in requests:
        assert (one.status, one.intent) == ("active", "order")
        assert one.subject.reference == f"urn:uuid:{patient.id}"
        assert one.requester.reference == f"urn:uuid:{role.id}"
        assert one.dosageInstruction[0].text
        assert one.dosageInstruction[0].doseAndRate[0].doseQuantity.system == UCUM


def test_structured_doses_say_what_the_form_said(printed: Path) -> None:
    child = parse((printed / "child.json").read_text())
    first, second = resources(child, "MedicationRequest")
    repeat = first.dosageInstruction[0].timing.repeat
    assert (repeat.frequency, repeat.period, repeat.periodUnit) == (3, 1, "d")
    assert (repeat.boundsDuration.value, repeat.boundsDuration.code) == (7, "d")
    assert first.dispenseRequest.quantity.value == 2
    assert first.substitution.allowedBoolean is False
    assert first.substitution.reason.coding[0].code == "EFG"
    # A reader that shows the text alone shows it too.
    words = "Non substituable (EFG) : forme galénique adaptée"
    assert first.substitution.reason.text.startswith(words)
    assert words in first.text.div
    assert words in child.entry[0].resource.section[0].text.div
    repeat = second.dosageInstruction[0].timing.repeat
    assert (repeat.frequency, repeat.period, repeat.periodUnit) == (1, 6, "h")
    assert second.dosageInstruction[0].asNeededBoolean is True
    assert second.dosageInstruction[0].maxDosePerPeriod.numerator.value == 800
    assert second.substitution.allowedBoolean is True
    amoxicillin, _ = resources(child, "Medication")[0].ingredient
    assert amoxicillin.itemCodeableConcept.text == "amoxicilline"
    assert amoxicillin.strength.denominator.code == "mL"
    weight, height = resources(child, "Observation")
    assert (float(weight.valueQuantity.value), weight.valueQuantity.code) == (14.5, "kg")
    assert (int(height.valueQuantity.value), height.valueQuantity.code) == (98, "cm")


def test_each_line_of_two_zones_says_whether_it_is_for_a_long_term_illness(printed: Path) -> None:
    bundle = parse((printed / "zones.json").read_text())
    said = {
        f"urn:uuid:{one.id}": one.valueBoolean
        for one in resources(bundle, "Observation")
        if (one.code.coding[0].system, one.code.coding[0].code) == (CISIS, "MED-574")
    }
    requests = resources(bundle, "MedicationRequest")
    zones = [said[one.reasonReference[0].reference] for one in requests]
    assert zones == [True, True, False]
    simple = parse((printed / "simple.json").read_text())
    assert all(one.reasonReference is None for one in resources(simple, "MedicationRequest"))


def test_a_narcotic_says_that_it_is_one_with_its_amounts_in_words(printed: Path) -> None:
    bundle = parse((printed / "narcotic.json").read_text())
    first, second, third = resources(bundle, "MedicationRequest")
    assert [one.category and one.category[0].text for one in (first, second, third)] == [
        "Stupéfiant ou assimilé",
        "Stupéfiant ou assimilé",
        None,
    ]
    assert first.note[0].text == "Chevauchement autorisé avec une ordonnance précédente."
    assert first.note[1].text.replace("\u00a0", " ") == (
        "Délivrance fractionnée : 7 jours de traitement à la fois."
    )
    interval = first.dispenseRequest.dispenseInterval
    assert (int(interval.value), interval.system, interval.code) == (7, UCUM, "d")
    assert first.dispenseRequest.numberOfRepeatsAllowed == 0
    assert first.dispenseRequest.performer.display == "Pharmacie de l’Exemple, Lyon"
    assert [one.text for one in second.note] == ["Délivrance en une seule fois."]
    assert second.dispenseRequest.dispenseInterval is None
    assert second.dispenseRequest.performer is None
    words = "sulfate de morfictine dix milligrammes\u00a0; une gélule par prise"
    assert words in first.text.div
    assert words in bundle.entry[0].resource.section[0].text.div
    assert "En toutes lettres" not in third.text.div


def test_markup_in_a_text_stays_text(printed: Path) -> None:
    raw = (printed / "markup.json").read_text()
    bundle = parse(raw)
    (patient,) = resources(bundle, "Patient")
    assert patient.name[0].family == '<img src=x onerror="alert(1)">'
    for resource in [bundle.entry[0].resource.section[0], *resources(bundle, "MedicationRequest")]:
        assert "<script" not in resource.text.div
        assert "<img" not in resource.text.div
