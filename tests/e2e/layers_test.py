"""The arrows of the architecture and the shape of the tree, read from the sources."""
import pathlib
import re
import subprocess

import support

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)
SOURCES = {".cpp", ".hpp", ".h", ".def"}
TOP_LEVEL = {"dsl", "codegen", "runtime", "tests", "samples", "CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE", "ingot"}
# The classes that emit kernels hold an IRBuilder; their headers are private to that folder.
LLVM_HEADERS = {
    "codegen/src/llvm/emitter.hpp",
    "codegen/src/llvm/math_emitter.hpp",
    "codegen/src/llvm/nvptx/part_emitter.hpp",
    "codegen/src/llvm/winograd_transforms.hpp",
}
# Longer than 500 lines, each with its reason. Empty is best.
LONG_FILES = {}


def sources(project, *folders):
    for folder in folders:
        for path in sorted((project.source / folder).rglob("*")):
            if path.suffix in SOURCES and path.is_file():
                yield path


def includes(path):
    return INCLUDE.findall(path.read_text())


def forbidden_includes(project):
    rules = [  # folder, files it holds for, pattern nobody there may include
        ("dsl", lambda p: True, re.compile(r"^(llvm/[A-Z]|ingot/(codegen|runtime)|ingot_abi|fmt|nlohmann|CLI|sqlite3|zlib|fstream|iostream|cstdio|thread)")),
        ("dsl", lambda p: True, re.compile(r"^boost/(?!hana)")),
        ("runtime", lambda p: "typed" not in p.parts, re.compile(r"^(ingot/(dsl|codegen)|boost|llvm/[A-Z])")),
        ("runtime", lambda p: "typed" in p.parts, re.compile(r"^(ingot/codegen|llvm/[A-Z])")),
        ("codegen", lambda p: True, re.compile(r"^(ingot/runtime|boost|sqlite3)")),
        ("codegen", lambda p: p.suffix != ".cpp" and str(p) not in LLVM_HEADERS, re.compile(r"^llvm/[A-Z]")),
        ("runtime/abi", lambda p: True, re.compile(r"^(?!stdint\.h$)")),
    ]
    for folder, holds, pattern in rules:
        for path in sources(project, folder):
            if holds(path.relative_to(project.source)):
                for name in includes(path):
                    if pattern.search(name):
                        yield f"{path.relative_to(project.source)} includes {name}"


def long_files(project):
    for path in sources(project, "dsl", "codegen", "runtime", "samples", "tests"):
        name, lines = str(path.relative_to(project.source)), path.read_text().count("\n")
        if lines > 500 and name not in LONG_FILES:
            yield f"{name} has {lines} lines, at most 500"


def stray_entries(project):
    run = subprocess.run(["git", "-C", project.source, "ls-files"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    for top in sorted({line.split("/")[0] for line in run.stdout.splitlines()}):
        if top not in TOP_LEVEL and not top.startswith("."):
            yield f"{top} does not belong at the top level"


def headers_without_guard(project):
    for path in sources(project, "dsl", "codegen", "runtime"):
        if path.suffix == ".hpp" and "#pragma once" not in path.read_text():
            yield f"{path.relative_to(project.source)} has no #pragma once"


def main(project):
    found = [*forbidden_includes(project), *long_files(project), *stray_entries(project), *headers_without_guard(project)]
    support.check(not found, "\n".join(found))


if __name__ == "__main__":
    support.run(main)
