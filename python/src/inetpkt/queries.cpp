// Looking for layers and fields of packets.
#include <array>

#include "inetpkt/lists.h"
#include "inetpkt/pkt_object.h"
#include "raise.h"
#include "weir/compat/steelscript/igmp.h"

namespace weir::python {
namespace {

/// A chain that goes round ends here.
constexpr int longest_chain = 10'000;

// The next layer; none where there is none, or with an exception set.
Ref next_layer(PyObject* self) noexcept {
  if (is_own(self) && kind_of(self).layer->payload_name != "payload") return {};
  Ref payload = Ref::steal(PyObject_GetAttrString(self, "payload"));
  if (!payload) {
    if (PyErr_ExceptionMatches(PyExc_AttributeError) != 0) PyErr_Clear();
    return {};
  }
  if (!is_pkt(payload.get())) return {};
  return payload;
}

// Whether that attribute of a layer is the one looked for; -1 with an exception set.
int matches(PyObject* self, const char* attribute, PyObject* wanted) noexcept {
  const Ref value = Ref::steal(PyObject_GetAttrString(self, attribute));
  return value ? PyObject_RichCompareBool(value.get(), wanted, Py_EQ) : -1;
}

PyObject* find(PyObject* self, const char* attribute, PyObject* wanted, int instance,
               int found) noexcept {
  Ref at = Ref::share(self);
  for (int steps = 0; at && steps < longest_chain; ++steps) {
    const int is_it = matches(at.get(), attribute, wanted);
    if (is_it < 0) return nullptr;
    if (is_it != 0 && ++found == instance) return at.release();
    at = next_layer(at.get());
  }
  if (PyErr_Occurred() != nullptr) return nullptr;
  return PyObject_CallNoArgs(reinterpret_cast<PyObject*>(null_kind().type));
}

PyObject* look_for(PyObject* self, PyObject* arguments, PyObject* keywords, const char* what,
                   const char* attribute) noexcept {
  const std::array<const char*, 4> names{what, "instance", "found", nullptr};
  PyObject* wanted = nullptr;
  int instance = 1;
  int found = 0;
  if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O|ii", const_cast<char**>(names.data()),
                                   &wanted, &instance, &found)) {
    return nullptr;
  }
  return find(self, attribute, wanted, instance, found);
}

// "udp.payload" and "udp.payload.offset[x:y]".
PyObject* payload_bytes(PyObject* self, std::string_view query) noexcept {
  const std::string_view protocol = kind_of(self).layer->payload_query;
  const auto slice = steel::payload_slice(query, protocol);
  if (!slice && query.substr(protocol.size()) != ".payload") Py_RETURN_NONE;
  const Ref payload = Ref::steal(payload_of(self));
  if (!payload) return nullptr;
  return guarded([&]() -> PyObject* {
    steel::Octets out;
    if (!append_layer(payload.get(), out, {})) return nullptr;
    return bytes_object(slice ? slice->of(out) : Bytes{out});
  });
}

PyObject* ask_payload(PyObject* self, PyObject* field) noexcept {
  const Ref payload = Ref::steal(payload_of(self));
  return payload ? PyObject_CallMethod(payload.get(), "get_field_val", "O", field) : nullptr;
}

}  // namespace

PyObject* get_layer(PyObject* self, PyObject* arguments, PyObject* keywords) noexcept {
  return look_for(self, arguments, keywords, "name", "pkt_name");
}

PyObject* get_layer_by_type(PyObject* self, PyObject* arguments, PyObject* keywords) noexcept {
  return look_for(self, arguments, keywords, "pq_type", "pq_type");
}

PyObject* get_field_val(PyObject* self, PyObject* field) noexcept {
  Py_ssize_t size = 0;
  const char* const characters =
      PyUnicode_Check(field) ? PyUnicode_AsUTF8AndSize(field, &size) : nullptr;
  if (characters == nullptr) {
    if (PyErr_Occurred() != nullptr) return nullptr;
    return PyErr_Format(PyExc_TypeError, "a field's name is a str, not %s",
                        Py_TYPE(field)->tp_name);
  }
  const std::string_view name{characters, static_cast<std::size_t>(size)};
  const steel::LayerClass& layer = *kind_of(self).layer;
  if (!layer.payload_query.empty() && name.starts_with(layer.payload_query) &&
      name.substr(layer.payload_query.size()).starts_with(".payload")) {
    return payload_bytes(self, name);
  }
  const bool has_answer = layer.answers == nullptr || layer.answers(header_of(self), name);
  // The top of a stack of labels answers what it asks of the bottom.
  if (!has_answer && layer.payload_name == "payload") return ask_payload(self, field);
  const steel::Query* const query = has_answer ? layer.query(name) : nullptr;
  if (query == nullptr) Py_RETURN_NONE;
  if (&layer == &steel::IgmpHeader::layer && (name == "igmp.saddr" || name == "igmp.maddr") &&
      static_cast<steel::IgmpHeader*>(header_of(self))->is_report_v3()) {
    return ask_group_records(self, name);
  }
  if (const steel::Field* const found = layer.field(query->attribute)) {
    return field_object(self, *found);
  }
  return PyObject_GetAttrString(self, query->attribute.data());
}

PyObject* query_names(const steel::LayerClass& layer) noexcept {
  Ref names = Ref::steal(PyTuple_New(static_cast<Py_ssize_t>(layer.queries.size())));
  for (std::size_t i = 0; names && i < layer.queries.size(); ++i) {
    PyObject* const name = text(layer.queries[i].name);
    if (name == nullptr) return nullptr;
    PyTuple_SET_ITEM(names.get(), static_cast<Py_ssize_t>(i), name);
  }
  return names.release();
}

PyObject* query_info(PyObject* type, PyObject*) noexcept {
  const steel::LayerClass& layer = *kind_of_type(reinterpret_cast<PyTypeObject*>(type)).layer;
  PyObject* const names = query_names(layer);
  return names != nullptr ? Py_BuildValue("(iN)", int{layer.pq_type}, names) : nullptr;
}

PyObject* default_ports(PyObject* type, PyObject*) noexcept {
  const steel::LayerClass& layer = *kind_of_type(reinterpret_cast<PyTypeObject*>(type)).layer;
  Ref ports = Ref::steal(PyList_New(0));
  for (const std::uint16_t port : layer.ports) {
    const Ref number = Ref::steal(PyLong_FromLong(port));
    if (!ports || !number || PyList_Append(ports.get(), number.get()) < 0) return nullptr;
  }
  return ports.release();
}

}  // namespace weir::python
