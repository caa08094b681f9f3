"""The garbage collector of a process that answers requests.

The code and the templates are some 150,000 objects that live as long as the process. A full
collection walks them all and holds up the request in which it falls for 70 ms, to find nothing.
"""

import gc
from pathlib import Path

from django.template import engines
from django.urls import get_resolver


def settle() -> None:
    """Loads what the first requests would load, half a second's work, and has the collector leave
    alone what is there. Called once, when Django is set up and no request was answered yet."""
    get_resolver().url_patterns  # noqa: B018 - asking for them imports the views
    for engine in engines.all():
        for folder in map(Path, engine.template_dirs):
            for file in sorted(folder.rglob("*.html")):
                engine.get_template(str(file.relative_to(folder)))
    gc.collect()
    gc.freeze()
