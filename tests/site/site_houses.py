"""Small brands for the tests of the site: a tree in memory, with desk, plan and ledger in place of loaded ones."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from marronnier import networks
from marronnier.files import Tree
from marronnier.model.approval_policy import Policy
from marronnier.model.brand import Brand, Channel, Channels
from marronnier.model.calendar import CalendarDay, Days
from marronnier.model.finding import Finding, Place
from marronnier.model.history import Event, History
from marronnier.model.instant import Instant
from marronnier.model.plan import Digests, Plan, PlanLine
from marronnier.model.post import FrontMatter, Medium, Post, Variant
from marronnier.model.publication import Picture, Publication, Words
from marronnier.model.strategy import Audience, Campaign, Goal, Objective, Pillar, Presence, Strategy
from marronnier.pages import SiteData

NOW = datetime(2026, 12, 2, 8, 0, tzinfo=UTC)


class Memory(Tree):
    """A tree of files held in memory."""

    def __init__(self, files: Mapping[str, bytes], root: Any = None) -> None:
        self.files = dict(files)
        if root is not None:
            self.root = root

    def paths(self) -> tuple[str, ...]:
        return tuple(sorted(self.files))

    def read(self, path: str) -> bytes:
        if path not in self.files:
            raise FileNotFoundError(path)
        return self.files[path]

    def exists(self, path: str) -> bool:
        return path in self.files

    def sha256(self, path: str) -> str:
        return hashlib.sha256(self.files[path]).hexdigest() if path in self.files else ""


@dataclass
class House:
    """A brand under construction."""

    brand: Brand = field(default_factory=lambda: Brand(name="Le Jardin & la Bibliothèque", languages=("fr", "en"), colour="#2e7d32"))
    files: dict[str, bytes] = field(default_factory=dict)
    root: Any = None
    strategy: Strategy = field(default_factory=Strategy)
    campaigns: dict[str, tuple[Campaign, str]] = field(default_factory=dict)
    days: tuple[CalendarDay, ...] = ()
    channels: dict[str, Channel] = field(
        default_factory=lambda: {
            "journal": Channel(network="feed", name="Le journal du jardin", lang="fr"),
            "place": Channel(network="feed", name="La place", account="@place@social.example", lang="fr"),
        }
    )
    posts: dict[str, Post] = field(default_factory=dict)
    """Posts by id; a post in a line of the plan replaces the one of the same id."""
    lines: list[PlanLine] = field(default_factory=list)
    histories: dict[str, History] = field(default_factory=dict)
    payloads: dict[str, bytes] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    warnings: tuple[str, ...] = ()
    policy: Policy = field(default_factory=Policy)

    def post(
        self,
        post_id: str,
        text: str,
        at: datetime | None,
        state: str,
        *,
        title: str | None = None,
        channels: tuple[str, ...] = ("journal",),
        media: tuple[tuple[str, bytes, str | None], ...] = (),
        why: str = "",
        next: str = "",
        proposal: str = "",
        occurrence: date | None = None,
        lang: str = "fr",
        poll: tuple[str, ...] = (),
        warning: str = "",
        **front: Any,
    ) -> House:
        """Write a post; a `sent` one gets its sealed payload and its history."""
        folder = f"content/posts/{at:%Y/%m}" if at else "content/ideas"
        for name, data, _alt in media:
            self.files[f"{folder}/{name}"] = data
        made = Post(
            id=post_id,
            path=f"{folder}/{post_id}.md",
            front=FrontMatter(
                title=title, channels=channels, media=tuple(Medium(src=name, alt=alt) for name, _data, alt in media), **front
            ),
            variants=(Variant((), text, 1),),
            text=text,
            digest=hashlib.sha256(text.encode()).hexdigest(),
        )
        self.posts[post_id] = made
        pictures = tuple(Picture(f"{folder}/{name}", hashlib.sha256(data).hexdigest(), alt or "") for name, data, alt in media)
        for name in channels:
            words = Words(
                self.channels[name].network,
                self.channels[name].account,
                made.title,
                text,
                lang,
                "post",
                tags=made.front.tags,
                media=pictures,
                poll=poll,
                poll_minutes=60,
                warning=warning,
            )
            publication = Publication(made, name, self.channels[name], words, occurrence)
            history = self._history(publication, at, state)
            self.lines.append(
                PlanLine(publication, Instant(at, "written"), state, why, next, Digests("w" + made.digest, "i"), proposal, history)  # type: ignore[arg-type]
            )
            if history.events:
                self.histories[publication.key] = history
        return self

    def _history(self, publication: Publication, at: datetime | None, state: str) -> History:
        key = publication.key
        if state not in ("sent", "ready", "edited") or at is None:
            return History(key, ())
        payload = networks.get(publication.channel.network).compose(publication)
        self.payloads[payload.sha256] = payload.as_bytes()
        sealed = {"words": f"w{publication.post.digest}", "when": "i", "instant": at.isoformat(), "payload": payload.sha256, "basis": "written", "by": ["nadia"],
                  "title": publication.post.title}  # fmt: skip
        events = [Event(key, 0, "sealed", at - timedelta(days=2), sealed)]
        if state != "ready":
            events.append(Event(key, 1, "sending", at, {"part": 0, "payload": payload.sha256}))
            events.append(
                Event(
                    key,
                    2,
                    "sent",
                    at,
                    {"part": 0, "parts": 1, "id": key, "url": f"/posts/{publication.post.id}/", "payload": payload.sha256},
                )
            )
        return History(key, tuple(events))

    def site_data(self, *, internal: bool, now: datetime = NOW, edit_uri: str = "") -> SiteData:
        """The data of this brand's site."""
        desk = SimpleNamespace(
            media_path_cache={},
            freeze=None,
            tree=Memory(self.files, self.root),
            brand=self.brand,
            channels=Channels(channels=self.channels),
            strategy=self.strategy,
            days=Days(days=self.days),
            policy=self.policy,
            trials={},
            campaigns={
                slug: SimpleNamespace(slug=slug, path=f"calendar/campaigns/{slug}.md", campaign=campaign, body=body)
                for slug, (campaign, body) in self.campaigns.items()
            },
            posts={**self.posts, **{line.publication.post.id: line.publication.post for line in self.lines}},
        )
        lines = sorted(self.lines, key=lambda line: (line.instant.at is None, line.instant.at or now))
        plan = Plan(now, tuple(lines), self.warnings)
        files = SimpleNamespace(read=lambda _commit, picture: self.files[picture.path])
        return SiteData(desk, plan, self.histories, self.payloads.get, now, internal, self.findings, edit_uri, approved_media=files)  # type: ignore[arg-type]


def at(day: int, hour: int = 9, minute: int = 0, month: int = 12) -> datetime:
    """An instant of winter 2026, in UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63685ef8080003720199"
    "ee8d3e0b0000000049454e44ae426082"
)


def garden() -> House:
    """A neighbourhood garden in December, with everything that a page can show."""
    house = House()
    house.strategy = Strategy(
        mission="Que chaque voisin trouve ici un livre, une bêche et quelqu'un à qui parler.",
        objectives=(Objective(name="Plus de bénévoles", measure="inscriptions", target=40, by=date(2027, 3, 31)),),
        pillars={
            "coulisses": Pillar(name="Coulisses", description="Ce que l'on ne voit pas d'habitude.", share=40),
            "conseils": Pillar(name="Conseils", description="Un geste simple par semaine.", share=60),
        },
        audiences={"familles": Audience(name="Familles du quartier", description="Elles cherchent une sortie gratuite le week-end.")},
        networks={"journal": Presence(why="Notre mémoire.", per_week=(1, 2), tone="posé")},
        mix={"post": 80, "reel": 20},
    )
    house.campaigns = {
        "portes-ouvertes": (
            Campaign(
                title="Portes ouvertes d'hiver", start=date(2026, 11, 24), end=date(2026, 12, 13), owner="Nadia", pillar="coulisses",
                hashtag="PortesOuvertes", goals=(Goal(measure="visiteurs", target=300, baseline=210),),
            ),
            "On ouvre le jardin **tout l'hiver**.\n\n- un samedi par mois\n- du thé",
        ),
        "graines": (Campaign(title="Bourse aux graines", start=date(2026, 12, 10), end=date(2027, 1, 20)), ""),
    }  # fmt: skip
    house.days = (
        CalendarDay(date=date(2026, 12, 5), name="Journée mondiale des sols"),
        CalendarDay(date=date(2026, 12, 25), name="Noël", kind="holiday"),
        CalendarDay(date=date(2026, 12, 24), name="Veille de Noël : silence", kind="silence"),
    )
    both = ("journal", "place")
    house.post("compost", "Le compost a pris **trois degrés** cette semaine.\n\nC'est bon signe : il travaille.", at(25, month=11), "sent",
               title="Le compost travaille", campaign="portes-ouvertes", pillar="coulisses", tags=("Compost",))  # fmt: skip
    house.post("haie", "La haie est plantée : 40 charmes, 12 bénévoles.\n\nMerci à toutes et tous ! https://example.org/haie", at(1, 10), "sent",
               title="La haie est plantée", channels=both, campaign="portes-ouvertes", pillar="coulisses",
               media=(("haie.png", PNG, "Douze personnes plantent une haie sous la pluie"),), owner="Nadia")  # fmt: skip
    house.post(
        "lecture",
        "Ce soir, lecture au coin du poêle.",
        at(2, 16, 30),
        "ready",
        title="Lecture au coin du poêle",
        channels=both,
        pillar="conseils",
    )
    house.post("soupe", "La recette de la soupe aux orties, pour les mains froides.", at(2, 11), "held", title="Soupe aux orties",
               why="nobody has approved it yet", next="marronnier approve soupe@journal")  # fmt: skip
    house.post("sols", "Un sol vivant, c'est une poignée de terre qui respire.", at(5, 9), "in-review", title="Journée des sols",
               channels=both, proposal="sols-2026", campaign="portes-ouvertes", pillar="conseils")  # fmt: skip
    house.post("portes-ouvertes-2026", "On ouvre le jardin dimanche.\nApportez une bêche, on apporte les arbres. #Jardin", at(6, 9), "ready",
               title="Portes ouvertes : on plante !", channels=both, campaign="portes-ouvertes", owner="communication")  # fmt: skip
    house.post("graines-1", "Gardez vos graines de tomate.", at(10, 8), "draft", title="Gardez vos graines", campaign="graines")
    house.post("noel", "Le jardin ferme deux jours.", at(23, 17), "draft", title="Horaires de fin d'année")
    house.post("cabane", "Construire une cabane à livres avec les enfants ?", None, "idea", title="Une cabane à livres")
    house.findings = (
        Finding(
            "missing-alt-text",
            "warning",
            Place("content/posts/2026/12/sols.md", 7, 3),
            "a picture has no alternative text",
            "words",
            "Write what it shows.",
        ),
    )
    return house
