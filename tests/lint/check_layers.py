#!/usr/bin/python3
"""Five floors, one direction, and one door per library (docs/architecture.md)."""
import re
import sys

from sources import ROOT, name, report, sources

MAY_INCLUDE = {
    "storage": {"storage"},
    "ca": {"ca", "storage"},
    "policy": {"policy", "ca", "storage"},
    "acme": {"acme", "policy", "ca", "storage"},
    "server": {"server", "acme", "policy", "ca", "storage"},
    "tests": {"tests", "server", "acme", "policy", "ca", "storage"},
}
ONLY_IN = {
    "lmdb.h": ("storage/",),
    "openssl/": ("ca/", "server/tls/", "tests/"),
    "boost/beast": ("server/", "tests/"),
    "boost/asio/ssl": ("server/", "tests/"),
    "p11-kit/": ("ca/custody/", "tests/"),
    "libpsl.h": ("ca/",),
    "curl/": ("server/outbound/",),
    "zlib.h": ("policy/documents/", "tests/"),
    "unbound-event.h": ("server/outbound/",),
    "unbound.h": ("server/outbound/", "tests/"),
    "CLI/": ("server/commands/",),
    "toml++/": ("policy/catalog/toml_parser.h",),
    "policy/catalog/toml_parser.h": ("server/config/", "policy/catalog/"),
}
NOT_IN_HEADERS = ("nlohmann/json.hpp", "policy/catalog/toml_parser.h", "CLI/", "lmdb.h")
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.M)
FORBIDDEN_FOLDERS = {"common", "util", "utils", "misc", "base", "helpers"}


def findings():
    for floor, allowed in MAY_INCLUDE.items():
        for path in sources(floor):
            where = name(path)
            if FORBIDDEN_FOLDERS & set(path.relative_to(ROOT).parts):
                yield f"{where}: a folder named so holds no one idea"
            for quote, header in INCLUDE.findall(path.read_text(encoding="utf-8")):
                top = header.split("/")[0]
                if quote == '"' and top not in MAY_INCLUDE:
                    yield f'{where}: write "{header}" from the root'
                if top in MAY_INCLUDE and "/" in header and top not in allowed:
                    yield f"{where}: {floor}/ may not include {header}"
                for prefix, homes in ONLY_IN.items():
                    if header.startswith(prefix) and not where.startswith(homes):
                        yield f"{where}: {header} belongs only in {', '.join(homes)}"
                if path.suffix == ".h" and floor != "tests" and header.startswith(NOT_IN_HEADERS):
                    yield f"{where}: {header} is too heavy for a header"


sys.exit(report("lint.layers", list(findings())))
