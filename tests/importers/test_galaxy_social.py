"""Import from Galaxy Social: posts, accounts and handles are carried over, and nothing that was sent is sent again."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from importers import galaxy
from marronnier import desk, importers, networks
from marronnier.files import WorkTree, document
from marronnier.importers import writer
from marronnier.importers.bundle import Remark
from marronnier.importers.picture_download import picture_name
from marronnier.importers.tools.galaxy_social.accounts import PluginAccounts
from marronnier.messages import Trouble
from marronnier.model.brand import Channel
from marronnier.networks.kit.slack.client import slack_place
from marronnier.networks.matrix.client import host_and_port as matrix_server
from people import Town, write

NOW = "2026-11-20 09:00"
POMMES = "content/posts/2025/10/2025-10-4-pommes.md"


@pytest.fixture
def house(town: Town, tmp_path: Path) -> Path:
    """A brand where merging is approving, with its ledger."""
    place = town.newsroom(tmp_path / "house")
    write(place, {"brand/approvals.yml": "quorum: 0\n"})
    town.git(place, "commit", "-qam", "Merging is approving")
    return place


@pytest.fixture(scope="module")
def imported(town: Town, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A brand after the import, for tests that only read it, and the output of the import."""
    place = town.newsroom(tmp_path_factory.mktemp("imported") / "house")
    write(place, {"brand/approvals.yml": "quorum: 0\n", "brand/handles.yml": "# Our friends.\nhandles: {}\n"})
    town.git(place, "add", "-A")
    town.git(place, "commit", "-qm", "Merging is approving")
    said = run(town, place, "import", "galaxy-social", str(galaxy.folder(place.parent / "there")))
    commit(town, place)
    return place, said


@pytest.fixture
def there(tmp_path: Path) -> Path:
    return galaxy.folder(tmp_path / "there")


def run(town: Town, house: Path, *arguments: str, who: str = "publisher", code: int = 0) -> str:
    done = subprocess.run(
        [str(town.bin / "marronnier"), *arguments], cwd=house, env=town.surroundings(who, NOW), capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout if code == 0 else done.stdout + done.stderr


def front(house: Path, path: str) -> dict[str, Any]:
    return document.parse_markdown(path, (house / path).read_bytes()).data


def commit(town: Town, house: Path) -> None:
    town.git(house, "add", "-A")
    town.git(house, "commit", "-qm", "Carry over")


def test_a_post_is_imported_with_all_its_settings(imported: tuple[Path, str]) -> None:
    house, _said = imported
    text = (house / POMMES).read_text(encoding="utf-8")
    assert text == (
        "---\n"
        "id: 2025-10-4-pommes\n"
        "title: Pommes\n"
        "date: 2025-10-04\n"
        "channels: [mastodon-jardin, bluesky-jardin, linkedin-jardin]\n"
        "tags: [Pommes, Jardin]\n"
        "media:\n"
        f"  - {{src: stand-in/{picture_name('https://images.example/pommes')}.png, alt: Des pommes dans un cageot}}\n"
        f"  - {{src: stand-in/{picture_name('https://images.example/pressoir.jpg')}.png}}\n"
        "for:\n"
        "  mastodon-jardin: {mentions: ['@ruisseau@ecoles.example', '@voisins@jardins.example']}\n"
        "  bluesky-jardin: {mentions: ['@ruisseau.bsky.social']}\n"
        "  linkedin-jardin: {tags: []}\n"
        "---\n"
        "On presse les pommes samedi (https://feuillage.example/pommes).\n"
        "\n"
        "---\n"
        "\n"
        "Apportez des bouteilles.\n"
        "\n"
        "***\n"
        "\n"
        "Et un panier.\n"
        "\\## @tous\n"
    )
    for medium in front(house, POMMES)["media"]:
        assert (house / "content/media" / medium["src"]).read_bytes().startswith(b"\x89PNG")


def test_dates_come_from_file_names(imported: tuple[Path, str]) -> None:
    house, said = imported
    assert front(house, "content/posts/2026/01/24-01-2026-semis.md")["date"] == "2026-01-24"
    assert front(house, "content/posts/2026/03/05-03-2026-taille.md")["date"] == "2026-03-05"
    assert "posts/2026/05-03-2026-taille.md: its date was read as 2026-03-05, with the day before the month" in said
    assert front(house, "content/posts/2026/11/merci.md")["date"] == "when-approved"
    assert front(house, "content/posts/2026/11/2026-13-45-quand.md")["date"] == "when-approved"
    assert "the name begins with 2026-13-45, which is not a date" in said


def test_text_too_long_for_an_account_becomes_a_thread(imported: tuple[Path, str]) -> None:
    house, _said = imported
    assert front(house, "content/posts/2026/01/24-01-2026-semis.md")["thread"] == "auto"
    assert "thread" not in front(house, POMMES)


def test_accounts_and_handles_are_added_to_the_teams_own(town: Town, imported: tuple[Path, str]) -> None:
    house, said = imported
    before = town.git(house, "show", "HEAD~:brand/channels.yml")
    after = (house / "brand/channels.yml").read_text(encoding="utf-8")
    assert all(line in after.splitlines() for line in before.splitlines())
    channels = document.parse_yaml("brand/channels.yml", after.encode()).data["channels"]
    assert channels["mastodon-jardin"] == {"network": "mastodon", "account": "@feuillage@jardins.example", "env": {"token": "JARDIN_TOKEN"}}
    assert channels["bluesky-jardin"] == {
        "network": "bluesky",
        "account": "feuillage.bsky.social",
        "env": {"password": "BLUESKY_PASSWORD"},
    }
    for name in ("mastodon-jardin", "bluesky-jardin"):
        assert channels[name]["env"].keys() == set(networks.get(channels[name]["network"]).SECRETS)
    assert channels["linkedin-jardin"]["limits"] == {"text": "2000"}
    assert channels["linkedin-jardin"]["account"] == "urn:li:organization:12345", "LinkedIn's API knows a page by its URN only"
    assert channels["slack"]["paused"] and "xoxb" not in after + said
    assert "slack: access_token: a secret is written there in plain text" in said
    assert "slack: colour: this setting is not imported" in said
    handles = document.parse_yaml("brand/handles.yml", (house / "brand/handles.yml").read_bytes())
    assert handles.findings == () and handles.text.startswith("# Our friends.\n")
    assert handles.data["handles"] == {
        "ruisseau": {"name": "ruisseau", "on": {"mastodon": "@ruisseau@ecoles.example", "bluesky": "@ruisseau.bsky.social"}},
        "voisins": {"name": "voisins", "on": {"mastodon": "@voisins@jardins.example"}},
    }


def test_nothing_that_was_sent_is_sent_again(town: Town, imported: tuple[Path, str]) -> None:
    house, _said = imported
    lines = {line["key"]: line for line in json.loads(run(town, house, "plan", "--all", "--format", "json"))["lines"]}
    states = {key: line["state"] for key, line in lines.items() if not key.endswith("@slack")}
    assert states == {
        "2025-10-4-pommes@mastodon-jardin": "sent",
        "2025-10-4-pommes@bluesky-jardin": "sent",
        "2025-10-4-pommes@linkedin-jardin": "sent",
        "24-01-2026-semis@mastodon-jardin": "sent",
        "24-01-2026-semis@linkedin-jardin": "missed",
        "05-03-2026-taille@mastodon-jardin": "sent",
        "merci@mastodon-jardin": "sent",
        "merci@bluesky-jardin": "missed",
        "2026-13-45-quand@bluesky-jardin": "missed",
        "2027-02-14-abeilles@mastodon-jardin": lines["2027-02-14-abeilles@mastodon-jardin"]["state"],
    }
    assert states["2027-02-14-abeilles@mastodon-jardin"] in ("ready", "held")
    assert lines["2025-10-4-pommes@bluesky-jardin"]["why"] == "sent by galaxy-social about 2025-10-04"
    assert lines["merci@mastodon-jardin"]["why"] == "sent by galaxy-social before 2026-11-20"
    assert "recorded that sending failed" in lines["24-01-2026-semis@linkedin-jardin"]["why"]
    said = run(town, house, "publish", "--dry-run")
    assert "it needs your decision: galaxy-social recorded that sending failed" in said and said.endswith("Nothing to send now.\n")


def test_a_person_decides_about_what_failed_there(town: Town, house: Path, there: Path) -> None:
    run(town, house, "import", "galaxy-social", str(there))
    commit(town, house)
    run(town, house, "settle", "24-01-2026-semis@linkedin-jardin", "--never")
    run(town, house, "settle", "merci@bluesky-jardin", "--send-now")
    lines = {line["key"]: line["state"] for line in json.loads(run(town, house, "plan", "--all", "--format", "json"))["lines"]}
    assert lines["24-01-2026-semis@linkedin-jardin"] == "past"
    assert lines["merci@bluesky-jardin"] in ("due", "held")


def test_an_import_can_be_repeated(town: Town, house: Path, there: Path) -> None:
    run(town, house, "import", "galaxy-social", str(there))
    taille = house / "content/posts/2026/03/05-03-2026-taille.md"
    taille.write_text(taille.read_text(encoding="utf-8").replace("On taille.", "On taille les poiriers."), encoding="utf-8")
    commit(town, house)
    head = town.git(house, "rev-parse", "ledger")
    said = run(town, house, "import", "galaxy-social", str(there))
    assert town.git(house, "status", "--porcelain") == ""
    assert town.git(house, "rev-parse", "ledger") == head
    assert "0 new posts." in said and "5 posts already imported." in said
    assert f"{taille.relative_to(house)}: a different text already has that name here" in said
    assert "The ledger already had all of this." in said


def test_fresh_leaves_the_past_behind(town: Town, house: Path, there: Path) -> None:
    (there / "processed_files.json").unlink()
    head = town.git(house, "rev-parse", "ledger")
    run(town, house, "import", "galaxy-social", str(there), "--fresh")
    assert town.git(house, "rev-parse", "ledger") == head
    commit(town, house)
    lines = {line["key"]: line["state"] for line in json.loads(run(town, house, "plan", "--all", "--format", "json"))["lines"]}
    assert lines.keys() >= {"2025-10-4-pommes@mastodon-jardin", "merci@bluesky-jardin"} and "sent" not in lines.values()


def test_everything_left_behind_is_named(town: Town, house: Path, there: Path) -> None:
    said = json.loads(run(town, house, "import", "galaxy-social", str(there), "--format", "json"))
    assert (said["files"], said["posts"]["read"], len(said["posts"]["folded"])) == (9, 6, 2)
    assert said["publications"] == {"bluesky": 3, "linkedin": 2, "mastodon": 5, "tiktok-jardin": 1}
    assert said["past"] == {"read": {"sent": 6, "failed": 1, "unrecorded": 3}, "noted": {"sent": 6, "failed": 1, "unrecorded": 3}}
    behind = {one["where"] for one in said["stayed_behind"]}
    assert behind == {
        "plugins.yml: slack: access_token",
        "plugins.yml: slack: colour",
        "posts/2026/broken.md",
        "posts/2026/merci.md: layout",
        "posts/2026/photo.jpg",
        "processed_files.json: posts/2024/gone.md",
    }
    assert "posts/2026/merci.md: media" in {one["where"] for one in said["changed"]}


def test_a_dry_run_writes_nothing(town: Town, house: Path, there: Path) -> None:
    head = town.git(house, "rev-parse", "ledger")
    said = run(town, house, "import", "galaxy-social", str(there), "--dry-run")
    assert "6 new posts." in said and "Nothing was written" in said
    assert town.git(house, "status", "--porcelain") == "" and town.git(house, "rev-parse", "ledger") == head


def test_without_a_sent_record_nothing_is_imported(town: Town, tmp_path: Path, there: Path) -> None:
    """Without the record everything sent there would be sent again."""
    house = town.found(tmp_path / "house")
    assert "marronnier ledger init" in run(town, house, "import", "galaxy-social", str(there), code=3)
    assert town.git(house, "status", "--porcelain") == ""
    (there / "processed_files.json").unlink()
    assert "so what was already sent is unknown" in run(town, house, "import", "galaxy-social", str(there), code=2)
    (there / "processed_files.json").write_text("[1]", encoding="utf-8")
    assert "processed_files.json cannot be read" in run(town, house, "import", "galaxy-social", str(there), code=2)
    assert "not a Galaxy Social folder" in run(town, house, "import", "galaxy-social", str(tmp_path), code=2)
    assert "There is no importer for buffer" in run(town, house, "import", "buffer", str(there), code=2)
    assert town.git(house, "status", "--porcelain") == ""


HOSTILE = {
    "plugins.yml": [
        "plugins: [one, {name: 3}, {name: a, class: b}, {name: A, class: c.d}, {name: m, class: mastodon.x, config: [1]}]\n",
        "plugins: {name: x}\n",
        "- just\n- a list\n",
        "plugins: &a [*a]\n",
        "",
    ],
    "processed_files.json": ['{"posts/../../x.md": {"m": true}, "posts/a.md": {"m": "yes"}}', "{}"],
    "posts/a.md": [
        "---\nmedia: m\nmentions: [x]\nhashtags: {m: {n: 1}}\nimages: [{url: 3}, x]\n---\n![a](../../etc/passwd)\n",
        "---\nmedia: {m: 1}\nmentions: {m: ['@@@', '', 'a@b@c', 'https://']}\n---\n",
        "---\n---\n",
        "no front matter",
        "\x00",
        "---\nmedia: [m]\nhashtags: {m: [\"a'b\", '}', ' # ', 'x: y', 'é\u202e']}\n---\n" + "![" * 20000,
        "---\nmedia: [m]\n---\n" + "![a](" * 10000,
    ],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in HOSTILE.items() for text in texts])
def test_any_content_is_refused_or_imported_whole(tmp_path: Path, name: str, text: str) -> None:
    """No internal error, no file outside the brand, and every written file can be read."""
    there, house = galaxy.folder(tmp_path / "there"), tmp_path / "house"
    (there / "posts/a.md").write_text("---\nmedia: [m]\n---\nMots.\n", encoding="utf-8")
    (there / name).write_text(text, encoding="utf-8")
    write(house, {"brand/brand.yml": "name: x\n", "brand/channels.yml": "channels: {journal: {network: feed}}\n"})
    before = desk.load(WorkTree(house))
    now = datetime(2026, 11, 20, 8, tzinfo=UTC)
    source = WorkTree(there)
    try:
        bundle = importers.get("galaxy-social").read(source, before, now, ZoneInfo("Europe/Brussels"), fresh=name != "processed_files.json")
    except Trouble as trouble:
        assert trouble.message and trouble.next
        return
    diff = writer.compare_with_brand(bundle, before)
    writer.write_bundle(bundle, diff, source, before, house, None)
    assert {path.name for path in tmp_path.iterdir()} == {"there", "house"}
    assert {path.name for path in house.iterdir()} <= {"brand", "content"}
    after = desk.load(WorkTree(house))
    assert {post.id for post in bundle.posts} == after.posts.keys(), after.findings
    assert [finding for finding in after.findings if finding.rule == "unreadable"] == []


def accounts(*configs: tuple[str, str]) -> tuple[dict[str, Channel], list[str]]:
    """The channels that are written for accounts of a plugin, each with its settings; and what is said of them."""
    listed = "".join(f"  - {{name: {name}, class: {name.partition('-')[0]}.client, config: {{{config}}}}}\n" for name, config in configs)
    remarks: list[Remark] = []
    found = PluginAccounts(document.parse_yaml("plugins.yml", f"plugins:\n{listed}".encode()), remarks)
    written = {name: Channel(**{"env": {}, **channel}) for name, channel in found.channels.items()}
    return written, [remark.message for remark in remarks]


def test_each_account_is_written_as_its_network_reads_it() -> None:
    written, said = accounts(
        ("slack", 'channel_id: C0123456789, account_url: "https://jardin.slack.com/archives/C0123456789"'),
        ("slack-team", 'channel_id: C0123456789, account_url: "https://jardin.slack.com"'),
        ("slack-link", 'account_url: "https://jardin.slack.com/archives/C0123456789"'),
        ("matrix", 'base_url: "https://matrix.org", room_id: "!abc:matrix.org", account_url: "https://matrix.to/#/!other:x.org"'),
        ("matrix-away", 'base_url: "https://home.example:8448", room_id: "!abc:matrix.org"'),
        ("matrix-link", 'base_url: "https://matrix.org", account_url: "https://matrix.to/#/%23jardin:matrix.org?via=matrix.org"'),
        ("matrix-new", 'base_url: "https://matrix.org", room_id: "!abcdef"'),
        ("linkedin", 'org_id: 101, account_url: "https://www.linkedin.com/company/jardin"'),
    )
    assert said == []
    for name in ("slack", "slack-team", "slack-link"):
        assert slack_place(written[name]) == ("jardin", "C0123456789")
    rooms = {name: (channel.account, matrix_server(channel)) for name, channel in written.items() if name.startswith("matrix")}
    assert rooms == {
        "matrix": ("!abc:matrix.org", "matrix.org"),
        "matrix-away": ("!abc:matrix.org", "home.example:8448"),
        "matrix-link": ("#jardin:matrix.org", "matrix.org"),
        "matrix-new": ("!abcdef", "matrix.org"),
    }
    assert written["matrix"].host == "" and written["linkedin"].account == "urn:li:organization:101"


def test_an_account_of_which_the_file_has_a_part_is_asked_for() -> None:
    written, said = accounts(
        ("slack", "channel_id: C0123456789"),
        ("slack-none", 'channel_id: ""'),
        ("linkedin", 'org_id: $ORG, account_url: "https://www.linkedin.com/company/jardin"'),
        ("matrix", 'base_url: "https://matrix.org", room_id: jardin'),
    )
    assert {channel.account for channel in written.values()} == {""}
    assert said == [
        "it names the channel C0123456789, and not its workspace: write `account: https://YOURS.slack.com/archives/C0123456789`",
        "it does not say whose account it is: write `account:`",
        "it does not say whose account it is, only https://www.linkedin.com/company/jardin: write `account:`",
        "it does not say whose account it is, only jardin: write `account:`",
    ]
