"""The templates, the stylesheet and their translations; no code."""
