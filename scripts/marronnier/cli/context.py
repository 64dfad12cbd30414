"""The context of a command: the brand's folder, the clock, the repository. Each is read once, here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marronnier.messages import N_, Trouble, _

if TYPE_CHECKING:
    from marronnier.desk import Desk
    from marronnier.git import Repo
    from marronnier.model.brand import Brand
    from marronnier.model.scalars import WrittenDate


@dataclass
class CommandContext:
    """The folder and the instant a command runs at, and what it loads from there when it first needs it."""

    folder: Path
    """The folder that `-C` names, else the current one."""
    now_text: str | None
    """The value of `--now`; None where it is not given."""

    @property
    def has_brand(self) -> bool:
        """Whether this folder or one above it holds `brand/brand.yml`."""
        return self._root is not None

    @cached_property
    def _root(self) -> Path | None:
        return next((folder for folder in (self.folder, *self.folder.parents) if (folder / "brand" / "brand.yml").is_file()), None)

    @cached_property
    def root(self) -> Path:
        """The brand's folder: this folder or its nearest parent that holds `brand/brand.yml`. Raises Trouble when there is none."""
        if not self.folder.is_dir():
            raise Trouble(_("There is no folder {folder}", folder=self.folder), _("Name one that is there: `-C DIRECTORY`."), status=2)
        if self._root is not None:
            return self._root
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

    @property
    def user_address(self) -> str:
        """The address of whoever runs the command, as git has it; `unknown` where it has none."""
        return self.repo.try_text("config", "user.email") or "unknown"

    def close(self) -> None:
        """End what stays open for the repository, where anything asked for it. Python collects late here (`main`)."""
        if (repo := vars(self).get("repo")) is not None:
            repo.close()

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

    def now(self, brand: Brand | None = None) -> datetime:
        """The instant of the command: `--now`, else the brand's clock, else the real time. Aware, UTC.

        `brand` is read from the working directory where it is not given. Raises Trouble for a `--now` that is no date.
        """
        from marronnier.model.scalars import parse_clock, zone_or_utc

        brand = brand or self.brand
        moment = brand.clock
        if self.now_text is not None:
            moment = parse_date_option(self.now_text, N_("--now {text} is no date. Expected: {why}"), N_("Write it like 2026-12-02 09:00."))
            if moment.day is None:
                raise Trouble(_("--now needs a date"), _("Write it like 2026-12-02 09:00."), status=2)
        if moment is None:
            return datetime.now(UTC)
        assert moment.day is not None
        local = datetime.combine(moment.day, moment.clock or parse_clock("09:00"))
        if moment.offset is not None:
            return (local - moment.offset).replace(tzinfo=UTC)
        return local.replace(tzinfo=zone_or_utc(brand.zone)).astimezone(UTC)


def parse_date_option(text: str, fault: str, example: str) -> WrittenDate:
    """The date of an option. Raises Trouble with the sentence `fault` for a text that is none, and `example` where no date is near it."""
    from marronnier.model.loose_dates import guess_date
    from marronnier.model.scalars import WrittenDate

    try:
        return WrittenDate.parse(text)
    except ValueError as error:
        guess = guess_date(text)
        advice = _("Did you mean {name}?", name=guess) if guess else _(example)
        raise Trouble(_(fault, text=text, why=_(str(error))), advice, status=2) from error


pass_command_context = click.make_pass_decorator(CommandContext)
"""Gives a command its CommandContext as the first argument."""
