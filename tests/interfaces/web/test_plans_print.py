"""The sheet of paper, printed by a real browser and counted in pages."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from lygte.apps.people import services as people
from lygte.apps.tenancy.models import Service
from lygte.domain.events import Verb
from lygte.domain.vocab import PlanSection
from lygte.interfaces.web.staff.views import plans_paper
from tests.apps.plans.drafts import draft, events, finished, thread
from tests.world import NOW, World

TITLES = {
    PlanSection.EARLY_SIGNS: "Tidlige tegn",
    PlanSection.HELPS: "Det, der hjælper",
    PlanSection.WORSENS: "Det, der gør det værre",
    PlanSection.PEOPLE_PLACES: "Mennesker og steder",
    PlanSection.WHOM_TO_CALL: "Hvem jeg kan ringe til, og hvornår",
    PlanSection.AGREEMENTS: "Det, vi har aftalt",
    PlanSection.NEXT_STEP: "Mit næste skridt",
}

SHORT = {
    PlanSection.HELPS: "At gå en tur.",
    PlanSection.WHOM_TO_CALL: "Mia, 00 00 00 00",
    PlanSection.NEXT_STEP: "Jeg drikker et glas vand.",
}
REALISTIC = {
    PlanSection.EARLY_SIGNS: (
        "Jeg sover dårligt flere nætter i træk og vågner ved fire-tiden.\n"
        "Jeg holder op med at svare på beskeder, også fra dem jeg holder af.\n"
        "Jeg spiser stående eller slet ikke. Lejligheden roder, og jeg trækker gardinerne for.\n"
        "Tankerne kører i ring om det samme, og jeg får ondt i maven om morgenen."
    ),
    PlanSection.HELPS: (
        "At gå en tur langs vandet, også når det regner. En halv time er nok.\n"
        "At lave noget med hænderne: vaske op, ordne planter, strikke.\n"
        "Høre den samme plade igen og igen. Ligge under den tunge dyne.\n"
        "At nogen sidder ved siden af mig uden at sige så meget."
    ),
    PlanSection.WORSENS: (
        "At være alene hele weekenden. Alkohol. Nyheder og telefon om natten.\n"
        "At nogen siger, at jeg skal tage mig sammen, eller spørger hvorfor hele tiden."
    ),
    PlanSection.PEOPLE_PLACES: (
        "Mia, min søster. Hun må gerne komme uforberedt.\n"
        "Jens fra værkstedet. Vi taler mest om cykler, og det er godt.\n"
        "Biblioteket om formiddagen. Bænken ved den gamle havn. Akuttilbuddet, hvis jeg ikke kan være hjemme."
    ),
    PlanSection.WHOM_TO_CALL: (
        "Mia, 00 00 00 01, alle dage kl. 8-23\n"
        "Jens, 00 00 00 02, efter kl. 16, ikke søndag\n"
        "Akuttilbuddet Havnegade, 00 00 00 03, hele døgnet\n"
        "Min kontaktperson Bente, 00 00 00 04, hverdage kl. 9-15\n"
        "Lægevagten, 00 00 00 05, kl. 16-8"
    ),
    PlanSection.AGREEMENTS: (
        "Akuttilbuddet ringer til mig på tirsdag mellem 17 og 19. Hvis jeg ikke tager den, så igen onsdag.\n"
        "Mia har en nøgle. Hun må låse sig ind, hvis jeg ikke har svaret i et døgn.\n"
        "Jeg tager min medicin om aftenen og ringer til lægen, hvis jeg springer over to dage.\n"
        "Vi ser på planen igen om en måned."
    ),
    PlanSection.NEXT_STEP: (
        "Jeg tager sko på og går ned til vandet. På vejen ringer jeg til Mia.\n"
        "Hvis det ikke er nok, ringer jeg til Akuttilbuddet, også om natten."
    ),
}
LONG = {
    section: text if section is PlanSection.WHOM_TO_CALL else f"{text}\n{text.splitlines()[0]}"
    for section, text in REALISTIC.items()
}
TOO_LONG = {section: "\n".join([text] * 4) for section, text in REALISTIC.items()}


def pages_of(html: str, folder: Path) -> int:
    """Print a page with Chromium as a user would, and return the number of sheets."""
    for address in set(re.findall(r'(?:href|src)="/static/([^"]+)"', html)):
        found = finders.find(address)
        assert isinstance(found, str)
        (folder / address).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(found, folder / address)
    shutil.copytree(Path(str(finders.find("lygte/lygte.css"))).parent / "fonts", folder / "lygte" / "fonts")
    page, paper = folder / "plan.html", folder / "plan.pdf"
    page.write_text(html.replace('="/static/', '="'), encoding="utf-8")
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "Chromium is missing; `make test` installs it"
    subprocess.run(  # noqa: S603 - a program of this machine, with a file of our own
        [
            *(program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
            *("--no-pdf-header-footer", f"--user-data-dir={folder / 'profile'}"),
            *("--allow-file-access-from-files", f"--print-to-pdf={paper}", page.as_uri()),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", paper.read_bytes()))


@pytest.mark.e2e
@pytest.mark.parametrize(("words", "pages"), [(SHORT, 1), (REALISTIC, 1), (LONG, 1), (TOO_LONG, 3)])
def test_the_plan_is_printed_on_as_many_pages_as_the_screen_says(
    world: World, tmp_path: Path, words: dict[PlanSection, str], pages: int
) -> None:
    here = world.here
    with here.scope():
        Service.objects.filter(pk=here.service.pk).update(phone="00 00 00 00")
        person = people.create_person(
            actor=here.worker, now=NOW, service=here.service, name="Opdigtet Ottosen"
        )
        finished(here, person, words)
    response = here.client().get(reverse("staff:plan_print", args=[person.pk]), {"navn": "1"})
    html = response.content.decode()
    printed = pages_of(html, tmp_path)
    assert (printed == 1) == ("note-warn" not in html)
    assert printed <= pages


@pytest.mark.parametrize(
    ("words", "size"),
    [(SHORT, "roomy"), (REALISTIC, "usual"), (LONG, "least")],
)
def test_the_letters_are_as_large_as_one_page_allows(words: dict[PlanSection, str], size: str) -> None:
    found = plans_paper.fit(words, TITLES)
    assert (found.size.name, found.one_page) == (size, True)


def test_no_letters_are_smaller_than_nine_and_a_half_points() -> None:
    found = plans_paper.fit(TOO_LONG, TITLES)
    assert not found.one_page
    assert min(size.points for size in plans_paper.SIZES) == found.size.points == 9.5


def test_the_sizes_of_the_style_sheet_are_those_that_are_reckoned_with() -> None:
    css = Path(str(finders.find("lygte/plan_print.css"))).read_text(encoding="utf-8")
    written = dict(re.findall(r"main\.plan-(\w+)\{--size:([\d.]+)pt\}", css))
    assert {size.name: size.points for size in plans_paper.SIZES} == {k: float(v) for k, v in written.items()}


@pytest.mark.parametrize(
    ("text", "lines"), [("", 1), ("kort", 1), ("en\n\nto", 3), ("ord " * 60, 4), ("x" * 200, 3)]
)
def test_lines_are_counted_with_blank_ones_and_broken_words(text: str, lines: int) -> None:
    assert abs(plans_paper.lines_of(text, 134, 11) - lines) <= 1


def test_the_sheet_bears_a_name_only_when_asked_and_never_number_or_address(world: World) -> None:
    here = world.here
    with here.scope():
        Service.objects.filter(pk=here.service.pk).update(phone="00 00 00 07")
        person = people.create_person(
            actor=here.worker,
            now=NOW,
            service=here.service,
            name="Opdigtet Ottosen",
            cpr="0113900001",
            address="Opdigtet Allé 7",
        )
        finished(here, person, SHORT)
    client, url = here.client(), reverse("staff:plan_print", args=[person.pk])
    plain, named = client.get(url).content.decode(), client.get(url, {"navn": "1"}).content.decode()
    assert "Ottosen" not in plain
    assert "Ottosen" in named
    for page in (plain, named):
        assert "00 00 00 07" in page and "20/11 2026" in page and "112" in page
        assert "0113900001" not in page and "011390" not in page and "Allé" not in page
    with here.scope():
        assert len(events(Verb.PLAN_PRINTED)) == 2


def test_the_words_of_an_anonymous_person_never_stand_on_the_sheet(world: World) -> None:
    with world.here.scope():
        person = thread(world.here)
        finished(world.here, person, SHORT)
    url = reverse("staff:plan_print", args=[person.pk])
    page = world.here.client().get(url, {"navn": "1"}).content.decode()
    assert person.return_words not in page


def test_a_draft_is_not_printed(world: World) -> None:
    with world.here.scope():
        person = thread(world.here)
        draft(world.here, person)
    response: Any = world.here.client().get(reverse("staff:plan_print", args=[person.pk]))
    assert response.headers["Location"] == reverse("staff:plan", args=[person.pk])
