"""The contract that every network passes, from a plain line to a look-up. A network joins by being in the folder.

Its abilities decide which steps it takes: a network without threads is never asked for one, but must say why it has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import documents
import videos
from fakes.loopback import FAULTS, SPECIAL
from fakes.stages import Stage, stage_class, stage_of
from marronnier import networks
from marronnier.model.publication import Delivery, Part, Payload, Picture, Publication
from marronnier.networks.kit.facts import ABILITIES, FORMATS, Fact, Facts, Has, Lacks, Unlimited
from marronnier.networks.kit.seam import (
    Account,
    Edits,
    Finds,
    HandedOver,
    HandsOver,
    Locked,
    Network,
    Reads,
    ReadsBack,
    Refused,
    Retracts,
    SendRequest,
    Unknown,
    Wait,
)
from marronnier.networks.kit.word_abilities import Measures
from marronnier.text import length_units
from networks.posts import picture, publication

ALL = [*networks.names(), "fakes.square", "fakes.keyed_square", "fakes.blind_square", "fakes.asked_square", "fakes.plaza"]
OUTCOMES: Mapping[str, type[Exception]] = {
    "refused": Refused,
    "locked": Locked,
    "forbidden": Locked,
    "moved": Locked,
    "missing": Refused,
    **dict.fromkeys(("wait", "wait-date", "wait-epoch", "wait-iso", "wait-bare"), Wait),
    **dict.fromkeys((f"{fault}-{when}-accept" for fault in FAULTS for when in ("before", "after")), Unknown),
}
"""What must happen next, by the order that a server is given. A network whose `missing` means another server says Locked."""


NOW = datetime(2026, 12, 5, 9, tzinfo=UTC)


class Story:
    """A network with its fake server, for one test."""

    def __init__(self, name: str, stage: Stage) -> None:
        self.name = name
        self.network: Network = networks.get(name)
        self.stage = stage

    def publication(self, text: str, **words: Any) -> Publication:
        """A post with what the network needs of every one."""
        if "media" in self.network.FACTS.needs and not words.get("media"):
            words["media"] = self.pictures("Une bêche")
        return publication(self.name, text, channel=self.stage.channel, **words)

    def send(self, said: Publication, payload: Payload, number: int = 0, before: tuple[Delivery, ...] = ()) -> Delivery:
        account = Account(said.channel_name, said.channel, self.stage.secrets)
        try:
            return self.network.send(self.sending(said, payload, number, before), account, self.stage.web)
        except HandedOver:
            assert isinstance(self.network, HandsOver)
            return self.stage.post_by_hand(self.network.handoff(payload, said.channel), payload.parts[number])

    def sending(self, said: Publication, payload: Payload, number: int = 0, before: tuple[Delivery, ...] = ()) -> SendRequest:
        part = payload.parts[number]
        return SendRequest(
            said.key, number, len(payload.parts), part, payload.sha256, before, first_sent_at=NOW, now=NOW, read_picture=self.stage.read,
            public_address=getattr(self.stage, "public_address", None), open_media=getattr(self.stage, "open_film", None),
        )  # fmt: skip

    def account(self, said: Publication) -> Account:
        return Account(said.channel_name, said.channel, self.stage.secrets)

    def say(self, said: Publication) -> list[Delivery]:
        """Send all parts in order."""
        payload = self.network.compose(said)
        there: list[Delivery] = []
        for number in range(len(payload.parts)):
            there.append(self.send(said, payload, number, tuple(there)))
        return there

    def say_two(self) -> list[tuple[Delivery, Part]]:
        """A thread of two parts; on a network without threads, two posts."""
        first, second = "On ouvre dimanche", "Apportez une bêche"
        if isinstance(self.network.FACTS.thread, Lacks):
            posts = (self.publication(first), self.publication(second, post_id="autre"))
            return [(self.say(said)[0], self.network.compose(said).parts[0]) for said in posts]
        said = self.publication(f"{first}\n\n---\n\n{second}")
        return list(zip(self.say(said), self.network.compose(said).parts, strict=True))

    def find(self, said: Publication, payload: Payload) -> Delivery | None:
        assert isinstance(self.network, Finds)
        account = Account(said.channel_name, said.channel, self.stage.secrets)
        return self.network.find(self.sending(said, payload), account, self.stage.web)

    def pictures(self, *alts: str) -> tuple[Picture, ...]:
        """A picture for each alternative text; none on a network that takes no pictures."""
        if isinstance(self.network.FACTS.media, Lacks):
            return ()
        return tuple(picture(f"{number}.jpg", alt) for number, alt in enumerate(alts))

    def limit(self) -> int:
        fact = self.network.FACTS.text
        return fact.value if isinstance(fact, Fact) else 100


@pytest.fixture(params=ALL)
def story(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    with stage_of(request.param, tmp_path / "state", monkeypatch) as stage:
        yield Story(request.param, stage)


def those(fits: Callable[[str], bool]) -> pytest.MarkDecorator:
    """Only with the networks that fit."""
    return pytest.mark.parametrize("story", [name for name in ALL if fits(name)], indirect=True)


def able(*abilities: str, does: type = object, answer: str = "") -> pytest.MarkDecorator:
    """Only with those that have the abilities and the methods of a protocol, and whose fake can give the answer."""
    return those(lambda name: _has(name, *abilities) and isinstance(networks.get(name), does) and (not answer or _tells(name, answer)))


def _has(name: str, *abilities: str) -> bool:
    return not any(isinstance(getattr(networks.get(name).FACTS, ability), Lacks) for ability in abilities)


def _tells(name: str, answer: str) -> bool:
    return answer in stage_class(name).answers


@pytest.mark.parametrize("answer", [*OUTCOMES, *SPECIAL])
def test_some_fake_gives_each_answer(answer: str) -> None:
    """A step of the contract that no network took would prove nothing."""
    assert any(_tells(name, answer) for name in ALL)


@pytest.mark.parametrize("protocol", [Edits, Finds, Reads, ReadsBack, Retracts])
def test_some_network_does_each_thing(protocol: type) -> None:
    assert any(isinstance(networks.get(name), protocol) for name in networks.names())


def test_it_introduces_itself(story: Story) -> None:
    facts, network = story.network.FACTS, story.network
    for name, known in facts.sourced():
        assert known.source.startswith("http") and datetime.fromisoformat(known.seen), name
        assert not isinstance(known, Fact) or known.value > 0
    assert facts.text is not None and network.COMPOSER >= 1 and datetime.fromisoformat(network.TRIED.day)
    page = networks.page(story.name)[0]
    assert page.startswith("# ") and all(why in page for why in reasons_of(facts))
    if story.name in networks.names():
        assert Path(networks.__path__[0], f"{story.name}.md").is_file(), "every network of the folder has its page"
        assert set(facts.formats) == set(FORMATS) and set(facts.abilities) == set(ABILITIES), "each is had, or lacked for a reason"


def reasons_of(facts: Facts) -> list[str]:
    """Why the network lacks what it lacks."""
    known = [facts.text, facts.media, facts.alt, facts.thread, facts.poll, *facts.formats.values(), *facts.abilities.values()]
    return [one.why for one in known if isinstance(one, Lacks | Unlimited)]


WRITTEN: Mapping[str, tuple[dict[str, Any], str]] = {
    "first_comment": ({"first_comment": "Et apportez une bêche"}, "Et apportez une bêche"),
    "warning": ({"warning": "Bloemen"}, "Bloemen"),
    "language": ({"lang": "nl"}, "'nl'"),
    "mentions": ({"mentions": ("@ami.example.org",)}, "@ami.example.org"),
    "card": ({"link": "https://example.org/jardin"}, "https://example.org/jardin"),
}
"""What an author writes, and what the payload shows of it, by the abilities that it shows."""


@pytest.mark.parametrize(
    ("story", "ability"),
    [(name, ability) for name in ALL for ability in WRITTEN if isinstance(networks.get(name).FACTS.ability(ability), Has)],
    indirect=["story"],
)
def test_what_it_says_it_has_reaches_its_readers(story: Story, ability: str) -> None:
    """An ability that the payload shows is in it where the facts say so; what is lacked leaves no trace, or words of its text."""
    words, shown = WRITTEN[ability]
    wire = str([part.wire for part in story.network.compose(story.publication("Un jardin", **words)).parts])
    assert shown in wire


def test_it_says_a_plain_line(story: Story) -> None:
    said = story.publication("On ouvre le jardin dimanche. 🌳")
    payload = story.network.compose(said)
    assert [part.text for part in payload.parts] == ["On ouvre le jardin dimanche. 🌳"]
    assert (payload.network, payload.composer) == (story.name, story.network.COMPOSER)
    (delivery,) = story.say(said)
    assert delivery.id and delivery.url


def test_composing_is_pure_and_survives_the_ledger(story: Story) -> None:
    said = story.publication("Un **jardin**", tags=("Jardin",), link="https://example.org/?utm_source=a", media=story.pictures("Un jardin"))
    payload = story.network.compose(said)
    assert story.network.compose(said) == payload
    assert Payload.from_bytes(payload.as_bytes()).as_bytes() == payload.as_bytes()


@pytest.mark.parametrize(
    ("text", "graphemes"),
    [("👨‍👩‍👧‍👦", 1), ("é", 1), ("e\u0301", 1), ("日本語", 3), ("a\nb", 3), ("حديقة", 5), ("🇧🇪", 1)],
)
def test_it_counts_as_it_says(story: Story, text: str, graphemes: int) -> None:
    fact = story.network.FACTS.text
    if isinstance(fact, Fact) and fact.unit != "graphemes":
        assert story.network.compose(story.publication(text)).parts[0].count == length_units.count(fact.unit, text)
        return
    assert story.network.compose(story.publication(text)).parts[0].count == graphemes


@able(does=Measures)
def test_measuring_agrees_with_composing(story: Story) -> None:
    for text in ("Un **jardin**", "Un\n\n---\n\ndeux", "", "Voir https://example.org"):
        said = story.publication(text, link="https://example.org", tags=("Jardin",), warning="Attention", media=story.pictures("a"))
        composed = story.network.compose(said).parts
        assert isinstance(story.network, Measures)
        assert [(part.text, part.count) for part in story.network.measure(said)] == [(part.text, part.count) for part in composed]


def test_it_tells_one_that_is_too_long(story: Story) -> None:
    limit = story.limit()
    fits, long = (story.network.compose(story.publication("a" * size, limit=limit)) for size in (limit, limit + 1))
    assert fits.parts[0].count == limit
    assert long.parts[0].count == limit + 1, "compose never cuts: the count tells"


@able("thread")
def test_it_takes_a_limit_of_the_channel(story: Story) -> None:
    said = story.publication("Un deux trois. " * 20, limit=40, thread="auto")
    parts = story.network.compose(said).parts
    assert len(parts) > 1 and all(part.count <= 40 for part in parts)


@able("media")
def test_pictures_go_with_their_alternative_text(story: Story) -> None:
    media = (picture("a.jpg", "Trois personnes plantent un arbre"), picture("b.jpg", "Une bêche"))
    payload = story.network.compose(story.publication("On plante", media=media))
    assert payload.parts[0].media == media
    wire = Payload.from_bytes(payload.as_bytes()).parts[0].wire
    assert all(image.alt in str(wire) and image.sha256 in str(wire) for image in media)
    assert "Fonds communal" not in str(wire), "a credit is shown on the site, never sent"


@able("media")
def test_a_picture_in_the_words_goes_with_the_part_it_stands_in(story: Story) -> None:
    media, inline = (
        (picture("a.jpg", "Le jardin"),),
        (picture("b.jpg", "Un banc"), picture("c.jpg", "La serre"), picture("a.jpg", "Encore")),
    )
    text = "Un ![Un banc](b.jpg)\n\n---\n\n![La serre](c.jpg) ![Encore](a.jpg) Deux ![ailleurs](https://example.org/d.jpg)"
    parts = story.network.compose(story.publication(text, media=media, inline_media=inline)).parts
    threaded = story.network.FACTS.has_threads
    assert [part.media for part in parts] == ([(*media, inline[0]), (inline[1],)] if threaded else [(*media, *inline[:2])])
    for image in (*media, *inline[:2]):
        (wire,) = (str(part.wire) for part in parts if image in part.media)
        assert image.alt in wire and image.sha256 in wire


def test_a_thread_goes_in_order(story: Story) -> None:
    text = "Un\n\n---\n\nDeux\n\n---\n\nTrois"
    payload = story.network.compose(story.publication(text))
    if isinstance(story.network.FACTS.thread, Lacks):
        assert len(payload.parts) == 1
        return
    assert [part.text for part in payload.parts] == ["Un", "Deux", "Trois"]
    there = story.say(story.publication(text))
    assert len({delivery.id for delivery in there}) == 3
    assert story.stage.replies() == [None, there[0].id, there[1].id]


@able("thread", answer="refused")
def test_a_thread_resumes_at_the_first_missing_part(story: Story) -> None:
    said = story.publication("Un\n\n---\n\nDeux\n\n---\n\nTrois")
    payload = story.network.compose(said)
    first = story.send(said, payload)
    story.stage.order("refused")
    with pytest.raises(Refused):
        story.send(said, payload, 1, (first,))
    second = story.send(said, payload, 1, (first,))
    story.send(said, payload, 2, (first, second))
    assert story.stage.received() == [part.wire for part in payload.parts]
    assert story.stage.replies() == [None, first.id, second.id]


def test_links_mentions_and_hashtags_reach_their_readers(story: Story) -> None:
    address = "https://example.org/agenda/2026/decembre?été=1#b"
    said = story.publication(f"Voir {address}, avec @ami.example.org.", tags=("Fête",), link="https://example.org/jardin?utm_source=a")
    payload = story.network.compose(said)
    # Some networks escape marks within an address: then it stands in the text as people read it.
    wire = str([part.wire for part in payload.parts]) + "".join(part.text for part in payload.parts)
    assert address in wire and "@ami.example.org" in wire and "Fête" in wire and said.words.link in wire
    story.say(said)
    assert story.stage.received() in ([part.wire for part in payload.parts], [])


def test_language_and_warning_are_told(story: Story) -> None:
    (part,) = story.network.compose(story.publication("Een boom", lang="nl", warning="Bloemen")).parts
    assert story.network.FACTS.lacks("language") or "'nl'" in str(part.wire)
    assert story.network.FACTS.lacks("warning") or "Bloemen" in str(part.wire)


def test_a_sealed_part_is_read_in_neutral_words(story: Story) -> None:
    said = story.publication("Een boom", lang="nl", media=story.pictures("Een boom"))
    (part,) = Payload.from_bytes(story.network.compose(said).as_bytes()).parts
    content = story.network.part_content(part)
    # A network that tells no language may keep it for the site, which marks the words with it.
    assert content.lang == "nl" or (content.lang == "" and story.network.FACTS.lacks("language"))
    assert (content.audience, content.warning, content.pictures) == ("public", "", part.media)


@pytest.mark.parametrize("audience", ["public", "unlisted", "followers", "direct"])
def test_the_audience_of_a_part_is_what_the_post_says(story: Story, audience: str) -> None:
    (part,) = story.network.compose(story.publication("Un jardin", visibility=audience)).parts
    assert story.network.part_content(part).audience == audience


def test_an_audience_nobody_knows_is_not_everyone(story: Story) -> None:
    (part,) = story.network.compose(story.publication("Un jardin", visibility="circle")).parts
    assert story.network.part_content(part).audience not in ("public", "unlisted")


@those(lambda name: _has(name, "video") and hasattr(stage_class(name), "open_film"))
def test_a_video_goes_out_as_it_is(story: Story) -> None:
    film = Picture("content/media/serre.mp4", sha256(videos.video()).hexdigest(), "La neige fond sur les vitres")
    said = story.publication("La serre", media=(film,))
    payload = story.network.compose(said)
    assert Payload.from_bytes(payload.as_bytes()) == payload and film.sha256 in str(payload.parts[0].wire)
    assert story.network.part_content(payload.parts[0]).pictures == (film,)
    (there,) = story.say(said)
    assert story.stage.received() == [part.wire for part in payload.parts]
    if isinstance(story.network, Finds):
        assert story.find(said, payload) == there


@those(lambda name: networks.get(name).FACTS.document is not None)
def test_a_document_goes_out_as_it_is(story: Story) -> None:
    plan = Picture("content/media/plan.pdf", sha256(documents.document()).hexdigest(), "Le plan du jardin")
    said = story.publication("Le plan", format="document", media=(plan,), title="Le plan du jardin")
    payload = story.network.compose(said)
    assert Payload.from_bytes(payload.as_bytes()) == payload and plan.sha256 in str(payload.parts[0].wire)
    assert story.network.part_content(payload.parts[0]).pictures == (plan,)
    (there,) = story.say(said)
    assert story.stage.received() == [part.wire for part in payload.parts]
    if isinstance(story.network, Finds):
        assert story.find(said, payload) == there


@those(lambda name: networks.get(name).FACTS.document is not None)
def test_a_document_that_nobody_could_open_is_refused(story: Story) -> None:
    locked = documents.document(encrypted=True)
    said = story.publication("Le plan", format="document", media=(Picture("content/media/a.pdf", sha256(locked).hexdigest(), "Le plan"),))
    sending = story.sending(said, story.network.compose(said))._replace(open_media=lambda _media: videos.opened(locked))
    with pytest.raises(Refused, match="encrypted"):
        story.network.send(sending, story.account(said), story.stage.web)
    assert story.stage.received() == []


def test_what_a_network_says_of_documents_agrees(story: Story) -> None:
    facts = story.network.FACTS
    assert ("document" in getattr(story.network, "MEDIA", ())) == (facts.document is not None)
    assert facts.document is None or isinstance(facts.format("document"), Has)


@pytest.mark.parametrize(
    ("story", "answer"), [(name, answer) for name in ALL for answer in OUTCOMES if _tells(name, answer)], indirect=["story"]
)
def test_each_answer_is_named_by_what_must_happen_next(story: Story, answer: str) -> None:
    said = story.publication("On ouvre dimanche")
    story.stage.order(answer)
    with pytest.raises((Refused, Locked) if answer == "missing" else OUTCOMES[answer]) as told:
        story.send(said, story.network.compose(said))
    assert str(told.value)
    if isinstance(told.value, Wait) and story.stage.web is not None:
        assert told.value.until is not None and NOW < told.value.until <= NOW + timedelta(hours=24)
    assert len(story.stage.received()) == answer.endswith("after-accept")


@those(lambda name: isinstance(most := networks.get(name).FACTS.media, Fact) and most.value >= 3 and _tells(name, "refused"))
def test_a_refused_third_picture_sends_nothing(story: Story) -> None:
    said = story.publication("On plante", media=story.pictures("Un", "Deux", "Trois"))
    payload = story.network.compose(said)
    for answer in ("fine", "fine", "refused"):
        story.stage.order(answer, on="media")
    with pytest.raises(Refused):
        story.send(said, payload)
    assert story.stage.received() == []
    story.send(said, payload)
    assert story.stage.received() == [payload.parts[0].wire]


@able(answer="never-ready")
def test_what_is_never_ready_waits(story: Story) -> None:
    """Where a network prepares what was uploaded, and is never done: nothing is out, and the next run begins anew."""
    said = story.publication("On plante", media=story.pictures("Un"))
    payload = story.network.compose(said)
    story.stage.order("never-ready", on="status")
    with pytest.raises(Wait):
        story.send(said, payload)
    assert story.stage.received() == []
    story.send(said, payload)
    assert story.stage.received() == [payload.parts[0].wire]


@able(answer="rejected-later")
def test_a_late_rejection_is_seen_when_it_is_read_back(story: Story) -> None:
    """Where a network takes a post and rejects it minutes later."""
    assert isinstance(story.network, ReadsBack), "whoever rejects later must be asked"
    said = story.publication("On plante")
    payload = story.network.compose(said)
    story.stage.order("rejected-later")
    delivery = story.send(said, payload)
    assert story.network.still_there(delivery, payload.parts[0], story.account(said), story.stage.web) is False


def test_its_receipt_opens_the_post(story: Story) -> None:
    said = story.publication("On ouvre dimanche")
    (delivery,) = story.say(said)
    wire = story.network.compose(said).parts[0].wire
    assert story.stage.open(delivery) in (wire, None)
    assert delivery.url.startswith(("http", f"/posts/{said.post.id}"))


@able(answer="refused")
def test_what_was_composed_is_what_was_received(story: Story) -> None:
    said = story.publication(
        "« L’été » 👨‍👩‍👧‍👦 \u202f!\n\nحديقة **الحي** e\u0301", tags=("Jardin", "Fête de quartier"), mentions=("@jardin@example.social",),
        link="https://example.org/é?utm_source=a", warning="Fleurs", media=story.pictures("Un « jardin »"),
    )  # fmt: skip
    story.say(said)
    assert story.stage.received() == [part.wire for part in story.network.compose(said).parts]


def test_the_same_key_again_posts_once_where_it_promises_so(story: Story) -> None:
    said = story.publication("On ouvre dimanche")
    first, again = story.say(said), story.say(said)
    if not story.network.IDEMPOTENT:
        assert len(story.stage.received()) == 2
        return
    assert first == again
    assert len(story.stage.received()) <= 1


@those(lambda name: networks.get(name).IDEMPOTENT and _tells(name, "unknown-after-accept"))
def test_the_same_key_settles_an_unknown_where_it_promises_so(story: Story) -> None:
    said = story.publication("On ouvre dimanche")
    story.stage.order("unknown-after-accept")
    with pytest.raises(Unknown):
        story.say(said)
    story.say(said)
    assert len(story.stage.received()) == 1


@pytest.mark.parametrize(("answer", "there"), [("unknown-after-accept", True), ("unknown-before-accept", False)])
@able(does=Finds)
def test_a_look_settles_an_unknown(story: Story, answer: str, there: bool) -> None:
    said = story.publication("On ouvre dimanche")
    payload = story.network.compose(said)
    story.stage.order(answer)
    with pytest.raises(Unknown):
        story.send(said, payload)
    found = story.find(said, payload)
    assert (found is not None) == there
    if found is not None:
        assert story.stage.open(found) == payload.parts[0].wire
    other = story.publication("Autre chose", post_id="autre")
    assert story.find(other, story.network.compose(other)) is None


@pytest.mark.parametrize("answer", ["wait", "unknown"])
@able(does=Finds)
def test_a_look_that_fails_says_so(story: Story, answer: str) -> None:
    said = story.publication("On ouvre dimanche")
    payload = story.network.compose(said)
    story.say(said)
    story.stage.order(answer, on="find")
    with pytest.raises((Wait, Unknown)):
        story.find(said, payload)


@able(does=ReadsBack)
def test_what_was_sent_is_there_until_it_is_deleted(story: Story) -> None:
    account = story.account(story.publication(""))
    (first, part), (second, _part) = story.say_two()
    by_hand = Delivery(second.url, second.url)

    def there(delivery: Delivery) -> bool | None:
        assert isinstance(story.network, ReadsBack)
        return story.network.still_there(delivery, part, account, story.stage.web)

    assert there(first) and there(second)
    assert there(by_hand), "a person settled it, and gave its address"
    received = len(story.stage.received())
    story.stage.delete(first)
    assert not there(first) and there(second)
    assert len(story.stage.received()) <= received, "to ask is never to write"


@able(does=Retracts)
def test_what_is_retracted_is_gone(story: Story) -> None:
    account = story.account(story.publication(""))
    (first, one), (second, two) = story.say_two()
    for answer, outcome in (("locked", Locked), ("wait", Wait), ("unknown-before-accept", Unknown), ("cut-before-accept", Unknown)):
        story.stage.order(answer, on="delete")
        with pytest.raises(outcome):
            story.network.retract(second, two, account, story.stage.web)
    assert story.stage.has(first) and story.stage.has(second)
    story.network.retract(second, two, account, story.stage.web)
    assert story.stage.has(first) and not story.stage.has(second)
    story.network.retract(second, two, account, story.stage.web)
    story.stage.order("unknown-after-accept", on="delete")
    with pytest.raises(Unknown):
        story.network.retract(first, one, account, story.stage.web)
    assert not story.stage.has(first), "an answer that is lost is no proof that it is still there"


@able(does=Edits)
def test_what_is_corrected_keeps_its_address(story: Story) -> None:
    was = story.publication("On ouvre dimanch", media=story.pictures("Un jardin"))
    (delivery,) = story.say(was)
    (before,) = story.network.compose(was).parts
    more = story.publication("On ouvre dimanche", media=story.pictures("Le jardin"), warning="Fleurs")
    payload = story.network.compose(more)
    with suppress(Refused):
        story.network.edit(story.sending(more, payload), delivery, before, story.account(more), story.stage.web)
        (before,) = payload.parts
    assert story.stage.open(delivery) == before.wire, "what cannot be corrected is refused before anything is"
    said = story.publication("On ouvre dimanche !", media=story.pictures(*(picture.alt for picture in before.media)), warning="Fleurs")
    payload = story.network.compose(said)
    story.stage.order("unknown-before-accept", on="edit")
    with pytest.raises(Unknown):
        story.network.edit(story.sending(said, payload), delivery, before, story.account(said), story.stage.web)
    edited = story.network.edit(story.sending(said, payload), delivery, before, story.account(said), story.stage.web)
    assert edited.id == delivery.id and story.stage.open(edited) == payload.parts[0].wire
    assert len(story.stage.received()) == 1


@able(does=Reads)
def test_what_people_did_is_counted_and_nothing_else(story: Story) -> None:
    said = story.publication("On ouvre dimanche")
    (delivery,), (part,) = story.say(said), story.network.compose(said).parts
    counted = story.stage.count(delivery)
    assert story.network.read(delivery, part, story.account(said), story.stage.web) == counted
    assert 0 in counted.values(), "zero is told, and what nobody counts is absent"
    story.stage.delete(delivery)
    assert story.network.read(delivery, part, story.account(said), story.stage.web) == {}
    story.stage.order("wait", on="read")
    with pytest.raises(Wait):
        story.network.read(delivery, part, story.account(said), story.stage.web)


@pytest.mark.parametrize(("ability", "protocol"), [("delete", Retracts), ("edit", Edits), ("counters", Reads)])
def test_the_facts_say_what_the_code_can_do(story: Story, ability: str, protocol: type) -> None:
    if (known := story.network.FACTS.ability(ability)) is not None:
        assert isinstance(known, Has) == isinstance(story.network, protocol)


def test_a_wait_may_say_until_when() -> None:
    until = datetime(2026, 12, 5, 9, tzinfo=UTC)
    assert Wait("busy", until).until == until and Wait("busy").until is None
