"""The file of a server in which secrets are kept: `MARRONNIER_SECRETS_FILE`. Never in the repository."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from marronnier.files import secrets_file
from marronnier.messages import Trouble, _

_EXPIRES = "_EXPIRES"


@dataclass(frozen=True, slots=True)
class SecretsFile:
    """The file that `MARRONNIER_SECRETS_FILE` names."""

    path: Path

    @property
    def place(self) -> str:
        """The path."""
        return str(self.path)

    def try_out(self, variables: Iterable[str]) -> None:
        """Write the file as it is. Raises Trouble."""
        secrets_file.store(self.path, {})

    def store(self, values: Mapping[str, str], expires: Mapping[str, datetime]) -> None:
        """Write them; what the file knew of the end of older ones goes. Raises Trouble."""
        known = secrets_file.read(self.path)
        ends = {f"{name}{_EXPIRES}": "" for name in values if f"{name}{_EXPIRES}" in known}
        ends |= {f"{name}{_EXPIRES}": at.isoformat() for name, at in expires.items()}
        secrets_file.store(self.path, {**values, **ends})

    def expires(self, variable: str, life: timedelta | None) -> datetime | None:
        """The end that was written with the secret. Raises Trouble."""
        written = secrets_file.read(self.path).get(f"{variable}{_EXPIRES}", "")
        if not written:
            return None
        try:
            at = datetime.fromisoformat(written)
        except ValueError:
            at = None
        if at is None or at.tzinfo is None:
            raise Trouble(
                _("{name} in {file} is no instant", name=f"{variable}{_EXPIRES}", file=self.path),
                _("Write one like 2027-01-08T09:00:00+00:00, or delete the line."),
            )
        return at


def secrets_file_of(environment: Mapping[str, str], root: Path | None = None) -> SecretsFile | None:
    """The file that the environment names; None where it names none. Raises Trouble for one in the brand's folder, where it could be committed."""
    named = environment.get(secrets_file.VARIABLE, "").strip()
    if not named:
        return None
    path = Path(named).expanduser()
    if not path.is_absolute():
        raise Trouble(
            _("{variable} is {file}, which is another file in each folder", variable=secrets_file.VARIABLE, file=path),
            _("Write its whole path, from the root."),
        )
    if root is not None and path.resolve().is_relative_to(root.resolve()):
        raise Trouble(
            _("{file} stands in the brand's folder, where it could be committed", file=path),
            _("Name a file outside of it in {variable}.", variable=secrets_file.VARIABLE),
        )
    return SecretsFile(path)


def with_secrets_file(environment: Mapping[str, str]) -> Mapping[str, str]:
    """The environment with the secrets of the file in place of its own: what was renewed stands in the file. Raises Trouble."""
    file = secrets_file_of(environment)
    return environment if file is None else {**environment, **secrets_file.read(file.path)}
