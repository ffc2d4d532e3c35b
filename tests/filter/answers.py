"""What weir and tcpdump say about filters, in one form, and the rows where they may differ.

An answer is the numbers of the packets that match ("0-3,7", "" for none), "refused", or "rejects all"
where the compiler has found that no packet can match.
"""

import csv
import json
import pathlib
import struct
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
REFUSED, REJECTS_ALL = "refused", "rejects all"
REJECTS_ALL_WORDS = "expression rejects all packets"


def ranges(numbers):
    """[0, 1, 2, 3, 7] as "0-3,7"."""
    parts = []
    for number in numbers:
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in parts)


def numbers(text):
    """The inverse of ranges()."""
    for part in text.split(",") if text else []:
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def answer_of(raw):
    """One answer for all engines; where they differ, what each says."""
    if "refused" in raw:
        return REFUSED
    said = set(raw["matches"].values())
    if len(said) != 1:
        return "engines differ: " + json.dumps(raw["matches"])
    matches = said.pop()
    return REJECTS_ALL if raw["rejects_all"] and not matches else matches


def ask_weir(program, requests):
    """The answers to requests as dump_matches takes them: a list for each."""
    text = "".join(json.dumps(request) + "\n" for request in requests)
    run = subprocess.run([program], input=text, capture_output=True, text=True, check=False)
    lists = [[answer_of(raw) for raw in json.loads(line)] for line in run.stdout.splitlines()]
    if run.returncode != 0 or len(lists) != len(requests):
        raise RuntimeError(f"{program}: exit {run.returncode}: {run.stderr}")
    return lists


def records(program, path):
    """(time in ns, link type, length on the wire, bytes) of each packet, as dump_records prints."""
    data = subprocess.run([program, path], capture_output=True, check=False).stdout
    at, found = 0, []
    while at < len(data):
        end = data.index(b"\n", at)
        time, link, _, caplen, length = data[at:end].split()
        at = end + 1 + int(caplen)
        time = 0 if time.startswith(b"-0") else int(time)
        found.append((time, int(link), int(length), data[end + 1:at]))
    return found


def numbered_pcap(link_type, packets):
    """A pcap of (length, bytes) whose time stamps are the packets' numbers, in microseconds."""
    parts = [struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, link_type)]
    for number, (length, data) in enumerate(packets):
        parts.append(struct.pack("<IIII", *divmod(number, 10**6), len(data), length) + data)
    return b"".join(parts)


def numbers_in(pcap):
    """The numbers of the packets that are left of a numbered pcap."""
    at, found = 24, []
    while at < len(pcap):
        seconds, microseconds, caplen, _ = struct.unpack_from("<IIII", pcap, at)
        found.append(seconds * 10**6 + microseconds)
        at += 16 + caplen
    return found


def tcpdump(pcap, expression, *options):
    """tcpdump's answer for a numbered pcap."""
    with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        file.write(pcap)
        file.flush()
        run = subprocess.run(
            ["tcpdump", "-n", *options, "-r", file.name, "-w", "-", "--", expression],
            capture_output=True, check=False)
    if REJECTS_ALL_WORDS.encode() in run.stderr:
        return REJECTS_ALL
    return REFUSED if run.returncode != 0 else ranges(numbers_in(run.stdout))


def libpcap_version(program):
    """The version of the libpcap that weir uses: "1.10.3"."""
    run = subprocess.run([program, "--libpcap-version"], capture_output=True, text=True, check=True)
    return run.stdout.split("version ")[1].split()[0]


class Comparison:
    """Counts and prints what differs and does not stand in differences.tsv."""

    def __init__(self, prefix):
        self.compared, self.failed, self.needed = 0, 0, set()
        with (HERE / "differences.tsv").open(newline="") as file:
            rows = csv.DictReader(file, delimiter="\t")
            self.known = {(row["file"], row["expression"]): (row["expected"], row["got"])
                          for row in rows if row["file"].startswith(prefix)}

    def fail(self, message):
        self.failed += 1
        print(message)

    def compare(self, file, expression, expected, got):
        self.compared += 1
        if expected == got:
            return
        if self.known.get((file, expression)) == (expected, got):
            self.needed.add((file, expression))
            return
        self.fail("\t".join([file, expression, expected, got]))

    def finish(self):
        """The exit code."""
        for file, expression in sorted(self.known.keys() - self.needed):
            self.fail(f"{file}  {expression}: the row in differences.tsv is not needed")
        print(f"{self.compared} answers compared, {len(self.needed)} known differences, "
              f"{self.failed} unexpected")
        return 1 if self.failed or not self.compared else 0
