"""`piste run`: everything at once on one machine: database, demo company, web server, background worker."""

from __future__ import annotations

import argparse
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import time
from gettext import gettext
from pathlib import Path

from ._tongue import gettext_noop

HELP = gettext_noop("set everything up and start the web server and the background worker")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help=gettext("address to listen on"))
    parser.add_argument("--port", type=int, default=8000, help=gettext("port to listen on (the next free one is taken)"))
    parser.add_argument("--no-demo", action="store_true", help=gettext("start empty instead of with the demo company"))


def run(options: argparse.Namespace) -> int:
    port = free_port(options.host, options.port)
    prepare(demo=not options.no_demo)
    os.environ.setdefault("PISTE_LINKS", best_address(options.host, port))
    spoken = ["--language", options.language] if options.language else []
    children = [
        Child("web", ["web", "--host", options.host, "--port", str(port), *spoken]),
        Child("worker", ["worker", *spoken]),
    ]
    stop = Stopper()
    try:
        for child in children:
            child.start()
        wait_for(options.host, port, children[0])
        greet(options.host, port)
        while not stop.asked:
            for child in children:
                child.keep_alive()
            time.sleep(0.2)
    finally:
        for child in children:
            child.stop()
    return 0


def prepare(*, demo: bool) -> None:
    """Brings the database up to date, and fills the demo company when there is nobody in it yet."""
    from django.core.management import call_command

    if not is_up_to_date():
        call_command("migrate", verbosity=0, interactive=False)
    from piste.company.models import Member
    from piste.upkeep.operations import count_rows

    if demo and not Member.objects.exists():
        _fill_demo()
    count_rows()


def is_up_to_date() -> bool:
    """True when the database has taken every migration there is.

    That is all the command of the framework asks too, but it loads each of them and rebuilds the history of all tables to
    see that nothing is to be done, at every start.
    """
    from django.apps import apps
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    there = {
        (room.label, module.name)
        for room in apps.get_app_configs()
        for module in pkgutil.iter_modules([str(Path(room.path) / "migrations")])
    }
    return there <= MigrationRecorder(connection).applied_migrations().keys()


def _fill_demo() -> None:
    from django.utils import timezone
    from django.utils.translation import get_language

    from piste.exchange.demo import operations

    print(gettext("Filling the demo company…"), flush=True)
    for _done in operations.fill(at=timezone.now(), language=get_language() or "en"):
        pass


def best_address(host: str, port: int) -> str:
    """What letters of the worker lead to."""
    from django.conf import settings

    from config.env import addresses

    return addresses(settings.PUBLIC_URL, host, port)[0]


def greet(host: str, port: int) -> None:
    """Prints where to go, with a link that signs in once."""
    from django.conf import settings
    from django.utils import timezone

    from config.env import addresses
    from piste.company.models import Member
    from piste.company.operations import issue_sign_in_link

    admin = Member.objects.admins().order_by("pk").first()
    address, *others = addresses(settings.PUBLIC_URL, host, port)
    print("\n" + gettext("Piste is running at %(address)s") % {"address": address}, flush=True)
    if others:
        print(gettext("It also answers to %(others)s") % {"others": ", ".join(others)}, flush=True)
    elif not settings.PUBLIC_URL:
        said = gettext("It answers on this machine alone; --host 0.0.0.0 lets others in, PISTE_URL gives it another name.")
        print(said, flush=True)
    if admin is None:
        print(gettext("Set up your company at %(address)s") % {"address": f"{address}/start/"}, flush=True)
    else:
        token = issue_sign_in_link(member=admin, at=timezone.now())
        said = gettext("Sign in once, within 15 minutes, as %(name)s: %(address)s")
        print(said % {"name": admin.name, "address": f"{address}/enter/{token}/"}, flush=True)
    print(gettext("Stop with Ctrl+C.") + "\n", flush=True)


def free_port(host: str, wanted: int) -> int:
    """The port asked for, or the next free one with a word about it."""
    for port in range(wanted, wanted + 20):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
        if port != wanted:
            said = gettext("Port %(wanted)s is taken by another program; using %(port)s.")
            print(said % {"wanted": wanted, "port": port}, flush=True)
        return port
    said = gettext("piste: ports %(first)s to %(last)s are all taken; choose another with --port.")
    raise SystemExit(said % {"first": wanted, "last": wanted + 19})


def wait_for(host: str, port: int, web: Child) -> None:
    """Returns when the web server answers, or when it has died thrice."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex((host, port)) == 0:
                return
        web.keep_alive()
        time.sleep(0.05)


class Stopper:
    """Remembers that Ctrl+C or SIGTERM came."""

    def __init__(self) -> None:
        self.asked = False
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self._ask)

    def _ask(self, *_: object) -> None:
        self.asked = True


class Child:
    """One process of the house, started again when it dies."""

    def __init__(self, name: str, arguments: list[str]) -> None:
        self.name = name
        self.command = [sys.executable, "-m", "piste.commands", *arguments]
        self.process: subprocess.Popen[bytes] | None = None
        self.deaths = 0

    def start(self) -> None:
        # A session of its own: Ctrl+C reaches this supervisor alone, which then stops the children in order.
        self.process = subprocess.Popen(self.command, start_new_session=True)

    def keep_alive(self) -> None:
        """Starts it again, a little later each time it dies at once."""
        if self.process is None or self.process.poll() is None:
            return
        self.deaths += 1
        if self.deaths > 5:
            raise SystemExit(gettext("piste: the %(name)s process keeps dying; its last words are above.") % {"name": self.name})
        said = gettext("The %(name)s process ended (%(code)s); starting it again.")
        print(said % {"name": self.name, "code": self.process.returncode}, file=sys.stderr)
        time.sleep(min(5, 0.2 * 2**self.deaths))
        self.start()

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(8)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
