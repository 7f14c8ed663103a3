#!/usr/bin/python3
"""docs/acme-clauses.md is what conformance/clauses makes of the checks there are."""
import subprocess
import sys

from sources import ROOT, report

run = subprocess.run([sys.executable, str(ROOT / "conformance" / "clauses")], capture_output=True, text=True)
findings = [line for line in (run.stdout + run.stderr).splitlines() if line] if run.returncode else []
sys.exit(report("lint.clauses", findings))
