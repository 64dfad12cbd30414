"""Import from Hugo and Jekyll: posts as they are, published ones as history."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from people import Town, write

NOW = "2026-11-20 09:00"
HUGO = {
    "content/posts/fete.md": '---\ntitle: "La fête : le programme"\ndate: 2026-10-05T10:00:00+02:00\nimage: /img/fete.png\nchapeau: 3\n---\nVenez, {{< carte >}}.\n',
    "content/posts/serre/index.md": "---\ntitle: La serre\ndate: 2027-01-05\n---\nElle ouvre. ![La porte](porte.png) ![Le plan](https://images.example/plan.png)\n",
    "content/posts/serre/porte.png": "(a picture)",
    "content/blog/bonjour.fr.md": '+++\ntitle = "Bonjour"\ndate = 2026-09-01\n+++\n\nBonjour.\n',
    "content/posts/idee.md": "---\ntitle: Une idée\ndate: 2026-09-02\ndraft: true\n---\nPeut-être.\n",
    "content/posts/deep/way/out.md": "---\ntitle: Dehors\ndate: 2026-10-06\n---\n![Une fleur](../../../../static/img/fleur.png)\n",
    "content/posts/json.md": '{"title": "En JSON"}\nMots.\n',
    "content/posts/_index.md": "---\ntitle: Articles\n---\n",
    "content/about/us.md": "---\ntitle: Nous\n---\nNous.\n",
    "static/img/fete.png": "(a picture)",
    "static/img/fleur.png": "(a picture)",
}
JEKYLL = {
    "_posts/2026-10-01-portes.md": "---\nlayout: post\ntitle: Portes\n---\nOn ouvre. ![La porte]({{ site.baseurl }}/assets/porte.png)\n",
    "jardin/_posts/2026-10-02-semis.md": "---\nlayout: post\ntitle: Semis\nid: Semis-2026\n---\nOn sème.\n",
    "_drafts/idee.md": "---\nlayout: post\ntitle: Une idée\n---\nPeut-être.\n",
    "_posts/sans-date.md": "---\ntitle: Sans date\n---\nMots.\n",
    "_site/_posts/2026-10-01-portes.md": "(made by Jekyll)",
    "assets/porte.png": "(a picture)",
}


@pytest.fixture
def house(town: Town, tmp_path: Path) -> Path:
    return town.newsroom(tmp_path / "house")


def run(town: Town, house: Path, *arguments: str) -> str:
    env = town.surroundings("publisher", NOW)
    done = subprocess.run([str(town.bin / "marronnier"), *arguments], cwd=house, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def states(town: Town, house: Path) -> dict[str, str]:
    town.git(house, "add", "-A")
    town.git(house, "commit", "-qm", "Carry over")
    return {line["key"]: line["state"] for line in json.loads(run(town, house, "plan", "--all", "--format", "json"))["lines"]}


def test_a_hugo_site(town: Town, house: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    write(there, HUGO)
    said = run(town, house, "import", "hugo", str(there))
    fete = (house / "content/posts/2026/10/fete.md").read_text(encoding="utf-8")
    assert fete == HUGO["content/posts/fete.md"].replace("---\n", "---\nid: fete\nchannels: [journal]\n", 1)
    serre = house / "content/posts/2027/01/serre"
    assert "{src: porte.png, alt: La porte}" in (serre / "index.md").read_text(encoding="utf-8")
    assert "alt: Le plan}" in (serre / "index.md").read_text(encoding="utf-8")
    assert (serre / "porte.png").exists() and (house / "content/media/img/fete.png").exists()
    bonjour = (house / "content/posts/2026/09/bonjour-fr.md").read_text(encoding="utf-8")
    assert bonjour.startswith('+++\nid = "bonjour-fr"\nchannels = ["journal"]\nlang = "fr"\ntitle')
    assert "foreign_keys:\n" in (house / "brand/brand.yml").read_text(encoding="utf-8") and "chapeau" in said
    assert "content/posts/json.md: not imported" in said and "content/about/: 1 file not imported" in said
    assert "content/posts/fete.md: it contains markup that only hugo understands" in said
    assert "{src: static/img/fleur.png," in (house / "content/posts/2026/10/out.md").read_text(encoding="utf-8")
    assert (house / "content/media/static/img/fleur.png").exists() and not (house.parent / "static").exists()
    assert states(town, house) == {
        "out@journal": "sent",
        "fete@journal": "sent",
        "bonjour-fr@journal": "sent",
        "serre@journal": "held",
        "idee@journal": "idea",
    }
    assert "5 posts already imported." in run(town, house, "import", "hugo", str(there))
    assert town.git(house, "status", "--porcelain") == ""


def test_a_jekyll_site(town: Town, house: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    write(there, JEKYLL)
    said = run(town, house, "import", "jekyll", str(there))
    portes = (house / "content/posts/2026/10/portes.md").read_text(encoding="utf-8")
    assert "date: 2026-10-01\n" in portes and "{src: assets/porte.png, alt: La porte}" in portes
    assert (house / "content/media/assets/porte.png").exists()
    assert "_posts/sans-date.md: not imported" in said
    assert (house / "content/ideas/idee.md").exists()
    assert states(town, house) == {"portes@journal": "sent", "semis-2026@journal": "sent", "idee@journal": "idea"}


@pytest.mark.parametrize(
    ("tool", "name", "front"),
    [
        ("jekyll", "_posts/2026-12-05-porte.md", "title: Porte\ndate:\nid: ~\nlang: # plus tard\nchannels: null\n"),
        ("hugo", "content/posts/porte.md", 'title: Porte\ndate: ""\nid:\n'),
        ("hugo", "content/posts/porte.md", "title: Porte\ndate:\nmedia:\n"),
    ],
)
def test_a_key_without_a_value_is_not_written_twice(town: Town, house: Path, tmp_path: Path, tool: str, name: str, front: str) -> None:
    there = tmp_path / "there"
    write(there, {name: f"---\n{front}---\nVenez. ![Un banc](/banc.png)\n", "banc.png": "(a picture)", "static/banc.png": "(a picture)"})
    run(town, house, "import", tool, str(there))
    checked = subprocess.run(
        [str(town.bin / "marronnier"), "check"],
        cwd=house,
        env=town.surroundings("publisher", NOW),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "[unreadable]" not in checked.stdout, checked.stdout
    assert states(town, house)["porte@journal"]


@pytest.mark.parametrize("tool", ["hugo", "jekyll"])
def test_another_folder_is_refused(town: Town, house: Path, tmp_path: Path, tool: str) -> None:
    there = tmp_path / "there"
    there.mkdir()
    env = town.surroundings("ines", NOW)
    done = subprocess.run(
        [str(town.bin / "marronnier"), "import", tool, str(there)], cwd=house, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2 and f"This is not a {tool.capitalize()} folder" in done.stderr
