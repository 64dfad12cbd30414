"""A brand's folder to which tests add posts, and its timetable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from marronnier import desk as desks
from marronnier import timetable
from marronnier.model.history import Event, History
from marronnier.timetable import Timetable, local_time
from marronnier.timetable.slots import SlotPlace, SlotPlaces

FILES = {
    "brand/brand.yml": "name: Le jardin\nzone: Europe/Brussels\nterritory: BE\nlang: fr\n",
    "brand/channels.yml": """\
channels:
  journal: {network: feed}
  krant: {network: feed}
  radio: {network: feed, default_time: "18:00"}
groups:
  partout: [journal, krant]
""",
    "calendar/slots.yml": """\
slots:
  mardi: {days: [mardi], at: "10:00"}
  jeudi: {days: [jeudi], at: "17:30", channels: [journal]}
""",
    "calendar/days.yml": "days: []\n",
}


class Folder:
    """A brand's folder, with a fixed `now`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.now = datetime(2026, 12, 1, 8, tzinfo=UTC)
        """A Tuesday, 09:00 in Brussels."""
        self.histories: dict[str, History] = {}
        for path, text in FILES.items():
            self.write(path, text)

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def days(self, *lines: str, **more: str) -> None:
        """Write `calendar/days.yml`: a flow mapping for each day, and other keys."""
        head = "".join(f"{key}: {value}\n" for key, value in more.items())
        self.write("calendar/days.yml", head + "days:\n" + "".join(f"  - {{{line}}}\n" for line in lines) if lines else head + "days: []\n")

    def slots(self, **slots: str) -> None:
        self.write("calendar/slots.yml", "slots:\n" + "".join(f"  {name}: {{{line}}}\n" for name, line in slots.items()))

    def post(self, id: str, *front: str, channels: str = "[journal]", folder: str = "posts/2026/12") -> None:
        lines = "".join(f"{line}\n" for line in front)
        self.write(f"content/{folder}/{id}.md", f"---\nid: {id}\nchannels: {channels}\n{lines}---\nDes mots pour {id}.\n")

    def desk(self) -> desks.Desk:
        from marronnier.files import WorkTree

        return desks.load(WorkTree(self.root))

    def timetable(self, **more: object) -> Timetable:
        return timetable.make(self.desk(), self.histories, self.now, **more)  # type: ignore[arg-type]

    def at(self, key: str) -> str:
        """The wall time in Brussels of a publication, or its problem in brackets; `-` when it has neither."""
        from zoneinfo import ZoneInfo

        instant = self.timetable().instants[key]
        if instant.at is None:
            return f"({instant.problem})" if instant.problem else "-"
        return f"{instant.at.astimezone(ZoneInfo('Europe/Brussels')):%Y-%m-%d %H:%M}"

    def note(self, key: str) -> str:
        return self.timetable().instants[key].note

    def all(self) -> Mapping[str, str]:
        """Every instant as text, by key."""
        return {key: str(instant.at) for key, instant in self.timetable().instants.items()}

    def seal(self, key: str, instant: str, basis: str, *then: str) -> None:
        """Give a publication a history: sealed for that instant (UTC), then these events."""
        data = {"words": "w", "when": "d", "instant": f"{instant}:00+00:00", "payload": "p", "basis": basis}
        self.record(key, [("sealed", data), *((name, _DATA[name]) for name in then)])

    def record(self, key: str, events: Iterable[tuple[str, Mapping[str, object]]]) -> None:
        at = datetime(2026, 11, 1, 12, tzinfo=UTC)
        self.histories[key] = History(key, tuple(Event(key, seq, name, at, data) for seq, (name, data) in enumerate(events)))  # type: ignore[arg-type]


_DATA: Mapping[str, Mapping[str, object]] = {
    "unsealed": {"why": "changed"},
    "claimed": {"run": "r", "deadline": "2026-11-01T12:10:00+00:00"},
    "sending": {"part": 0, "payload": "p", "run": "r"},
    "sent": {"part": 0, "parts": 1, "id": "1", "url": "https://example.org/1"},
}


def slot_places(desk: desks.Desk, name: str, first: str, last: str) -> list[SlotPlace]:
    """The places of a slot from the first to the last day, free or not."""
    places = SlotPlaces(desk, local_time.zone(desk.brand.zone))
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    months = range(begin.year * 12 + begin.month - 1, end.year * 12 + end.month)
    return [place for month in months for place in places.places_in_month((name,), month) if begin <= place.day <= end]
