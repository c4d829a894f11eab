"""How many examples a property test takes: HYPOTHESIS_PROFILE=soak takes 10,000 of each."""

import os

from hypothesis import settings

# No deadline: two cores may be busy. No database: tests write nothing in the checkout; a
# failure prints the line that repeats it.
for name, examples in {"default": 200, "soak": 10_000}.items():
    settings.register_profile(
        name,
        max_examples=examples,
        deadline=None,
        derandomize=False,
        print_blob=True,
        database=None,
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
