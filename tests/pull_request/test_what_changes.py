"""What the report says of a change that a reviewer might overlook: another picture below the same words, and who may approve a policy."""

from __future__ import annotations

from marronnier.messages import in_language
from marronnier.pull_request.report import ReportLinks, compose
from pictures import picture
from pull_request.conftest import contents_of
from reviewing import POLICY, Hub
from teamwork import PATH, POST, Team

BENCH = POST.replace("channels: [journal]\n", "channels: [journal]\nmedia:\n  - {src: banc.png, alt: Un banc}\n")
PICTURE = "content/media/banc.png"


def told(team: Team, lang: str = "en") -> str:
    with in_language(lang):
        return compose(contents_of(team, lang=lang), ReportLinks())


def test_another_picture_below_the_same_words_is_named(team: Team) -> None:
    team.commit({PATH: BENCH, PICTURE: picture(".png")})
    team.branch("other")
    team.commit({PICTURE: picture(".png") + b"\0"})
    said = told(team)
    assert "pictures change, words and time stay" in said
    assert "`banc.png` · ALT: `Un banc` · another file than before" in said


def test_another_alternative_text_is_named_beside_new_words(team: Team) -> None:
    team.commit({PATH: BENCH, PICTURE: picture(".png")})
    team.branch("other")
    team.commit({PATH: BENCH.replace("Un banc", "Un banc vert").replace("dimanche", "lundi")})
    said = told(team)
    assert "the words change, the time stays" in said
    assert "ALT: `Un banc vert` · another alternative text than before" in said


def test_who_wrote_a_change_of_the_policy_is_not_named_among_those_who_may_approve_it(hub: Hub) -> None:
    changed = POLICY.replace("  claire: {name: Claire, github: 103, emails: [claire@example.org]}\n", "")
    hub.ines.open_pull_request(hub.team, "policy", {"brand/approvals.yml": changed})
    said = hub.marronnier("report", "--pull-request", "1", who="karim")
    assert "approuvé par Karim ou Claire, selon les règles en vigueur" in said, said
