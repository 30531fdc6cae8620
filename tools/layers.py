#!/usr/bin/env python3
"""tools/layers.py [--headers]: the rules of the source tree that a compiler does not hold.

1. Which folder may include which: ALLOWED for our own, LIBRARIES for what is not ours. The design's arrows point down.
2. A few rules of single lines: LINE_RULES.
3. With --headers: every header compiles alone. What has been found good is kept in build/headers-alone, so that only
   headers whose own text or includes changed are compiled again.

Prints FILE:LINE: what is wrong, and ends with 1 if there is anything.
"""
import concurrent.futures
import hashlib
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"

# Folder → what it may include besides itself. The longest folder that holds a file counts. A folder that is not here
# may not exist: whoever adds one says here where it stands.
ALLOWED = {
    "base": "",
    "core": "base",
    "crypto": "base core",  # of core the value types: algorithms, curves, public keys
    "crypto/jose": "base core crypto",
    "release": "base core crypto crypto/jose",
    "attestation": "base core crypto",
    # Inside the HSM boundary: no store; JSON and HTTP only where foreign documents are read (release, authority).
    "partition/domain": "base core crypto",
    "partition/engine": "base core crypto partition/domain",
    "partition/channel": "base core",
    # It speaks TLS, HTTP and JSON with attestation authorities, over bytes that others carry.
    "partition/authority": "base crypto crypto/jose release",
    "partition/process":
        "base core crypto crypto/jose attestation release partition/domain partition/engine partition/channel "
        "partition/authority",
    # The front end's end of the channel. It must not reach what runs inside.
    "partition/client": "base core partition/channel",
    "storage": "base core crypto",
    "identity": "base core crypto crypto/jose",
    "audit": "base core crypto",
    "service": "base core",
    "http": "base",
    "api": "base core release service identity http partition/client api/login",
    "api/login": "base core identity http",
    "control": "base core service storage audit partition/client partition/channel",
    "app/strongroom-partition": "partition/process",
    "app/strongroomd": "base core crypto release identity http api api/login control",
    "app/strongroom": "base core crypto crypto/jose attestation audit app/strongroomd/config.h",
}

# Header (a prefix) → the folders and files that may include it. Anything of the C++ library, fmt and POSIX files is free.
LIBRARIES = {
    "boost/beast": "http/request_reader.cpp",  # its parser, without its I/O
    "boost/json": "api crypto/jose release identity app/strongroom",
    "boost/": "http/request_reader.cpp",
    "openssl/": "base crypto partition/engine/openssl partition/process partition/authority http",
    "secp256k1": "partition/engine",
    "seccomp": "partition/process",
    "linux/": "partition/process partition/channel",  # futex, seccomp, namespaces
    "sqlite3": "storage",
    "curl/": "identity app/strongroom",
    "toml++/": "app/strongroomd/config.cpp",
    "CLI/": "app",
    "spdlog/": "base/log.h base/log.cpp",
    "sys/epoll": "http",
    "sys/socket": "http control partition/process partition/channel partition/client",  # socket pairs, http aside
    "netinet/": "http",
    "arpa/": "http",
}

REVEAL = r"\breveal\s*\("
# Who may read a secret, besides crypto/ and partition/. Each has its reason.
REVEALS = {
    "base/secret_bytes.h": "defines it",
    "base/secret_bytes.cpp": "defines it",
    "base/private_file.cpp": "writes a secret to its file",
    "api/login/basic_credentials.cpp": "takes id and secret of an Authorization header apart",
    "identity/token_cache.cpp": "compares a token with the one it knows",
    "control/supervisor.cpp": "decodes the start and open messages, record key included",
    "control/supervisor_process.cpp": "receives those messages",
    "app/strongroom/dev_activate.cpp": "writes the private keys of development certificates to files",
}

# What starts something that outlives the statement: a capture by reference would dangle there.
ASYNCHRONOUS = r"\b(?:post|submit|on_pool|watch|async|then|thread|jthread|move_only_function<[^;={]*>\s+\w+)\s*[({=]"
LINE_RULES = [
    (re.compile(ASYNCHRONOUS + r"[^;{}]*\[[&=][\],]"), "asynchronous code captures by name, never [&] or [=]"),
    (re.compile(r"\b(?:stoi|stol|stoul|stoll|stoull|stod|atoi|atol|atoll|strtou?ll?)\s*\("),
     "numbers are read with std::from_chars"),
    (re.compile(r"\bstd::(?:format|print|println)\b"), "GCC 12 has none: use fmt"),
    (re.compile(r"\b(?:strcpy|strcat|sprintf|gets)\s*\("), "unbounded copying"),
    (re.compile(r"\b(?:std::rand|srand|std::mt19937)\b"), "randomness is given: base/random.h"),
    (re.compile(r"\bstd::this_thread::sleep"), "nothing sleeps: wait for what is awaited"),
]
# TODO stands in comments, which the rules above do not see.
TODO = re.compile(r"\b(?:TODO|FIXME|XXX)\b(?!\(#\d+\))")
CODE_IS_CHECKED_IN = ("src",)  # tests and fuzz targets seed generators and may poll
TEXT_IS_CHECKED_IN = ("src", "tests", "fuzz", "bench")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def sources(*folders):
    for folder in folders:
        yield from sorted(p for p in (ROOT / folder).rglob("*") if p.suffix in (".h", ".cpp"))


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def without_comments(text):
    """Comments and string contents become blanks; lines stay where they are."""
    pattern = r'//[^\n]*|/\*.*?\*/|R"(?P<d>\w*)\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"'
    return re.sub(pattern, lambda m: re.sub(r"[^\n]", " ", m[0]), text, flags=re.DOTALL)


def folder_of(path):
    """The longest folder of ALLOWED that holds the path (relative to src/)."""
    parts = path.split("/")[:-1]
    while parts and "/".join(parts) not in ALLOWED:
        parts.pop()
    return "/".join(parts)


def within(path, places):
    return any(path == place or path.startswith(place + "/") for place in places.split())


def may_include(folder, included):
    target = folder_of(included)
    return target == folder or target in ALLOWED[folder].split() or included in ALLOWED[folder].split()


def library_rule(header):
    """The places of the longest prefix that names the header."""
    return max((prefix for prefix in LIBRARIES if header.startswith(prefix)), key=len, default=None)


def check_includes(path, text):
    folder = folder_of(path)
    if not folder:
        yield 1, "the folder has no row in tools/layers.py"
        return
    for match in INCLUDE.finditer(text):
        kind, header = match.groups()
        if kind == '"':
            if not (SOURCE / header).exists():
                yield line_of(text, match.start()), f'"{header}" is not below src/'
            elif not may_include(folder, header):
                yield line_of(text, match.start()), f"{folder} may not include {header}"
        elif (rule := library_rule(header)) and not within(path, LIBRARIES[rule]):
            yield line_of(text, match.start()), f"only {LIBRARIES[rule]} may include <{header}>"


def check_code(path, code):
    for rule, message in LINE_RULES:
        for match in rule.finditer(code):
            yield line_of(code, match.start()), message
    if not within(path, "crypto partition") and path not in REVEALS:
        for match in re.finditer(REVEAL, code):
            yield line_of(code, match.start()), "only crypto and partition read secrets (exceptions: tools/layers.py)"


def check_headers_guard(path, text):
    if path.endswith(".h") and not text.startswith("#pragma once\n"):
        yield 1, "a header begins with #pragma once"


def findings():
    for file in sources(*TEXT_IS_CHECKED_IN):
        text = file.read_text()
        for match in TODO.finditer(text):
            yield file, line_of(text, match.start()), "a TODO names its issue: TODO(#12)"
    for file in sources(*CODE_IS_CHECKED_IN):
        path, text = file.relative_to(SOURCE).as_posix(), file.read_text()
        code = without_comments(text)
        for line, message in (*check_includes(path, text), *check_code(path, code), *check_headers_guard(path, text)):
            yield file, line, message
    for place in REVEALS:
        if not (SOURCE / place).exists():
            yield ROOT / "tools/layers.py", 1, f"REVEALS names {place}, which does not exist"
        elif not re.search(REVEAL, without_comments((SOURCE / place).read_text())):
            yield ROOT / "tools/layers.py", 1, f"REVEALS names {place}, which reads no secret"
    for folder in sorted({p.relative_to(SOURCE).parts[0] for p in sources("src")}):
        if not (SOURCE / folder / "README.md").exists():
            yield SOURCE / folder, 1, "a folder opens with a README.md of about ten lines"


def texts_of(header, seen):
    """A header and all of our own that it includes, as they are now."""
    if header in seen:
        return
    seen.add(header)
    text = header.read_text()
    yield text
    for kind, name in INCLUDE.findall(text):
        if kind == '"' and (SOURCE / name).exists():
            yield from texts_of(SOURCE / name, seen)


def compile_alone(header):
    command = ["g++", "-std=c++23", "-fsyntax-only", "-Wall", "-Wextra", "-Wno-missing-field-initializers",
               f"-I{SOURCE}", "-x", "c++", "-include", str(header), "/dev/null"]
    return subprocess.run(command, capture_output=True, text=True)


def headers_that_do_not_compile_alone():
    known = ROOT / "build" / "headers-alone"
    good = set(known.read_text().split()) if known.exists() else set()
    digests = {h: hashlib.sha256("".join(texts_of(h, set())).encode()).hexdigest()
               for h in sources("src") if h.suffix == ".h"}
    todo = [h for h, digest in digests.items() if digest not in good]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for header, result in zip(todo, pool.map(compile_alone, todo)):
            if result.returncode == 0:
                good.add(digests[header])
            else:
                yield header, 1, "does not compile alone:\n" + result.stderr[:2000]
    known.parent.mkdir(exist_ok=True)
    known.write_text("\n".join(sorted(good & set(digests.values()))) + "\n")


def main(arguments):
    wrong = list(headers_that_do_not_compile_alone() if "--headers" in arguments else findings())
    for file, line, message in wrong:
        print(f"{file.relative_to(ROOT)}:{line}: {message}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
