// The packet classes of steelscript.packets as Python has them: hand-made types around the structs
// of the C++ face.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "inetpkt_object.h"
#include "object.h"
#include "weir/compat/steelscript/field.h"

namespace weir::python {

namespace steel = compat::steelscript;

/// One packet class.
struct Kind {
  const steel::LayerClass* layer = nullptr;
  std::size_t header_size = 0;
  void (*construct)(void* at) = nullptr;
  void (*destroy)(void* at) noexcept = nullptr;
  vectorcallfunc call = nullptr;
  /// What the class documents.
  const char* documentation = nullptr;
  PyTypeObject* type = nullptr;
  /// A list of what follows the header, where that is no layer: its name, and what makes it. Null:
  /// there is none.
  PyGetSetDef* lists = nullptr;
  PyObject* (*make_payload)(PyObject* self) noexcept = nullptr;
  /// Sets what is no field of keywords; false with an exception set.
  bool (*take_keywords)(PyObject* self, PyObject* keywords) noexcept = nullptr;
  /// Appends what follows the header where that is no layer; false with an exception set.
  bool (*append_payload)(PyObject* self, steel::Octets& out, const steel::Pkt2Net& told) = nullptr;
};

/// PKT, of which all are.
[[nodiscard]] const Kind& pkt_kind() noexcept;
[[nodiscard]] const Kind& null_kind() noexcept;
[[nodiscard]] const Kind& kind_of(steel::Next next) noexcept;

[[nodiscard]] inline WeirPkt& pkt_of(PyObject* self) noexcept {
  return *reinterpret_cast<WeirPkt*>(self);
}
[[nodiscard]] inline const Kind& kind_of(PyObject* self) noexcept {
  return *static_cast<const Kind*>(pkt_of(self).kind);
}
/// The struct of its kind.
[[nodiscard]] inline void* header_of(PyObject* self) noexcept { return &pkt_of(self) + 1; }
[[nodiscard]] bool is_pkt(PyObject* object) noexcept;
/// Whether the object is of one of these types itself, not of a class derived in Python.
[[nodiscard]] inline bool is_own(PyObject* self) noexcept {
  return Py_TYPE(self) == kind_of(self).type;
}

/// A new layer of those bytes of `data`, a bytes object; a NullPkt where they are none.
[[nodiscard]] PyObject* read_layer(const Kind& kind, PyObject* data, std::size_t at,
                                   std::size_t length, PyObject* l7_ports, int depth) noexcept;
/// What follows the header, made now if it was not asked for before: a new reference.
[[nodiscard]] PyObject* payload_of(PyObject* self) noexcept;
/// Whether that is a dict of ports and classes; false with an exception set.
[[nodiscard]] bool check_l7_ports(PyObject* given) noexcept;
/// A new reference to what an attribute holds.
[[nodiscard]] PyObject* field_object(PyObject* self, const steel::Field& field) noexcept;
/// A new bytes object of what is bytes, or an array of unsigned char; null without an exception
/// where it is neither.
[[nodiscard]] Ref bytes_like(PyObject* object) noexcept;

// values.cpp
/// A new reference to what Python has for the value.
[[nodiscard]] PyObject* value_object(steel::FieldKind kind, const steel::Value& value) noexcept;
/// Sets an attribute; false with an exception set.
[[nodiscard]] bool set_value(const steel::Field& field, void* header, PyObject* to) noexcept;

// net.cpp
/// pkt2net(self, kwargs, **kwargs).
PyObject* pkt2net(PyObject* self, PyObject* arguments, PyObject* keywords) noexcept;
/// Appends a layer as it says itself; false with an exception set.
[[nodiscard]] bool append_layer(PyObject* self, steel::Octets& out,
                                const steel::Pkt2Net& told) noexcept;

// queries.cpp
PyObject* get_layer(PyObject* self, PyObject* arguments, PyObject* keywords) noexcept;
PyObject* get_layer_by_type(PyObject* self, PyObject* arguments, PyObject* keywords) noexcept;
PyObject* get_field_val(PyObject* self, PyObject* field) noexcept;
PyObject* query_info(PyObject* type, PyObject*) noexcept;
PyObject* default_ports(PyObject* type, PyObject*) noexcept;
/// The class of these types that a type is, or derives from.
[[nodiscard]] const Kind& kind_of_type(PyTypeObject* type) noexcept;
/// What it can be asked for: a new tuple.
[[nodiscard]] PyObject* query_names(const steel::LayerClass& layer) noexcept;

/// Adds them to the module. False with an exception set.
[[nodiscard]] bool add_packet_classes(PyObject* module) noexcept;

}  // namespace weir::python
