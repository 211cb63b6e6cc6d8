"""The printed prescription, read back by three readers of PDF, and looked at as pixels."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pypdf
import pytest

from tests.unit.printing import Read, text_of

SAMPLES = ["simple", "child", "zones", "oneOfTwoZones", "narcotic", "long", "markup"]
PRESCRIBER = [
    "Dr Camille Démo",
    "Médecin, Médecine générale",
    "RPPS : 10101234564",
    "12 rue de l’Exemple",
    "69003 Lyon",
    "France",
    "Tél. : +33 4 72 00 00 00",
    "E-mail : camille.demo@exemple.fr",
    "Fait à Lyon, le 3 août 2026",
]
EXPECTED = {
    "simple": [
        "Łukasz Şahin",
        "Sexe : masculin",
        "Date de naissance : 02/03/1985 (41 ans)",
        "1. paracétamol 500 mg, comprimé",
        "1 comprimé, 3 fois par jour, voie orale, pendant 5 jours",
        "Ne pas renouveler.",
        "Ordonnance de 1 ligne, arrêtée ici.",
        "Signature de Dr Camille Démo :",
    ],
    "child": [
        "Zoë N’Diaye-Œuvrard",
        "Poids : 14,5 kg",
        "Taille : 98 cm",
        "1. amoxicilline 100 mg/ml + acide clavulanique 12,5 mg/ml, suspension buvable",
        "(Exemplaxil)",
        "4,5 ml, 3 fois par jour, voie orale, pendant 7 jours",
        "Au début des repas, bien agiter le flacon",
        "Quantité : 2 boîtes.",
        "Non substituable (EFG) : forme galénique adaptée à l’enfant de moins de six ans",
        "2. paracétamol 2,4 %, suspension buvable",
        "toutes les 6 heures, si besoin (maximum 800 mg par jour)",
        "Consignes Consulter si la fièvre dure plus de 48 heures. Boire souvent.",
        "Camille Démo (signature saisie au clavier)",
    ],
    # Each heading right above the lines of its zone.
    "zones": [
        (
            "Prescriptions relatives au traitement de l’affection de longue durée reconnue "
            "(liste ou hors liste) (AFFECTION EXONÉRANTE) 1. metformine 1000 mg, comprimé"
        ),
        "2. ramipril 5 mg, comprimé",
        (
            "Prescriptions SANS RAPPORT avec l’affection de longue durée "
            "(MALADIES INTERCURRENTES) 3. paracétamol 500 mg, comprimé"
        ),
        "Ordonnance de 3 lignes, arrêtée ici.",
    ],
    "oneOfTwoZones": ["(MALADIES INTERCURRENTES) Aucun médicament."],
    "narcotic": [
        (
            "En toutes lettres : sulfate de morfictine dix milligrammes ; une gélule par prise, "
            "une prise toutes les douze heures ; pendant vingt-huit jours."
        ),
        "Chevauchement autorisé avec une ordonnance précédente.",
        "Délivrance fractionnée : 7 jours de traitement à la fois.",
        "Pharmacie chargée de la délivrance : Pharmacie de l’Exemple, Lyon",
        "Délivrance en une seule fois.",
        "Non substituable (MTE) : marge thérapeutique étroite",
        (
            "morfictine deux milligrammes par millilitre ; "
            "deux virgule cinq millilitres par prise, six prises par jour ; "
            "si besoin, au maximum quinze millilitres par jour ; "
            "pendant quatorze jours."
        ),
        "dans les trois jours qui suivent sa date",
        "demande une ordonnance sécurisée (R. 5132-5)",
        "Ce document n’affirme pas que sa forme électronique suffise",
    ],
    "long": ["14. substance d’essai numéro 14 140 µg", "Prise de sang de contrôle dans un mois."],
    "markup": ['A & B <img src=x onerror="alert(1)">', "</p><script>alert(1)</script>"],
}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_field_can_be_read_from_the_text(
    name: str, printed: Path, read: dict[str, Read]
) -> None:
    by_poppler = text_of(printed / f"{name}.pdf", "-raw")
    by_pypdf = " ".join(
        page.extract_text() for page in pypdf.PdfReader(printed / f"{name}.pdf").pages
    )
    for field in PRESCRIBER + EXPECTED[name]:
        assert field in by_poppler
        assert field in read[name].text
        assert field.replace(" ", "") in re.sub(r"\s+", "", by_pypdf)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_browser_s_reader_has_all_of_it_in_order_and_nothing_to_complain_of(
    name: str, printed: Path, read: dict[str, Read]
) -> None:
    copy = read[f"{name}-code"]
    assert (read[name].said, read[name].refused) == ([], None)
    assert (copy.said, copy.refused) == ([], None)
    assert len(read[name].pages) == len(pypdf.PdfReader(printed / f"{name}.pdf").pages)
    # Line by line as poppler has it: what is selected from the first to the last says the same.
    assert read[name].text.split() == text_of(printed / f"{name}.pdf", "-raw").split()
    # The page with the code stands before the copy: the same pages, each with a mark under it.
    pages = zip(copy.pages[1:], read[name].pages, strict=True)
    assert all(after.startswith(before) for after, before in pages)


@pytest.mark.parametrize("name", SAMPLES)
def test_each_page_has_its_number_and_says_what_it_is_not(name: str, printed: Path) -> None:
    reader = pypdf.PdfReader(printed / f"{name}.pdf")
    total = len(reader.pages)
    for number in range(1, total + 1):
        page = ("-raw", "-f", str(number), "-l", str(number))
        text = text_of(printed / f"{name}.pdf", *page)
        assert f"Page {number}/{total}" in text
        assert "Ceci n’est pas une ordonnance numérique" in text
        assert "appeler le prescripteur au +33 4 72 00 00 00" in text
        width, height = reader.pages[number - 1].mediabox[2:]
        assert (round(float(width)), round(float(height))) == (595, 842)


def test_it_names_its_author_language_and_date(printed: Path) -> None:
    reader = pypdf.PdfReader(printed / "simple.pdf")
    assert reader.metadata is not None
    assert reader.metadata.title == "Ordonnance"
    assert reader.metadata.author == "Dr Camille Démo"
    assert str(reader.root_object["/Lang"]) == "fr-FR"
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.isoformat() == "2026-08-03T08:15:00+00:00"


@pytest.mark.parametrize("name", SAMPLES)
def test_only_the_letters_in_use_are_embedded(name: str, printed: Path) -> None:
    assert (printed / f"{name}.pdf").stat().st_size < 64 * 1024
    fonts = subprocess.run(
        ["pdffonts", str(printed / f"{name}.pdf")], capture_output=True, text=True, check=True
    ).stdout.splitlines()[2:]
    assert len(fonts) == 2
    for font in fonts:
        assert re.search(r"yes\s+(yes|no)\s+yes\s+\d+\s+\d+$", font), font


def test_the_letters_are_on_the_paper_not_only_in_the_text(printed: Path, tmp_path: Path) -> None:
    """A fault of the font library leaves glyphs blank whose text can still be copied."""
    pdf = printed / "simple.pdf"
    boxes = subprocess.run(
        ["pdftotext", "-bbox", str(pdf), "-"], capture_output=True, text=True, check=True
    ).stdout
    subprocess.run(
        ["pdftoppm", "-r", "144", "-gray", "-singlefile", str(pdf), str(tmp_path / "page")],
        check=True,
    )
    header, data = (tmp_path / "page.pgm").read_bytes().split(b"\n255\n", 1)
    width = int(header.split()[1])
    words = re.findall(
        r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(\w{4,})<', boxes
    )
    assert len(words) > 30
    for *corners, word in words:
        left, top, right, bottom = (round(float(one) * 2) for one in corners)
        columns = [
            any(data[y * width + x] < 160 for y in range(top, bottom)) for x in range(left, right)
        ]
        assert sum(columns) > 0.6 * len(columns), word


@pytest.mark.parametrize("name", ["simple", "narcotic", "long"])
def test_a_copy_with_the_code_has_the_signed_pages_behind_a_page_of_its_own(
    name: str, printed: Path
) -> None:
    signed, copy = (pypdf.PdfReader(printed / f"{name}{end}.pdf") for end in ("", "-code"))
    assert len(copy.pages) == len(signed.pages) + 1
    first = text_of(printed / f"{name}-code.pdf", "-raw", "-l", "1")
    for words in (
        "À présenter à la pharmacie",
        "Code de l’ordonnance du 3 août 2026",
        "rdv.exemple.fr",
        "Qui a ce code peut lire l’ordonnance et la faire délivrer.",
        "le prescripteur ne l’a pas signée",
    ):
        assert words in first
    mark = "Copie imprimée par le patient, avec le code de l’ordonnance"
    for before, page in zip(signed.pages, copy.pages[1:], strict=True):
        text, was = page.extract_text(), before.extract_text()
        assert text.replace(mark, "").split() == was.split()
        assert mark in text
    assert "dispense" not in " ".join(page.extract_text() for page in signed.pages)


def test_the_code_on_paper_has_every_module_of_the_code(printed: Path, tmp_path: Path) -> None:
    run = ["pdftoppm", "-r", "300", "-gray", "-singlefile"]
    subprocess.run([*run, str(printed / "simple-code.pdf"), str(tmp_path / "page")], check=True)
    header, data = (tmp_path / "page.pgm").read_bytes().split(b"\n255\n", 1)
    width = int(header.split()[1])
    rows = (printed / "code.txt").read_text().splitlines()
    side = 170 / 72 * 300 / len(rows)
    left = 56 / 72 * 300
    # The code begins, inside its border of two, with a dark line of seven modules downwards.
    column = round(left + 2.5 * side)
    dark = "".join("#" if one < 128 else "." for one in data[column::width])
    top = dark.index("#" * round(6.8 * side)) - 2 * side
    wrong = [
        (x, y)
        for y, row in enumerate(rows)
        for x, module in enumerate(row)
        if (data[round(top + (y + 0.5) * side) * width + round(left + (x + 0.5) * side)] < 128)
        != (module == "#")
    ]
    assert wrong == []
