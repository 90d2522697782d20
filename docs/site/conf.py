"""How Sphinx makes the site: `make site`. The pages are the repository's own Markdown files, written once."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx
from sphinx.ext.napoleon import Config, GoogleDocstring
from sphinx.util.logging import getLogger

from bptui import __version__

project = "bptui"
author = "The bptui maintainers"
copyright = "2026, the bptui maintainers"
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc"]
root_doc = "docs/site/index"
include_patterns = [
    "docs/*.md",
    "docs/site/*.md",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "SECURITY.md",
]

myst_heading_anchors = 4  # links to headings, as on a Git host
myst_enable_extensions = ["dollarmath"]

autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_member_order = "groupwise"
autodoc_default_options = {"members": True, "undoc-members": True, "show-inheritance": True}

html_theme = "furo"
html_title = "bptui"
html_extra_path = ["root"]  # its index.html leads to the start page, which lies in docs/site
html_copy_source = False


def setup(app: Sphinx) -> None:
    """Have the sections of docstrings read."""
    app.connect("autodoc-process-docstring", _read_sections)


def _read_sections(app: Sphinx, what: str, name: str, described: Any, options: Any, lines: list[str]) -> None:
    """Rewrite the sections of a docstring; the extension would take "Samples: a row each" for a type.

    A public name without a docstring ends the build, which takes warnings for errors.
    """
    if not lines:
        getLogger(__name__).warning("%s has no docstring", name)
    if what not in ("attribute", "property"):
        read = GoogleDocstring(lines, Config(napoleon_use_ivar=True), app, what, name, described, options)
        lines[:] = read.lines()
