"""The project's own C++ files, as paths relative to the root."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
FLOORS = ("storage", "ca", "policy", "acme", "server")


def sources(*tops):
    for top in tops:
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in (".h", ".cpp"):
                yield path


def name(path):
    return path.relative_to(ROOT).as_posix()


def report(check, findings):
    for finding in findings:
        print(finding)
    count = len(findings)
    print(f"{check}: {count} finding{'' if count == 1 else 's'}")
    return 1 if findings else 0


def without_comments_and_text(source):
    """The source with comments and string literals blanked, line breaks kept."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)
    return pattern.sub(lambda hit: re.sub(r"[^\n]", " ", hit[0]), source)
