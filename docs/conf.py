"""The site: Sphinx and MyST-NB. Code cells are executed when it is built; a failing proof breaks it."""

from theorycheck import __version__

project = "theorycheck"
author = "The theorycheck developers"
copyright = f"2026, {author}"
version = release = __version__

extensions = ["myst_nb", "sphinx.ext.mathjax"]
myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 3
source_suffix = {".md": "myst-nb"}
exclude_patterns = ["_build", "examples"]

nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 600
nb_merge_streams = True

html_theme = "alabaster"
html_theme_options = {"page_width": "1100px", "description": "Is the lemma true as printed?"}
