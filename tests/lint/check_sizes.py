#!/usr/bin/python3
"""Files stay under 400 lines (tests 600) and functions under 60, or say why beside them: `// Long because …`."""
import re
import sys

from sources import FLOORS, name, report, sources, without_comments_and_text

FILE_LIMIT = 400
TEST_FILE_LIMIT = 600
FUNCTION_LIMIT = 60
# The code is formatted, so a body at one depth begins with a line that ends in `{` and ends with `}` at that depth.
NOT_A_FUNCTION = re.compile(r"^\s*(namespace|class|struct|enum|union|extern|using|constexpr .*=|const .*=|static const .*=|#)")


def bodies(lines):
    """Yields (first line, last line) of function bodies, counted from 1."""
    for indent in ("", "  "):
        start = None
        for number, line in enumerate(lines, 1):
            depth_match = line.startswith(indent) and not line.startswith(indent + " ")
            if start is None and depth_match and line.rstrip().endswith("{"):
                first = number
                while first > 1 and lines[first - 1].startswith(indent + "    ") and lines[first - 2].strip():
                    first -= 1
                if not NOT_A_FUNCTION.match(lines[first - 1]) and "(" in "".join(lines[first - 1:number]):
                    start = first
            elif start is not None and depth_match and line[len(indent):].startswith("}"):
                yield start, number
                start = None


def findings():
    for path in sources(*FLOORS, "tests"):
        text = path.read_text(encoding="utf-8")
        lines = text.split("\n")
        is_test = name(path).startswith("tests/")
        limit = TEST_FILE_LIMIT if is_test else FILE_LIMIT
        if len(lines) - 1 > limit:
            yield f"{name(path)}: {len(lines) - 1} lines, at most {limit}"
        if is_test:
            continue
        for first, last in bodies(without_comments_and_text(text).split("\n")):
            reasons = "\n".join(lines[max(0, first - 4):first])
            if last - first + 1 > FUNCTION_LIMIT and "// Long because" not in reasons:
                yield f"{name(path)}:{first}: a function of {last - first + 1} lines, at most {FUNCTION_LIMIT}"


sys.exit(report("lint.sizes", list(findings())))
