// weir.HeldPacket: what its packet is, and verdicts on it. The GIL has one thread at a time use it.
#include "gates/held_object.h"

#include <cstring>
#include <new>
#include <optional>
#include <string>
#include <thread>

#include "contiguous.h"
#include "gates/edited_bytes.h"
#include "gates/forks.h"
#include "raise.h"
#include "value_object.h"
#include "weir/error.h"
#include "written/made_packet.h"

namespace weir::python {
namespace {

using gate::HeldPacket;
using gate::RestOfFlow;
using gate::VerdictResult;

PyTypeObject* held_type = nullptr;
bool gives_up = false;

/// More than any frame has.
constexpr std::size_t most_bytes = std::size_t{16} << 20;

struct HeldObject {
  PyObject_HEAD
      /// The gate's, which lives until its handler returns; null once `own` has taken it over.
      HeldPacket* lent;
  std::optional<HeldPacket> own;
  /// Whose handler it was made for.
  std::thread::id worker;
  unsigned forks;
  /// What it shows as a weir.Packet, once somebody has asked for that.
  Ref packet;
  EditedBytes edited;
  /// Those that have taken over their packet.
  HeldObject* previous;
  HeldObject* next;
};

HeldObject* first_kept = nullptr;

HeldObject& self_of(PyObject* object) noexcept { return *reinterpret_cast<HeldObject*>(object); }

void take_over(HeldObject& self) noexcept {
  self.own.emplace(std::move(*std::exchange(self.lent, nullptr)));
  self.previous = nullptr;
  self.next = first_kept;
  if (first_kept != nullptr) first_kept->previous = &self;
  first_kept = &self;
}

void give_back(HeldObject& self) noexcept {
  if (!self.own) return;
  if (self.previous != nullptr) self.previous->next = self.next;
  if (self.next != nullptr) self.next->previous = self.previous;
  if (first_kept == &self) first_kept = self.next;
  if (self.forks == forks()) {
    self.own.reset();
  } else {
    // The parent's: decided there.
    std::construct_at(&self.own);
  }
}

void destroy(PyObject* object) noexcept {
  HeldObject& self = self_of(object);
  give_back(self);
  self.edited.end();
  PyTypeObject* const type = Py_TYPE(object);
  std::destroy_at(&self.edited);
  std::destroy_at(&self.packet);
  std::destroy_at(&self.own);
  type->tp_free(object);
  Py_DECREF(type);
}

[[noreturn]] void refuse(const std::string& words) {
  throw Error{ErrorCode::invalid_argument, words};
}

/// Throws Error (invalid_argument) where it is gone.
HeldPacket& packet_in(PyObject* object) {
  HeldObject& self = self_of(object);
  if (self.forks != forks())
    refuse("the packet is held by the process that this one was forked from");
  if (self.lent != nullptr && self.worker != std::this_thread::get_id()) take_over(self);
  if (self.own) return *self.own;
  if (self.lent != nullptr) return *self.lent;
  refuse("the packet is gone: its handler has raised an exception, or the interpreter ends");
}

/// What `get` returns of the packet, or null with an exception set.
template <class Get>
PyObject* of_packet(PyObject* self, Get get) noexcept {
  return guarded([&]() -> PyObject* { return get(packet_in(self)); });
}

PyObject* time_ns(PyObject* self, void*) noexcept {
  return of_packet(self, [](HeldPacket& held) {
    return PyLong_FromLongLong(held.packet().timestamp.time_since_epoch().count());
  });
}
PyObject* time(PyObject* self, void*) noexcept {
  return of_packet(self, [](HeldPacket& held) { return time_object(held.packet().timestamp); });
}
PyObject* wire_length(PyObject* self, void*) noexcept {
  return of_packet(
      self, [](HeldPacket& held) { return PyLong_FromUnsignedLong(held.packet().wire_length); });
}
PyObject* link_type(PyObject* self, void*) noexcept {
  return of_packet(self, [](HeldPacket& held) {
    return PyLong_FromUnsignedLong(static_cast<unsigned long>(held.packet().link_type));
  });
}
PyObject* direction(PyObject* self, void*) noexcept {
  return of_packet(self, [](HeldPacket& held) {
    return PyUnicode_InternFromString(held.packet().direction == Direction::in ? "in" : "out");
  });
}
PyObject* interface(PyObject* self, void*) noexcept {
  return of_packet(self, [](HeldPacket& held) { return text(held.adapter()); });
}
PyObject* rule(PyObject* self, void*) noexcept {
  return of_packet(self, [](HeldPacket& held) { return text(held.rule()); });
}
PyObject* ip_offset(PyObject* self, void*) noexcept {
  return of_packet(self, [](HeldPacket& held) -> PyObject* {
    const auto offset = held.ip_offset();
    if (!offset) Py_RETURN_NONE;
    return PyLong_FromSize_t(*offset);
  });
}
PyObject* ip_size(PyObject* self, void*) noexcept {
  return of_packet(self, [](HeldPacket& held) { return PyLong_FromSize_t(held.ip_size()); });
}
PyObject* is_truncated(PyObject* self, void*) noexcept {
  return of_packet(self,
                   [](HeldPacket& held) { return PyBool_FromLong(held.is_truncated() ? 1 : 0); });
}
PyObject* segment_size(PyObject* self, void*) noexcept {
  return of_packet(self,
                   [](HeldPacket& held) { return PyLong_FromUnsignedLong(held.segment_size()); });
}

// It never changes: changes are made in memory of their own.
PyObject* packet(PyObject* object, void*) noexcept {
  return of_packet(object, [&](HeldPacket& held) -> PyObject* {
    HeldObject& self = self_of(object);
    if (!self.packet) {
      Packet shown = held.packet();
      shown.interface_index = 0;
      self.packet =
          Ref::steal(made_packet(shown, stream_of_adapter(held.adapter(), shown.link_type), 0));
    }
    return Py_XNewRef(self.packet.get());
  });
}
PyObject* bytes(PyObject* object, void*) noexcept {
  const Ref shown = Ref::steal(packet(object, nullptr));
  return shown ? PyMemoryView_FromObject(shown.get()) : nullptr;
}

PyObject* is_decided(PyObject* object, void*) noexcept {
  HeldObject& self = self_of(object);
  if (self.lent == nullptr && !self.own) Py_RETURN_TRUE;
  return of_packet(object,
                   [](HeldPacket& held) { return PyBool_FromLong(held.is_decided() ? 1 : 0); });
}
PyObject* time_left(PyObject* self, void*) noexcept {
  return of_packet(self, [](HeldPacket& held) -> PyObject* {
    const auto left = held.time_left();
    if (!left) Py_RETURN_NONE;
    return PyFloat_FromDouble(std::chrono::duration<double>(*left).count());
  });
}

/// Throws Error (invalid_argument).
void expect_undecided(const HeldPacket& held) {
  if (held.is_decided()) refuse("the packet has been decided about");
}

PyObject* edit(PyObject* object, PyObject* arguments, PyObject* keywords) noexcept {
  static const char* names[] = {"room", nullptr};
  Py_ssize_t room = 256;
  if (PyArg_ParseTupleAndKeywords(arguments, keywords, "|n:edit", const_cast<char**>(names),
                                  &room) == 0) {
    return nullptr;
  }
  return of_packet(object, [&](HeldPacket& held) -> PyObject* {
    EditedBytes& edited = self_of(object).edited;
    if (room < 0 || static_cast<std::size_t>(room) > most_bytes) {
      refuse("room: bytes, from 0 to 16 MiB");
    }
    expect_undecided(held);
    if (held.is_truncated()) refuse("only part of the packet is shown, so it cannot be changed");
    const Ref before = edited.is_there() ? Ref::steal(bytes_object(edited.bytes())) : Ref{};
    const Bytes now = before ? octets_of(before.get()) : held.packet().data;
    if (PyErr_Occurred() != nullptr || !edited.begin(now, static_cast<std::size_t>(room))) {
      return nullptr;
    }
    return edited.view();
  });
}

PyObject* resize(PyObject* object, PyObject* given) noexcept {
  const Ref number = whole_number(given, "length");
  const std::size_t length = number ? PyLong_AsSize_t(number.get()) : 0;
  if (PyErr_Occurred() != nullptr) return nullptr;
  return of_packet(object, [&](HeldPacket& held) -> PyObject* {
    EditedBytes& edited = self_of(object).edited;
    expect_undecided(held);
    if (!edited.is_there()) refuse("resize() is for a packet that edit() was called of");
    if (length > edited.most()) {
      refuse("edit() gave room for " + std::to_string(edited.most()) + " bytes");
    }
    edited.resize(length);
    return edited.view();
  });
}

PyObject* extend(PyObject* self, PyObject* given) noexcept {
  const double seconds = PyFloat_AsDouble(given);
  if (PyErr_Occurred() != nullptr) return nullptr;
  return of_packet(self, [&](HeldPacket& held) -> PyObject* {
    if (!(seconds >= 0 && seconds <= 1e9)) refuse("a number of seconds from 0 to 1,000,000,000");
    const auto duration =
        std::chrono::duration_cast<Duration>(std::chrono::duration<double>{seconds});
    return PyBool_FromLong(held.extend(duration) ? 1 : 0);
  });
}

/// What `give` returns, by its name. What was shown to be changed is gone with the verdict.
template <class Give>
PyObject* verdict(PyObject* object, Give give) noexcept {
  HeldObject& self = self_of(object);
  if (self.forks == forks() && self.lent == nullptr && !self.own) {
    return PyUnicode_InternFromString(name(VerdictResult::late));
  }
  return of_packet(object, [&](HeldPacket& held) -> PyObject* {
    const VerdictResult result = give(held);
    if (held.is_decided()) self.edited.end();
    return PyUnicode_InternFromString(name(result));
  });
}

RestOfFlow rest_of(int same) noexcept { return same != 0 ? RestOfFlow::same : RestOfFlow::ask; }

/// The one argument of accept() and drop(); false with an exception set.
bool parse_rest(PyObject* arguments, PyObject* keywords, const char* format, int& same) noexcept {
  static const char* names[] = {"rest_of_flow", nullptr};
  return PyArg_ParseTupleAndKeywords(arguments, keywords, format, const_cast<char**>(names),
                                     &same) != 0;
}

PyObject* accept(PyObject* self, PyObject* arguments, PyObject* keywords) noexcept {
  int same = 0;
  if (!parse_rest(arguments, keywords, "|$p:accept", same)) return nullptr;
  return verdict(self, [&](HeldPacket& held) { return held.accept(rest_of(same)); });
}

PyObject* drop(PyObject* self, PyObject* arguments, PyObject* keywords) noexcept {
  int same = 0;
  if (!parse_rest(arguments, keywords, "|$p:drop", same)) return nullptr;
  return verdict(self, [&](HeldPacket& held) { return held.drop(rest_of(same)); });
}

/// Puts them in the place of the packet's own; nothing where these are not all shown. Throws
/// std::bad_alloc.
void replace(HeldPacket& held, Bytes with) {
  const std::size_t shown = held.packet().data.size();
  if (held.is_truncated() || held.is_decided()) return;
  if (held.edit(with.size() > shown ? with.size() - shown : 0).empty() && shown != 0) {
    throw std::bad_alloc{};
  }
  const MutableBytes bytes = held.resize(with.size());
  if (!with.empty()) std::memcpy(bytes.data(), with.data(), with.size());
}

PyObject* accept_modified(PyObject* object, PyObject* arguments, PyObject* keywords) noexcept {
  static const char* names[] = {"data", "repair", "rest_of_flow", nullptr};
  PyObject* data = Py_None;
  int repair = 0;
  int same = 0;
  if (PyArg_ParseTupleAndKeywords(arguments, keywords, "|O$pp:accept_modified",
                                  const_cast<char**>(names), &data, &repair, &same) == 0) {
    return nullptr;
  }
  // A copy: what gives the bytes is Python's, and may do anything meanwhile.
  Ref given;
  if (data != Py_None) given = Ref::steal(PyObject_Bytes(data));
  if (PyErr_Occurred() != nullptr) return nullptr;
  return verdict(object, [&](HeldPacket& held) {
    const EditedBytes& edited = self_of(object).edited;
    if (given) {
      if (octets_of(given.get()).size() > most_bytes) refuse("data: at most 16 MiB");
      replace(held, octets_of(given.get()));
    } else if (edited.is_there()) {
      replace(held, edited.bytes());
    }
    return held.accept_modified(repair != 0 ? gate::Repair::checksums : gate::Repair::none,
                                rest_of(same));
  });
}

PyObject* represent(PyObject* object) noexcept {
  HeldObject& self = self_of(object);
  if (self.forks != forks() || (self.lent == nullptr && !self.own)) {
    return text("<weir.HeldPacket: gone>");
  }
  const Ref shown = Ref::steal(packet(object, nullptr));
  const Ref where = Ref::steal(interface(object, nullptr));
  const Ref way = Ref::steal(direction(object, nullptr));
  if (!shown || !where || !way) return nullptr;
  return PyUnicode_FromFormat("<weir.HeldPacket %U on %U: %S>", way.get(), where.get(),
                              shown.get());
}

PyObject* refuse_pickling(PyObject*, PyObject*) noexcept {
  PyErr_SetString(PyExc_TypeError,
                  "a weir.HeldPacket cannot be pickled: pass on bytes(held.bytes)");
  return nullptr;
}

template <class Function>
PyCFunction with_keywords(Function* function) noexcept {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(function));
}

PyGetSetDef properties[] = {
    {"packet", packet, nullptr,
     "As it came, as a weir.Packet: its headers are attributes of that. May be kept.", nullptr},
    {"bytes", bytes, nullptr, "As it came: a read-only memoryview, valid for ever.", nullptr},
    {"time_ns", time_ns, nullptr, "When it came, by the wall clock: nanoseconds since 1970.",
     nullptr},
    {"time", time, nullptr, "The same as an aware datetime in UTC.", nullptr},
    {"len", wire_length, nullptr, "Bytes of the packet, those not shown included.", nullptr},
    {"interface", interface, nullptr, "The adapter's name when the gate came to it.", nullptr},
    {"direction", direction, nullptr, "\"in\" or \"out\".", nullptr},
    {"link_type", link_type, nullptr, "LINKTYPE_ number.", nullptr},
    {"rule", rule, nullptr, "The id of the rule that held it.", nullptr},
    {"ip_offset", ip_offset, nullptr, "Where its IP header begins; None if it has none.", nullptr},
    {"ip_size", ip_size, nullptr,
     "Bytes from its IP header to the end of the datagram, those not shown included; 0 if none.",
     nullptr},
    {"truncated", is_truncated, nullptr, "Whether more of it is held than is shown.", nullptr},
    {"segment_size", segment_size, nullptr,
     "Of one that stands for several segments, the payload bytes of each; otherwise 0.", nullptr},
    {"decided", is_decided, nullptr, "Whether it has been decided about, by whomever.", nullptr},
    {"time_left", time_left, nullptr, "Seconds for which it may still be held; None if for ever.",
     nullptr},
    {}};

PyMethodDef methods[] = {
    {"edit", with_keywords(edit), METH_VARARGS | METH_KEYWORDS,
     "edit($self, /, room=256)\n--\n\nIts bytes to be changed: a writable memoryview, released by "
     "the verdict, and when its handler\nreturns and nobody keeps the packet. `room`: bytes for "
     "which resize() may make it longer. Called\nagain it goes on with what was changed. Raises "
     "ArgumentError for one that is truncated, or decided."},
    {"resize", resize, METH_O,
     "resize($self, length, /)\n--\n\nMakes the edited packet longer or shorter; what is added are "
     "zeros. Returns its bytes, as edit().\nRaises ArgumentError beyond the room that edit() "
     "gave."},
    {"extend", extend, METH_O,
     "extend($self, seconds, /)\n--\n\nHas it be held that long from now on. False if it has been "
     "decided."},
    {"accept", with_keywords(accept), METH_VARARGS | METH_KEYWORDS,
     "accept($self, /, *, rest_of_flow=False)\n--\n\nIt goes on as it came. rest_of_flow: so does "
     "what follows of its flow, in the kernel.\nReturns \"taken\"; \"late\" if it had been "
     "decided before."},
    {"accept_modified", with_keywords(accept_modified), METH_VARARGS | METH_KEYWORDS,
     "accept_modified($self, /, data=None, *, repair=False, rest_of_flow=False)\n--\n\nIt goes on "
     "with other bytes: those that edit() gave as they are now, or `data`, bytes or what\nbytes() "
     "takes, a weir.Editor too. repair: checksums, and the lengths of IP and UDP, are filled in;\n"
     "otherwise they stay as they are, right or wrong. Returns \"taken\", \"late\", \"snapped\" "
     "(it is truncated,\nand undecided yet) or \"too_long\" (for its adapter: decided by policy)."},
    {"drop", with_keywords(drop), METH_VARARGS | METH_KEYWORDS,
     "drop($self, /, *, rest_of_flow=False)\n--\n\nIt vanishes. rest_of_flow: so does what follows "
     "of its flow, in the kernel. Returns as accept()."},
    {"__reduce__", refuse_pickling, METH_NOARGS,
     "__reduce__($self, /)\n--\n\nRaises TypeError: held packets cannot be pickled."},
    {}};

}  // namespace

Ref new_held(gate::HeldPacket& packet) noexcept {
  PyObject* const object = held_type->tp_alloc(held_type, 0);
  if (object == nullptr) return {};
  HeldObject& self = self_of(object);
  self.lent = &packet;
  std::construct_at(&self.own);
  std::construct_at(&self.worker, std::this_thread::get_id());
  self.forks = forks();
  std::construct_at(&self.packet);
  std::construct_at(&self.edited);
  return Ref::steal(object);
}

void end_held_call(Ref held) noexcept {
  HeldObject& self = self_of(held.get());
  if (self.lent == nullptr) return;
  if (Py_REFCNT(held.get()) > 1 && !gives_up) {
    take_over(self);
    return;
  }
  fail_held_call(std::move(held));
}

void fail_held_call(Ref held) noexcept {
  HeldObject& self = self_of(held.get());
  self.lent = nullptr;
  self.edited.end();
}

void give_up_held() noexcept {
  gives_up = true;
  while (first_kept != nullptr) give_back(*first_kept);
}

bool add_held_type(PyObject* module) noexcept {
  PyType_Slot slots[] = {
      {Py_tp_doc,
       const_cast<char*>("A packet that a gate holds, until a verdict or its deadline. A handler "
                         "may keep it, and any thread\ndecide later; one that nobody refers to "
                         "any more, undecided, goes by Gate's policy `undecided`.")},
      {Py_tp_dealloc, slot(destroy)},
      {Py_tp_repr, slot(represent)},
      {Py_tp_methods, methods},
      {Py_tp_getset, properties},
      {}};
  PyType_Spec spec{
      "weir.HeldPacket", static_cast<int>(sizeof(HeldObject)), 0,
      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  held_type = reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
  return held_type != nullptr && PyModule_AddType(module, held_type) == 0;
}

}  // namespace weir::python
