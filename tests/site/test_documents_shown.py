"""A document in the previews: its name, its pages and its alternative text; the file itself is in none of them."""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner

import documents
from marronnier import cli
from people import Town
from teamwork import TODAY, Team

CHANNELS = """\
channels:
  salon: {network: discord, account: "1300000000000000000"}
  page: {network: linkedin, account: "urn:li:organization:1"}
  jardin: {network: matrix, account: "#jardin:example.org"}
  blog: {network: wordpress, account: jardin, host: blog.example.org}
"""
POST = """\
---
id: plan
title: Le plan du jardin
date: 2026-12-05 10:00
channels: [salon, page, jardin, blog]
format: document
media:
  - {src: plan.pdf, alt: "Le plan du jardin, parcelle par parcelle"}
---
Le voici.
"""


def test_a_pull_request_shows_what_readers_will_see_of_a_document(town: Town, tmp_path: Path) -> None:
    team = Team(town, town.found(tmp_path / "repo"))
    team.commit({"brand/channels.yml": CHANNELS})
    team.branch("plan")
    team.commit({"content/posts/2026/12/plan.md": POST, "content/posts/2026/12/plan.pdf": documents.document(3)})
    with team.being("publisher"):
        args = ["--now", TODAY, "-C", str(team.folder), "report", "--to", "report.md", "--preview", "preview.html"]
        done = CliRunner().invoke(cli.marronnier, args, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    report, html = ((team.folder / name).read_text(encoding="utf-8") for name in ("report.md", "preview.html"))
    assert "- 📄 `plan.pdf` · ALT" in report and "Le plan du jardin, parcelle par parcelle" in report
    # LinkedIn shows the title of the post on the document, and no alternative text.
    assert html.count("<bdi>plan.pdf</bdi>") == 3 and html.count("📄 <bdi>Le plan du jardin</bdi>") == 1
    assert len(re.findall(r"PDF · 0,1\sMo · 3\spages", html)) == 4
    assert html.count("ALT</abbr> Le plan du jardin, parcelle par parcelle") == 3 and "application/pdf" not in html
