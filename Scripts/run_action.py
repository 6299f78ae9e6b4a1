"""Runs the shell steps of a composite action on this machine, as a runner of GitHub does.

    python3 Scripts/run_action.py action.yml NAME=VALUE ...

The inputs are those given, or their defaults. A step's `if` is a conjunction of comparisons. Steps that use other actions are
named and not run. Ends with the status of the first step that fails.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
COMPARISON = re.compile(r"^(\S+)\s*(==|!=)\s*'([^']*)'$")


def value(expression, contexts):
    """What an expression such as `inputs.specs` stands for; nothing for what is not there."""
    result = contexts
    for name in expression.split("."):
        result = result.get(name, {}) if isinstance(result, dict) else {}
    return result if isinstance(result, str) else ""


def substituted(text, contexts):
    """The text with values in place of `${{ ... }}`."""
    return EXPRESSION.sub(lambda match: value(match[1], contexts), text)


def holds(condition, contexts):
    """Whether a step is run."""
    for part in condition.split("&&"):
        match = COMPARISON.match(part.strip())
        if match is None:
            raise SystemExit(f"the condition is not understood: {condition}")
        if (value(match[1], contexts) == match[3]) != (match[2] == "=="):
            return False
    return True


def run_step(step, contexts, folder, path):
    """Runs a step; returns its status, its outputs and what it puts before the PATH."""
    files = {name: folder / name for name in ("GITHUB_OUTPUT", "GITHUB_PATH")}
    for file in files.values():
        file.write_text("")
    script = folder / "step.sh"
    script.write_text(substituted(step["run"], contexts))
    environment = os.environ | {name: str(file) for name, file in files.items()}
    environment |= {name: substituted(text, contexts) for name, text in step.get("env", {}).items()}
    environment["PATH"] = os.pathsep.join(path + [os.environ["PATH"]])
    working = substituted(step.get("working-directory", ""), contexts) or None
    status = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", script], env=environment, cwd=working
    ).returncode
    lines = files["GITHUB_OUTPUT"].read_text().splitlines()
    outputs = dict(line.split("=", 1) for line in lines)
    return status, outputs, files["GITHUB_PATH"].read_text().split()


def main(action, arguments):
    action = pathlib.Path(action).resolve()
    document = yaml.safe_load(action.read_text())
    inputs = {name: member.get("default", "") for name, member in document["inputs"].items()}
    for argument in arguments:
        name, text = argument.split("=", 1)
        if name not in inputs:
            raise SystemExit(f"there is no input {name}")
        inputs[name] = text
    with tempfile.TemporaryDirectory() as folder:
        contexts = {
            "inputs": inputs,
            "github": {"action_path": str(action.parent)},
            "runner": {"temp": folder},
            "steps": {},
        }
        path = []
        for step in document["runs"]["steps"]:
            if not holds(step["if"], contexts) if "if" in step else False:
                continue
            if "run" not in step:
                print(f"not run here: {step['uses']}")
                continue
            status, outputs, added = run_step(step, contexts, pathlib.Path(folder), path)
            path = added + path
            if "id" in step:
                contexts["steps"][step["id"]] = {"outputs": outputs}
            if status != 0:
                return status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
