#!/usr/bin/python3
"""Every C++ file is formatted as .clang-format says."""
import subprocess
import sys

from sources import FLOORS, name, report, sources

files = [str(path) for path in sources(*FLOORS, "tests")]
run = subprocess.run(["clang-format-19", "--dry-run", "--Werror", *files], capture_output=True, text=True)
places = sorted({line.split(": error:")[0] for line in run.stderr.split("\n") if ": error:" in line})
faulty = sorted({place.rsplit(":", 2)[0] for place in places})
sys.exit(report("lint.format", [f"{path}: run clang-format-19 -i on it" for path in faulty]))
