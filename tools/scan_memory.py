#!/usr/bin/env python3
"""Looks for a byte pattern in the writable memory of processes and in files, and prints where it stands.

    scan_memory.py --pattern-file FILE [--pid PID]... [--tree PID]... [FILE|FOLDER]...

The pattern is the contents of FILE. --tree takes a process and its descendants, --but-not leaves one of them out (a
partition may hold the key). A pattern of less than 16 bytes is refused: it would be found by chance. Exit status: 0
nothing found, 1 found, 2 something could not be read.
"""
import argparse
import os
import sys

CHUNK = 1 << 22


def find_all(data, pattern):
    at = data.find(pattern)
    while at >= 0:
        yield at
        at = data.find(pattern, at + 1)


def scan_stream(read, start, end, pattern):
    """Offsets of the pattern in [start, end), read in pieces that overlap by less than a pattern."""
    tail, at = b"", start
    while at < end:
        piece = read(at, min(CHUNK, end - at))
        if not piece:
            return
        data = tail + piece
        yield from (at - len(tail) + i for i in find_all(data, pattern))
        tail = data[-(len(pattern) - 1):]
        at += len(piece)


def mappings(pid):
    with open(f"/proc/{pid}/maps") as maps:
        for line in maps:
            fields = line.split()
            if "w" in fields[1] and fields[-1] not in ("[vvar]", "[vsyscall]"):
                start, end = (int(x, 16) for x in fields[0].split("-"))
                yield start, end, fields[5] if len(fields) > 5 else "anonymous"


def scan_process(pid, pattern):
    memory = os.open(f"/proc/{pid}/mem", os.O_RDONLY)
    try:
        for start, end, name in mappings(pid):
            def read(at, size):
                try:
                    return os.pread(memory, size, at)
                except OSError:  # a guard page or a device
                    return b""
            for at in scan_stream(read, start, end, pattern):
                yield f"process {pid} ({command(pid)}): {name} at {at:#x}"
    finally:
        os.close(memory)


def scan_file(path, pattern):
    with open(path, "rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        for at in scan_stream(lambda at, n: os.pread(file.fileno(), n, at), 0, size, pattern):
            yield f"file {path}: at {at:#x}"


def command(pid):
    with open(f"/proc/{pid}/comm") as comm:
        return comm.read().strip()


def parent_of(pid):
    with open(f"/proc/{pid}/stat") as stat:
        return int(stat.read().rsplit(")", 1)[1].split()[1])


def descendants(root):
    children = {}
    for pid in (int(name) for name in os.listdir("/proc") if name.isdigit()):
        try:
            children.setdefault(parent_of(pid), []).append(pid)
        except OSError:  # it has ended
            pass
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def files_in(path):
    if not os.path.isdir(path):
        return [path]
    return [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names
            if os.path.isfile(os.path.join(folder, name))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pattern-file", required=True)
    parser.add_argument("--pid", type=int, action="append", default=[])
    parser.add_argument("--tree", type=int, action="append", default=[])
    parser.add_argument("--but-not", metavar="COMMAND", action="append", default=[])
    parser.add_argument("paths", nargs="*")
    options = parser.parse_args()
    with open(options.pattern_file, "rb") as file:
        pattern = file.read()
    if len(pattern) < 16:
        parser.error("a pattern of less than 16 bytes would be found by chance")

    pids = options.pid + [pid for root in options.tree for pid in descendants(root)]
    # A process's name is cut to 15 characters by the kernel.
    left_out = {name[:15] for name in options.but_not}
    jobs = [(scan_process, pid) for pid in pids if command(pid) not in left_out]
    jobs += [(scan_file, path) for root in options.paths for path in files_in(root)]
    found = failed = False
    for scan, what in jobs:
        try:
            for place in scan(what, pattern):
                print(place)
                found = True
        except OSError as error:
            print(f"{what}: {error}", file=sys.stderr)
            failed = True
    return 2 if failed else 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
