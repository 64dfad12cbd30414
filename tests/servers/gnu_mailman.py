"""Mailman's own judgement of a mail: its door (LMTP), its rules, and what it makes of the mail for the readers. A process of its own.

judged(folder, raw, member=True)      # {"door": "250 Ok", "hits": ["max-size"], "goes": "held", "headers": {…}, "parts": […]}
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

LIST, SENDER, PASSWORD = "nouvelles@lists.example.org", "jardin@example.org", "s3cret-of-the-list"
CONFIGURATION = """\
[mailman]
layout: here
site_owner: owner@example.org
[paths.here]
var_dir: {folder}
[database]
url: sqlite:///{folder}/mailman.db
[mta]
incoming: mailman.mta.null.NullMTA
"""


def judged(folder: Path, raw: bytes, *, member: bool = True, to: str = LIST) -> dict[str, Any]:
    """What Mailman makes of a mail to a list of its own, in an empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mailman.cfg").write_text(CONFIGURATION.format(folder=folder), encoding="utf-8")
    from servers.python_packages import packages

    env = {**os.environ, "MAILMAN_CONFIG_FILE": str(folder / "mailman.cfg"), "PYTHONPATH": str(packages("mailman"))}
    command = [sys.executable, "-W", "ignore", __file__, str(folder / "mailman.cfg"), to, "member" if member else ""]
    done = subprocess.run(command, input=raw, capture_output=True, check=False, env=env, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    said: dict[str, Any] = json.loads(done.stdout.decode().splitlines()[-1])
    return said


def _judge(configuration: str, to: str, member: str) -> dict[str, Any]:
    # Mailman finds its parts once it is initialized.
    import asyncio
    from email import message_from_bytes
    from types import SimpleNamespace

    from mailman.core.initialize import initialize

    initialize(configuration)
    from mailman.app.lifecycle import create_list
    from mailman.config import config
    from mailman.core.chains import process as judge
    from mailman.core.pipelines import process as prepare
    from mailman.database.transaction import transaction
    from mailman.email.message import Message
    from mailman.interfaces.domain import IDomainManager
    from mailman.interfaces.member import MemberRole
    from mailman.interfaces.usermanager import IUserManager
    from mailman.runners.lmtp import LMTPHandler
    from mailman.utilities.datetime import now
    from zope.component import getUtility

    raw = sys.stdin.buffer.read()
    with transaction():
        getUtility(IDomainManager).add(LIST.partition("@")[2])
        list_ = create_list(LIST)
        list_.send_welcome_message = False
        list_.moderator_password = config.password_context.encrypt(PASSWORD).encode()
        (address,) = getUtility(IUserManager).create_user(SENDER, "Le jardin").addresses
        address.verified_on = now()
        if member:
            list_.subscribe(address, MemberRole.member)
    envelope = SimpleNamespace(content=raw, rcpt_tos=[to], mail_from=SENDER)
    door = asyncio.run(LMTPHandler().handle_DATA(None, SimpleNamespace(peer=("127.0.0.1", 1)), envelope))
    message = message_from_bytes(raw, Message)
    message.original_size = len(raw)
    data = {"listid": list_.list_id, "original_size": len(raw), "received_time": now(), "recipients": {"reader@example.org"}}
    with transaction():
        judge(list_, message, data, "default-posting-chain")
    goes = "on" if list(config.switchboards["pipeline"].files) else "held"
    notices = len(list(config.switchboards["virgin"].files))
    with transaction():
        prepare(list_, message, data, "default-posting-pipeline")
    return {
        "door": str(door),
        "hits": data.get("rule_hits", []),
        "goes": goes,
        "notices": notices,
        "headers": {name.casefold(): str(value) for name, value in message.items()},
        "parts": [part.get_content_type() for part in message.walk()],
        "text": next(part.get_payload(decode=True).decode() for part in message.walk() if part.get_content_type() == "text/plain"),
    }


if __name__ == "__main__":
    print(json.dumps(_judge(*sys.argv[1:])))
