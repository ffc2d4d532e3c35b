// The two address types: immutable, equal to their text, to ipaddress objects and to their octets.
#include "address_object.h"

#include <array>
#include <new>
#include <string_view>

namespace weir::python {
namespace {

PyTypeObject* ip_type = nullptr;
PyTypeObject* mac_type = nullptr;

template <class Address>
struct AddressObject {
  PyObject_HEAD Address address;
};

template <class Address>
const Address& address_of(PyObject* self) noexcept {
  return reinterpret_cast<AddressObject<Address>*>(self)->address;
}

Bytes octets(const IpAddress& address) noexcept { return address.bytes(); }
Bytes octets(const MacAddress& address) noexcept { return address.octets; }

template <class Address>
struct Characters {
  explicit Characters(const Address& address) noexcept
      : size{static_cast<std::size_t>(write_text(buffer.data(), address) - buffer.data())} {}
  [[nodiscard]] std::string_view view() const noexcept { return {buffer.data(), size}; }

  std::array<char, max_address_text> buffer;
  std::size_t size;
};

template <class Address>
PyTypeObject* type_of() noexcept {
  if constexpr (std::is_same_v<Address, IpAddress>) {
    return ip_type;
  } else {
    return mac_type;
  }
}

template <class Address>
PyObject* make(PyTypeObject* type, const Address& address) noexcept {
  PyObject* const object = type->tp_alloc(type, 0);
  if (object != nullptr) {
    new (&reinterpret_cast<AddressObject<Address>*>(object)->address) Address{address};
  }
  return object;
}

std::optional<IpAddress> parse(std::string_view characters, const IpAddress&) noexcept {
  return parse_ip(characters);
}
std::optional<MacAddress> parse(std::string_view characters, const MacAddress&) noexcept {
  return parse_mac(characters);
}
std::optional<IpAddress> load(Bytes packed, const IpAddress&) noexcept {
  if (packed.size() == Ipv4Address::size) return Ipv4Address::load(packed.data());
  if (packed.size() == Ipv6Address::size) return Ipv6Address::load(packed.data());
  return std::nullopt;
}
std::optional<MacAddress> load(Bytes packed, const MacAddress&) noexcept {
  if (packed.size() != MacAddress::size) return std::nullopt;
  return MacAddress::load(packed.data());
}

/// See ip_address_of().
template <class Address>
std::optional<Address> converted(PyObject* object) noexcept {
  if (Py_TYPE(object) == type_of<Address>()) return address_of<Address>(object);
  if (PyUnicode_Check(object)) {
    Py_ssize_t size = 0;
    const char* const characters = PyUnicode_AsUTF8AndSize(object, &size);
    if (characters == nullptr) {
      PyErr_Clear();
      return std::nullopt;
    }
    return parse({characters, static_cast<std::size_t>(size)}, Address{});
  }
  Ref packed = PyBytes_Check(object) ? Ref::share(object)
                                     : Ref::steal(PyObject_GetAttrString(object, "packed"));
  if (!packed || !PyBytes_Check(packed.get())) {
    PyErr_Clear();
    return std::nullopt;
  }
  return load({reinterpret_cast<const std::uint8_t*>(PyBytes_AS_STRING(packed.get())),
               static_cast<std::size_t>(PyBytes_GET_SIZE(packed.get()))},
              Address{});
}

template <class Address>
PyObject* create(PyTypeObject* type, PyObject* arguments, PyObject* keywords) noexcept {
  static const char* names[] = {"address", nullptr};
  PyObject* from = nullptr;
  if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O", const_cast<char**>(names), &from)) {
    return nullptr;
  }
  const auto address = converted<Address>(from);
  if (address) return make(type, *address);
  return PyErr_Format(PyExc_ValueError, "%R is no %s address", from,
                      std::is_same_v<Address, IpAddress> ? "IP" : "MAC");
}

void destroy(PyObject* self) noexcept {
  PyTypeObject* const type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

template <class Address>
PyObject* to_text(PyObject* self) noexcept {
  return text(Characters{address_of<Address>(self)}.view());
}

template <class Address>
PyObject* represent(PyObject* self) noexcept {
  const Ref characters = Ref::steal(to_text<Address>(self));
  if (!characters) return nullptr;
  return PyUnicode_FromFormat("%s(%R)", Py_TYPE(self)->tp_name, characters.get());
}

// That of the text, as it is equal to that.
template <class Address>
Py_hash_t hash(PyObject* self) noexcept {
  const Ref characters = Ref::steal(to_text<Address>(self));
  return characters ? PyObject_Hash(characters.get()) : -1;
}

template <class Address>
PyObject* compare(PyObject* self, PyObject* other, int operation) noexcept {
  const auto right = converted<Address>(other);
  if (!right) Py_RETURN_NOTIMPLEMENTED;
  const Address& left = address_of<Address>(self);
  Py_RETURN_RICHCOMPARE(left, *right, operation);
}

template <class Address>
PyObject* packed(PyObject* self, void*) noexcept {
  const Bytes bytes = octets(address_of<Address>(self));
  return PyBytes_FromStringAndSize(reinterpret_cast<const char*>(bytes.data()),
                                   static_cast<Py_ssize_t>(bytes.size()));
}

template <class Address>
PyObject* to_bytes(PyObject* self, PyObject*) noexcept {
  return packed<Address>(self, nullptr);
}

// As text, which str.format() and f"" lay out.
template <class Address>
PyObject* format(PyObject* self, PyObject* how) noexcept {
  const Ref characters = Ref::steal(to_text<Address>(self));
  return characters ? PyObject_Format(characters.get(), how) : nullptr;
}

template <class Address>
PyObject* to_int(PyObject* self) noexcept {
  const Ref bytes = Ref::steal(packed<Address>(self, nullptr));
  if (!bytes) return nullptr;
  return PyObject_CallMethod(reinterpret_cast<PyObject*>(&PyLong_Type), "from_bytes", "Os",
                             bytes.get(), "big");
}

PyObject* version(PyObject* self, void*) noexcept {
  return PyLong_FromLong(address_of<IpAddress>(self).version());
}

PyObject* is_group(PyObject* self, void*) noexcept {
  return PyBool_FromLong(address_of<MacAddress>(self).is_group() ? 1 : 0);
}

template <class Address>
PyObject* reduce(PyObject* self, PyObject*) noexcept {
  return Py_BuildValue("O(N)", Py_TYPE(self), to_text<Address>(self));
}

template <class Address>
PyTypeObject* make_type(PyObject* module, const char* name, const char* documentation,
                        PyGetSetDef* properties) noexcept {
  static PyMethodDef methods[] = {{"__bytes__", to_bytes<Address>, METH_NOARGS,
                                   "__bytes__($self, /)\n--\n\nThe octets in wire order."},
                                  {"__format__", format<Address>, METH_O,
                                   "__format__($self, format_spec, /)\n--\n\nThe text, laid out."},
                                  {"__reduce__", reduce<Address>, METH_NOARGS, nullptr},
                                  {}};
  PyType_Slot slots[] = {{Py_tp_doc, const_cast<char*>(documentation)},
                         {Py_tp_new, slot(create<Address>)},
                         {Py_tp_dealloc, slot(destroy)},
                         {Py_tp_str, slot(to_text<Address>)},
                         {Py_tp_repr, slot(represent<Address>)},
                         {Py_tp_hash, slot(hash<Address>)},
                         {Py_nb_int, slot(to_int<Address>)},
                         {Py_tp_richcompare, slot(compare<Address>)},
                         {Py_tp_methods, methods},
                         {Py_tp_getset, properties},
                         {}};
  PyType_Spec spec{name, static_cast<int>(sizeof(AddressObject<Address>)), 0,
                   Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE, slots};
  auto* const type =
      reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
  if (type != nullptr && PyModule_AddType(module, type) < 0) return nullptr;
  return type;
}

}  // namespace

PyObject* address_object(const IpAddress& address) noexcept {
  if (address.version() == 0) Py_RETURN_NONE;
  return make(ip_type, address);
}

PyObject* address_object(const MacAddress& address) noexcept { return make(mac_type, address); }

std::optional<IpAddress> ip_address_of(PyObject* object) noexcept {
  return converted<IpAddress>(object);
}
std::optional<MacAddress> mac_address_of(PyObject* object) noexcept {
  return converted<MacAddress>(object);
}

bool is_address_object(PyObject* object) noexcept {
  return Py_IS_TYPE(object, ip_type) || Py_IS_TYPE(object, mac_type);
}

bool add_address_types(PyObject* module) noexcept {
  static PyGetSetDef ip_properties[] = {
      {"packed", packed<IpAddress>, nullptr, "The 4 or 16 octets in wire order.", nullptr},
      {"version", version, nullptr, "4 or 6.", nullptr},
      {}};
  static PyGetSetDef mac_properties[] = {
      {"packed", packed<MacAddress>, nullptr, "The six octets in wire order.", nullptr},
      {"is_group", is_group, nullptr, "Whether it is a multicast or broadcast address.", nullptr},
      {}};
  ip_type = make_type<IpAddress>(
      module, "weir.IpAddress",
      "IpAddress(address)\n--\n\nAn IPv4 or IPv6 address, immutable. Prints as RFC 5952 says. "
      "Equal "
      "to its text\nand to objects of ipaddress; hashes as its text. Raises ValueError.",
      ip_properties);
  mac_type = make_type<MacAddress>(
      module, "weir.MacAddress",
      "MacAddress(address)\n--\n\nA 48-bit MAC address, immutable. Equal to its text; hashes as "
      "that. Raises ValueError.",
      mac_properties);
  return ip_type != nullptr && mac_type != nullptr;
}

}  // namespace weir::python
