"""The Python environment with the peers, and the packages that hold vocabulary and texts."""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FOLDER = HERE.parent / ".peers"
PYTHON = FOLDER / "environment" / "bin" / "python"
PACKAGES = FOLDER / "packages"


class Unavailable(Exception):
    """The environment cannot be made; the text says why."""


def _done(mark, requirements):
    """Whether `mark`, which is written last, holds the requirements that are asked for."""
    return mark.exists() and mark.read_bytes() == requirements.read_bytes()


def run(*command):
    """Runs a command; raises `Unavailable` with the last line that it printed if it fails."""
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if result.returncode != 0:
        lines = (result.stderr or result.stdout).strip().splitlines() or ["no message"]
        raise Unavailable(f"{' '.join(map(str, command[:5]))} ...: {lines[-1]}")


def install(requirements, *options):
    """Installs what a requirements file names with options of pip, if it is not there yet."""
    mark = FOLDER / f"{requirements.name}.installed"
    if _done(mark, requirements):
        return
    print(f"installing {requirements.name} ...", file=sys.stderr)
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not PYTHON.exists():
        run(sys.executable, "-m", "venv", PYTHON.parent.parent)
    run(PYTHON, "-m", "pip", "install", "--quiet", *options, "--requirement", requirements)
    mark.write_bytes(requirements.read_bytes())


def download(requirements):
    """Downloads the packages of a requirements file with hashes, if they are not there yet."""
    mark = FOLDER / f"{requirements.name}.downloaded"
    if _done(mark, requirements):
        return
    print(f"downloading {requirements.name} ...", file=sys.stderr)
    run(PYTHON, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes",
         "--dest", PACKAGES, "--requirement", requirements)
    mark.write_bytes(requirements.read_bytes())
