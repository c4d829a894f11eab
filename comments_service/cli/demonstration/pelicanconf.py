"""The demonstration: every page says that it is one."""

from pathlib import Path

from tertulia_plugins.defaults import pelican_settings

globals().update(pelican_settings(Path(__file__).parent, production=False))
DEMONSTRATION = True
