// PCAPReader, PCAPWriter and PCAPSocket as Python objects: what they have in common.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "raise.h"
#include "steelscript/arguments.h"
#include "steelscript/pcap_item.h"
#include "turns.h"

namespace weir::python {

/// Calls of several threads take turns. While it is somebody's turn no Python code runs in his
/// thread.
template <class Pcap>
struct PcapObject {
  PyObject_HEAD
      /// Null before __init__().
      std::unique_ptr<Pcap>
          pcap;
  Turns turns;
  /// What its errors are about.
  std::string name;
  Subject::Kind kind;
  ItemMaker items;
  /// Of a socket: what Python has for its stop event, or null; owned. Whether that is another than
  /// its own.
  PyObject* stop_event;
  bool has_other_event;
};

template <class Pcap>
PcapObject<Pcap>& self_of(PyObject* object) noexcept {
  return *reinterpret_cast<PcapObject<Pcap>*>(object);
}

/// Sets the Python exception for the C++ one being handled. That of the kernel is a ValueError,
/// too.
void raise_refusal(const Subject& subject) noexcept;

/// Does `work` with what is behind an object, in turn and without the GIL. False with an exception
/// set.
template <class Pcap, class Work>
bool attempt(PcapObject<Pcap>& self, Work work) noexcept {
  if (self.pcap == nullptr) {
    PyErr_SetString(PyExc_TypeError, "__init__() of this object has not been called");
    return false;
  }
  try {
    const Turn turn{self.turns};
    const WithoutGil without;
    work(*self.pcap);
    return true;
  } catch (...) {
    raise_refusal({self.kind, self.name});
    return false;
  }
}

/// The path that is given, in the encoding of file names. False with an exception set.
[[nodiscard]] bool take_path(PyObject* given, std::string& path) noexcept;
/// A str in UTF-8. False with TypeError set.
[[nodiscard]] bool take_text(PyObject* given, const char* name, std::string& text) noexcept;

/// A type's functions, for all three.
template <class Pcap>
PyObject* make_object(PyTypeObject* type, PyObject*, PyObject*) noexcept {
  PyObject* const object = type->tp_alloc(type, 0);
  if (object == nullptr) return nullptr;
  auto& self = self_of<Pcap>(object);
  new (&self.pcap) std::unique_ptr<Pcap>{};
  new (&self.turns) Turns{};
  new (&self.name) std::string{};
  new (&self.items) ItemMaker{};
  return object;
}

template <class Pcap>
int traverse_object(PyObject* object, visitproc visit, void* arg) noexcept {
  auto& self = self_of<Pcap>(object);
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(self.stop_event);
  return self.items.traverse(visit, arg);
}

template <class Pcap>
int clear_object(PyObject* object) noexcept {
  Py_CLEAR(self_of<Pcap>(object).stop_event);
  self_of<Pcap>(object).items.clear();
  return 0;
}

template <class Pcap>
void destroy_object(PyObject* object) noexcept {
  PyObject_GC_UnTrack(object);
  clear_object<Pcap>(object);
  auto& self = self_of<Pcap>(object);
  {
    const WithoutGil without;
    std::destroy_at(&self.pcap);
  }
  std::destroy_at(&self.items);
  std::destroy_at(&self.name);
  std::destroy_at(&self.turns);
  PyTypeObject* const type = Py_TYPE(object);
  type->tp_free(object);
  Py_DECREF(type);
}

/// Puts a new one behind an object; what was there before ends. -1 with an exception set.
template <class Pcap, class Make>
int put_behind(PyObject* object, Subject::Kind kind, std::string name, Make make) noexcept {
  auto& self = self_of<Pcap>(object);
  Py_CLEAR(self.stop_event);
  self.has_other_event = false;
  try {
    const Turn turn{self.turns};
    const WithoutGil without;
    self.kind = kind;
    self.name = std::move(name);
    self.pcap.reset();
    self.pcap = make(self.name);
    return 0;
  } catch (...) {
    raise_refusal({self.kind, self.name});
    return -1;
  }
}

template <class Pcap>
int is_open(PyObject* object) noexcept {
  auto& self = self_of<Pcap>(object);
  const Turn turn{self.turns};
  return self.pcap != nullptr && static_cast<bool>(*self.pcap) ? 1 : 0;
}

/// A call of a string; 0 is returned.
template <class Pcap, int (Pcap::*member)(const std::string&), bool is_path>
PyObject* call_with_text(PyObject* object, PyObject* const* given, Py_ssize_t count,
                         PyObject* keywords) noexcept {
  static constexpr const char* parameter = is_path ? "file_name" : "bpf_filter";
  PyObject* sorted[1];
  std::string text;
  if (!sort_arguments(is_path ? "open_pcap_dumper" : "add_bpf_filter", {&parameter, 1}, 1, sorted,
                      given, count, keywords) ||
      !(is_path ? take_path(sorted[0], text) : take_text(sorted[0], parameter, text))) {
    return nullptr;
  }
  auto& self = self_of<Pcap>(object);
  if (!attempt(self, [&](Pcap& pcap) { (pcap.*member)(text); })) return nullptr;
  return PyLong_FromLong(0);
}

template <class Pcap>
PyObject* close_pcap_dumper(PyObject* object, PyObject*) noexcept {
  if (!attempt(self_of<Pcap>(object), [](Pcap& pcap) { pcap.close_pcap_dumper(); })) return nullptr;
  Py_RETURN_NONE;
}

template <class Pcap>
PyObject* close(PyObject* object, PyObject*) noexcept {
  if (!attempt(self_of<Pcap>(object), [](Pcap& pcap) { pcap.close(); })) return nullptr;
  Py_RETURN_NONE;
}

template <class Pcap>
PyObject* dump_hdr_pkt(PyObject* object, PyObject* const* given, Py_ssize_t count,
                       PyObject* keywords) noexcept {
  static constexpr const char* names[] = {"hdr", "data", "tv_sec", "tv_usec"};
  PyObject* sorted[4];
  compat::steelscript::pcap_pkthdr_t header;
  Octets data;
  std::uint32_t seconds = 0;
  std::uint32_t microseconds = 0;
  if (!sort_arguments("dump_hdr_pkt", names, 2, sorted, given, count, keywords) ||
      !take_header(sorted[0], header) || !data.take(sorted[1]) ||
      !take_number(sorted[2], names[2], seconds) ||
      !take_number(sorted[3], names[3], microseconds, microseconds_of_a_second)) {
    return nullptr;
  }
  auto& self = self_of<Pcap>(object);
  const auto dump = [&](Pcap& pcap) {
    pcap.dump_hdr_pkt(header, data.bytes(), seconds, microseconds);
  };
  if (!attempt(self, dump)) return nullptr;
  Py_RETURN_NONE;
}

template <class Pcap>
PyObject* dump_pkt(PyObject* object, PyObject* const* given, Py_ssize_t count,
                   PyObject* keywords) noexcept {
  static constexpr const char* names[] = {"data", "tv_sec", "tv_usec"};
  PyObject* sorted[3];
  Octets data;
  std::uint32_t seconds = 0;
  std::uint32_t microseconds = 0;
  if (!sort_arguments("dump_pkt", names, 1, sorted, given, count, keywords) ||
      !data.take(sorted[0]) || !take_number(sorted[1], names[1], seconds) ||
      !take_number(sorted[2], names[2], microseconds, microseconds_of_a_second)) {
    return nullptr;
  }
  auto& self = self_of<Pcap>(object);
  const auto dump = [&](Pcap& pcap) { pcap.dump_pkt(data.bytes(), seconds, microseconds); };
  if (!attempt(self, dump)) return nullptr;
  Py_RETURN_NONE;
}

/// A function with keywords as PyMethodDef holds it.
inline PyCFunction with_keywords(_PyCFunctionFastWithKeywords function) noexcept {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function));
}

/// The methods that all have.
template <class Pcap>
std::array<PyMethodDef, 5> common_methods() noexcept {
  constexpr int keywords = METH_FASTCALL | METH_KEYWORDS;
  return {
      {{"open_pcap_dumper", with_keywords(call_with_text<Pcap, &Pcap::open_pcap_dumper, true>),
        keywords,
        "open_pcap_dumper($self, /, file_name)\n--\n\nBegins a pcap file to dump into, and ends "
        "one that is open. Returns 0."},
       {"close_pcap_dumper", close_pcap_dumper<Pcap>, METH_NOARGS,
        "close_pcap_dumper($self, /)\n--\n\nEnds the file that is dumped into, if there is one."},
       {"dump_hdr_pkt", with_keywords(dump_hdr_pkt<Pcap>), keywords,
        "dump_hdr_pkt($self, /, hdr, data, tv_sec=0, tv_usec=0)\n--\n\nDumps a packet as its "
        "header says; unless both are 0, tv_sec and tv_usec are its time."},
       {"dump_pkt", with_keywords(dump_pkt<Pcap>), keywords,
        "dump_pkt($self, /, data, tv_sec=0, tv_usec=0)\n--\n\nDumps a packet of that length, at "
        "the present time unless one is given."},
       {"close", close<Pcap>, METH_NOARGS,
        "close($self, /)\n--\n\nEnds everything, the dump too. Nothing the second time."}}};
}

}  // namespace weir::python
