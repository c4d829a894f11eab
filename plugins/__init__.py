"""What Pelican does for us beyond its core; one module or package each.

Imports nothing of the service but errors, domain, commentfile, markup and config.
"""
