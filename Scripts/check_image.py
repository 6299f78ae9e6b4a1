#!/usr/bin/env python3
"""Runs the last stage of the Dockerfile without Docker: its RUN steps in a root that debootstrap makes, what `make
install` installs in place of the COPY, and then the server as its user, which must become ready.

    Scripts/check_image.py [FOLDER]

Needs root, debootstrap, and a release binary (`make build`). Ends with 3 where debootstrap cannot be had.
"""

import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

PROJECT = pathlib.Path(__file__).resolve().parent.parent
PORT = 18765


def last_stage():
    """The instructions of the last stage, lines that go on joined."""
    text = re.sub(r"\\\n", " ", (PROJECT / "Dockerfile").read_text())
    steps = [line.split(None, 1) for line in text.splitlines() if line and line[0] not in "# "]
    start = max(place for place, step in enumerate(steps) if step[0] == "FROM")
    return steps[start:]


def in_root(root, command, *, user=None):
    environment = ["env", "-i", "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "DEBIAN_FRONTEND=noninteractive"]
    if user:
        environment = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups"] + environment + [
            "HOME=/var/lib/cpc"]
    return ["chroot", str(root), *environment, "sh", "-c", command]


def build(root, steps):
    image = steps[0][1]
    release = re.fullmatch(r"debian:([a-z]+)-slim", image)
    if not release:
        sys.exit(f"check_image: do not know how to make {image}")
    subprocess.run(["debootstrap", "--variant=minbase", release[1], str(root)], check=True, stdout=subprocess.DEVNULL)
    # The network and the mirrors are those of this machine.
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    (root / "etc/apt/sources.list").unlink(missing_ok=True)
    if not any(pathlib.Path("/etc/apt/sources.list.d").iterdir()):
        shutil.copy("/etc/apt/sources.list", root / "etc/apt/sources.list")
    for name in ("sources.list.d", "apt.conf.d", "trusted.gpg.d"):
        shutil.copytree(f"/etc/apt/{name}", f"{root}/etc/apt/{name}", dirs_exist_ok=True)
    shutil.copytree("/usr/share/keyrings", f"{root}/usr/share/keyrings", dirs_exist_ok=True)
    for instruction, *rest in steps[1:]:
        if instruction == "RUN":
            print("check_image: RUN", rest[0][:70], flush=True)
            subprocess.run(in_root(root, rest[0]), check=True, stdout=subprocess.DEVNULL)
        elif instruction == "COPY":
            subprocess.run(["make", "--no-print-directory", "install", f"DESTDIR={root}", "PREFIX=/usr/local"],
                           cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)


def serve(root, steps):
    entry = next(rest[0] for instruction, *rest in steps if instruction == "ENTRYPOINT")
    user = next(rest[0] for instruction, *rest in steps if instruction == "USER")
    command = re.findall(r'"([^"]*)"', entry) + ["--port", str(PORT), "--model", "qwen3"]
    number = subprocess.run(in_root(root, f"id -u {user}"), check=True, capture_output=True, text=True).stdout.strip()
    with subprocess.Popen(in_root(root, f"cd /var/lib/cpc && exec {shlex.join(command)}", user=number)) as server:
        try:
            for _ in range(100):
                time.sleep(0.1)
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/ready", timeout=2) as reply:
                        return reply.status == 200
                except OSError:
                    if server.poll() is not None:
                        return False
            return False
        finally:
            server.terminate()


def main():
    if not shutil.which("debootstrap"):
        print("check_image: skipped, there is no debootstrap", file=sys.stderr)
        sys.exit(3)
    steps = last_stage()
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as folder:
        root = pathlib.Path(folder) / "root"
        build(root, steps)
        # Programs read their arguments in /proc.
        subprocess.run(["mount", "-t", "proc", "proc", str(root / "proc")], check=True)
        try:
            is_ready = serve(root, steps)
        finally:
            subprocess.run(["umount", str(root / "proc")], check=True)
    if not is_ready:
        sys.exit("check_image: the server did not become ready")
    print("check_image: the last stage of the Dockerfile makes a server that becomes ready")


main()
