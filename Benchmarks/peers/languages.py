"""Texts in about a hundred languages: the translations in Django's wheel."""

import collections
import zipfile

from environment import PACKAGES


def texts():
    """Yields the name of each language and the text of all its catalogues."""
    catalogues = collections.defaultdict(list)
    with zipfile.ZipFile(PACKAGES / "django-5.2.8-py3-none-any.whl") as file:
        for name in sorted(file.namelist()):
            if "/locale/" in name and name.endswith(".po"):
                language = name.split("/locale/")[1].split("/")[0]
                catalogues[language].append(file.read(name).decode())
    for language, parts in sorted(catalogues.items()):
        yield language, "".join(parts)
