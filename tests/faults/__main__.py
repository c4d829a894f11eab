"""Every test of the faults, two at a time: they wait for processes more than they compute.

    python -m tests.faults [PYTEST'S OPTIONS]

Prints what each group printed when it ends, then how long each took; ends with 1 when one
failed. ``FAULTS_SEED``, ``FAULTS_KILLS``: see ``conftest`` and ``test_kills``.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

AT_ONCE = min(2, os.cpu_count() or 1)
PYTEST = [sys.executable, "-m", "pytest", "-m", "faults", "-q"]
ELSEWHERE = ("test_upgrade.py", "test_locks.py", "test_mails.py")
"""Files of other tests, some of which are too slow for every run."""

LONGEST_FIRST = ("AtRandomMoments", "ThePublisher", "test_staff", "test_remote", "test_full_disks")


def groups() -> list[list[str]]:
    """Tests that share what is costly to make, the longest groups first."""
    here = Path(__file__).parent
    found = subprocess.run(
        [*PYTEST, "--collect-only", here, *(here.parent / name for name in ELSEWHERE)],
        capture_output=True,
        text=True,
    )
    names = [line for line in found.stdout.splitlines() if "::" in line]
    if found.returncode or not names:
        raise SystemExit(f"the tests of the faults cannot be collected:\n{found.stdout}")
    grouped: dict[str, list[str]] = {}
    for name in names:
        alone = "test_kills" in name or "test_races" in name
        grouped.setdefault(name if alone else name.split("::")[0], []).append(name)

    def rank(group: list[str]) -> int:
        return next((n for n, each in enumerate(LONGEST_FIRST) if each in group[0]), 99)

    return sorted(grouped.values(), key=rank)


def run(group: list[str], options: list[str]) -> tuple[list[str], int, str, float]:
    """One group: its names, exit code, output and seconds."""
    begun = time.monotonic()
    done = subprocess.run([*PYTEST, "-s", *options, *group], capture_output=True, text=True)
    return group, done.returncode, done.stdout + done.stderr, time.monotonic() - begun


def main(options: list[str]) -> int:
    begun, failed, count = time.monotonic(), [], 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for group, code, printed, seconds in pool.map(lambda each: run(each, options), groups()):
            name = group[0] if len(group) == 1 else group[0].split("::")[0]
            print(f"== {name}: {seconds:.0f} s\n{printed}", flush=True)
            count += len(group)
            if code:
                failed.append(name)
    print(
        f"{count} tests in {time.monotonic() - begun:.0f} s; failed: {', '.join(failed) or 'none'}"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
