"""``tertulia demo``: the demonstration, with site and service in processes of their own.

This process answers with the built site, and passes on to the service what is the service's;
so the site stays whole while the service is stopped.
"""

import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import FrameType

import click

from ..config.settings import Settings, is_trial, load_settings
from ..errors import N_, CannotStart
from ..usecases import demo as usecase
from ..web.demo_site import serve
from .alone import serve_alone
from .demo_service import settings_of
from .options import now, with_address, with_blog
from .ports import check_port
from .speech import Command, say, told

OURS = Path(__file__).parent / "demonstration"
CALL = "from comments_service.cli.demo_service import main; main()"
START_SECONDS = 60.0
STOP_SECONDS = 15.0


@click.command(
    "demo",
    cls=Command,
    help=N_("Try it in ten minutes: a blog with a past, without passwords, on this machine."),
    example="tertulia demo --port 8001",
)
@with_address
@with_blog
def demo(host: str | None, port: int | None, blog: Path | None) -> None:
    """Everything of it is in ``var/demo``; the blog and its database are not touched."""
    given = load_settings(host=host, port=port, blog=blog)
    if not is_trial(given, f"http://localhost:{given.port}"):
        raise CannotStart(
            N_("The demonstration needs no password, so it runs on this machine alone: 127.0.0.1.")
        )
    signal.signal(signal.SIGTERM, _end)
    try:
        _run(given)
    except KeyboardInterrupt:
        sys.exit(0)


def _end(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _run(given: Settings) -> None:
    check_port(given.host, given.port)
    with serve_alone(given.var_folder / "demo"):
        demonstration = Demonstration(given)
        try:
            demonstration.prepare()
            demonstration.start()
            serve(demonstration, given.host, given.port, demonstration.greet)
        finally:
            demonstration.stop()


class Demonstration:
    """The folder and the process of the service, which may be stopped and started."""

    def __init__(self, given: Settings) -> None:
        self._source = usecase.Source(given.content_folder, OURS)
        self._folder = given.var_folder / "demo" / "blog"
        self._port = given.port
        self._process: subprocess.Popen[bytes] | None = None
        self._changing = threading.Lock()
        self.listening = 0
        self.is_being_made = False

    @property
    def site_url(self) -> str:
        return f"http://localhost:{self._port}"

    @property
    def output(self) -> Path:
        return self._folder / "output"

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def prepare(self) -> None:
        """Make it, unless there is one of today for this port."""
        made = usecase.made_at(self._folder)
        same_day = made is not None and made.astimezone().date() == now().astimezone().date()
        if same_day and usecase.built_for(self.output) == self.site_url:
            return
        self._make()

    def _make(self) -> None:
        usecase.remove(self._folder)
        settings = settings_of(self._folder, self._port, self._port)
        settings = settings.model_copy(update={"undo_seconds": 0})
        usecase.make(settings, self._source, now(), _tell, _progress)

    def greet(self) -> None:
        """Say where it is."""
        url = f"{self.site_url}/demo/"
        say(N_("The demonstration is at %(url)s (Ctrl-C stops it)"), url=url)
        sys.stdout.flush()

    def start(self) -> None:
        """Start the service and wait until it answers. Raises CannotStart."""
        with self._changing:
            if not self.is_running:
                self._start()

    def _start(self) -> None:
        self.listening = _free_port()
        command = [sys.executable, "-c", CALL]
        command += [str(self._folder), str(self._port), str(self.listening)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, cwd=self._folder, start_new_session=True
        )
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.is_running:
            try:
                socket.create_connection(("127.0.0.1", self.listening), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise CannotStart(N_("The comment service of the demonstration did not start."))

    def stop(self) -> None:
        """Stop the service; the site stays."""
        with self._changing:
            self._stop()

    def _stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
        self._process = None

    def begin_again(self) -> None:
        """Throw everything of it away and make it anew, in the background."""
        with self._changing:
            if self.is_being_made:
                return
            self.is_being_made = True
        threading.Thread(target=self._begin_again, daemon=True).start()

    def _begin_again(self) -> None:
        try:
            with self._changing:
                self._stop()
                self._make()
                self._start()
        finally:
            self.is_being_made = False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _tell(message: str) -> None:
    say(message)
    sys.stdout.flush()


def _progress(done: int, total: int) -> None:
    if done % 10 == 0 or done == total:
        click.echo("  " + told(N_("%(done)s of %(total)s"), done=done, total=total))
        sys.stdout.flush()
