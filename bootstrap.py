"""Prepares `.venv` with everything Piste and its tests need; the default python3 may be older than the one it finds.

Only the standard library, and words an older Python understands: this file is what runs first on a fresh machine.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
STAMP = VENV / "prepared"
INPUTS = ("requirements/dev.txt", "requirements/build.txt", "pyproject.toml")
WANTED = ("3.13", "3.12", "3.14")


def main() -> int:
    mark = hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in INPUTS)).hexdigest()
    if not (STAMP.exists() and STAMP.read_text() == mark):
        prepare()
        STAMP.write_text(mark)
    subprocess.run([str(VENV / "bin" / "python"), str(ROOT / "hatch_build.py")], check=True)
    return 0


def prepare() -> None:
    """Makes the environment by uv, itself installed by pip into a hidden folder."""
    python = find_python()
    uv = TOOLS / "bin" / "uv"
    if not uv.exists():
        say("Preparing the tools…")
        subprocess.run([sys.executable, "-m", "venv", str(TOOLS)], check=True)
        subprocess.run([str(TOOLS / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "uv"], check=True)
    settings = dict(os.environ, UV_PYTHON_DOWNLOADS="never")
    settings.pop("VIRTUAL_ENV", None)
    say("Installing the libraries…")
    run = lambda *words: subprocess.run([str(uv), *words], check=True, env=settings, cwd=str(ROOT))  # noqa: E731
    run("venv", "--quiet", "--clear", "--python", python, str(VENV))
    target = ("--quiet", "--python", str(VENV / "bin" / "python"))
    run("pip", "sync", *target, "--require-hashes", "requirements/dev.txt")
    run("pip", "install", *target, "--no-deps", "--build-constraints", "requirements/build.txt", "--editable", ".")


def find_python() -> str:
    """A Python new enough: the one running, on the path, or installed by pyenv beside the selected one."""
    running = "%d.%d" % sys.version_info[:2]
    if running in WANTED:
        return sys.executable
    for version in WANTED:
        found = shutil.which("python" + version)
        if found and works(found):
            return found
        for root in (os.environ.get("PYENV_ROOT"), str(Path.home() / ".pyenv")):
            if not root:
                continue
            for candidate in sorted(Path(root, "versions").glob(version + ".*/bin/python"), reverse=True):
                if works(str(candidate)):
                    return str(candidate)
    raise SystemExit(
        "Piste needs Python 3.12 or newer, and found only %s.\n"
        "Install one (for example `pyenv install 3.13` or `apt install python3.12`) and run this again." % running
    )


def works(python: str) -> bool:
    """A pyenv shim answers even when its version is not installed."""
    return subprocess.run([python, "-c", "import venv"], capture_output=True).returncode == 0


def say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main())
