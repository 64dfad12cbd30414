"""WordPress with MariaDB and PHP, from Debian: fetched with their signatures checked, unpacked beside the environment of the tests, run on loopback.

    with running(folder) as server:        # channels.yml: {network: wordpress, account: server.user, host: server.host}
        …

Nothing of this machine's own packages changes. It takes 40 MB to fetch and 340 MB of the disk, once, and some seconds to start.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marronnier.web import Answer, AnswerLost, NotSent, Web
from servers import PLACE, cannot

SOURCES = Path(__file__).parent / "site"
PACKAGES = ("wordpress", "mariadb-server", "php-cli", "php-mysql", "php-gd", "php-xml", "php-mbstring")
_MODULES = "mysqlnd mysqli gd mbstring xml dom exif fileinfo ctype iconv tokenizer simplexml".split()  # noqa: SIM905
_CONFIG = """<?php
define('DB_NAME', 'verger'); define('DB_USER', 'root'); define('DB_PASSWORD', ''); define('DB_HOST', 'localhost:%(socket)s');
define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
define('WP_HOME', 'http://%(host)s'); define('WP_SITEURL', 'http://%(host)s');
// Application passwords need TLS, or a site that says it is a developer's own.
define('WP_ENVIRONMENT_TYPE', 'local'); define('WP_HTTP_BLOCK_EXTERNAL', true); define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true); define('WP_CONTENT_DIR', '%(root)s/wp-content');
$table_prefix = 'wp_';
if (!defined('ABSPATH')) { define('ABSPATH', '%(root)s/'); }
require_once ABSPATH . 'wp-settings.php';
"""


@dataclass(frozen=True)
class Running:
    """The site, with an author and that author's application password."""

    host: str
    """As `127.0.0.1:8123`."""
    user: str
    password: str

    def ask(self, method: str, path: str, **request: Any) -> Answer:
        """One request as it is, past our own network."""
        import base64

        token = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        headers = {"Authorization": f"Basic {token}", **request.pop("headers", {})} if self.user else {}
        return Web(loopback=True).request(method, f"http://{self.host}{path}", headers=headers, **request)

    def posts(self) -> list[dict[str, Any]]:
        """Every post of the author, in any status, the oldest first."""
        path = "/wp-json/wp/v2/posts?status=publish,draft,pending,private,future,trash&context=edit&per_page=100&order=asc&orderby=id"
        found: list[dict[str, Any]] = self.ask("GET", path).json()
        return found


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """Start it, install the site, and stop it at the end of the `with`."""
    root = _installed()
    host = f"127.0.0.1:{_free_port()}"
    env = {
        "PATH": os.environ["PATH"],
        "LD_LIBRARY_PATH": f"{root}/usr/lib/x86_64-linux-gnu:{root}/lib/x86_64-linux-gnu",
        "HOME": str(folder),
    }
    php = [str(next(root.glob("usr/bin/php[0-9]*"))), "-n", "-d", f"extension_dir={next(root.glob('usr/lib/php/2*'))}"]
    php += [part for module in _MODULES for part in ("-d", f"extension={module}.so")]
    php += ["-d", "zend_extension=opcache.so", "-d", "opcache.enable_cli=1"]
    # A socket's path may have some hundred characters.
    short = Path(f"/tmp/wp{os.getpid()}.sock")
    with (folder / "log").open("w") as log, _database(root, folder, short, env, log):
        site = _site(root, folder, host, short)
        told = subprocess.run([*php, site / "install.php"], env=env, cwd=site, capture_output=True, text=True, timeout=120, check=False)
        password = told.stdout.strip().rpartition("\n")[2]
        if told.returncode or not password:
            cannot(f"WordPress cannot be installed here: {(told.stdout + told.stderr)[-600:]}")
        # Its web server answers one request at a time unless it has workers.
        web = subprocess.Popen(
            [*php, "-S", host, "-t", site, SOURCES / "router.php"], env={**env, "PHP_CLI_SERVER_WORKERS": "4"}, stdout=log, stderr=log
        )
        try:
            _wait_for(host, folder / "log")
            yield Running(host, "jardin", password)
        finally:
            _stop(web)


@contextmanager
def _database(root: Path, folder: Path, short: Path, env: dict[str, str], log: Any) -> Iterator[None]:
    data = folder / "db"
    common = ["--no-defaults", f"--basedir={root / 'usr'}", f"--datadir={data}", "--user=root"]
    install = [root / "usr/bin/mariadb-install-db", *common, "--auth-root-authentication-method=normal", "--skip-test-db"]
    if subprocess.run([str(part) for part in install], env=env, stdout=log, stderr=log, timeout=120, check=False).returncode:
        cannot(f"MariaDB cannot make a database here: {(folder / 'log').read_text()[-600:]}")
    options = [f"--socket={short}", "--skip-networking", f"--lc-messages-dir={root}/usr/share/mysql", "--innodb-buffer-pool-size=16M"]
    options += [f"--plugin-dir={root}/usr/lib/mysql/plugin", f"--pid-file={folder}/db.pid", "--innodb-flush-log-at-trx-commit=0"]
    process = subprocess.Popen([str(root / "usr/sbin/mariadbd"), *common, *options], env=env, stdout=log, stderr=log)
    try:
        command = [str(root / "usr/bin/mariadb"), "--no-defaults", f"--socket={short}", "-e", "CREATE DATABASE verger"]
        for _attempt in range(300):
            if not subprocess.run(command, env=env, capture_output=True, check=False).returncode:
                break
            time.sleep(0.1)
        else:
            cannot(f"MariaDB does not start: {(folder / 'log').read_text()[-600:]}")
        yield
    finally:
        _stop(process)
        short.unlink(missing_ok=True)


def _site(root: Path, folder: Path, host: str, short: Path) -> Path:
    """The site's own folder: the code by links, its content and configuration of its own."""
    site, code = folder / "site", root / "usr/share/wordpress"
    shutil.copytree(
        code,
        site,
        symlinks=True,
        ignore=lambda _folder, names: {name for name in names if name in (".htaccess", "wp-config.php", "ID3", "wp-content")},
    )
    # Debian keeps this library elsewhere; its links lead out of the folder.
    shutil.copytree(root / "usr/share/php/getid3", site / "wp-includes/ID3")
    for name in ("themes", "plugins", "uploads"):
        (site / "wp-content" / name).mkdir(parents=True)
    shutil.copy(SOURCES / "install.php", site / "install.php")
    (site / "wp-config.php").write_text(_CONFIG % {"socket": short, "host": host, "root": site})
    return site


def _wait_for(host: str, log: Path) -> None:
    for _attempt in range(300):
        try:
            Web(loopback=True).request("GET", f"http://{host}/wp-json/", within=20)
        except (NotSent, AnswerLost):
            time.sleep(0.1)
        else:
            return
    cannot(f"WordPress does not answer: {log.read_text()[-600:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _installed() -> Path:
    """Where the packages are unpacked; fetched once, by one process."""
    place = PLACE / "wordpress"
    (place / "cache/archives/partial").mkdir(parents=True, exist_ok=True)
    done = place / "installed"
    with (PLACE / "wordpress.lock").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        if not done.exists():
            _install(place)
            done.write_text(json.dumps(PACKAGES))
    return place / "root"


def _install(place: Path) -> None:
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        cannot("WordPress comes from Debian: it needs apt-get and dpkg")
    options = ["-o", f"Dir::Cache={place / 'cache'}", "-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User=", "--yes", "--download-only"]
    command = ["apt-get", "-qq", *options, "--no-install-recommends", "--reinstall", "install", *PACKAGES]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    except subprocess.TimeoutExpired:
        cannot("WordPress could not be fetched within 300 seconds")
    if told.returncode:
        cannot(f"WordPress could not be fetched: {told.stderr[-300:]}")
    for package in sorted((place / "cache/archives").glob("*.deb")):
        if subprocess.run(["dpkg", "-x", package, place / "root"], check=False).returncode:
            cannot(f"{package.name} could not be unpacked")
    if not next((place / "root").glob("usr/bin/php[0-9]*"), None):
        cannot("Debian's PHP is not where it was expected")
