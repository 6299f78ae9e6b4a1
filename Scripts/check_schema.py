#!/usr/bin/env python3
"""Checks docs/spec.schema.json against every spec in Fixtures.

Each spec under Fixtures must fit the schema, but those in Fixtures/specs/invalid, which must not. A
test of cpc itself compiles the same files and expects the same verdicts. Prints `N passed, M failed`.
"""

import json
import pathlib
import sys

import jsonschema
import yaml

root = pathlib.Path(__file__).resolve().parent.parent
schema = json.loads((root / "docs/spec.schema.json").read_text(encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)

fixtures = root / "Fixtures"
specs = sorted(fixtures.glob("quickstart/spec*.*")) + sorted(fixtures.glob("contracts/spec.json"))
specs += sorted(fixtures.glob("specs/*/*.json"))
failed = 0
for path in specs:
    text = path.read_text(encoding="utf-8")
    spec = yaml.safe_load(text) if path.suffix == ".yaml" else json.loads(text)
    errors = [error.message for error in validator.iter_errors(spec)]
    if bool(errors) != (path.parent.name == "invalid"):
        failed += 1
        print(f"{path.relative_to(root)}: {errors or 'fits the schema and should not'}")
print(f"{len(specs) - failed} passed, {failed} failed")
sys.exit(1 if failed or not specs else 0)
