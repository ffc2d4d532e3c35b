"""Columns: fields of many packets as numpy arrays, without one Python object a packet."""

import html as _html
import importlib as _importlib
import typing as _typing

from weir import _core

if _typing.TYPE_CHECKING:
    import numpy
    import numpy.typing

# What numpy calls the values of a column that has as many bytes in every row.
_DTYPES = {
    "boolean": "?", "uint8": "u1", "uint16": "u2", "uint32": "u4", "uint64": "u8", "int64": "i8", "float64": "f8",
    "time": "datetime64[ns]", "ipv4": "V4", "ipv6": "V16", "ip": "V16", "mac": "V6", "word": "i4",
}
_SHOWN = 10  # rows in a notebook


def _needed(module: str, package: str) -> _typing.Any:
    try:
        return _importlib.import_module(module)
    except ImportError as error:
        raise ImportError(f"this needs {module}: apt install {package}, or pip install {module}") from error


class Columns:
    """Fields of packets or flows as columns, a row each. Immutable; from several threads at once.

    columns["len"] is a read-only numpy array over weir's own memory, by the kind of its field:
    times as datetime64[ns] (UTC, NaT where there is none); integers as the narrowest unsigned type that
    holds all values of the field; booleans as bool; addresses as bytes in wire order of dtype V4, V6 or V16,
    in a column that mixes both versions IPv4 as ::ffff:a.b.c.d; words (protocol, direction, interface) as
    int32 codes for categories(), -1 where there is none; text, bytes and JSON (what is of several values) as
    arrays of str and bytes, None where there is none. mask() says where a field does not apply.
    """

    def __init__(self, batch: _core.ColumnBatch, rows: str = "packets") -> None:
        self._batch = batch
        self._rows = rows
        self._types = batch.types

    @property
    def fields(self) -> list[str]:
        """The names of the columns, in their order."""
        return list(self._types)

    @property
    def nbytes(self) -> int:
        """Bytes of all columns."""
        return self._batch.size

    @property
    def arrays(self) -> "dict[str, numpy.typing.NDArray[_typing.Any]]":
        """Every column as columns[name] is, by name."""
        return {name: self[name] for name in self._types}

    def __len__(self) -> int:
        """Packets, or flows."""
        return self._batch.rows

    def __contains__(self, name: object) -> bool:
        """Whether there is a column of that name."""
        return name in self._types

    def __iter__(self) -> _typing.Iterator[str]:
        """The names of the columns."""
        return iter(self._types)

    def keys(self) -> list[str]:
        """The names of the columns, for dict(columns)."""
        return self.fields

    def __array__(self, *_args: object, **_options: object) -> _typing.NoReturn:
        raise TypeError("columns are several arrays: use columns[name], columns.arrays or columns.to_pandas()")

    def __getitem__(self, name: str) -> "numpy.typing.NDArray[_typing.Any]":
        """A column as a numpy array. Raises KeyError for one that was not asked for."""
        np = _needed("numpy", "python3-numpy")
        dtype = _DTYPES.get(self._types[name])
        if dtype is None:
            return self.text(name)
        array: numpy.typing.NDArray[_typing.Any] = np.frombuffer(self._batch.values(name), dtype)
        return array

    def mask(self, name: str) -> "numpy.typing.NDArray[numpy.bool_]":
        """Where the packet has no such field, as numpy.ma has it: True is absent."""
        np = _needed("numpy", "python3-numpy")
        bits = np.frombuffer(self._batch.validity(name), "u1")
        absent: numpy.typing.NDArray[numpy.bool_]
        if len(bits) == 0:
            absent = np.zeros(len(self), bool)
        else:
            absent = np.unpackbits(bits, count=len(self), bitorder="little") == 0
        return absent

    def categories(self, name: str) -> list[str]:
        """What the codes of a column of words stand for. Empty for other columns."""
        return self._batch.words(name)

    def text(self, name: str) -> "numpy.typing.NDArray[numpy.object_]":
        """A column as an array of str, as JSON prints its values; None where there is none.

        Of addresses, numbers and times each different text is made once. Columns of bytes are arrays of bytes.
        """
        np = _needed("numpy", "python3-numpy")
        texts: numpy.typing.NDArray[numpy.object_]
        if self._types[name] in ("text", "json", "octets"):
            texts = np.empty(len(self), object)
            texts[:] = self._batch.objects(name, 0, len(self))
        else:
            buffer, words = self._batch.encoded(name)
            texts = np.array([*words, None], object)[np.frombuffer(buffer, "i4")]
        return texts

    def to_pandas(self) -> _typing.Any:
        """A pandas.DataFrame: times as datetime64[ns, UTC], words as Categorical, addresses as text.

        Integers and booleans that are absent somewhere are of pandas' nullable types, else as in columns[name].
        Numbers are not copied, and cannot be written in place: to_pandas().copy() can.
        """
        pandas = _needed("pandas", "python3-pandas")
        return pandas.DataFrame({name: self._series(pandas, name) for name in self._types}, copy=False)

    def _series(self, pandas: _typing.Any, name: str) -> _typing.Any:
        kind = self._types[name]
        if kind == "time":
            return pandas.Series(self[name]).dt.tz_localize("UTC")
        if kind == "word":
            return pandas.Categorical.from_codes(self[name], self.categories(name))
        if kind in ("ip", "ipv4", "ipv6", "mac", "text", "json", "octets"):
            return self.text(name)
        if self._batch.absent(name) == 0:
            return self[name]
        if kind == "float64":
            return pandas.Series(self[name]).mask(self.mask(name))
        array = pandas.arrays.BooleanArray if kind == "boolean" else pandas.arrays.IntegerArray
        return array(self[name], self.mask(name))

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The columns for whoever takes Arrow, without a copy: a capsule of an ArrowArrayStream.

        Addresses are fixed-size binary, words dictionaries, times timestamps in UTC; a requested schema is ignored.
        """
        return self._batch.arrow_stream()

    def __repr__(self) -> str:
        return f"<weir.Columns of {len(self):,} {self._rows}: {', '.join(self._types)}>"

    def _repr_html_(self) -> str:
        rows = min(len(self), _SHOWN)
        cells = [self._batch.objects(name, 0, rows) for name in self._types]
        head = "".join(f"<th>{_html.escape(name)}</th>" for name in self._types)
        body = "".join("<tr>" + "".join(f"<td>{_html.escape(_shown(cell))}</td>" for cell in row) + "</tr>"
                       for row in zip(*cells))
        more = f"<p>{len(self):,} {self._rows}</p>" if len(self) > rows else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _shown(value: str | bytes | None) -> str:
    if value is None:
        return ""
    return value.hex() if isinstance(value, bytes) else value


def reader(source: "_core.Source[_typing.Any]", fields: _typing.Iterable[str]) -> _core.ColumnSource:
    """What fills columns."""
    if isinstance(fields, str):
        raise TypeError(f"fields is a list of names: [{fields!r}]")
    names = list(fields)
    wrong = [name for name in names if not isinstance(name, str)]
    if wrong:
        raise TypeError(f"fields is a list of names, not of {type(wrong[0]).__name__}")
    return _core.ColumnSource(source, names)


def whole(source: _core.ColumnSource) -> Columns:
    """All rows. Raises what reading raised, however late."""
    batch = source.next(None)
    source.next(None)
    assert batch is not None
    return Columns(batch)


def batches(source: _core.ColumnSource, limit: int) -> _typing.Iterator[Columns]:
    """At most so many rows at a time."""
    while (batch := source.next(limit)) is not None:
        yield Columns(batch)
