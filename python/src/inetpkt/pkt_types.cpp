// The types of packet classes, made of their tables; PKT's own attributes and methods.
#include "inetpkt/pkt_types.h"

#include <cstring>
#include <deque>
#include <string>

#include "inetpkt/kinds.h"
#include "raise.h"

namespace weir::python {
namespace {

/// As long as a C struct of it is, to its last padding: Cython looks.
constexpr int whole_words(std::size_t size) noexcept {
  constexpr std::size_t word = alignof(WeirPkt);
  return static_cast<int>((size + word - 1) / word * word);
}

constexpr const char* module_name = "weir.compat.steelscript.packets.core.inetpkt.";

// What was set of an attribute of all classes; null: nothing was, perhaps with an exception set.
PyObject* said(PyObject* self, const char* name) noexcept {
  PyObject* const dict = pkt_of(self).said;
  return dict == nullptr ? nullptr : Py_XNewRef(PyDict_GetItemString(dict, name));
}

template <class Type>
int say(PyObject* self, PyObject* to, const char* name, Type is_right, const char* words) noexcept {
  if (to == nullptr || !is_right(to)) {
    PyErr_Format(PyExc_TypeError, "%s is %s", name, words);
    return -1;
  }
  WeirPkt& pkt = pkt_of(self);
  if (pkt.said == nullptr) pkt.said = PyDict_New();
  return pkt.said == nullptr ? -1 : PyDict_SetItemString(pkt.said, name, to);
}

PyObject* get_pkt_name(PyObject* self, void*) noexcept {
  PyObject* const name = said(self, "pkt_name");
  return name != nullptr ? name : text(kind_of(self).layer->name);
}
int set_pkt_name(PyObject* self, PyObject* to, void*) noexcept {
  return say(
      self, to, "pkt_name", [](PyObject* one) { return PyUnicode_Check(one) != 0; }, "a str");
}

PyObject* get_pq_type(PyObject* self, void*) noexcept {
  PyObject* const type = said(self, "pq_type");
  return type != nullptr ? type : PyLong_FromLong(kind_of(self).layer->pq_type);
}
int set_pq_type(PyObject* self, PyObject* to, void*) noexcept {
  const auto is_right = [](PyObject* one) {
    const long number = PyLong_Check(one) ? PyLong_AsLong(one) : -1;
    PyErr_Clear();
    return number >= 0 && number <= 0xffff;
  };
  return say(self, to, "pq_type", is_right, "an int from 0 to 65535");
}

PyObject* get_query_fields(PyObject* self, void*) noexcept {
  PyObject* const fields = said(self, "query_fields");
  return fields != nullptr ? fields : query_names(*kind_of(self).layer);
}
int set_query_fields(PyObject* self, PyObject* to, void*) noexcept {
  return say(
      self, to, "query_fields", [](PyObject* one) { return PyTuple_Check(one) != 0; }, "a tuple");
}

PyObject* get_l7_ports(PyObject* self, void*) noexcept {
  WeirPkt& pkt = pkt_of(self);
  if (pkt.l7_ports == nullptr) pkt.l7_ports = PyDict_New();
  return Py_XNewRef(pkt.l7_ports);
}
int set_l7_ports(PyObject* self, PyObject* to, void*) noexcept {
  if (!check_l7_ports(to)) return -1;
  Py_XSETREF(pkt_of(self).l7_ports, Py_NewRef(to));
  return 0;
}

// array.array("B", bytes), as classes of the user's go through.
PyObject* octet_array(PyObject* bytes) noexcept {
  const Ref module = Ref::steal(PyImport_ImportModule("array"));
  return module ? PyObject_CallMethod(module.get(), "array", "sO", "B", bytes) : nullptr;
}

PyObject* from_buffer(PyObject*, PyObject* arguments) noexcept {
  PyObject* args = nullptr;
  PyObject* kwargs = nullptr;
  if (!PyArg_ParseTuple(arguments, "O!O!:from_buffer", &PyTuple_Type, &args, &PyDict_Type,
                        &kwargs)) {
    return nullptr;
  }
  PyObject* const data = PyTuple_GET_SIZE(args) == 1 ? PyTuple_GET_ITEM(args, 0)
                                                     : PyDict_GetItemString(kwargs, "data");
  Ref bytes = data != nullptr ? bytes_like(data) : Ref{};
  if (PyErr_Occurred() != nullptr) return nullptr;
  const int has_bytes = bytes ? 1 : 0;
  if (!bytes) bytes = Ref::steal(bytes_object({}));
  PyObject* const array = bytes ? octet_array(bytes.get()) : nullptr;
  return array != nullptr ? Py_BuildValue("(iN)", has_bytes, array) : nullptr;
}

PyObject* represent(PyObject* self) noexcept {
  const Kind& kind = kind_of(self);
  Ref line = Ref::steal(PyUnicode_FromFormat("<%s", Py_TYPE(self)->tp_name));
  if (const char* const dot = std::strrchr(Py_TYPE(self)->tp_name, '.'); dot != nullptr) {
    line = Ref::steal(PyUnicode_FromFormat("<%s", dot + 1));
  }
  for (const steel::Field& field : kind.layer->fields) {
    const Ref value = Ref::steal(field_object(self, field));
    if (!value || !line) return nullptr;
    line = Ref::steal(PyUnicode_FromFormat("%U %s=%R", line.get(), field.name.data(), value.get()));
  }
  return line ? PyUnicode_FromFormat("%U>", line.get()) : nullptr;
}

// As a PyMethodDef holds it.
PyCFunction with_keywords(PyCFunctionWithKeywords function) noexcept {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function));
}

PyGetSetDef common_properties[] = {
    {"pkt_name", get_pkt_name, set_pkt_name, "What get_layer() goes by.", nullptr},
    {"pq_type", get_pq_type, set_pq_type, "What get_layer_by_type() goes by.", nullptr},
    {"query_fields", get_query_fields, set_query_fields, "What get_field_val() knows.", nullptr},
    {"l7_ports", get_l7_ports, set_l7_ports,
     "Port to class, for the payload of UDP and TCP; 0 stands for all other ports.", nullptr},
    {}};

PyMethodDef common_methods[] = {
    {"get_layer", with_keywords(get_layer), METH_VARARGS | METH_KEYWORDS,
     "get_layer($self, /, name, instance=1, found=0)\n--\n\nThe instance-th layer of that name "
     "from here on; an empty NullPkt where there is none."},
    {"get_layer_by_type", with_keywords(get_layer_by_type), METH_VARARGS | METH_KEYWORDS,
     "get_layer_by_type($self, /, pq_type, instance=1, found=0)\n--\n\nThe same by the number of "
     "the class: IP_CONST.PQ_…"},
    {"get_field_val", get_field_val, METH_O,
     "get_field_val($self, field, /)\n--\n\nWhat this layer has for a name in Wireshark's style; "
     "None for a name it does not have."},
    {"pkt2net", with_keywords(pkt2net), METH_VARARGS | METH_KEYWORDS,
     "pkt2net($self, kwargs={}, /, **options)\n--\n\nThe layer and all within it as bytes. "
     "Options, 0 or 1: csum and update compute checksums and\nlengths anew and keep them, "
     "udp_csum those of UDP alone, eth_crc puts the frame check sequence\nbehind, compress=0 "
     "leaves DNS names whole; ipv4_pheader is a pseudo-header instead of the right one."},
    {"from_buffer", from_buffer, METH_VARARGS,
     "from_buffer($self, args, kwargs, /)\n--\n\n(1, array of the bytes) where arguments have "
     "bytes to read, otherwise (0, empty array)."},
    {"query_info", query_info, METH_NOARGS | METH_CLASS,
     "query_info($type, /)\n--\n\nThe number of the class, and what get_field_val() knows."},
    {"default_ports", default_ports, METH_NOARGS | METH_CLASS,
     "default_ports($type, /)\n--\n\nThe ports that l7_ports may have the class for."},
    {}};

// What an attribute holds.
std::string meaning(const steel::Field& field) {
  switch (field.kind) {
    case steel::FieldKind::number:
      if (field.set == nullptr) return "int";
      return "int: " + std::to_string(field.least) + " to " + std::to_string(field.most);
    case steel::FieldKind::mac:
      return "str: a MAC address";
    case steel::FieldKind::ipv4:
      return "str: an IPv4 address";
    case steel::FieldKind::octets:
      return field.most == 0 ? "bytes" : "bytes: up to " + std::to_string(field.most);
    case steel::FieldKind::hardware_address:
      return "str: pairs of hexadecimal digits with colons; may be set to bytes";
    case steel::FieldKind::protocol_address:
      return "str: an IPv4 address, of other lengths hexadecimal digits; may be set to bytes";
    case steel::FieldKind::addresses:
      return "list of str: IPv4 addresses";
    case steel::FieldKind::text:
      return "str";
  }
  return {};
}

/// Stays for as long as the interpreter lives.
struct Made {
  std::string name;
  std::deque<std::string> meanings;
  std::vector<PyGetSetDef> properties;
};
std::deque<Made> made_types;

bool make(Kind& kind, PyObject* module) {
  const bool is_base = &kind == &pkt_kind();
  Made& made = made_types.emplace_back();
  made.name = module_name + std::string{kind.layer->name};
  for (const steel::Field& field : kind.layer->fields) {
    made.meanings.push_back(meaning(field));
    made.properties.push_back(field_property(field, made.meanings.back().c_str()));
  }
  if (kind.lists != nullptr) {
    for (const PyGetSetDef* list = kind.lists; list->name != nullptr; ++list) {
      made.properties.push_back(*list);
    }
  } else if (!kind.layer->payload_name.empty()) {
    made.properties.push_back(payload_property(*kind.layer));
  }
  made.properties.push_back({});
  std::vector<PyType_Slot> slots = object_slots();
  slots.push_back({Py_tp_doc, const_cast<char*>(kind.documentation)});
  slots.push_back({Py_tp_repr, slot(represent)});
  slots.push_back({Py_tp_getset, is_base ? common_properties : made.properties.data()});
  if (is_base) slots.push_back({Py_tp_methods, common_methods});
  slots.push_back({});
  PyType_Spec spec{
      made.name.c_str(), whole_words(sizeof(WeirPkt) + kind.header_size), 0,
      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
      slots.data()};
  PyObject* const base = is_base ? nullptr : reinterpret_cast<PyObject*>(pkt_kind().type);
  kind.type = reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, base));
  if (kind.type == nullptr) return false;
  kind.type->tp_vectorcall = kind.call;
  return PyModule_AddType(module, kind.type) == 0;
}

}  // namespace

bool add_packet_classes(PyObject* module) noexcept {
  return guarded(
      [&] {
        for (Kind& kind : kinds()) {
          if (!make(kind, module)) return false;
        }
        return true;
      },
      false);
}

}  // namespace weir::python
