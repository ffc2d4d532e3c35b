// Types for headers, made from the tables when the module is loaded.
#include "header_object.h"

#include <algorithm>
#include <cctype>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "address_object.h"
#include "headers/table_type.h"
#include "near_names.h"
#include "raise.h"
#include "stream.h"
#include "value_object.h"
#include "weir/wire/any_fields.h"
#include "written/fields_object.h"

namespace weir::python {
namespace {

struct HeaderObject {
  PyObject_HEAD PacketObject* packet;  // owned
  const record::HeaderFormat* format;
  std::uint32_t offset;  // in the packet's data
  std::uint32_t reach;   // to the end of its datagram, as far as captured
  std::uint32_t length;  // of the header alone
  wire::Protocol protocol;
};

/// The type of a format.
struct FormatType : TableType {
  const record::HeaderFormat* format = nullptr;
};

std::deque<FormatType> format_types;
PyTypeObject* header_type = nullptr;
/// Of headers whose fields only a decoder of the user's knows.
FormatType user_type;

HeaderObject& header_of(PyObject* self) noexcept { return *reinterpret_cast<HeaderObject*>(self); }

record::HeaderRow row_of(const HeaderObject& header) noexcept {
  return {*header.format, header.packet->packet.data.subspan(header.offset, header.reach)};
}

bool is_of_several(record::FieldKind kind) noexcept { return kind >= record::FieldKind::integers; }

PyObject* field(PyObject* self, void* closure) noexcept {
  const auto index = reinterpret_cast<std::uintptr_t>(closure);
  const record::HeaderRow row = row_of(header_of(self));
  if (!is_of_several(row.format().fields()[index].kind)) return value_object(row.value(index));
  ValueBuilder builder;
  row.visit(index, builder);
  return builder.take();
}

void destroy(PyObject* self) noexcept {
  PyTypeObject* const type = Py_TYPE(self);
  Py_DECREF(header_of(self).packet);
  type->tp_free(self);
  Py_DECREF(type);
}

PyObject* to_bytes(PyObject* self, PyObject*) noexcept {
  const HeaderObject& header = header_of(self);
  return bytes_object(header.packet->packet.data.subspan(
      header.offset, std::min<std::size_t>(header.length, header.reach)));
}

PyObject* user_name(PyObject* self, void*) noexcept {
  const HeaderObject& header = header_of(self);
  return text(header.packet->stream->decoders().name(header.protocol));
}

PyObject* user_offset(PyObject* self, void*) noexcept {
  return PyLong_FromUnsignedLong(header_of(self).offset);
}

PyObject* user_length(PyObject* self, void*) noexcept {
  return PyLong_FromUnsignedLong(header_of(self).length);
}

PyObject* user_dict(PyObject* self) noexcept {
  return Py_BuildValue("{s:N,s:N,s:N,s:N}", "name", user_name(self, nullptr), "offset",
                       user_offset(self, nullptr), "length", user_length(self, nullptr), "bytes",
                       to_bytes(self, nullptr));
}

PyObject* as_dict(PyObject* self, PyObject*) noexcept {
  if (is_user_protocol(header_of(self).protocol)) return user_dict(self);
  const record::HeaderRow row = row_of(header_of(self));
  Ref fields = Ref::steal(PyDict_New());
  if (!fields) return nullptr;
  for (std::size_t i = 0; i < row.format().fields().size(); ++i) {
    const Ref value = Ref::steal(field(self, reinterpret_cast<void*>(i)));
    if (!value) return nullptr;
    if (value.get() == Py_None) continue;
    const Ref name = Ref::steal(text(row.format().fields()[i].name));
    if (!name || PyDict_SetItem(fields.get(), name.get(), value.get()) < 0) return nullptr;
  }
  return fields.release();
}

// The packet gets bytes of its own first: making an object may run other code.
PyObject* settable(PyObject* self, PyObject*) noexcept {
  const HeaderObject& header = header_of(self);
  PacketObject& packet = *header.packet;
  return guarded([&]() -> PyObject* {
    if (packet.loan != nullptr) packet.loan->copy_out(packet);
    const wire::Layers* const found = layers_of(packet);
    if (found == nullptr) return nullptr;
    const wire::Layers layers = *found;
    for (const wire::Layer& layer : layers) {
      if (layer.offset != header.offset || layer.protocol != header.format->protocol()) continue;
      if (const auto fields = wire::fields_of(packet.packet, layers, layer)) {
        return fields_object(*fields);
      }
    }
    return PyErr_Format(
        PyExc_ValueError,
        "a %s cannot be set field by field, or was cut off: bytes() has it as it is",
        Py_TYPE(self)->tp_name);
  });
}

PyObject* represent(PyObject* self) noexcept {
  const Ref fields = Ref::steal(as_dict(self, nullptr));
  if (!fields) return nullptr;
  Ref line = Ref::steal(PyUnicode_FromFormat("<%s", Py_TYPE(self)->tp_name));
  PyObject* name = nullptr;
  PyObject* value = nullptr;
  for (Py_ssize_t at = 0; line && PyDict_Next(fields.get(), &at, &name, &value) != 0;) {
    line = Ref::steal(PyUnicode_FromFormat(is_address_object(value) ? "%U %U=%S" : "%U %U=%R",
                                           line.get(), name, value));
  }
  return line ? PyUnicode_FromFormat("%U>", line.get()) : nullptr;
}

// "ip" is IpHeader; the second format of a name has a 2 behind it.
std::string type_name(std::string_view protocol, bool is_second) {
  std::string name;
  bool starts_word = true;
  for (const char character : protocol) {
    if (character == '_' || character == '.') {
      starts_word = true;
      continue;
    }
    name += starts_word ? static_cast<char>(std::toupper(character)) : character;
    starts_word = false;
  }
  return name + (is_second ? "2" : "") + "Header";
}

void describe(FormatType& of) {
  const auto fields = of.format->fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    of.add(fields[i].name,
           std::string{name(fields[i].kind)} + ": " + std::string{fields[i].meaning} +
               "; None if it does not apply",
           i, field);
  }
}

// The first formats stand in the order of protocols; behind them the second ones.
const FormatType& type_of(const record::HeaderFormat& format) noexcept {
  if (is_user_protocol(format.protocol())) return user_type;
  const FormatType& first = format_types[static_cast<std::size_t>(format.protocol())];
  if (*first.format == format) return first;
  return *std::find_if(format_types.begin() + wire::protocol_count, format_types.end(),
                       [&](const FormatType& second) { return *second.format == format; });
}

PyObject* attribute(PyObject* self, PyObject* name) noexcept {
  return attribute_or_near(self, name, type_of(*header_of(self).format).attribute_names);
}

bool make_user_type(PyObject* module) {
  static const record::HeaderFormat format = record::user_header_format();
  user_type.format = &format;
  user_type.name = "weir.headers.UserHeader";
  user_type.documentation = std::string{format.title()};
  user_type.add("name", "text: the protocol, as it was added", 0, user_name);
  user_type.add("offset", "integer: bytes from the start of the packet", 0, user_offset);
  user_type.add("length", "integer: bytes of the header", 0, user_length);
  return user_type.make(module, sizeof(HeaderObject), header_type);
}

bool make_base(PyObject* module) noexcept {
  static PyMethodDef methods[] = {
      {"__bytes__", to_bytes, METH_NOARGS,
       "__bytes__($self, /)\n--\n\nThe header's octets, options included."},
      {"as_dict", as_dict, METH_NOARGS,
       "as_dict($self, /)\n--\n\nThe fields that apply, by the names of docs/json.md."},
      {"fields", settable, METH_NOARGS,
       "fields($self, /)\n--\n\nA header that can be changed and built, all of its fields as they "
       "are "
       "here: of\npacket.ip a weir.IPv4. Raises ValueError where there are none to set."},
      {}};
  PyType_Slot slots[] = {{Py_tp_doc, const_cast<char*>("A header of a packet. Keeps the packet.")},
                         {Py_tp_dealloc, slot(destroy)},
                         {Py_tp_getattro, slot(attribute)},
                         {Py_tp_repr, slot(represent)},
                         {Py_tp_methods, methods},
                         {}};
  PyType_Spec spec{"weir.Header", static_cast<int>(sizeof(HeaderObject)), 0,
                   Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE |
                       Py_TPFLAGS_DISALLOW_INSTANTIATION,
                   slots};
  header_type = reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
  return header_type != nullptr && PyModule_AddType(module, header_type) == 0;
}

}  // namespace

PyObject* header_object(PacketObject& packet, const wire::Layers& layers,
                        const wire::Layer& layer) noexcept {
  const record::HeaderRow row{packet.packet, layers, layer};
  const FormatType& of = type_of(row.format());
  const bool is_own = is_user_protocol(layer.protocol) || !row.bytes().empty();
  const std::uint32_t offset = is_own ? layer.offset : 0;
  const std::uint32_t length = layer.header_length;
  const wire::Protocol protocol = layer.protocol;
  // From here on `layers` may be another packet's: making an object may run other code.
  PyObject* const object = of.type->tp_alloc(of.type, 0);
  if (object == nullptr) return nullptr;
  HeaderObject& header = header_of(object);
  Py_INCREF(&packet);
  header.packet = &packet;
  header.format = of.format;
  header.offset = offset;
  header.reach = static_cast<std::uint32_t>(row.bytes().size());
  header.length = length;
  header.protocol = protocol;
  return object;
}

bool add_header_types(PyObject* module, PyObject* headers) noexcept {
  if (!make_base(module)) return false;
  std::map<std::string_view, int> seen;
  for (const record::HeaderFormat& format : record::header_formats()) {
    FormatType& of = format_types.emplace_back();
    of.format = &format;
    of.name = "weir.headers." + type_name(format.name(), seen[format.name()]++ != 0);
    of.documentation = std::string{format.title()};
    describe(of);
    if (!of.make(headers, sizeof(HeaderObject), header_type)) return false;
  }
  return make_user_type(headers);
}

}  // namespace weir::python
