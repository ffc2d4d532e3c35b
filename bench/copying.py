"""The suite `copy`: writing capture files and reading compressed ones, in memory."""

import contextlib
import pathlib
import shutil
import subprocess
import tempfile

from measure import Row

MEMORY = "/dev/shm"
# What makes the compressed traces to read. xz would take minutes: it gets the prefix.
PACKERS = {"zst": ("zstd", "zstd -q -1"), "lz4": ("lz4", "lz4 -q -1"), "gz": ("gzip", "gzip -1"),
           "xz": ("xz-utils", "xz -0")}


@contextlib.contextmanager
def scratch():
    """A folder in memory, removed at the end."""
    with tempfile.TemporaryDirectory(prefix="weir-bench-", dir=MEMORY) as folder:
        yield folder


def place(trace: pathlib.Path, prefix: str, folder: str) -> tuple[pathlib.Path, str]:
    """Copies the trace and its prefix there and packs them; returns the copies."""
    copies = pathlib.Path(folder) / "trace.pcap", pathlib.Path(folder) / "prefix.pcap"
    shutil.copyfile(trace, copies[0])
    shutil.copyfile(prefix, copies[1])
    for suffix, (_, command) in PACKERS.items():
        plain = copies[suffix == "xz"]
        if shutil.which(command.split()[0]) is None:
            continue
        with open(plain, "rb") as source, open(f"{plain}.{suffix}", "wb") as out:
            subprocess.run([*command.split(), "-c"], stdin=source, stdout=out, check=True)
    return copies[0], str(copies[1])


def pipeline(group: str, name: str, packer: str, suffix: str, check: dict) -> Row:
    """tcpdump into a program that packs: two processes, so they are not pinned to one CPU."""
    command = f"tcpdump -r {{trace}} -w - | {packer} > {{tmp}}/out.pcap.{suffix}"
    return Row(name, f"sh -c '{command}'", PACKERS[suffix][0], group=group, pinned=False,
               needs=("tcpdump", packer.split()[0]), **check)


def writing_rows(weir: str, loop: str, packets: int) -> list[Row]:
    def check(suffix: str = "") -> dict:
        unpack = {"": "cat", ".zst": "zstd -dc", ".lz4": "lz4 -dc"}[suffix]
        return {"check": f"sh -c '{unpack} {{tmp}}/out.pcap{suffix} | {loop} -'",
                "proof": f"packets {packets} "}

    plain, zst, lz4 = "writing pcap", "writing pcap.zst, level 1", "writing pcap.lz4"
    out = "{trace} -w {tmp}/out.pcap"
    return [
        Row("weir read -w .pcap", f"{weir} read {out}", group=plain, **check()),
        Row("tcpdump -r -w", f"tcpdump -r {out}", "tcpdump", group=plain, **check()),
        Row("editcap -F pcap", "editcap -F pcap {trace} {tmp}/out.pcap", "wireshark-common",
            group=plain, **check()),
        Row("cp (limit)", "cp {trace} {tmp}/out.pcap", group=plain, **check()),
        Row("weir read -w .pcap.zst --level 1", f"{weir} read {out}.zst --level 1", group=zst,
            **check(".zst")),
        pipeline(zst, "tcpdump -w -, zstd -1", "zstd -q -1", "zst", check(".zst")),
        Row("weir read -w .pcap.lz4", f"{weir} read {out}.lz4", group=lz4, **check(".lz4")),
        pipeline(lz4, "tcpdump -w -, zstd -1", "zstd -q -1", "zst", check(".zst")),
        pipeline(lz4, "tcpdump -w -, lz4 -1", "lz4 -q -1", "lz4", check(".lz4")),
    ]


def reading_rows(weir: str, packets: int, prefix: str, prefix_packets: int) -> list[Row]:
    rows = []
    for suffix, (package, packer) in PACKERS.items():
        program = packer.split()[0]
        short = {"trace": prefix} if suffix == "xz" else {}
        group = f"reading pcap.{suffix}" + (", prefix" if short else "")
        rows += [
            Row(f"weir info .{suffix}", f"{weir} info {{trace}}.{suffix}", group=group, needs=(program,),
                proof=f"{prefix_packets if short else packets:,}", **short),
            Row(f"{program} -dc (limit)", f"{program} -dc {{trace}}.{suffix}", package, group=group,
                **short),
        ]
    return rows
