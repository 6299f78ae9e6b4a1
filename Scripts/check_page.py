"""Checks a page: well-formed, ids once, links inside lead somewhere, nothing is fetched."""

import json
import re
import sys
import xml.etree.ElementTree
from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "input"}
FETCHING = {"src", "srcset", "action", "data", "poster", "background", "formaction"}
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = []
        self.ids = []
        self.targets = []
        self.faults = []
        self.scripts = []

    def handle_starttag(self, tag, attributes):
        self.look(tag, attributes)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append((dict(attributes).get("type"), ""))

    def handle_startendtag(self, tag, attributes):
        self.look(tag, attributes)

    def look(self, tag, attributes):
        if tag in ("link", "img", "iframe", "object", "embed", "base", "form"):
            self.faults.append(f"<{tag}> has no place here")
        for name, value in attributes:
            if name == "id":
                self.ids.append(value)
            elif name == "href":
                if not value.startswith("#"):
                    self.faults.append(f"href={value!r} leads out")
                self.targets.append(value[1:])
            elif name in FETCHING or name.startswith("on"):
                self.faults.append(f"attribute {name} of <{tag}>")
            elif name == "style" and "url(" in value:
                self.faults.append("a style that fetches")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at line {self.getpos()[0]} closes another element")

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            kind, text = self.scripts[-1]
            self.scripts[-1] = (kind, text + data)
        if self.open and self.open[-1] == "style" and ("@import" in data or "url(" in data):
            self.faults.append("a style that fetches")


text = open(sys.argv[1], encoding="utf-8").read()
page = Page()
page.feed(text)
page.close()
faults = page.faults
xml.etree.ElementTree.fromstring(text)
if page.open:
    faults.append(f"left open: {page.open}")
if len(set(page.ids)) != len(page.ids):
    faults.append("an id is there twice")
faults += [f"#{name} leads nowhere" for name in page.targets if name not in page.ids]
if BIDI.search(text):
    faults.append("a character that turns the direction of text")
for kind, script in page.scripts:
    if kind == "application/json":
        json.loads(script)
    elif re.search(r"https?:|fetch\(|XMLHttpRequest|import\(|eval\(|innerHTML", script):
        faults.append("a script that fetches, or makes markup of texts")
if "<html lang=" not in text or "<title>" not in text or 'id="main"' not in text:
    faults.append("no language, no title or no main part")
print("\n".join(faults))
sys.exit(1 if faults else 0)
