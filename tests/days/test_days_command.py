"""`marronnier days`: the holidays of a year, shown, and written where they are lacking."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from marronnier import desk as desks
from marronnier.files import WorkTree
from marronnier.public_holidays import list_holidays

BY_HAND = """\
# Les jours de l'équipe
weekend: [samedi, dimanche]
days:
  # la fête du quartier
  - {date: 2027-06-13, name: Fête du quartier}   # chaque année
  - date: 2027-12-25
    name: Noël à la bibliothèque
    kind: holiday

# ce qui arrive aux créneaux
on_holiday: shift
"""


@pytest.fixture
def brand(tmp_path: Path) -> Path:
    (tmp_path / "brand").mkdir()
    (tmp_path / "calendar").mkdir()
    (tmp_path / "brand" / "brand.yml").write_text("name: x\nterritory: BE\nlang: fr\n", encoding="utf-8")
    return tmp_path


def run(brand: Path, *words: str, status: int = 0) -> str:
    """Run `marronnier days`; what it printed, both streams."""
    done = subprocess.run(
        [sys.executable, "-m", "marronnier", "-C", str(brand), "days", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(Path(desks.__file__).parents[2])},
        check=False,
    )
    assert done.returncode == status, done.stdout
    assert "Traceback" not in done.stdout
    return done.stdout


def written(brand: Path) -> str:
    return (brand / "calendar" / "days.yml").read_bytes().decode()


def write(brand: Path, text: str) -> None:
    (brand / "calendar" / "days.yml").write_bytes(text.encode())


def test_without_write_nothing_is_written(brand: Path) -> None:
    write(brand, BY_HAND)
    said = run(brand, "2027")
    assert "= 2027-12-25 Sat  Noël\n" in said
    assert "+ 2027-03-28 Sun  Pâques\n" in said
    assert "--- a/calendar/days.yml\n+++ b/calendar/days.yml\n" in said
    assert "+  - {date: 2027-11-11, name: Jour de l'Armistice, kind: holiday}\n" in said
    assert "11 lines would be written" in said
    assert written(brand) == BY_HAND


def test_write_adds_missing_holidays_and_keeps_every_line(brand: Path) -> None:
    write(brand, BY_HAND)
    run(brand, "2027", "--write")
    text = written(brand)
    kept = [line for line in text.splitlines() if line in BY_HAND.splitlines()]
    assert kept == BY_HAND.splitlines()
    assert len(text.splitlines()) == len(BY_HAND.splitlines()) + 11
    desk = desks.load(WorkTree(brand))
    assert not desk.findings
    assert desk.days.on_holiday == "shift"
    assert [day.name for day in desk.days.days][:3] == ["Fête du quartier", "Noël à la bibliothèque", "Nouvel An"]
    assert sum(day.date.isoformat() == "2027-12-25" for day in desk.days.days) == 1


def test_a_second_run_changes_nothing(brand: Path) -> None:
    run(brand, "2027", "--write")
    first = written(brand)
    assert "already has them all" in run(brand, "2027", "--write")
    assert written(brand) == first
    run(brand, "2028", "--write")
    assert written(brand).startswith(first)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "days: []\n",
        "days:\n",
        "# rien\n",
        "days: [] # rien\r\nweekend: [samedi]\r\n",
        "days:\n- {date: 2027-06-13, name: x}",
        "\ufeffdays: []\n",
    ],
)
def test_every_way_to_have_no_or_few_days(brand: Path, text: str) -> None:
    write(brand, text)
    run(brand, "2027", "--write")
    desk = desks.load(WorkTree(brand))
    assert not desk.findings
    assert sum(day.kind == "holiday" for day in desk.days.days) == 12
    assert ("\r\n" in written(brand)) == ("\r\n" in text)
    assert "\r\n" not in text or "\n" not in written(brand).replace("\r\n", "")


def test_days_in_one_line_are_left_to_a_person(brand: Path) -> None:
    text = "days: [{date: 2027-06-13, name: Fête}]\n"
    write(brand, text)
    assert "one line a day" in run(brand, "2027", "--write", status=3)
    assert written(brand) == text


def test_a_file_that_cannot_be_read_is_left_alone(brand: Path) -> None:
    text = "days:\n  - {date: 2027-02-30, name: x}\n"
    write(brand, text)
    assert "calendar/days.yml:2:" in run(brand, "2027", "--write", status=1)
    assert written(brand) == text


def test_another_territory_is_named_in_its_lines(brand: Path) -> None:
    run(brand, "2027", "--territory", "DZ", "--write")
    assert "  - {date: 2027-03-09, name: Aïd el-Fitr, kind: holiday, territory: DZ, estimated: true}\n" in written(brand)
    assert "territory" not in run(brand, "2027", "--write")
    assert sum("2027-05-01" in line for line in written(brand).splitlines()) == 2


def test_an_estimated_day_moved_by_hand_does_not_come_back(brand: Path) -> None:
    run(brand, "2027", "--territory", "MA", "--write")
    moved = written(brand).replace("2027-03-09, name: Fête de la rupture", "2027-03-11, name: Fête de la rupture")
    write(brand, moved)
    assert "already has them all" in run(brand, "2027", "--territory", "MA", "--write")
    assert written(brand) == moved


def test_a_yearly_holiday_by_hand_is_not_doubled(brand: Path) -> None:
    write(brand, "days:\n  - {date: 2020-07-21, name: La nationale, kind: holiday, yearly: true}\n")
    run(brand, "2027", "--write")
    assert "2027-07-21" not in written(brand)


@pytest.mark.parametrize(
    ("words", "said"), [(("2027", "--territory", "XX"), "BE, FR, NL, LU, DZ or MA"), (("deux",), "YEAR"), (("1800",), "YEAR"), ((), "YEAR")]
)
def test_usage(brand: Path, words: tuple[str, ...], said: str) -> None:
    assert said in run(brand, *words, status=2)


@pytest.mark.parametrize(
    ("territory", "lang", "day", "name", "estimated"),
    [
        ("BE", "fr", "2027-07-21", "Fête nationale", False),
        ("BE", "nl", "2027-07-21", "Nationale feestdag", False),
        ("FR", "fr", "2027-07-14", "Fête nationale", False),
        ("NL", "nl", "2027-04-27", "Koningsdag", False),
        ("LU", "fr", "2027-06-23", "Fête nationale", False),
        ("DZ", "ar", "2027-03-09", "عيد الفطر", True),
        ("DZ", "fr", "2027-07-05", "Fête de l'Indépendance", False),
        ("MA", "fr", "2027-07-30", "Fête du Trône", False),
        ("MA", "en", "2027-05-16", "Eid al-Adha", True),
        ("NL", "fr", "2027-04-27", "Koningsdag", False),
    ],
)
def test_the_holidays_of_six_countries(territory: str, lang: str, day: str, name: str, estimated: bool) -> None:
    found = {(str(one.date), one.name): one.estimated for one in list_holidays(territory, 2027, lang)}
    assert found[day, name] is estimated
