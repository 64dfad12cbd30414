"""N10: a public build holds published words only."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from site_houses import NOW, House, at

import pictures
from marronnier import mkdocs_plugin, sandbox
from marronnier.model.brand import Channel
from marronnier.model.calendar import CalendarDay
from marronnier.model.finding import Finding, Place
from marronnier.model.strategy import Campaign, Objective, Pillar, Strategy
from marronnier.networks import instagram

SECRETS = (
    "zorbleu", "zidee", "zattente", "zrevue", "zpret", "ztitreneuf", "zmotneuf", "zcampagne", "zcorps", "zbut", "zmarron", "zsilence",
    "zpilier", "zobjectif", "zconstat", "zbranche", "zraison", "zfichier", "zalerte", "zproprio", "zretire", "zabonnes",
    "zcercle", "zreseaudisparu", "zphoto", "zferme", "zdemain",
)  # fmt: skip


def leaky() -> House:
    """A brand in which each unpublished thing holds a word of its own."""
    house = House()
    house.strategy = Strategy(mission="zobjectif", objectives=(Objective(name="zobjectif"),), pillars={"zpilier": Pillar(name="zpilier")})
    house.campaigns = {
        "zcampagne": (Campaign(title="zcampagne", start=date(2027, 1, 4), end=date(2027, 2, 1)), "zcorps"),
        "ouverte": (Campaign(title="Ouverte", start=date(2026, 11, 1), end=date(2026, 12, 31), owner="zproprio"), "zcorps zbut"),
    }
    house.days = (
        CalendarDay(date=date(2026, 12, 12), name="zmarron"),
        CalendarDay(date=date(2026, 12, 13), name="zsilence", kind="silence"),
        CalendarDay(date=date(2026, 11, 13), name="zsilence", kind="silence"),
    )
    house.findings = (Finding("clash", "error", Place("content/zfichier.md"), "zconstat"),)
    house.warnings = ("zalerte",)
    house.post("paru", "Des mots parus.", at(1), "sent", title="Titre paru", campaign="ouverte", owner="zproprio")
    house.post("zidee", "zidee", None, "idea", title="zidee", tags=("zidee",))
    house.post("zattente", "zattente", at(4), "draft", title="zattente", media=(("zfichier.png", b"zattente", "zattente"),))
    house.post("zrevue", "zrevue", at(5), "in-review", title="zrevue", proposal="zbranche", why="zraison", next="zraison")
    house.post("zpret", "zpret", at(6), "ready", title="zpret")
    house.post("zorbleu", "zorbleu", at(7), "held", title="zorbleu", campaign="zcampagne")
    # Sent, then changed in the tree: the new words have not been published.
    house.post("change", "Les mots d'avant.", at(1, 12), "sent", title="Titre d'avant")
    sealed = house.lines.pop()
    house.post("change", "zmotneuf", at(1, 12), "edited", title="ztitreneuf", campaign="zcampagne", pillar="zpilier")
    house.histories[sealed.key] = sealed.history  # type: ignore[assignment]
    # Sent and taken back; sent to followers only.
    house.post("zretire", "zretire", at(1, 13), "sent", title="zretire")
    history = house.lines[-1].history
    assert history is not None
    taken = type(history)(history.key, (*history.events, type(history.events[0])(history.key, 3, "retracted", at(1, 14), {})))
    house.histories[history.key] = taken
    house.post("zabonnes", "zabonnes", at(1, 15), "sent", title="zabonnes")
    _replace_in_payload(house, b'"title":', b'"visibility":"followers","title":')
    # Sent to an audience that no page knows; sent by a network that is gone, so that nobody can say to whom.
    house.post("zcercle", "zcercle", at(1, 16), "sent", title="zcercle")
    _replace_in_payload(house, b'"title":', b'"visibility":"circle","title":')
    house.post("zreseaudisparu", "zreseaudisparu", at(1, 17), "sent", title="zreseaudisparu")
    _replace_in_payload(house, b'"network":"feed"', b'"network":"agora"')
    # For a network that fetches media from the site: within the hour, on a channel that allows it; on one that does not; and later than that.
    house.channels |= {
        name: Channel(network="instagram", account="@jardin", public_media=name == "photos") for name in ("photos", "closed")
    }
    for name, channel, minutes in (("zphoto", "photos", 59), ("zferme", "closed", 59), ("zdemain", "photos", 61)):
        media = ((f"{name}.png", pictures.picture(".png", 100, 60 + len(name)), name),)
        house.post(name, name, NOW + timedelta(minutes=minutes), "ready", title=name, channels=(channel,), media=media)
    return house


def _replace_in_payload(house: House, old: bytes, new: bytes) -> None:
    """Change the sealed payload of the last post."""
    history = house.lines[-1].history
    assert history is not None
    receipt = history.receipt
    assert receipt is not None
    data = house.payloads[receipt.payload]
    assert old in data
    house.payloads[receipt.payload] = data.replace(old, new, 1)


def test_n10_no_unpublished_word_anywhere_in_the_public_site(tmp_path: Path) -> None:
    house = leaky()
    mkdocs_plugin.build(tmp_path, house.site_data(internal=False, edit_uri="https://git.example/zfichier"), tmp_path / "site")
    found = {}
    for path in (tmp_path / "site").rglob("*"):
        told = path.relative_to(tmp_path).as_posix().encode() + (path.read_bytes() if path.is_file() else b"")
        for secret in SECRETS:
            if secret.encode() in told.lower():
                found.setdefault(secret, path.name)
    assert not found
    limits = instagram.FACTS.pictures_of("post")
    made = sandbox.prepare(house.files["content/posts/2026/12/zphoto.png"], limits)
    # The one exception, which nothing of the site leads to.
    assert [path.name for path in (tmp_path / "site/m").iterdir()] == [f"{made.sha256}.jpg"]
    others = (path for path in (tmp_path / "site").rglob("*") if path.is_file() and path.parent.name != "m")
    assert not [path.name for path in others if made.sha256[:20].encode() in path.read_bytes()]
    assert "Titre d&#39;avant" in (tmp_path / "site/posts/change/index.html").read_text()
    assert "Des mots parus." in (tmp_path / "site/posts/paru/index.html").read_text()


@pytest.mark.parametrize("secret", [secret for secret in SECRETS if secret not in ("zretire",)])
def test_the_leak_test_can_fail(secret: str, leaky_internal: str) -> None:
    assert secret in leaky_internal


@pytest.fixture(scope="module")
def leaky_internal(tmp_path_factory: pytest.TempPathFactory) -> str:
    """All the text of the internal site of the same brand."""
    root = tmp_path_factory.mktemp("leaky")
    mkdocs_plugin.build(root, leaky().site_data(internal=True, edit_uri="https://git.example/zfichier"), root / "site")
    return "\n".join(
        path.read_text(errors="replace").lower() for path in (root / "site").rglob("*") if path.is_file() and path.suffix != ".png"
    )


def test_an_internal_site_that_becomes_public_keeps_nothing(tmp_path: Path) -> None:
    house, out = leaky(), tmp_path / "site"
    mkdocs_plugin.build(tmp_path, house.site_data(internal=True), out)
    assert (out / "posts/zattente/index.html").is_file()
    assert not (out / "m").exists()
    mkdocs_plugin.build(tmp_path, house.site_data(internal=False), out)
    left = [path for path in out.rglob("*") if path.is_file() and any(secret.encode() in path.read_bytes() for secret in SECRETS)]
    assert not left
    assert not (out / "posts/zattente").exists()
    assert not (out / "strategy").exists()
