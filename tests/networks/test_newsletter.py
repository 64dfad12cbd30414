"""A newsletter: what a mail holds, how it reaches its server, and what each answer means."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from certificates import Certificates
from fakes import newsletter as fake
from fakes.loopback import PATIENCE
from fakes.newsletter import LIST, PASSWORD, USER, MailServer, MailStage
from marronnier import mail, sandbox
from marronnier.messages import Trouble
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery
from marronnier.networks import newsletter
from marronnier.networks.kit.seam import Account, Locked, Refused, SendRequest, Unknown, Wait
from marronnier.networks.newsletter import handing_over
from marronnier.networks.newsletter.route import MailRoute
from marronnier.web import Web
from networks.posts import picture, publication

NOW = datetime(2026, 12, 5, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _aiosmtpd_warns_of_what_is_tried_here() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailStage]:
    with fake.stage(tmp_path, monkeypatch) as stage:
        yield stage


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("mail"))


def send(
    stage: MailStage, text: str = "On ouvre", *, web: Web | None = None, secrets: Mapping[str, str] | None = None, again: int = 0, **words: Any
) -> Delivery:  # fmt: skip
    said = publication("newsletter", text, channel=stage.channel, **{"title": "Le verger", **words})
    payload = newsletter.compose(said)
    request = SendRequest(said.key, 0, 1, payload.parts[0], payload.sha256, (), now=NOW, read_picture=stage.read, again=again)
    account = Account(said.channel_name, said.channel, {**stage.secrets, **(secrets or {})})
    return newsletter.send(request, account, web or stage.web)


@pytest.mark.parametrize(
    ("command", "answer", "outcome"),
    [
        ("AUTH", "535 5.7.8 Bad credentials", Locked),
        ("AUTH", "534 5.7.9 Another mechanism", Locked),
        ("AUTH", "454 4.7.0 Later", Wait),
        ("MAIL", "550 5.7.1 Not your mailbox", Locked),
        ("MAIL", "552 5.3.4 Too large", Refused),
        ("MAIL", "451 4.3.0 Later", Wait),
        ("RCPT", "550 5.1.1 No such list", Locked),
        ("RCPT", "553 5.1.3 Bad address", Locked),
        ("RCPT", "450 4.7.1 Greylisted", Wait),
        ("RCPT", "452 4.5.3 Too many", Wait),
        ("RCPT", "552 5.2.2 Mailbox full", Wait),
        ("DATA", "552 5.3.4 Too large", Refused),
        ("DATA", "550 5.7.1 Spam", Refused),
        ("DATA", "554 5.6.0 Virus", Refused),
        ("DATA", "451 4.3.0 Later", Wait),
        ("DATA", "421 4.3.2 Closing", Wait),
        ("DATA", "354 Go on", Unknown),
    ],
)
def test_each_stage_has_its_meaning(stage: MailStage, command: str, answer: str, outcome: type[Exception]) -> None:
    stage.server.say(command, answer)
    with pytest.raises(outcome) as told:
        send(stage)
    assert not stage.server.mails
    assert outcome is Unknown or answer[:3] in str(told.value)
    if isinstance(told.value, Wait):
        assert told.value.until == NOW + timedelta(minutes=15)
    assert PASSWORD not in str(told.value)
    send(stage)
    assert len(stage.server.mails) == 1, "a no leaves nothing behind"


def test_a_goodbye_that_goes_wrong_changes_nothing(stage: MailStage) -> None:
    stage.server.say("QUIT", "421 4.3.2 Crash")
    assert send(stage).url == "/posts/portes-ouvertes/"


def test_a_server_that_is_not_there_is_waited_for(stage: MailStage) -> None:
    stage.channel = {**stage.channel, "host": "127.0.0.1:1"}
    with pytest.raises(Wait, match="refuses the connection"):
        send(stage)


def test_a_mail_is_the_same_at_each_attempt_and_another_when_it_is_another(stage: MailStage) -> None:
    first, again, other, anew = send(stage), send(stage), send(stage, "Autre chose"), send(stage, again=1)
    assert first == again and len({first.id, other.id, anew.id}) == 3
    assert stage.server.raw[0] == stage.server.raw[1]
    assert first.id.endswith("@example.org")


def test_it_goes_from_the_mailbox_to_the_list(stage: MailStage) -> None:
    send(stage)
    assert stage.server.envelopes == [(USER, (LIST,))] and stage.server.logins == [(USER, PASSWORD)]
    (sent,) = stage.server.mails
    assert (str(sent["From"]), str(sent["To"]), str(sent["Subject"])) == (f"Le jardin <{USER}>", LIST, "Le verger")
    assert sent["Date"].datetime == NOW


def test_the_list_keeps_its_own_headers(stage: MailStage) -> None:
    send(stage)
    names = {name.casefold() for name in stage.server.mails[0]}
    assert not any(name.startswith("list-") for name in names)
    assert not names & {"precedence", "auto-submitted", "x-no-ack", "approved", "bcc", "cc", "archived-at"}


def test_a_moderators_password_goes_in_its_header_only_where_it_is_named(stage: MailStage) -> None:
    send(stage, secrets={"approved": "s3cret-of-the-list"})
    (raw,) = stage.server.raw
    assert raw.count(b"s3cret-of-the-list") == 1 and b"\r\nApproved: s3cret-of-the-list\r\n" in raw


@pytest.mark.parametrize(
    "title", ["Fête\r\nBcc: all@example.org", "Fête\nBcc: all@example.org", "a\u2028b\x00c\x0bd", "é" * 400, "الحديقة " * 60]
)
def test_n04_a_title_stays_one_header(stage: MailStage, title: str) -> None:
    send(stage, title=title, tags=("a\r\nBcc: b@example.org",))
    (sent,) = stage.server.mails
    assert sent["Bcc"] is None and stage.server.envelopes == [(USER, (LIST,))]
    assert "\n" not in str(sent["Subject"]) and str(sent["Subject"])[:1] == title[0]


@pytest.mark.parametrize("text", ["a" * 5000, ".\n.\n..\n\n.\n", "é" * 3000, "From here\n\n.hidden", "RCPT TO:<x@example.org>\n.\nQUIT"])
def test_every_line_is_short_and_every_word_arrives(stage: MailStage, text: str) -> None:
    send(stage, text)
    (raw,), (wire,) = stage.server.raw, stage.received()
    assert max(map(len, raw.split(b"\r\n"))) < 998 and b"\n" not in raw.replace(b"\r\n", b"")
    composed = newsletter.compose(publication("newsletter", text, channel=stage.channel, title="Le verger")).parts[0]
    assert wire["text"] == composed.text.rstrip("\n") and wire["html"] == composed.wire["html"]


def test_text_comes_first_and_pictures_stand_within_the_html(stage: MailStage) -> None:
    send(stage, "Voir ![Un banc](b.jpg) ici", media=(picture("a.jpg", "La <serre>"),), inline_media=(picture("b.jpg", "Un banc"),))
    (sent,) = stage.server.mails
    assert sent.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in sent.iter_parts()] == ["text/plain", "multipart/related"]
    (html, *images) = list(sent.iter_parts())[1].iter_parts()  # type: ignore[attr-defined]
    assert [image.get_content_disposition() for image in images] == ["inline", "inline"]
    markup = html.get_content()
    assert markup.index('alt="Un banc"') < markup.index("ici") < markup.index('alt="La &lt;serre&gt;"')
    assert "http" not in markup, "nothing is loaded from elsewhere"


def test_a_title_that_mail_programs_would_decode_is_refused(stage: MailStage) -> None:
    title = "Portes =?utf-8?q?ferm=C3=A9es?="
    assert "=?utf-8?q?ferm=C3=A9es?=" in newsletter.refusal_reason(publication("newsletter", "On ouvre", title=title).words)
    with pytest.raises(Refused, match="other words"):
        send(stage, title=title)
    for fine in ("Et alors =?", "1 =? 2 ?= 3", "Le verger"):
        assert newsletter.refusal_reason(publication("newsletter", "On ouvre", title=fine).words) == ""


def test_pictures_that_cannot_be_opened_here_now_are_waited_for(stage: MailStage, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_worker(*_args: Any, **_more: Any) -> None:
        raise Trouble("no picture can be opened here now")

    monkeypatch.setattr(sandbox, "clean", no_worker)
    with pytest.raises(Wait, match="opened here now"):
        send(stage, media=(picture("a.jpg", "Un arbre"),))
    assert not stage.server.mails


def test_an_arabic_mail_is_written_from_right_to_left(stage: MailStage) -> None:
    send(stage, "نفتح الحديقة", title="الحديقة", lang="ar")
    assert '<html lang="ar" dir="rtl">' in stage.received()[0]["html"]
    assert stage.server.mails[0]["Content-Language"] == "ar"


def test_c10_html_of_a_post_runs_nothing(stage: MailStage) -> None:
    send(
        stage,
        'Un jardin\n\n<script>alert(1)</script><img src="https://spy.example/a.gif">',
        title="</title><script>",
        link="javascript:alert(1)",
    )
    markup = stage.received()[0]["html"]
    assert "<script" not in markup and "spy.example" not in markup and "javascript" not in markup


@pytest.mark.parametrize("visibility", ["followers", "direct"])
def test_words_that_are_not_for_everyone_are_refused(stage: MailStage, visibility: str) -> None:
    with pytest.raises(Refused, match="archive"):
        send(stage, visibility=visibility)


def test_a_mail_that_is_too_large_is_not_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    with MailServer(most=2000).running() as server:
        with pytest.raises(Refused, match="the server takes 2000"):
            send(MailStage(server), "a" * 3000)
        assert not server.envelopes


@pytest.mark.parametrize(
    "account",
    ["", LIST, f"{USER} {LIST}", f"{USER} to ", "Le jardin to x", f"{USER}\nto {LIST}\nX: y", f"jardin@exämple.org to {LIST}", f"a <b@c> <{USER}> to {LIST}", f"a..b@example.org to {LIST}", f".a@example.org to {LIST}", f"a@b..c to {LIST}"],
)  # fmt: skip
def test_an_account_names_a_mailbox_and_a_list(account: str) -> None:
    with pytest.raises(Locked, match="names no mailbox and list"):
        MailRoute.of(Channel(network="newsletter", account=account))


def test_a_mailbox_may_have_a_name() -> None:
    assert MailRoute.of(Channel(network="newsletter", account=f"Fête, « été » <{USER}> to {LIST}")) == ("Fête, « été »", USER, LIST)
    assert MailRoute.of(Channel(network="newsletter", account=f"{USER} to {LIST}")) == ("", USER, LIST)


def trusting(certificates: Certificates) -> Web:
    return Web(loopback=True, resolve=lambda host, port: ["127.0.0.1"], tls=certificates.client)


@pytest.mark.parametrize("implicit", [True, False])
def test_n03_tls_is_used_and_its_certificate_checked(certificates: Certificates, monkeypatch: pytest.MonkeyPatch, implicit: bool) -> None:
    with MailServer(tls=certificates.server, implicit=implicit).running() as server:
        monkeypatch.setattr(handing_over, "TLS_PORT", server.port if implicit else 465)
        stage = MailStage(server)
        for host, web, outcome in (
            ("garden.test", trusting(certificates), None),
            ("127.0.0.1", trusting(certificates), Wait),
            ("garden.test", Web(loopback=True, resolve=lambda host, port: ["127.0.0.1"]), Wait),
        ):
            stage.channel = {**stage.channel, "host": f"{host}:{server.port}"}
            if outcome is None:
                send(stage, web=web)
                continue
            with pytest.raises(outcome, match="certificate"):
                send(stage, web=web)
        assert len(server.mails) == len(server.logins) == 1


class _Elsewhere(Web):
    """A web that is not on this machine's own, and reaches it all the same."""

    def _may_reach(self, address: Any) -> bool:
        return True


def test_n03_nothing_is_said_in_the_clear_but_on_this_machine(stage: MailStage) -> None:
    with pytest.raises(Locked, match="offers no TLS"):
        send(stage, web=_Elsewhere())
    assert not stage.server.logins and not stage.server.mails


def test_a_server_without_a_login_is_taken_on_this_machine_only() -> None:
    with MailServer(offers_login=False).running() as server:
        send(MailStage(server))
        assert len(server.mails) == 1


def test_doctor_logs_in_and_sends_nothing(stage: MailStage) -> None:
    channel = Channel(network="newsletter", **stage.channel)
    status = newsletter.examine(Account("there", channel, stage.secrets), stage.web)
    assert status.is_channel_account and stage.server.logins and not stage.server.mails
    stage.server.say("AUTH", "535 5.7.8 Bad credentials")
    with pytest.raises(Locked, match="535"):
        newsletter.examine(Account("there", channel, stage.secrets), stage.web)


def test_a_server_that_repeats_a_secret_is_not_quoted(stage: MailStage) -> None:
    stage.server.say("MAIL", "550 5.7.1 you said letmein")
    with pytest.raises(Locked) as told:
        send(stage, secrets={"approved": "letmein"})
    assert "letmein" not in str(told.value)


def test_words_before_tls_are_no_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody between says before TLS must not be read behind it."""

    class Told:
        deadline = float("inf")

        def __init__(self) -> None:
            self.said = [b"220 hi\r\n", b"250-hi\r\n250 STARTTLS\r\n", b"220 go\r\n250-hi\r\n250 AUTH PLAIN\r\n"]

        def read(self, _most: int) -> bytes:
            return self.said.pop(0)

        def write(self, data: bytes) -> None: ...

        def secure(self, host: str) -> None:
            raise AssertionError("it stops before that")

        def close(self) -> None: ...

    with pytest.raises(mail.MailRefused, match="before TLS"):
        mail.MailSession(Told(), "mail.example.org", is_secure=False).begin()


def test_an_answer_that_comes_too_late_is_unknown(stage: MailStage) -> None:
    assert mail.ANSWER_WITHIN == PATIENCE
    stage.order("slow-after-accept")
    with pytest.raises(Unknown, match="in time"):
        send(stage)
    assert len(stage.server.mails) == 1
