"""What the word `source` may stand for: files, directories, bytes, file objects; and times."""

import datetime
import io
import os
from typing import Any

from weir import _core

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def input_of(source: Any, *, merge: bool = False, since: Any = None, until: Any = None, skip_damaged: bool = False,
             follow: bool = False) -> _core.Input:
    """What the extension reads. Raises TypeError for what is no source."""
    paths, memory, descriptor, keeps = described(source)
    return _core.Input(paths, memory, descriptor, keeps, merge, moment(since, "since"), moment(until, "until"),
                       skip_damaged, follow)


def described(source: Any) -> tuple[list[bytes], bytes | None, int | None, object]:
    """Paths, or bytes, or a descriptor; and what must live for as long as it is read."""
    if isinstance(source, (str, bytes, bytearray, memoryview, os.PathLike)):
        if isinstance(source, (str, os.PathLike)):
            return [os.fsencode(source)], None, None, None
        return [], octets(source), None, None
    if isinstance(source, (list, tuple)):
        wrong = [one for one in source if not isinstance(one, (str, os.PathLike))]
        if wrong:
            raise TypeError(f"a list of sources holds paths, not {type(wrong[0]).__name__}")
        if not source:
            raise ValueError("a list of sources needs at least one path")
        return [os.fsencode(path) for path in source], None, None, None
    if isinstance(source, (io.FileIO, io.BufferedReader, io.BufferedRandom)):
        return [str(source.name).encode()], None, descriptor_of(source), source
    if hasattr(source, "read"):
        return [], file_octets(source), None, None
    raise TypeError("a source is a path, a directory, a list of paths, the bytes of a capture or a "
                    f"binary file, not {type(source).__name__}")


def octets(source: bytes | bytearray | memoryview) -> bytes:
    """As bytes: themselves, else a copy, since what can change must not be borrowed."""
    if isinstance(source, bytes):
        return source
    if isinstance(source, memoryview) and isinstance(source.obj, bytes) and source.nbytes == len(source.obj):
        return source.obj if source.c_contiguous else bytes(source)
    return bytes(source)


def descriptor_of(file: io.FileIO | io.BufferedReader | io.BufferedRandom) -> int:
    """Of an open file, standing where the file object stands."""
    if file.seekable():
        os.lseek(file.fileno(), file.tell(), os.SEEK_SET)
    return file.fileno()


def file_octets(file: Any) -> bytes:
    content = file.read()
    if not isinstance(content, bytes):
        raise TypeError(f"a capture is bytes, not {type(content).__name__}: open the file with mode \"rb\"")
    return content


def adapter_names(adapter: Any) -> list[str]:
    """Of one or several, which may be names or Adapters."""
    several = adapter if isinstance(adapter, (list, tuple)) else [adapter]
    names = [one.name if isinstance(one, _core.Adapter) else one for one in several]
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"an adapter is a name, an Adapter, or one of a list of them, not {type(name).__name__}")
    return names


def moment(time: Any, name: str) -> int | str | None:
    """Nanoseconds since 1970, or the text as it is."""
    if time is None:
        return None
    if isinstance(time, str):
        return time
    if isinstance(time, datetime.datetime):
        if time.tzinfo is None:
            raise ValueError(f"{name}: a datetime needs a time zone, such as datetime.timezone.utc")
        passed = time - EPOCH
        nanoseconds: int = ((passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds) * 1000 \
            + getattr(time, "nanosecond", 0)
    elif isinstance(time, int) and not isinstance(time, bool):
        nanoseconds = time
    else:
        raise TypeError(f"{name}: an aware datetime, text or int nanoseconds since 1970 is needed, "
                        f"not {type(time).__name__}")
    if not -(2 ** 63) <= nanoseconds < 2 ** 63:
        raise ValueError(f"{name}: {nanoseconds} nanoseconds since 1970 are more than 64 bits hold")
    return nanoseconds
