"""The page makers: months, states, languages, previews."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from site_houses import PNG, House, Memory, at

from marronnier import pages
from marronnier.checks import registry
from marronnier.model.approval_policy import Approver, Policy
from marronnier.model.brand import Brand, Channel
from marronnier.model.strategy import Campaign
from marronnier.pages import Page, SiteLocale, SiteView, brand_colour
from marronnier.pages import site_media as pictures
from marronnier.pages.kinds import month
from marronnier.pages.previews import linkify


def made(house: House, *, internal: bool = True, lang: str = "en") -> dict[str, Page]:
    return {page.path: page for page in pages.make(house.site_data(internal=internal), lang)}


def words(page: Page) -> str:
    html = re.sub(r"<svg.*?</svg>", "", page.render().html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def test_today_says_what_goes_out_and_what_needs_someone(house: House) -> None:
    said = words(made(house)[""])
    assert "Wednesday, 2 December 2026" in said
    assert said.index("Needs you") < said.index("Soupe aux orties") < said.index("nobody has approved it yet")
    assert "17:30 Lecture au coin du poêle Le journal du jardin La place Ready" in said
    assert (
        "Saturday, 5 December 2026 Journée mondiale des sols 10:00 Journée des sols Le journal du jardin La place proposed on sols-2026 In review"
        in said
    )
    assert "1 idea without a date" in said


def test_a_chip_says_hour_state_title_and_channels(house: House) -> None:
    html = made(house)["calendar/2026-12/"].render().html
    chip = html[html.index('<a class="mr-chip mr-ready"') :].partition("</a>")[0]
    assert re.sub(r"<svg.*?</svg>", "SHAPE", chip).split("\n") == [
        '<a class="mr-chip mr-ready" href="../../posts/lecture/">',
        '<span class="mr-chip-top">SHAPE<time datetime="2026-12-02T16:30:00+00:00">17:30</time><span class="mr-chip-state">Ready</span></span>',
        '<span class="mr-chip-title"><bdi lang="fr">Lecture au coin du poêle</bdi></span>',
        '<span class="mr-channels"><span class="mr-channel">Le journal du jardin</span><span class="mr-channel">La place</span></span>',
    ]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_rule_page_says_which_file_each_block_is(house: House, lang: str) -> None:
    found = made(house, lang=lang)
    for rule in map(registry.get, registry.names()):
        written, _lang = rule.page(lang)
        named = re.findall(r"<p><code>([^<]+)</code></p>\s*<pre>", found[f"rules/{rule.name}/"].render().html)
        assert named == re.findall(r'^```.* title="(.+)"$', written, re.MULTILINE)
        assert named, rule.name


def test_the_calendar_is_the_month_of_now_and_each_month_has_its_page(house: House) -> None:
    found = made(house)
    assert [path for path in found if path.startswith("calendar/")] == [
        "calendar/",
        "calendar/2026-11/",
        "calendar/2026-12/",
        "calendar/2027-01/",
    ]
    assert found["calendar/"].title == "December 2026"
    assert (found["calendar/"].label, found["calendar/2026-12/"].section) == ("Calendar", "calendar/")


@pytest.mark.parametrize(("territory", "first"), [("BE", "Monday"), ("US", "Sunday"), ("DZ", "Saturday"), ("ZZ", "Monday")])
def test_the_week_starts_as_the_territory_does(territory: str, first: str) -> None:
    assert SiteLocale("en", Brand(name="B", territory=territory)).weekdays()[0][0] == first


def test_campaigns_are_bars_that_never_overlap(house: House) -> None:
    for number in range(3):
        house.campaigns[f"c{number}"] = (Campaign(title=f"C{number}", start=date(2026, 12, 3 + number), end=date(2026, 12, 9 + number)), "")
    view = SiteView(house.site_data(internal=True), SiteLocale("en", house.brand))
    for week in month._weeks(view, date(2026, 12, 1)):
        taken = set[tuple[int, int]]()
        for bar in week.bars:
            cells = {(bar.lane, column) for column in range(bar.column, bar.column + bar.width)}
            assert not cells & taken
            assert bar.column + bar.width <= 8
            taken |= cells


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.date().replace(day=1)))
def test_every_month_has_each_of_its_days_once(first: date) -> None:
    house = House()
    weeks = month._weeks(SiteView(house.site_data(internal=True), SiteLocale("en", house.brand)), first)
    days = [cell.day for week in weeks for cell in week.cells if cell.is_in_month]
    assert days == [first.replace(day=number) for number in range(1, len(days) + 1)]
    assert 28 <= len(days) <= 31
    assert all(len(week.cells) == 7 for week in weeks)


@pytest.mark.parametrize("year", [1926, 2025, 2190])
def test_a_month_far_away_makes_no_empty_months_between(house: House, year: int) -> None:
    house.post("loin", "Loin.", at(1).replace(year=year), "draft", title="Loin")
    found = made(house)
    months = [path for path in found if path.startswith(("calendar/1", "calendar/2"))]
    assert months == sorted(["calendar/2026-11/", "calendar/2026-12/", "calendar/2027-01/", f"calendar/{year}-12/"])
    # The neighbours are one step apart, and the step names the year.
    near, way, word = ("2026-11", "prev", "Dec") if year < 2026 else ("2027-01", "next", "Dec")
    step = re.search(rf'<a class="mr-step" rel="{way}" href="../../calendar/{year}-12/">.*?</a>', found[f"calendar/{near}/"].render().html)
    assert step
    assert f"{word} {year}" in step[0]


def test_a_month_of_a_campaign_is_shown_although_no_post_is_in_it_yet(house: House) -> None:
    house.post("loin", "Loin.", at(1, month=12).replace(year=2027), "draft", title="Loin")
    house.campaigns["long"] = (Campaign(title="Long", start=date(2027, 5, 3), end=date(2999, 1, 1)), "")
    months = [path for path in made(house) if path.startswith("calendar/2")]
    assert months == [
        f"calendar/{month}/" for month in ("2026-11", "2026-12", "2027-01", *(f"2027-{number:02}" for number in range(5, 13)))
    ]


def test_a_post_page_tells_preview_state_history_and_who_approved(house: House) -> None:
    said = words(made(house)["posts/haie/"])
    assert "Sent Tuesday, 1 December 2026, 11:00 Le journal du jardin La place" in said
    assert "Approved by nadia" in said
    assert "ALT Douze personnes plantent une haie sous la pluie" in said
    assert "exactly as sent" in said
    assert "as it would be sent now" in words(made(house)["posts/soupe/"])


@pytest.mark.parametrize("state", ["draft", "in-review"])
def test_a_proposal_is_previewed_with_its_own_words_beside_the_approved_ones(house: House, state: str) -> None:
    house.post("lecture", "Ce soir, une tout autre lecture.", at(2, 16, 30), state, title="Lecture", proposal="semaine-51")
    house.lines[-1] = replace(house.lines[-1], history=house.histories["lecture@journal"])
    said = words(made(house)["posts/lecture/"])
    assert "exactly as approved" in said
    assert "Ce soir, lecture au coin du poêle." in said
    assert "as proposed on semaine-51" in said
    assert "Ce soir, une tout autre lecture." in said


def test_what_was_changed_after_its_approval_is_previewed_as_it_stands(house: House) -> None:
    house.post("noces", "Les mots approuvés.", at(6), "ready", title="Noces")
    approved = house.histories["noces@journal"]
    house.lines.pop()
    house.post("noces", "Les mots d'après.", at(6), "held", title="Noces")
    house.lines[-1] = replace(house.lines[-1], history=approved)
    said = words(made(house)["posts/noces/"])
    assert "Les mots d'après." in said
    assert "as it would be sent now" in said
    assert "exactly as approved" not in said


def test_a_public_post_page_tells_nothing_of_how_it_came(house: House) -> None:
    said = words(made(house, internal=False)["posts/haie/"])
    assert "nadia" not in said.lower()
    assert "History" not in said
    assert "content/posts" not in said


def test_a_title_says_its_language_where_the_page_speaks_another(house: House) -> None:
    house.channels["krant"] = Channel(network="feed", name="De Krant", lang="nl")
    house.post("haag", "De haag staat er.", at(3), "draft", title="De haag", channels=("krant",), lang="nl")
    house.post("deux", "La haie.", at(3), "draft", title="Deux langues", channels=("journal", "krant"))
    french, english = made(house, lang="fr"), made(house, lang="en")
    for path in ("", "calendar/2026-12/", "posts/haag/"):
        assert '<bdi lang="nl">De haag</bdi>' in french[path].render().html
        assert '<bdi lang="nl">De haag</bdi>' in english[path].render().html
    for path in ("", "calendar/2026-12/", "posts/deux/"):
        assert "<bdi>Deux langues</bdi>" in french[path].render().html
        assert '<bdi lang="fr">Deux langues</bdi>' in english[path].render().html
    assert 'lang="fr">Portes ouvertes d&#39;hiver' in english["campaigns/portes-ouvertes/"].render().html
    assert 'lang="' not in french["campaigns/portes-ouvertes/"].render().html


def test_a_preview_shows_the_warning_and_the_poll_that_go_out() -> None:
    house = House()
    house.channels["pouet"] = Channel(network="mastodon", name="Le Pouet", account="@jardin@social.example", lang="fr")
    house.post(
        "soupe", "Quelle soupe ?", at(3), "draft", title="Soupe", channels=("pouet",), poll=("Potiron", "Poireau"), warning="Orties crues"
    )
    said = words(made(house)["posts/soupe/"])
    assert said.index("Orties crues") < said.index("Quelle soupe ?") < said.index("Potiron Poireau")
    written = made(house)["posts/soupe/"].as_markdown()
    assert written.index("Orties crues") < written.index("Quelle soupe ?") < written.index("- Potiron\n- Poireau\n")


def test_who_approved_is_called_by_name(house: House) -> None:
    house.policy = Policy(approvers={"nadia": Approver(name="Nadia Aït Saïd")})
    said = words(made(house)["posts/haie/"])
    assert "Approved by Nadia Aït Saïd" in said
    assert "fixed · by Nadia Aït Saïd" in said


def test_who_looks_after_a_post_is_called_by_name(house: House) -> None:
    house.policy = Policy(approvers={"Nadia": Approver(name="Nadia Aït Saïd")})
    assert "Owner Nadia Aït Saïd Approved by" in words(made(house)["posts/haie/"])
    house.policy = Policy()
    assert "Owner Nadia Approved by" in words(made(house)["posts/haie/"])


def test_an_idea_without_a_channel_waits_among_the_ideas(house: House) -> None:
    house.post("sieste", "Un hamac ?", None, "idea", title="Un hamac au fond", channels=())
    found = made(house)
    assert "Un hamac au fond no channel yet content/ideas/sieste.md Draft" in words(found["ideas/"])
    assert "2 ideas without a date" in words(found[""])
    assert "- no date yet: Un hamac au fond · no channel yet" in found["ideas/"].as_markdown()
    assert not [path for path, page in made(house, internal=False).items() if "hamac" in page.render().html.lower()]


def test_a_month_in_which_nothing_is_says_so_where_a_list_would_be_empty(house: House) -> None:
    house.days = ()
    found = made(house)
    assert "Nothing this month." in words(found["calendar/2027-01/"])
    assert "Nothing this month." not in words(found["calendar/2026-12/"])


def test_edit_links_are_absolute_and_internal(house: House) -> None:
    site_data = house.site_data(internal=True, edit_uri="https://git.example/edit/main")
    html = next(page for page in pages.make(site_data, "en") if page.path == "posts/haie/").render().html
    assert 'href="https://git.example/edit/main/content/posts/2026/12/haie.md"' in html


def test_equal_parts_mean_an_equal_page(house: House) -> None:
    before = {path: page.digest for path, page in made(house).items()}
    assert {path: page.digest for path, page in made(house).items()} == before
    house.post("autre", "Un autre.", at(3, 9), "draft", title="Autre")
    after = {path: page.digest for path, page in made(house).items()}
    assert {path for path in before if before[path] != after[path]} == {
        "",
        "calendar/",
        "calendar/2026-11/",
        "calendar/2026-12/",
        "strategy/",
    }


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_any_brand_colour_can_be_read(own: str) -> None:
    for paper in (brand_colour.LIGHT, brand_colour.DARK):
        assert brand_colour.contrast(brand_colour.readable_shade(own, paper), paper) >= 4.5


def test_addresses_in_a_message_are_links_and_the_rest_is_words() -> None:
    assert str(linkify('<b> https://a.example/x?y=1&z. #Jardin "@nadia"')) == (
        '&lt;b&gt; <a class="mr-link" rel="nofollow noopener" href="https://a.example/x?y=1&amp;z">https://a.example/x?y=1&amp;z</a>. '
        '<span class="mr-link">#Jardin</span> &#34;<span class="mr-link">@nadia</span>&#34;'
    )


@pytest.mark.parametrize(
    ("svg", "served"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>", True),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>", False),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", False),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><a href='javascript:x'/></svg>", False),
        (b"<!DOCTYPE svg [<!ENTITY x 'y'>]><svg xmlns='http://www.w3.org/2000/svg'/>", False),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><rect fill='url(https://x.example/)'/></svg>", False),
        (b"<svg", False),
    ],
)
def test_n04_a_drawing_with_script_or_external_links_is_not_served(svg: bytes, served: bool) -> None:
    tree = Memory({"a.svg": svg})
    site_media = pictures.SiteMedia(tree)
    shown = pictures.Picture("a.svg", tree.sha256("a.svg"), "")
    assert site_media.is_served(shown) is served
    assert (site_media.site_bytes(shown) is not None) is served


def test_arabic_would_be_written_from_right_to_left() -> None:
    assert SiteLocale("ar", Brand(name="B", territory="MA")).direction == "rtl"
    assert SiteLocale("nl", Brand(name="B")).day(date(2026, 12, 2)) == "woensdag 2 december 2026"


def test_a_picture_without_an_alternative_text_is_decoration_only_where_its_author_says_so() -> None:
    house = House()
    house.post("deux", "Deux images.", at(3), "draft", media=(("a.png", PNG, None), ("b.png", PNG, "")))
    said = words(made(house)["posts/deux/"])
    assert said.count("no alternative text yet") == said.count("no alternative text: decoration") == 1
    assert said.index("no alternative text yet") < said.index("no alternative text: decoration")


def test_an_article_shows_a_picture_in_its_words_once() -> None:
    house = House()
    house.post(
        "banc",
        "Avant.\n\n![Un banc](le%20banc.png)\n\nAprès.",
        at(3),
        "draft",
        media=(("le banc.png", PNG, "Un banc"), ("b.png", PNG, "B")),
    )
    html = made(house)["posts/banc/"].render().html
    assert re.findall(r'<img [^>]*alt="([^"]*)"', html) == ["B", "Un banc"]
