"""The context of a command: the brand's folder, the clock, the repository. Each is read once, here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marronnier.messages import Trouble, _

if TYPE_CHECKING:
    from marronnier.desk import Desk
    from marronnier.git import Repo
    from marronnier.model.brand import Brand


@dataclass
class CommandContext:
    """The folder and the instant a command runs at, and what it loads from there when it first needs it."""

    folder: Path
    """The folder that `-C` names, else the current one."""
    now_text: str | None
    """The value of `--now`; None where it is not given."""

    @cached_property
    def root(self) -> Path:
        """The brand's folder: this folder or its nearest parent that holds `brand/brand.yml`. Raises Trouble when there is none."""
        for folder in (self.folder, *self.folder.parents):
            if (folder / "brand" / "brand.yml").is_file():
                return folder
        raise Trouble(
            _("There is no brand here: no brand/brand.yml in {folder} or above it", folder=self.folder),
            _("Run `marronnier init` in an empty folder, or go to your brand's folder."),
            status=2,
        )

    @cached_property
    def repo(self) -> Repo:
        """The repository around the brand's folder. Raises Trouble when there is none."""
        from marronnier.git import Repo

        return Repo(self.root).require()

    @cached_property
    def desk(self) -> Desk:
        """Everything that people wrote, from the working directory."""
        from marronnier import desk
        from marronnier.files import WorkTree

        return desk.load(WorkTree(self.root))

    @cached_property
    def brand(self) -> Brand:
        """The brand's settings, from the working directory; much cheaper than the whole desk."""
        from marronnier import desk
        from marronnier.files import WorkTree

        return desk.load(WorkTree(self.root), only="brand/brand.yml").brand

    def now(self, zone: str = "UTC", clock: object = None) -> datetime:
        """The instant of the command: `--now`, else the brand's clock, else the real time. Aware, UTC.

        `zone` is the brand's zone and `clock` its `clock:`, a WrittenDate or None. Raises Trouble for a `--now` that is no date.
        """
        from marronnier.model.scalars import WrittenDate, parse_clock, zone_or_utc

        if self.now_text is None and clock is None:
            return datetime.now(UTC)
        moment = clock if self.now_text is None else self._parse_now(self.now_text)
        assert isinstance(moment, WrittenDate)
        assert moment.day is not None
        local = datetime.combine(moment.day, moment.clock or parse_clock("09:00"))
        if moment.offset is not None:
            return (local - moment.offset).replace(tzinfo=UTC)
        return local.replace(tzinfo=zone_or_utc(zone)).astimezone(UTC)

    @staticmethod
    def _parse_now(text: str) -> object:
        from marronnier.model.loose_dates import guess_date
        from marronnier.model.scalars import WrittenDate

        try:
            moment = WrittenDate.parse(text)
        except ValueError as error:
            guess = guess_date(text)
            advice = _("Did you mean {name}?", name=guess) if guess else _("Write it like 2026-12-02 09:00.")
            raise Trouble(_("--now {text}: {why}", text=text, why=_(str(error))), advice, status=2) from error
        if moment.day is None:
            raise Trouble(_("--now needs a date"), _("Write it like 2026-12-02 09:00."), status=2)
        return moment


def pass_command_context(function: Callable[..., object]) -> Callable[..., object]:
    """Give a command its CommandContext as the first argument."""
    return click.make_pass_decorator(CommandContext)(function)
