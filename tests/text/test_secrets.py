"""Secrets are recognised by their shape, and everyday text is not taken for one."""

from __future__ import annotations

import random
import string
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marronnier.text import secrets

LETTERS = string.ascii_letters + string.digits
CHANCE = random.Random(18)


def some(count: int, among: str = LETTERS) -> str:
    """A random text in the shape of a token, made when the test runs: nobody's secret."""
    found = "".join(CHANCE.choices(among, k=count - 4))
    return f"{found[:5]}a7Z2{found[5:]}" if among == LETTERS else f"{found}{among[:4]}"


LOW = "abcdefghijklmnopqrstuvwxyz234567"
TOKENS = {
    "github": ("a GitHub token", f"ghp_{some(36)}"),
    "github new": ("a GitHub token", f"ghs_{some(30)}.{some(40)}-{some(9)}"),
    "github fine": ("a GitHub token", f"github_pat_{some(22)}_{some(59)}"),
    "gitlab": ("a GitLab token", f"glpat-{some(20)}"),
    "slack": ("a Slack token", f"xoxb-{some(11, string.digits)}-{some(12, string.digits)}-{some(24)}"),
    "slack hook": ("a Slack webhook address, open to anyone who has it", f"hooks.slack.com/services/T{some(9)}/B{some(9)}/{some(24)}"),
    "discord hook": (
        "a Discord webhook address, open to anyone who has it",
        f"discord.com/api/webhooks/{some(18, string.digits)}/{some(68)}",
    ),
    "discord": ("a Discord bot token", f"M{some(25)}.{some(6)}.{some(38)}"),
    "telegram": ("a Telegram bot token", f"{some(9, string.digits)}:AA{some(33)}"),
    "facebook": ("a Facebook, Instagram or Threads token", f"EAA{some(180)}"),
    "threads": ("a Facebook, Instagram or Threads token", f"THAA{some(180)}"),
    "x": ("an X token", f"{'A' * 22}{some(80)}"),
    "linkedin": ("a LinkedIn token", f"AQ{some(350)}"),
    "aws": ("an Amazon cloud key", f"AKIA{some(16, string.ascii_uppercase + '0123456789')}"),
    "google": ("a Google key", f"AIza{some(35)}"),
    "stripe": ("a Stripe key", f"sk_live_{some(24)}"),
    "sendgrid": ("a SendGrid key", f"SG.{some(22)}.{some(43)}"),
    "model": ("a key of a language model service", f"sk-ant-api03-{some(60)}"),
    "jwt": ("a signed token", f"eyJ{some(30)}.eyJ{some(60)}.{some(43)}"),
    "pem": ("a private key", f"-----BEGIN OPENSSH PRIVATE KEY-----\n{some(64)}\n{some(64)}\n-----END OPENSSH PRIVATE KEY-----"),
    "pgp": ("a private key", f"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{some(64)}\n-----END PGP PRIVATE KEY BLOCK-----"),
    "age": ("a private key", f"AGE-SECRET-KEY-1{some(58, string.ascii_uppercase + '0123456789')}"),
    "mastodon": ("a token", some(43)),
    "bluesky": ("an app password", f"{some(4, LOW)[:3]}4-abcd-e5fg-hijk"),
    "bearer": ("a token after Bearer", f"Bearer {some(40)}"),
    "named": ("a password or token", f"access_token = {some(32)}"),
    "named in French": ("a password or token", f"mot de passe : {some(24)}"),
    "address": ("a password in an address", "https://moi:Tulipes@example.org/"),
    "git": ("a password in an address", "git+ssh://oauth2:abc@[::1]/x"),
}


@pytest.mark.parametrize("name", TOKENS)
@pytest.mark.parametrize("around", ["{}", "Bonjour « {} » !", "été 👩‍🌾 {}\nfin", "x: '{}'", "# {}", "({})"])
def test_c18_a_secret_is_known_by_its_kind(name: str, around: str) -> None:
    kind, token = TOKENS[name]
    text = around.format(token)
    found = secrets.find_secrets(text)
    assert [one.kind for one in found] == [kind]
    assert text[found[0].start : found[0].end] in text


@pytest.mark.parametrize(
    "text",
    [
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=PLFgquLnL59alCl_2TQvOiD5Vgm1hCaGSI",
        "https://example.org/2026/12/05/portes-ouvertes-au-jardin-partage-de-la-rue",
        "https://www.linkedin.com/feed/update/urn:li:activity:7131234567890123456/",
        "id: 2026-12-05-portes-ouvertes-au-jardin-2",
        "#FêteDesVoisins2026EtBienPlusEncoreCetteAnnée #JardinPartageDeLaRueDuMarronnier2026",
        "env: {token: MASTODON_TOKEN_OF_THE_GARDEN_2}",
        "token: MASTODON_ACCESS_TOKEN_2026",
        "first: 0123456789abcdef0123456789abcdef01234567",
        'publisher namespaces="git" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGf3kPq8s9ZtV2bXw7LmNcYd4RjHe5uKoQi1aTgBvSxM',
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "Bearer <token>, Bearer VOTRE_JETON_PERSONNEL_ICI",
        "sous-bois-vert-pour, avec-tout-cela-donc",
        "mot de passe : demandez à l'accueil",
        "Levensverzekeringsmaatschappij, anticonstitutionnellement",
        "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHCozMxH2Mo\n-----END PUBLIC KEY-----",
        "moi@example.org, https://mastodon.example/@moi:8080",
        "https://s3.example.org/x?X-Amz-Credential=AKIAABCDEFGHIJKLMNOP%2F20260101",
    ],
)
def test_everyday_text_is_not_a_secret(text: str) -> None:
    assert secrets.find_secrets(text) == []


@given(
    st.text()
    | st.lists(
        st.sampled_from(["Bearer ", "eyJ", "A" * 30, "://", ":", "@", "-----BEGIN PRIVATE KEY-----", "a1B2" * 6, "\n", "token: "])
    ).map("".join)
)
def test_secrets_do_not_overlap_and_are_redacted_completely(text: str) -> None:
    found = secrets.find_secrets(text)
    assert all(one.start < one.end for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    words = [text[one.start : one.end] for one in found]
    for word in words:
        assert word not in secrets.redact_secrets(f"“{text}”", words)


@pytest.mark.parametrize("name", TOKENS)
@pytest.mark.parametrize("cut", [12, 30])
def test_c18_a_piece_of_a_secret_is_not_shown_either(name: str, cut: int) -> None:
    token = TOKENS[name][1]
    (one,) = secrets.find_secrets(token)
    secret = token[one.start : one.end]
    piece = secret[:cut].split()[-1]
    if len(piece) > 5:
        assert piece not in secrets.redact_secrets(f"the excess begins at “{secret[:cut]}…”", [secret])


@pytest.mark.parametrize(
    "text",
    [
        "a1B" * 300_000,
        "eyJa1" * 100_000,
        "-----BEGIN PRIVATE KEY-----\n" * 20_000,
        "://a:" * 200_000 + "@",
        "token: " * 100_000 + "a1B" * 20,
        "Bearer\n" * 100_000 + "a1B" * 20,
    ],
)
def test_c12_a_hostile_text_is_read_in_a_moment(text: str) -> None:
    start = time.perf_counter()
    secrets.find_secrets(text)
    assert time.perf_counter() - start < 3
