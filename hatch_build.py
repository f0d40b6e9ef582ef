"""Building what is not written by hand: the browser files and the French catalogue.

A hook of the wheel, and a script for developers: `python hatch_build.py`. Nothing is done when nothing changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
FRONTEND = ROOT / "frontend"
WEB = ROOT / "piste" / "web"
STATIC = WEB / "static" / "piste"
LOCALE = ROOT / "piste" / "locale" / "fr"
CATALOGUE = LOCALE / "LC_MESSAGES" / "django.mo"


class BuildError(RuntimeError):
    """The build cannot go on; the message says why."""


def build() -> None:
    """Builds the browser files and the French catalogue where their sources changed."""
    french()
    browser()


def french() -> None:
    """Merges the French texts, one file a subject, into one compiled catalogue."""
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    sources = sorted(LOCALE.glob("*.po"))
    if CATALOGUE.exists() and all(s.stat().st_mtime <= CATALOGUE.stat().st_mtime for s in sources):
        return
    merged = Catalog(locale="fr")
    owner: dict[object, Path] = {}
    for source in sources:
        with source.open("rb") as file:
            for message in read_po(file, locale="fr"):
                if not message.id or message.fuzzy:
                    continue
                key = (message.id, message.context)
                known = merged.get(message.id, message.context)
                if key in owner and known is not None and known.string != message.string:
                    raise BuildError(f"{message.id!r} is said in two ways in {owner[key].name} and in {source.name}")
                owner[key] = source
                merged.add(message.id, message.string, context=message.context)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_mo(file, merged)


def browser() -> None:
    """Bundles scripts, styles and fonts into `piste/web/static/piste`."""
    sources = [
        *FRONTEND.glob("*.js*"),
        FRONTEND / "deno.lock",
        *(path for path in WEB.rglob("*.js") if STATIC not in path.parents),
        *(path for path in WEB.rglob("*.css") if STATIC not in path.parents),
        WEB / "assets" / "icons.svg",
        *WEB.glob("assets/images/*"),
    ]
    mark = fingerprint(path for path in sources if path.exists())
    stamp = STATIC / "built"
    if stamp.exists() and stamp.read_text() == mark:
        return
    deno = find_deno()
    lock = ["--frozen"] if (FRONTEND / "deno.lock").exists() else []
    run([deno, "install", "--quiet", *lock])
    STATIC.mkdir(parents=True, exist_ok=True)
    behaviours = sorted(path for path in WEB.rglob("*.js") if STATIC not in path.parents)
    entry = FRONTEND / "behaviours.js"
    entry.write_text("".join(f'import "../{path.relative_to(ROOT)}";\n' for path in behaviours))
    common = ["--bundle", "--minify", "--log-level=warning", "--target=es2022,chrome115,firefox115,safari17"]
    run([deno, "run", "-A", "--node-modules-dir=auto", "npm:esbuild", "app.js", *common, f"--outfile={STATIC / 'app.js'}"])
    run(
        [
            deno, "run", "-A", "--node-modules-dir=auto", "npm:esbuild", "app.css", *common,
            "--loader:.woff2=file", "--asset-names=[name]-[hash]", f"--outfile={STATIC / 'app.css'}",
        ]
    )  # fmt: skip
    shutil.copy(WEB / "assets" / "icons.svg", STATIC / "icons.svg")
    for picture in (WEB / "assets").glob("images/*"):
        shutil.copy(picture, STATIC / picture.name)
    print_fonts()
    stamp.write_text(mark)


def print_fonts() -> None:
    """Puts the faces of printed documents beside the others, as what sets them reads: plain, a weight a file."""
    files = FRONTEND / "node_modules" / "@fontsource" / "inter" / "files"
    goal = STATIC / "print"
    goal.mkdir(exist_ok=True)
    for weight in (400, 500, 600):
        for letters, family in (("latin", "Inter"), ("latin-ext", "Intex")):
            found = files / f"inter-{letters}-{weight}-normal.woff"
            # Two files of one family and weight would hide each other: the rarer letters have a name of their own.
            face = unpacked(found.read_bytes()).replace("Inter".encode("utf-16-be"), family.encode("utf-16-be"))
            (goal / f"{found.stem}.ttf").write_bytes(face)


def unpacked(woff: bytes) -> bytes:
    """A face in the first web format as a plain one: the same tables, no longer compressed (W3C, WOFF 1.0)."""
    if woff[:4] != b"wOFF":
        raise BuildError("this is no face in the first web format")
    flavour, count = struct.unpack(">4xI4xH", woff[:14])
    tables = [struct.unpack_from(">4s4I", woff, 44 + 20 * place) for place in range(count)]
    power = 2 ** (count.bit_length() - 1)
    head = struct.pack(">I4H", flavour, count, 16 * power, power.bit_length() - 1, 16 * (count - power))
    offset, entries, body = 12 + 16 * count, b"", b""
    for tag, start, packed, length, checksum in tables:
        data = woff[start : start + packed]
        if packed < length:
            data = zlib.decompress(data)
        entries += struct.pack(">4s3I", tag, checksum, offset + len(body), length)
        body += data + b"\0" * (-length % 4)
    return head + entries + body


def fingerprint(paths: Iterable[Path]) -> str:
    """One hash over the names and contents of all sources."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def find_deno() -> str:
    """The deno of the build's own environment, else the one on the path."""
    beside = Path(sys.executable).with_name("deno")
    found = str(beside) if beside.exists() else shutil.which("deno")
    if not found:
        raise BuildError("deno is not installed here: pip install deno")
    return found


def run(command: list[str]) -> None:
    """Runs a build tool among the browser sources; its words are shown when it fails."""
    settings = os.environ | {"DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1", "NODE_PATH": str(FRONTEND / "node_modules")}
    done = subprocess.run(command, cwd=FRONTEND, env=settings, capture_output=True, text=True)
    if done.returncode:
        raise BuildError(f"{' '.join(command[:4])} failed:\n{done.stdout}\n{done.stderr}")


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a script
    pass
else:

    class BrowserFiles(BuildHookInterface[Any]):
        """Builds before the wheel is packed."""

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            build()


if __name__ == "__main__":
    build()
