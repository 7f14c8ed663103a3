#!/usr/bin/python3
"""No unfinished work, no paths of one machine, no names that say nothing."""
import re
import subprocess
import sys

from sources import FLOORS, ROOT, name, report, sources, without_comments_and_text

UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK|not implemented|unimplemented)\b")
MACHINE_PATH = re.compile(r"(?<![\w.])/(work|root|home)/[a-z.]")
EMPTY_NAMES = re.compile(r"\b(class|struct|enum class)\s+\w*(Manager|Helper|Util|Utils|Impl)\b")
BOOL_PARAMETER = re.compile(r"^[^;{}=]*\([^)]*\bbool\s+(?!succeeded)\w+\s*[,)=]", re.M)
# TCG-03: brands are data of the catalog and of its tests. What is said in comments about where a rule comes from stays.
BRANDS = re.compile(r"alibaba|tencent|trustasia|globalsign|wotrus|dnspod", re.I)
BRAND_DATA = ("policy/catalog/", "policy/CMakeLists.txt")
COMMENT = re.compile(r"//.*")
THIS = "tests/lint/check_words.py"


def brands(where, text):
    is_product = where.startswith(tuple(f"{floor}/" for floor in FLOORS)) and not where.startswith(BRAND_DATA)
    for number, line in enumerate(text.split("\n") if is_product else (), 1):
        if BRANDS.search(COMMENT.sub("", line)):
            yield f"{where}:{number}: a brand outside the catalog: {line.strip()[:80]}"


def findings():
    tracked = subprocess.run(["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"],
                             capture_output=True, text=True, check=True).stdout.split("\n")
    for where in filter(None, tracked):
        path = ROOT / where
        if where == THIS or not path.is_file() or "/corpus/" in where:
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        yield from brands(where, text)
        for number, line in enumerate(text.split("\n"), 1):
            if UNFINISHED.search(line):
                yield f"{where}:{number}: unfinished: {line.strip()[:80]}"
            if MACHINE_PATH.search(line):
                yield f"{where}:{number}: a path of one machine: {line.strip()[:80]}"
    for path in sources(*FLOORS):
        code = without_comments_and_text(path.read_text(encoding="utf-8"))
        for hit in EMPTY_NAMES.finditer(code):
            yield f"{name(path)}: {hit[0]} says nothing"
        if path.suffix == ".h":
            for hit in BOOL_PARAMETER.finditer(code):
                line = code.count("\n", 0, hit.end()) + 1
                yield f"{name(path)}:{line}: a bool parameter; an enum says what it means"


sys.exit(report("lint.words", list(findings())))
