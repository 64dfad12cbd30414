"""What Galaxy Social sent: its file `processed_files.json`, and the past of a post according to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from marronnier.files import Tree
from marronnier.importers.bundle import PastOutcome, PastSend
from marronnier.importers.tools.galaxy_social.accounts import PluginAccounts
from marronnier.importers.tools.galaxy_social.post_files import PostFile
from marronnier.messages import Trouble, _

FILE = "processed_files.json"

SendResults = Mapping[str, Mapping[str, bool]]
"""By post file and account: whether sending succeeded."""


def read_sent_record(source: Tree) -> SendResults:
    """The tool's record of what it sent. Raises Trouble where it is missing or cannot be read: without it everything would go out again."""
    next_step = _("Put the file of its branch processed_files there, or add --fresh when everything is to be published again.")
    if not source.exists(FILE):
        raise Trouble(_("There is no {file}, so what was already sent is unknown", file=FILE), next_step, status=2)
    try:
        files = json.loads(source.read(FILE))
        record = {str(path): {str(name).casefold(): bool(sent) for name, sent in accounts.items()} for path, accounts in files.items()}
    except (ValueError, AttributeError, RecursionError) as error:
        raise Trouble(_("{file} cannot be read: {why}", file=FILE, why=error), next_step, status=2) from error
    return {path.removeprefix("./"): accounts for path, accounts in record.items()}


def past_sends(
    file: PostFile, sources: tuple[str, ...], accounts: PluginAccounts, record: SendResults, now: datetime, at: datetime | None
) -> Mapping[str, PastSend]:
    """By channel, what became of a post; nothing for a publication that is still to come.

    `sources` are the post's file and those that repeat it, `at` is the beginning of the day in its name.
    """
    past: dict[str, PastSend] = {}
    recorded = {name for source in sources for name in record.get(source, {})}
    day = at if at is not None and at <= now else None
    for name in dict.fromkeys((*file.accounts, *sorted(recorded))):
        results = {source: record[source][name] for source in sources if name in record.get(source, {})}
        outcome: PastOutcome = "sent" if any(results.values()) else "failed" if results else "unrecorded"
        if outcome == "unrecorded" and at is not None and at > now:
            continue
        source = next((source for source, sent in results.items() if sent), next(iter(results), file.path))
        past[accounts.channel_name(name)] = PastSend(outcome, day or now, "day" if day else "before", "", source)
    return past
