"""Reads an ArrowArrayStream through ctypes, as the specification of the C data interface has it: without pyarrow."""

import ctypes
import struct
from ctypes import POINTER, c_char_p, c_int, c_int64, c_void_p


class Schema(ctypes.Structure):
    pass


class Array(ctypes.Structure):
    pass


class Stream(ctypes.Structure):
    pass


Schema._fields_ = [
    ("format", c_char_p), ("name", c_char_p), ("metadata", c_char_p), ("flags", c_int64), ("n_children", c_int64),
    ("children", POINTER(POINTER(Schema))), ("dictionary", POINTER(Schema)),
    ("release", ctypes.CFUNCTYPE(None, POINTER(Schema))), ("private_data", c_void_p)]
Array._fields_ = [
    ("length", c_int64), ("null_count", c_int64), ("offset", c_int64), ("n_buffers", c_int64), ("n_children", c_int64),
    ("buffers", POINTER(c_void_p)), ("children", POINTER(POINTER(Array))), ("dictionary", POINTER(Array)),
    ("release", ctypes.CFUNCTYPE(None, POINTER(Array))), ("private_data", c_void_p)]
Stream._fields_ = [
    ("get_schema", ctypes.CFUNCTYPE(c_int, POINTER(Stream), POINTER(Schema))),
    ("get_next", ctypes.CFUNCTYPE(c_int, POINTER(Stream), POINTER(Array))),
    ("get_last_error", ctypes.CFUNCTYPE(c_char_p, POINTER(Stream))),
    ("release", ctypes.CFUNCTYPE(None, POINTER(Stream))), ("private_data", c_void_p)]

NUMBERS = {"C": "B", "S": "H", "I": "I", "L": "Q", "l": "q", "g": "d", "i": "i", "tsn:UTC": "q"}


def bit(address, index):
    return ctypes.string_at(address + index // 8, 1)[0] >> (index % 8) & 1


def value(schema, array, row):
    """One value, None where the bitmap says so."""
    if array.buffers[0] and not bit(array.buffers[0], row):
        return None
    kind, values = schema.format.decode(), array.buffers[1]
    if kind in ("U", "Z"):
        begin, end = struct.unpack("qq", ctypes.string_at(values + 8 * row, 16))
        octets = ctypes.string_at(array.buffers[2] + begin, end - begin) if end > begin else b""
        return octets.decode() if kind == "U" else octets
    if kind == "b":
        return bool(bit(values, row))
    if kind.startswith("w:"):
        return ctypes.string_at(values + int(kind[2:]) * row, int(kind[2:]))
    size = struct.calcsize(NUMBERS[kind])
    number, = struct.unpack(NUMBERS[kind], ctypes.string_at(values + size * row, size))
    return value(schema.dictionary[0], array.dictionary[0], number) if schema.dictionary else number


def consume(capsule):
    """Column name -> (format, values) of a whole stream, which is released piece by piece."""
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = c_void_p, [ctypes.py_object, c_char_p]
    stream = Stream.from_address(pointer(capsule, b"arrow_array_stream"))
    schema, array = Schema(), Array()
    assert stream.get_schema(stream, schema) == 0
    assert schema.format == b"+s"
    fields = [schema.children[i][0] for i in range(schema.n_children)]
    columns = {field.name.decode(): (field.format.decode(), []) for field in fields}
    while True:
        assert stream.get_next(stream, array) == 0
        if not array.release:
            break
        assert array.n_children == len(fields)
        for i, field in enumerate(fields):
            child = array.children[i][0]
            assert child.length == array.length and child.offset == 0
            got = [value(field, child, row) for row in range(child.length)]
            assert got.count(None) == child.null_count
            columns[field.name.decode()][1].extend(got)
        array.release(array)
    schema.release(schema)
    assert not schema.release
    stream.release(stream)
    assert not stream.release
    return columns
