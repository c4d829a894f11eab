"""The blog as readers see it: no drafts, nothing dated in the future, its real address.

To change a setting of Pelican, write it below the last line, and in pelicanconf.py too.
"""

from pathlib import Path

from tertulia_plugins.defaults import pelican_settings

globals().update(pelican_settings(Path(__file__).parent, production=True))
