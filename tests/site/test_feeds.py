"""The feeds and the calendar file, parsed as feed readers and calendars do."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree

import icalendar
from hypothesis import given, settings
from hypothesis import strategies as st
from site_houses import PNG, House, at

from marronnier.model.brand import Brand, Channel
from marronnier.model.calendar import CalendarDay
from marronnier.pages import SiteLocale, SiteView, feeds, ics
from marronnier.pages.feeds import MAX_ARTICLES

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def view(house: House, *, internal: bool = False) -> SiteView:
    return SiteView(house.site_data(internal=internal), SiteLocale("fr", house.brand))


def built(house: House, *, internal: bool = False) -> dict[str, bytes]:
    return dict(feeds.feed_files(view(house, internal=internal)))


def at_home(house: House) -> House:
    house.brand = house.brand.replace(site_url="https://jardin.example/site")
    return house


def test_atom_has_what_rfc_4287_asks_for(house: House) -> None:
    feed = ElementTree.fromstring(built(at_home(house))["feed.xml"])
    for needed in ("a:id", "a:title", "a:updated", "a:author/a:name", "a:link[@rel='self']"):
        assert feed.find(needed, ATOM) is not None, needed
    entries = feed.findall("a:entry", ATOM)
    assert [entry.findtext("a:title", "", ATOM) for entry in entries] == ["La haie est plantée", "Le compost travaille"]
    for entry in entries:
        assert datetime.fromisoformat(entry.findtext("a:updated", "", ATOM)).tzinfo is not None
        assert entry.findtext("a:id", "", ATOM).startswith("urn:uuid:")
        assert entry.find("a:content[@type='html']", ATOM) is not None
    link = entries[0].find("a:link[@rel='alternate']", ATOM)
    assert link is not None
    assert link.get("href") == "https://jardin.example/site/posts/haie/"
    enclosure = entries[0].find("a:link[@rel='enclosure']", ATOM)
    assert enclosure is not None
    assert enclosure.get("type") == "image/png"


def test_json_feed_has_what_version_1_1_asks_for(house: House) -> None:
    feed: dict[str, Any] = json.loads(built(at_home(house))["feed.json"])
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "https://jardin.example/site/feed.json"
    assert {"title", "home_page_url", "items"} <= feed.keys()
    for item in feed["items"]:
        assert {"id", "url", "content_html", "date_published"} <= item.keys()
        assert isinstance(item["id"], str)
    assert feed["items"][0]["attachments"][0]["mime_type"] == "image/png"


def test_a_feed_holds_what_was_sealed_and_not_what_stands_in_the_tree_now(house: House) -> None:
    before = built(house)["feed.json"]
    for number, line in enumerate(house.lines):
        post = line.publication.post
        changed = type(post)(post.id, post.path, post.front, post.variants, "autre chose", "0" * 64)
        publication = type(line.publication)(changed, line.publication.channel_name, line.publication.channel, line.publication.words)
        house.lines[number] = type(line)(
            publication, line.instant, line.state, line.why, line.next, line.digests, line.proposal, line.history
        )
    assert built(house)["feed.json"] == before


def test_an_internal_build_has_the_same_feed_as_the_public_one(house: House) -> None:
    assert built(house, internal=True) == built(house)


def test_what_went_out_stays_in_every_feed_when_its_words_change_later(house: House) -> None:
    before = built(house)
    for number, line in enumerate(house.lines):
        state = "edited" if line.state == "sent" else line.state
        house.lines[number] = type(line)(
            line.publication, line.instant, state, line.why, line.next, line.digests, line.proposal, line.history
        )
    assert built(house) == before
    assert built(house, internal=True) == before


def test_two_feed_channels_have_a_feed_each_and_a_common_one_without_doubles(house: House) -> None:
    files = built(house)
    assert set(files) == {"feed.xml", "feed.json", "feeds/journal.xml", "feeds/journal.json", "feeds/place.xml", "feeds/place.json"}
    assert [item["title"] for item in json.loads(files["feeds/place.json"])["items"]] == ["La haie est plantée"]
    assert len(json.loads(files["feed.json"])["items"]) == 2


def test_ids_stay_when_the_site_moves(house: House) -> None:
    before = [item["id"] for item in json.loads(built(house)["feed.json"])["items"]]
    assert [item["id"] for item in json.loads(built(at_home(house))["feed.json"])["items"]] == before


def test_a_feed_holds_the_newest(house: House) -> None:
    for number in range(MAX_ARTICLES + 5):
        house.post(f"n{number}", "Un.", at(1) + timedelta(minutes=number), "sent", title=f"N {number}")
    titles = [item["title"] for item in json.loads(built(house)["feed.json"])["items"]]
    assert len(titles) == MAX_ARTICLES
    assert "N 0" not in titles


def test_n06_links_and_pictures_in_feeds_are_absolute(house: House) -> None:
    house.post(
        "img", "![une haie](haie2.png) [là](/posts/x/) [ici](autre.md)", at(1, 14), "sent", title="I", media=(("haie2.png", PNG, "haie"),)
    )
    html = json.loads(built(at_home(house))["feed.json"])["items"][0]["content_html"]
    assert 'src="https://jardin.example/site/media/' in html
    assert "autre.md" not in html


@settings(max_examples=60, deadline=None)
@given(title=st.text(min_size=1, max_size=80).filter(lambda text: text.strip()), body=st.text(max_size=120))
def test_n06_any_words_read_back_equal_from_the_feeds(title: str, body: str) -> None:
    house = House().post("x", body + "\n\n]]> <b>&amp;</b>", at(1), "sent", title=title + " ]]>")
    files = built(house)
    entry = ElementTree.fromstring(files["feed.xml"]).find("a:entry/a:title", ATOM)
    assert entry is not None
    assert (entry.text or "").endswith(" ]]>")
    assert json.loads(files["feed.json"])["items"][0]["title"] == title + " ]]>"


def test_the_common_feed_keeps_what_went_out_first(house: House) -> None:
    house.channels["krant"] = Channel(network="feed", name="De Krant", lang="nl")
    house.post("deux", "Een.", at(1, 12), "sent", title="Deux", channels=("journal", "krant"), lang="fr")
    house.post("tard", "Un.", at(1, 13), "sent", title="Tard", channels=("krant",), lang="nl")
    before = {item["url"]: item["id"] for item in json.loads(built(house)["feed.json"])["items"]}
    assert before["./posts/deux/"] == feeds.feed_id(view(house), "deux@journal")
    house.post("tard", "Un.", at(1, 14), "sent", title="Tard", channels=("journal",))
    assert {item["url"]: item["id"] for item in json.loads(built(house)["feed.json"])["items"]} == before


def test_a_feed_of_one_channel_is_in_its_language(house: House) -> None:
    house.channels["krant"] = Channel(network="feed", name="De Krant", lang="nl")
    house.post("haag", "Haag.", at(1, 12), "sent", title="Haag", channels=("krant",), lang="nl")
    files = built(house)
    assert json.loads(files["feeds/krant.json"])["language"] == "nl"
    assert ElementTree.fromstring(files["feeds/krant.xml"]).get("{http://www.w3.org/XML/1998/namespace}lang") == "nl"
    assert json.loads(files["feed.json"])["language"] == "fr"


def test_without_an_address_every_link_leads_on_from_the_feed_itself(house: House) -> None:
    for path, data in built(house).items():
        links = re.findall(
            r'(?:href="|src=&quot;|src="|"(?:url|image|feed_url|home_page_url)": ")([^"&]*)', data.decode().replace('\\"', '"')
        )
        assert links
        for link in links:
            if not link.startswith("https:"):
                assert urljoin(f"https://team.example/jardin/{path}", link).startswith("https://team.example/jardin/"), (path, link)
                assert urljoin(f"https://team.example/jardin/{path}", link).count("feeds/") <= 1


def events(house: House, *, internal: bool = False) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(ics.calendar_file(view(house, internal=internal))).walk("VEVENT"))


def by_key(house: House, *, internal: bool = False) -> dict[str, icalendar.Event]:
    """The events by their UID without the brand's part."""
    return {str(event["UID"]).rpartition(".")[0]: event for event in events(house, internal=internal)}


def test_two_brands_never_share_the_name_of_an_event() -> None:
    names = []
    for brand in ("Jardin", "Librairie"):
        house = House(brand=Brand(name=brand)).post("noel", "Un.", at(1), "sent", title="Noël")
        house.days = (CalendarDay(date=date(2026, 12, 25), name="Noël", kind="holiday"),)
        names.append({str(event["UID"]) for event in events(house)})
        assert {str(event["UID"]) for event in events(house)} == names[-1]
    assert len(names[0]) == len(names[1]) == 2
    assert not names[0] & names[1]


def test_a_calendar_application_is_told_how_often_to_look_again(house: House) -> None:
    assert b"\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nX-PUBLISHED-TTL:PT1H\r\n" in ics.calendar_file(view(house))


def test_the_calendar_file_is_read_back(house: House) -> None:
    found = by_key(house)
    assert {"compost@journal", "haie@journal", "haie@place"} <= set(found)
    event = found["haie@place"]
    assert str(event["SUMMARY"]) == "La haie est plantée · La place"
    assert event["DTSTART"].dt == at(1, 10)
    assert not [uid for uid in found if uid.startswith(("lecture", "sols", "campaign"))]


def test_the_calendar_file_is_the_same_for_the_same_input(house: House) -> None:
    assert ics.calendar_file(view(house)) == ics.calendar_file(view(house))


def test_the_internal_calendar_file_holds_plans_and_campaigns(house: House) -> None:
    found = by_key(house, internal=True)
    assert str(found["portes-ouvertes-2026@journal"]["STATUS"]) == "CONFIRMED"
    assert str(found["graines-1@journal"]["STATUS"]) == "TENTATIVE"
    assert found["campaign-graines"]["DTEND"].dt == date(2027, 1, 21)
    assert "sols@journal~sols-2026" in found


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=150))
def test_n06_no_words_begin_a_calendar_property(words: str) -> None:
    title = f"x{words}\r\nATTENDEE:mailto:a@b.example\r\nEND:VEVENT;,\\é{'é' * 60}"
    house = House().post("x", "Un mot.", at(1), "sent", title=title)
    house.days = (CalendarDay(date=date(2026, 12, 1), name=title, kind="holiday"),)
    data = ics.calendar_file(view(house))
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    found = events(house)
    assert len(found) == 2
    assert all("ATTENDEE" not in event for event in found)
    assert all("ATTENDEE:mailto:a@b.example END:VEVENT;,\\é" in str(event["SUMMARY"]) for event in found)


def test_the_importer_reads_our_own_feeds(house: House) -> None:
    """Both formats give the same entries: words, hours, addresses, tags and pictures."""
    from marronnier.importers.feed_items import read_feed

    files = built(at_home(house))
    atom, feed = (read_feed(files[name]).items for name in ("feed.xml", "feed.json"))
    assert [(item.title, item.url, item.at, item.html, item.tags) for item in atom] == [
        (item.title, item.url, item.at, item.html, item.tags) for item in feed
    ]
    assert [item.title for item in atom] == ["La haie est plantée", "Le compost travaille"] and all(item.at and item.html for item in atom)
    assert atom[0].pictures and {url for url, _alt in atom[0].pictures} == {url for url, _alt in feed[0].pictures}
    assert not any(item.left for item in (*atom, *feed))
