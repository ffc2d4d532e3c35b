"""What the word `source` may stand for: files, directories, bytes, file objects; and times."""

import datetime
import io
import operator
import os
from typing import Any

from weir import _core
from weir._options import flag

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def input_of(source: Any, *, merge: bool = False, since: Any = None, until: Any = None, skip_damaged: bool = False,
             follow: bool = False) -> _core.Input:
    """What the extension reads. Raises TypeError for what is no source."""
    paths, memory, descriptor = described(source)
    return _core.Input(paths, memory, descriptor, flag("merge", merge), moment(since, "since"), moment(until, "until"),
                       flag("skip_damaged", skip_damaged), flag("follow", follow))


def described(source: Any) -> tuple[list[bytes], bytes | None, int | None]:
    """Paths, or bytes, or the descriptor of an open file and what that is called."""
    if isinstance(source, (str, bytes, bytearray, memoryview, os.PathLike)):
        if isinstance(source, (str, os.PathLike)):
            return [os.fsencode(source)], None, None
        return [], octets(source), None
    if isinstance(source, (list, tuple)):
        wrong = [one for one in source if not isinstance(one, (str, os.PathLike))]
        if wrong:
            raise TypeError(f"a list of sources holds paths, not {type(wrong[0]).__name__}")
        if not source:
            raise ValueError("a list of sources needs at least one path")
        return [os.fsencode(path) for path in source], None, None
    if isinstance(source, io.TextIOBase):
        raise TypeError("a capture is bytes, not text: open the file with mode \"rb\"")
    raw = getattr(source, "raw", source)
    if type(raw) is io.FileIO:  # others, derived ones too, may make of a file what they like
        name = raw.name
        return [str(name).encode() if isinstance(name, int) else os.fsencode(name)], None, descriptor_of(source)
    if hasattr(source, "read"):
        return [], file_octets(source), None
    raise TypeError("a source is a path, a directory, a list of paths, the bytes of a capture or a "
                    f"binary file, not {type(source).__name__}")


def octets(source: bytes | bytearray | memoryview) -> bytes:
    """As bytes: themselves, else a copy, since what can change must not be borrowed."""
    if isinstance(source, bytes):
        return source
    if isinstance(source, memoryview) and isinstance(source.obj, bytes) and source.nbytes == len(source.obj):
        return source.obj if source.c_contiguous else bytes(source)
    return bytes(source)


def descriptor_of(file: Any) -> int:
    """Of an open file, standing where the file object stands."""
    descriptor: int = file.fileno()
    if file.seekable():
        os.lseek(descriptor, file.tell(), os.SEEK_SET)
    return descriptor


def file_octets(file: Any) -> bytes:
    content = file.read()
    if not isinstance(content, (bytes, bytearray, memoryview)):
        hint = ": open the file with mode \"rb\"" if isinstance(content, str) else ""
        raise TypeError(f"a capture is bytes, and read() returned {type(content).__name__}{hint}")
    return octets(content)


def adapter_names(adapter: Any) -> list[str]:
    """Of one or several, which may be names or Adapters."""
    several = adapter if isinstance(adapter, (list, tuple)) else [adapter]
    names = [one.name if isinstance(one, _core.Adapter) else one for one in several]
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"an adapter is a name, an Adapter, or one of a list of them, not {type(name).__name__}")
        name.encode()
    return names


def moment(time: Any, name: str) -> int | str | None:
    """Nanoseconds since 1970, or the text as it is."""
    if time is None:
        return None
    if isinstance(time, str):
        time.encode()  # raises UnicodeEncodeError, a ValueError, for what is half a character
        return time
    if isinstance(time, datetime.datetime):
        if time.tzinfo is None:
            raise ValueError(f"{name}: a datetime needs a time zone, such as datetime.timezone.utc")
        passed = time - EPOCH
        nanoseconds: int = ((passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds) * 1000 \
            + getattr(time, "nanosecond", 0)
    elif type(time).__name__ == "datetime64":  # numpy's, whether that is there or not
        nanoseconds = int(time.astype("datetime64[ns]").astype("int64"))
        if nanoseconds == -(2 ** 63):
            raise ValueError(f"{name}: not a time")
    elif hasattr(time, "__index__") and not isinstance(time, bool):
        nanoseconds = operator.index(time)
    else:
        raise TypeError(f"{name}: an aware datetime, datetime64, text or int nanoseconds since 1970 is needed, "
                        f"not {type(time).__name__}")
    if not -(2 ** 63) <= nanoseconds < 2 ** 63:
        raise ValueError(f"{name}: {nanoseconds} nanoseconds since 1970 are more than 64 bits hold")
    return nanoseconds
