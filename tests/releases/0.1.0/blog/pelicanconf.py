"""The blog while it is written: drafts show, addresses are this machine's.

Who the institution is stands in content/site.toml. To change a setting of Pelican, write
it below the last line, for example: DEFAULT_PAGINATION = 20
"""

from pathlib import Path

from tertulia_plugins.defaults import pelican_settings

globals().update(pelican_settings(Path(__file__).parent, production=False))
