#!/usr/bin/env python3
"""Each write of an output fails once: full disk, broken disk, signal, a part of it only.

strace makes the writes fail; SHORT_WRITES names the library that cuts them short. WEIR_LONG_TESTS=1
looks at more of them.
"""

import errno
import os
import re
import sys
import threading

from faults import BATCH, FORMATS, LONG, PROMPTLY, FaultTest, at_once, traced, tracing, traffic
from support import main, weir

LIBRARY = os.environ.get("SHORT_WRITES", "")
INDEXES = range(1, (200 if LONG else 40) + 1)


def written(log):
    """Bytes that writes brought to the file, by strace; one of them was made to fail."""
    text = log.read_text()
    if "(INJECTED)" not in text:
        raise AssertionError(f"{log}: there are fewer writes than that")
    return sum(map(int, re.findall(r" = (\d+)$", text, re.M)))


class EveryWrite(FaultTest):
    @classmethod
    def setUpClass(cls):
        cls.content, cls.records = traffic(BATCH * (INDEXES[-1] + 2))

    def setUp(self):
        super().setUp()
        self.trace = self.file("trace.pcap", self.content)

    def for_each_write(self, check):
        """Calls check(ending, index, options, clean run) for each format and index of a write."""
        for ending, level in FORMATS.items():
            options = (*level, *PROMPTLY)
            clean = self.clean(self.trace, self.records, ending, *options)
            at_once([lambda i=i: check(ending, i, options, clean) for i in INDEXES])

    def failing(self, error):
        """From write N on all fail."""
        strace = tracing()

        def check(ending, index, options, clean):
            path = self.folder / f"{error}-{index}{ending}"
            log = self.folder / f"{error}-{index}{ending}.strace"
            json = ("--json",) if index % 2 == 0 else ()
            result = traced(strace, log, path, f"error={error}:when={index}+", "read", self.trace,
                            "-w", path, *options, *json)
            kept = self.assert_prefix(path, clean)
            number = getattr(errno, error)
            if json:
                self.assert_failed_in_json(result, path, number, kept)
            else:
                self.assert_failed(result, path, os.strerror(number), kept)
            # All that the writes before brought there.
            self.assertEqual(path.stat().st_size, written(log), path)
            self.assert_readable(path, kept)
            path.unlink()
            log.unlink()

        self.for_each_write(check)

    def test_a_full_disk_keeps_what_was_written_before(self):
        self.failing("ENOSPC")

    def test_a_broken_disk_keeps_what_was_written_before(self):
        self.failing("EIO")

    def harmless(self, run):
        """Whatever run(path, index, words) does to a write, the file comes out the same."""
        def check(ending, index, options, clean):
            path = self.folder / f"harmless-{index}{ending}"
            result = run(path, index, ("read", self.trace, "-w", path, *options))
            self.assert_written(result, path, len(self.records))
            with self.lock:
                expected = self.expected.setdefault(
                    ending, (self.folder / f"clean{ending}").read_bytes())
            self.assertEqual(path.read_bytes(), expected, path)
            path.unlink()

        self.lock, self.expected = threading.Lock(), {}
        self.for_each_write(check)

    def test_a_signal_during_a_write_changes_nothing(self):
        strace = tracing()

        def run(path, index, words):
            log = self.folder / f"{path.name}.strace"
            result = traced(strace, log, path, f"error=EINTR:when={index}", *words)
            written(log)
            log.unlink()
            return result

        self.harmless(run)

    def test_a_short_write_changes_nothing(self):
        def run(path, index, words):
            # At the last index: every write.
            at = index if index != INDEXES[-1] else 0
            return weir(*words, env={"LD_PRELOAD": LIBRARY, "SHORT_FILE": str(path),
                                     "SHORT_AT": str(at)})

        self.harmless(run)

    def test_a_series_of_files_is_whole_up_to_a_full_disk(self):
        strace = tracing()
        for index in (1, 2, 3, 4):
            series = self.folder / f"series-{index}"
            series.mkdir()
            last, name, log = series / "out-00003.pcap", series / "out.pcap", self.folder / "log"
            result = traced(strace, log, f"{last}.part", f"error=ENOSPC:when={index}+", "read",
                            self.trace, "-w", name, "--rotate-packets", str(5 * BATCH))
            self.assertEqual(result.code, 4, result.err)
            self.assertEqual(result.err.count("\n"), 1, result.err)
            self.assertIn(os.strerror(errno.ENOSPC), result.err)
            self.assertIn("out-00003.pcap", result.err)
            # The first write is the header. A file without a packet goes again.
            files = sorted(series.iterdir())
            self.assertEqual(len(files), 2 if index <= 2 else 3)
            self.assertEqual(last in files, index > 2)
            self.assertEqual(last.stat().st_size if last in files else 24 * (index - 1), written(log))
            kept = self.assert_series(files)
            self.assertGreaterEqual(kept, (10 + index // 4) * BATCH)
            told, = re.findall(r"(\d+) packets are in", result.err)
            self.assertEqual(int(told), kept)

    def sync(self, name, fault, *words):
        """Copies with --sync; a fault is in syncing the directory. Also how often that was done."""
        folder = self.folder / name
        folder.mkdir()
        log = self.folder / f"{name}.strace"
        result = traced(tracing(), log, folder, fault, "read", self.trace, "-w",
                        folder / "out.pcap", "--sync", *words, calls="fsync")
        return result, log.read_text().count("fsync("), sorted(folder.iterdir())

    def test_a_name_is_brought_to_the_disk_when_made_and_when_changed(self):
        result, synced, _ = self.sync("one", None)
        self.assertEqual((result.code, synced), (0, 1), result.err)
        result, synced, files = self.sync("series", None, "--rotate-packets", str(5 * BATCH))
        self.assertEqual((result.code, synced), (0, 2 * len(files)), result.err)

    def test_a_name_that_is_not_brought_to_the_disk_is_a_failure(self):
        series = ("--rotate-packets", "1k", "--on-full", "drop-oldest")
        for error in ("EIO", "ENOSPC"):
            for name, when, says, words in (
                    ("one", 1, f"write %s/out.pcap: %s; {len(self.records)} packets are in it", ()),
                    ("made", 3, "write %s/out-00002.pcap: %s; 2000 packets are in 2 files", series),
                    ("named", 4, "name %s/out-00002.pcap: %s; 2000 packets are in 2 files", series)):
                with self.subTest(f"{name} {error}"):
                    result, _, files = self.sync(f"{name}-{error}", f"error={error}:when={when}",
                                                 *words)
                    self.assertEqual(result.code, 4, result.err)
                    folder = self.folder / f"{name}-{error}"
                    cause = os.strerror(getattr(errno, error))
                    self.assertTrue(result.err.startswith(f"weir: {says % (folder, cause)}"),
                                    result.err)
                    kept = self.assert_series(files)
                    self.assertEqual(kept, 2000 if words else len(self.records))

    def test_names_are_left_to_file_systems_that_keep_them_otherwise(self):
        result, synced, _ = self.sync("one", "error=EOPNOTSUPP")
        self.assertEqual((result.code, synced), (0, 1), result.err)


if __name__ == "__main__":
    if not LIBRARY:
        print("SHORT_WRITES names no library")
        sys.exit(77)
    main()
