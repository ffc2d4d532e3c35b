// Headers as dicts, and tuples used again.
#include "steelscript/pcap_item.h"

#include <limits>

namespace weir::python {
namespace {

using compat::steelscript::pcap_pkthdr_t;
using compat::steelscript::PCAPItem;

PyObject* tv_sec;
PyObject* tv_usec;
PyObject* tv_nsec;
PyObject* ts_key;
PyObject* caplen;
PyObject* len;
/// Dicts with the keys, to be copied: faster than to be filled.
PyObject* time_pattern;
PyObject* header_pattern;

bool put(PyObject* dict, PyObject* key, PyObject* value) noexcept {
  const Ref owned = Ref::steal(value);
  return owned && PyDict_SetItem(dict, key, value) == 0;
}

bool is_dict(PyObject* object, const char* what) noexcept {
  if (PyDict_Check(object)) return true;
  PyErr_Format(PyExc_TypeError, "%s is a dict, as the iteration yields it, not %s", what,
               Py_TYPE(object)->tp_name);
  return false;
}

/// A number of a dict, from 0 to `most`. False with an exception set.
bool take(PyObject* dict, PyObject* key, std::int64_t most, std::int64_t& value,
          bool is_optional = false) noexcept {
  // Kept: its __index__() may change the dict.
  const Ref given = Ref::share(PyDict_GetItemWithError(dict, key));
  if (!given) {
    if (is_optional && PyErr_Occurred() == nullptr) return true;
    if (PyErr_Occurred() == nullptr) PyErr_Format(PyExc_ValueError, "the header has no %R", key);
    return false;
  }
  const char* const name = PyUnicode_AsUTF8(key);
  const Ref whole = name != nullptr ? whole_number(given.get(), name) : Ref{};
  if (!whole) return false;
  int overflow = 0;
  value = PyLong_AsLongLongAndOverflow(whole.get(), &overflow);
  if (overflow == 0 && value >= 0 && value <= most) return true;
  PyErr_Format(PyExc_ValueError, "%U of the header is %R: from 0 to %lld", key, whole.get(),
               static_cast<long long>(most));
  return false;
}

}  // namespace

bool HeaderDict::is_free() const noexcept {
  return dict_ && Py_REFCNT(dict_.get()) == 1 && Py_REFCNT(time_.get()) == 2;
}

bool HeaderDict::renew() noexcept {
  time_ = Ref::steal(PyDict_Copy(time_pattern));
  dict_ = Ref::steal(time_ ? PyDict_Copy(header_pattern) : nullptr);
  return static_cast<bool>(dict_);
}

PyObject* HeaderDict::make(const pcap_pkthdr_t& header) noexcept {
  if (!is_free() && !renew()) return nullptr;
  // What stands in it may run code when it goes, which may ask for the next packet.
  const Ref time = Ref::share(time_.get());
  Ref made = Ref::share(dict_.get());
  if (!put(time.get(), tv_sec, PyLong_FromLongLong(header.ts.tv_sec)) ||
      !put(time.get(), tv_usec, PyLong_FromUnsignedLong(header.ts.tv_usec)) ||
      !put(time.get(), tv_nsec, PyLong_FromUnsignedLong(header.ts.tv_nsec)) ||
      !put(made.get(), ts_key, Py_NewRef(time.get())) ||
      !put(made.get(), caplen, PyLong_FromUnsignedLong(header.caplen)) ||
      !put(made.get(), len, PyLong_FromUnsignedLong(header.len))) {
    return nullptr;
  }
  // Whoever had it before may have put other things in.
  const bool is_whole = PyDict_Size(made.get()) == 3 && PyDict_Size(time.get()) == 3;
  if (is_whole) return made.release();
  return renew() ? make(header) : nullptr;
}

bool take_header(PyObject* given, pcap_pkthdr_t& header) noexcept {
  if (!is_dict(given, "hdr")) return false;
  const Ref time = Ref::share(PyDict_GetItemWithError(given, ts_key));
  if (!time) {
    if (PyErr_Occurred() == nullptr) PyErr_SetString(PyExc_ValueError, "the header has no 'ts'");
    return false;
  }
  constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
  std::int64_t microseconds = 0;
  std::int64_t captured = 0;
  std::int64_t wire = 0;
  if (!is_dict(time.get(), "ts of a header") || !take(time.get(), tv_sec, most, header.ts.tv_sec) ||
      !take(time.get(), tv_usec, 999'999, microseconds) || !take(given, caplen, most, captured) ||
      !take(given, len, most, wire)) {
    return false;
  }
  std::int64_t nanoseconds = microseconds * 1000;
  if (!take(time.get(), tv_nsec, 999'999'999, nanoseconds, true)) return false;
  header.ts.tv_usec = static_cast<std::uint32_t>(microseconds);
  header.ts.tv_nsec = static_cast<std::uint32_t>(nanoseconds);
  header.caplen = static_cast<std::uint32_t>(captured);
  header.len = static_cast<std::uint32_t>(wire);
  return true;
}

PyObject* ItemMaker::make(const PCAPItem& item, Ref pkt) noexcept {
  Ref ts = Ref::steal(PyFloat_FromDouble(item.ts));
  Ref hdr = Ref::steal(ts ? headers_[turn_ ^= 1].make(item.hdr) : nullptr);
  return hdr ? filled(std::move(ts), std::move(hdr), std::move(pkt)) : nullptr;
}

PyObject* ItemMaker::filled(Ref ts, Ref hdr, Ref pkt) noexcept {
  PyObject* tuple = tuple_.get();
  const bool is_free = tuple != nullptr && Py_REFCNT(tuple) == 1;
  if (!is_free) {
    tuple_ = Ref::steal(PyTuple_New(3));
    tuple = tuple_.get();
    if (tuple == nullptr) return nullptr;
  }
  // What they replace may run code when it goes, when this tuple is whole again.
  const Ref before[] = {Ref::steal(PyTuple_GET_ITEM(tuple, 0)),
                        Ref::steal(PyTuple_GET_ITEM(tuple, 1)),
                        Ref::steal(PyTuple_GET_ITEM(tuple, 2))};
  PyTuple_SET_ITEM(tuple, 0, ts.release());
  PyTuple_SET_ITEM(tuple, 1, hdr.release());
  PyTuple_SET_ITEM(tuple, 2, pkt.release());
  // The collector leaves alone what it has seen without references to what it looks after.
  if (PyObject_GC_IsTracked(tuple) == 0) PyObject_GC_Track(tuple);
  return Py_NewRef(tuple);
}

PyObject* ItemMaker::nothing() noexcept { return Py_BuildValue("(dOy)", 0.0, Py_None, ""); }

bool prepare_items() noexcept {
  const struct {
    PyObject*& key;
    const char* name;
  } keys[] = {{tv_sec, "tv_sec"}, {tv_usec, "tv_usec"}, {tv_nsec, "tv_nsec"},
              {ts_key, "ts"},     {caplen, "caplen"},   {len, "len"}};
  for (const auto& [key, name] : keys) {
    key = PyUnicode_InternFromString(name);
    if (key == nullptr) return false;
  }
  time_pattern = Py_BuildValue("{OiOiOi}", tv_sec, 0, tv_usec, 0, tv_nsec, 0);
  header_pattern = Py_BuildValue("{OOOiOi}", ts_key, Py_None, caplen, 0, len, 0);
  return time_pattern != nullptr && header_pattern != nullptr;
}

}  // namespace weir::python
