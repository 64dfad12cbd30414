"""Where a channel speaks, and the names of the environment variables that hold its secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marronnier.model.brand import Channel

# fmt: off
_RESERVED_PREFIXES = (
    "ACTIONS_", "BASH_", "BUILDKITE_", "CI_", "DYLD_", "GIT_", "GITEA_", "GITHUB_", "GITLAB_", "INPUT_", "LC_", "LD_", "MARRONNIER_", "NPM_",
    "PIP_", "PYTHON", "RUNNER_", "SSH_", "SSL_", "UV_", "XDG_",
)
_RESERVED = frozenset((
    "CI", "ENV", "GH_ENTERPRISE_TOKEN", "GH_TOKEN", "HOME", "HOSTNAME", "IFS", "LANG", "LANGUAGE", "LOGNAME", "MAIL", "OLDPWD", "PATH", "PWD",
    "SHELL", "SHLVL", "TEMP", "TERM", "TMP", "TMPDIR", "TZ", "USER", "USERNAME", "USERPROFILE", "VIRTUAL_ENV",
))
# fmt: on
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def is_reserved(variable: str) -> bool:
    """Whether an environment variable belongs to the tool, the forge, Git or the machine: no channel may have it sent to a network.

    Some systems do not tell capital letters from small ones.
    """
    name = variable.upper()
    return name in _RESERVED or name.startswith(_RESERVED_PREFIXES) or not _VARIABLE.fullmatch(variable)


@dataclass(frozen=True, slots=True)
class Where:
    """Where a channel speaks, as `brand/channels.yml` says it."""

    network: str
    account: str
    host: str
    secrets: tuple[tuple[str, str], ...]
    """Each secret's name with the name of the variable that holds it, sorted."""

    @classmethod
    def of(cls, channel: Channel) -> Where:
        """Where a channel speaks."""
        return cls(channel.network, channel.account, channel.host.casefold(), tuple(sorted(channel.env.items())))

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Where:
        """What `as_json` returned."""
        return cls(fields["network"], fields["account"], fields["host"], tuple(sorted(fields["secrets"].items())))

    def as_json(self) -> Mapping[str, Any]:
        """The JSON object that the ledger keeps."""
        return {"network": self.network, "account": self.account, "host": self.host, "secrets": dict(self.secrets)}
