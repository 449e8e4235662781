"""A real WordPress from Debian, under PHP's own web server, with a MariaDB of its own.

`tests/real/install.sh` must have run. The site is set up through WordPress's own functions; pretty
permalinks are on, as they are on nearly every blog.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.real.servers.http import answers
from tests.real.servers.processes import LOOPBACK, ServerError, ServerProcess, free_port

DEBIAN = Path("/usr/share/wordpress")
_DATABASE = "wordpress"
#: PHP's web server answers so many requests at once
_WORKERS = "2"
_SET_UP_SECONDS = 120

_CONFIG = """<?php
define('DB_NAME', '{database}'); define('DB_USER', 'root'); define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:{socket}'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
define('WP_HOME', '{url}'); define('WP_SITEURL', '{url}');
define('AUTH_KEY', '{key}'); define('SECURE_AUTH_KEY', '{key}'); define('LOGGED_IN_KEY', '{key}');
define('NONCE_KEY', '{key}'); define('AUTH_SALT', '{key}'); define('SECURE_AUTH_SALT', '{key}');
define('LOGGED_IN_SALT', '{key}'); define('NONCE_SALT', '{key}');
// nothing of a test leaves this machine
define('WP_HTTP_BLOCK_EXTERNAL', true); define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true); define('WP_ENVIRONMENT_TYPE', 'local');
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""

#: what exists is served, the rest is WordPress's
_ROUTER = """<?php
$path = $_SERVER['DOCUMENT_ROOT'] . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if (is_file($path)) return false;
$_SERVER['SCRIPT_NAME'] = '/index.php';
require $_SERVER['DOCUMENT_ROOT'] . '/index.php';
"""

_INSTALL = """<?php
define('WP_INSTALLING', true);
require '{site}/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('A Real Shelf', 'ada', 'ada@example.org', true, '', '{password}');
update_option('permalink_structure', '/%year%/%monthnum%/%postname%/');
foreach (get_posts(['post_type' => 'any', 'numberposts' => -1]) as $post)
    wp_delete_post($post->ID, true);
wp_insert_post(['post_type' => 'page', 'post_title' => 'About', 'post_status' => 'publish',
    'post_content' => '<p>Who keeps this shelf, and why it is slow.</p>']);
"""

#: in a run of its own: only now do the taxonomies know of the permalinks
_PERMALINKS = "<?php require '{site}/wp-load.php'; flush_rewrite_rules(false);"

#: each of the posts on standard input, as wp_insert_post takes them; their ids as JSON
_WRITE = """<?php
require '{site}/wp-load.php';
kses_remove_filters();
$ids = [];
foreach (json_decode(stream_get_contents(STDIN), true) as $post)
    $ids[] = wp_insert_post($post + ['post_status' => 'publish', 'post_author' => 1], true);
foreach ($ids as $id)
    if (is_wp_error($id)) {{ fwrite(STDERR, $id->get_error_message()); exit(1); }}
echo json_encode($ids);
"""


@dataclass
class WordPressServer:
    """A running WordPress at `url`, without posts. Its administrator is "ada"."""

    port: int
    folder: Path
    password: str
    web: ServerProcess
    database: ServerProcess

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def site(self) -> Path:
        return self.folder / "site"

    def write(self, *posts: Mapping[str, Any]) -> list[int]:
        """Publish posts, each a dict as wp_insert_post takes it; their ids."""
        ids: list[int] = json.loads(self.php(_WRITE, json.dumps(posts)))
        return ids

    def php(self, script: str, words: str = "") -> str:
        """Run a script within WordPress; `{site}` and `{password}` stand for this site's own."""
        path = self.folder / "script.php"
        path.write_text(script.format(site=self.site, password=self.password), "utf-8")
        done = subprocess.run(
            ["php", "-d", "display_errors=stderr", str(path)],
            input=words,
            capture_output=True,
            text=True,
            timeout=_SET_UP_SECONDS,
            check=False,
            env={**os.environ, "HTTP_HOST": f"{LOOPBACK}:{self.port}"},
        )
        if done.returncode:
            raise ServerError(f"WordPress's PHP failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout


@contextmanager
def wordpress() -> Iterator[WordPressServer]:
    """A WordPress without posts, its database and itself gone at the end."""
    for command in ("php", "mariadbd", "mariadb-install-db"):
        if shutil.which(command) is None:
            raise ServerError(f"{command} is missing; run tests/real/install.sh first")
    with tempfile.TemporaryDirectory(prefix="bookplate-wordpress-") as name:
        server = _made(Path(name))
        try:
            server.database.start(lambda: _has_database(server.folder))
            server.php(_INSTALL)
            server.php(_PERMALINKS)
            server.web.start(lambda: answers(f"{server.url}/wp-json/"))
            yield server
        finally:
            server.web.kill()
            server.database.kill()


def _made(folder: Path) -> WordPressServer:
    port, password = free_port(), secrets.token_urlsafe(12)
    url, site = f"http://{LOOPBACK}:{port}", folder / "site"
    shutil.copytree(DEBIAN, site, ignore=shutil.ignore_patterns(".htaccess", "wp-config.php"))
    config = _CONFIG.format(
        database=_DATABASE,
        socket=folder / "run" / "db.sock",
        url=url,
        key=secrets.token_urlsafe(48),
    )
    (site / "wp-config.php").write_text(config, "utf-8")
    (folder / "router.php").write_text(_ROUTER, "utf-8")
    web = ServerProcess(
        "WordPress",
        ["php", "-S", f"{LOOPBACK}:{port}", "-t", str(site), str(folder / "router.php")],
        folder / "web.log",
        folder,
        {**os.environ, "PHP_CLI_SERVER_WORKERS": _WORKERS},
    )
    return WordPressServer(port, folder, password, web, _database(folder))


def _database(folder: Path) -> ServerProcess:
    data, user = folder / "db", "mysql" if os.geteuid() == 0 else None
    options = ["--no-defaults", f"--datadir={data}"]
    if user:
        # the server will not run as root
        folder.chmod(0o755)
        data.mkdir()
        shutil.chown(data, user)
        options.append(f"--user={user}")
    _run(
        "mariadb-install-db",
        *options,
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
    )
    (folder / "run").mkdir()
    if user:
        shutil.chown(folder / "run", user)
    return ServerProcess(
        "MariaDB",
        [
            "mariadbd",
            *options,
            "--skip-networking",
            f"--socket={folder / 'run' / 'db.sock'}",
            f"--pid-file={folder / 'run' / 'pid'}",
            # a test's data need not survive a power cut
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-buffer-pool-size=16M",
            "--performance-schema=OFF",
        ],
        folder / "database.log",
        folder,
    )


def _has_database(folder: Path) -> bool:
    """Whether the server answers, and made the database."""
    socket = folder / "run" / "db.sock"
    if not socket.exists():
        return False
    done = subprocess.run(
        ["mariadb", "--no-defaults", f"--socket={socket}", "-uroot", "-e",
         f"CREATE DATABASE IF NOT EXISTS {_DATABASE}"],
        capture_output=True,
        check=False,
    )  # fmt: skip
    return done.returncode == 0


def _run(*command: str) -> None:
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=_SET_UP_SECONDS, check=False
    )
    if done.returncode:
        raise ServerError(f"{command[0]} failed:\n{done.stdout}\n{done.stderr}")
