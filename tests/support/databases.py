"""A PostgreSQL cluster of the tests' own, started from the machine's binaries."""

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


def postgres_binaries() -> Path | None:
    """Folder of initdb and postgres, or None. Debian keeps them off the PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in [*debian, Path(shutil.which("initdb") or "/nowhere/initdb").parent]:
        if (folder / "initdb").is_file():
            return folder
    return None


@contextmanager
def postgres_cluster() -> Iterator[str]:
    """A fresh cluster on a loopback port; gives its address without a database's name.

    PostgreSQL refuses to run as root: root lends the cluster to ``nobody``.
    """
    binaries = postgres_binaries()
    assert binaries
    folder = Path(tempfile.mkdtemp(prefix="tertulia-pg-"))
    as_user = []
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
        as_user = ["setpriv", "--reuid=nobody", "--clear-groups"]
    port = _free_port()
    data = folder / "data"
    initdb = [binaries / "initdb", "-D", data, "-U", "tertulia", "-A", "trust", "-E", "UTF8"]
    _run([*as_user, *initdb, "--locale=C", "--no-sync"])
    options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off"
    control = [*as_user, binaries / "pg_ctl", "-D", data, "-w"]
    _run([*control, "-o", options, "-l", folder / "log", "start"])
    try:
        yield f"postgresql://tertulia@127.0.0.1:{port}"
    finally:
        _run([*control, "-m", "immediate", "stop"])
        shutil.rmtree(folder)


@contextmanager
def fresh_database(cluster: str, template: str = "template1") -> Iterator[str]:
    """The address of a new database of the cluster, dropped at the end: empty, or a copy of
    the database ``template``, which nobody may be using."""
    name = f"t{uuid.uuid4().hex}"  # our own letters and digits
    with psycopg.connect(f"{cluster}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield f"{cluster}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _run(command: list[object]) -> None:
    # pg_ctl's child keeps an inherited pipe open: its output goes to a file instead.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run([str(part) for part in command], stdout=output, stderr=output)
        output.seek(0)
        assert done.returncode == 0, output.read().decode()
