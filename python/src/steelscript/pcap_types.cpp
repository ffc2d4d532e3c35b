// PCAPReader, PCAPWriter and PCAPSocket: hand-made types, fast to iterate.
#include "bindings.h"
#include "steelscript/pcap_iteration.h"
#include "steelscript/pcap_object.h"
#include "steelscript/stop_event.h"

namespace weir::python {
namespace {

using compat::steelscript::PCAPReader;
using compat::steelscript::PCAPSocket;
using compat::steelscript::PCAPWriter;

/// An int that a call takes; 0 is returned.
template <int (PCAPSocket::*member)(int)>
PyObject* call_with_number(PyObject* object, PyObject* const* given, Py_ssize_t count,
                           PyObject* keywords, const char* function, const char* name) noexcept {
  PyObject* sorted[1];
  int number = 0;
  if (!sort_arguments(function, {&name, 1}, 1, sorted, given, count, keywords) ||
      !take_number(sorted[0], name, number)) {
    return nullptr;
  }
  auto& self = self_of<PCAPSocket>(object);
  if (!attempt(self, [&](PCAPSocket& socket) { (socket.*member)(number); })) return nullptr;
  return PyLong_FromLong(0);
}

PyObject* set_snaplen(PyObject* object, PyObject* const* given, Py_ssize_t count,
                      PyObject* keywords) noexcept {
  return call_with_number<&PCAPSocket::set_snaplen>(object, given, count, keywords, "set_snaplen",
                                                    "snaplen");
}

PyObject* set_promisc(PyObject* object, PyObject* const* given, Py_ssize_t count,
                      PyObject* keywords) noexcept {
  return call_with_number<&PCAPSocket::set_promisc>(object, given, count, keywords, "set_promisc",
                                                    "promisc");
}

PyObject* set_timeout(PyObject* object, PyObject* const* given, Py_ssize_t count,
                      PyObject* keywords) noexcept {
  return call_with_number<&PCAPSocket::set_timeout>(object, given, count, keywords, "set_timeout",
                                                    "timeout");
}

PyObject* setnonblock(PyObject* object, PyObject* const* given, Py_ssize_t count,
                      PyObject* keywords) noexcept {
  return call_with_number<&PCAPSocket::setnonblock>(object, given, count, keywords, "setnonblock",
                                                    "nonblock");
}

PyObject* sendpacket(PyObject* object, PyObject* const* given, Py_ssize_t count,
                     PyObject* keywords) noexcept {
  static constexpr const char* name = "pktdata";
  PyObject* sorted[1];
  Octets frame;
  int sent = 0;
  if (!sort_arguments("sendpacket", {&name, 1}, 1, sorted, given, count, keywords) ||
      !frame.take(sorted[0])) {
    return nullptr;
  }
  auto& self = self_of<PCAPSocket>(object);
  const auto send = [&](PCAPSocket& socket) { sent = socket.sendpacket(frame.bytes()); };
  return attempt(self, send) ? PyLong_FromLong(sent) : nullptr;
}

PyObject* getnonblock(PyObject* object, PyObject*) noexcept {
  int answer = 0;
  auto& self = self_of<PCAPSocket>(object);
  if (!attempt(self, [&](PCAPSocket& socket) { answer = socket.getnonblock(); })) return nullptr;
  return PyLong_FromLong(answer);
}

/// An address, or None where the device has none.
template <const std::string& (PCAPSocket::*member)() const noexcept>
PyObject* address(PyObject* object, void*) noexcept {
  std::string found;
  auto& self = self_of<PCAPSocket>(object);
  if (!attempt(self, [&](PCAPSocket& socket) { found = (socket.*member)(); })) return nullptr;
  return found.empty() ? Py_NewRef(Py_None) : text(found);
}

int init_socket(PyObject* object, PyObject* positional, PyObject* named) noexcept {
  static const char* names[] = {"devicename", "snaplen", "promisc", "to_ms", nullptr};
  PyObject* device = nullptr;
  PyObject* numbers[3]{};
  int values[3] = {0, 1, 1000};
  std::string name;
  if (PyArg_ParseTupleAndKeywords(positional, named, "O|OOO:PCAPSocket", const_cast<char**>(names),
                                  &device, &numbers[0], &numbers[1], &numbers[2]) == 0 ||
      !take_text(device, names[0], name)) {
    return -1;
  }
  for (int i = 0; i < 3; ++i) {
    if (!take_number(numbers[i], names[i + 1], values[i])) return -1;
  }
  return put_behind<PCAPSocket>(
      object, Subject::Kind::adapter, std::move(name), [&](const std::string& adapter) {
        return std::make_unique<PCAPSocket>(adapter, values[0], values[1], values[2]);
      });
}

int init_reader(PyObject* object, PyObject* positional, PyObject* named) noexcept {
  static const char* names[] = {"filename", nullptr};
  PyObject* file = nullptr;
  std::string name;
  if (PyArg_ParseTupleAndKeywords(positional, named, "O:PCAPReader", const_cast<char**>(names),
                                  &file) == 0 ||
      !take_path(file, name)) {
    return -1;
  }
  return put_behind<PCAPReader>(
      object, Subject::Kind::file, std::move(name),
      [](const std::string& path) { return std::make_unique<PCAPReader>(path); });
}

int init_writer(PyObject* object, PyObject* positional, PyObject* named) noexcept {
  static const char* names[] = {"filename", "snaplen", nullptr};
  PyObject* file = nullptr;
  PyObject* number = nullptr;
  int snaplen = 0;
  std::string name;
  if (PyArg_ParseTupleAndKeywords(positional, named, "O|O:PCAPWriter", const_cast<char**>(names),
                                  &file, &number) == 0 ||
      !take_path(file, name) || !take_number(number, names[1], snaplen, {.most = 262'144})) {
    return -1;
  }
  return put_behind<PCAPWriter>(
      object, Subject::Kind::file, std::move(name),
      [&](const std::string& path) { return std::make_unique<PCAPWriter>(path, snaplen); });
}

PyObject* pkts(PyObject* object, PyObject*) noexcept { return PySequence_List(object); }

template <class Pcap>
PyMethodDef filter_method() noexcept {
  return {"add_bpf_filter", with_keywords(call_with_text<Pcap, &Pcap::add_bpf_filter, false>),
          METH_FASTCALL | METH_KEYWORDS,
          "add_bpf_filter($self, /, bpf_filter)\n--\n\nWhich packets are wanted from now on: "
          "pcap-filter(7). Returns 0; raises FilterError, and the one before holds."};
}

/// Adds a type of that name, made of slots, methods and properties.
template <class Pcap>
bool add_type(PyObject* module, const char* name, const char* doc, initproc init,
              PyMethodDef* methods, PyGetSetDef* properties) noexcept {
  constexpr bool is_iterator = requires(Pcap& pcap) { pcap.begin(); };
  std::array<PyType_Slot, 12> slots{};
  std::size_t count = 0;
  const auto add = [&](int id, void* what) { slots[count++] = {id, what}; };
  add(Py_tp_doc, const_cast<char*>(doc));
  add(Py_tp_new, slot(make_object<Pcap>));
  add(Py_tp_init, slot(init));
  add(Py_tp_dealloc, slot(destroy_object<Pcap>));
  add(Py_tp_traverse, slot(traverse_object<Pcap>));
  add(Py_tp_clear, slot(clear_object<Pcap>));
  add(Py_tp_methods, methods);
  if (properties != nullptr) add(Py_tp_getset, properties);
  if constexpr (is_iterator) {
    add(Py_nb_bool, slot(is_open<Pcap>));
    add(Py_tp_iter, slot(PyObject_SelfIter));
    add(Py_tp_iternext, slot(next_item<Pcap>));
  }
  PyType_Spec spec{name, static_cast<int>(sizeof(PcapObject<Pcap>)), 0,
                   Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, slots.data()};
  const Ref type = Ref::steal(PyType_FromModuleAndSpec(module, &spec, nullptr));
  return type && PyModule_AddType(module, reinterpret_cast<PyTypeObject*>(type.get())) == 0;
}

bool add_reader(PyObject* module) noexcept {
  static const auto common = common_methods<PCAPReader>();
  static PyMethodDef methods[] = {
      common[0],
      common[1],
      common[2],
      common[3],
      common[4],
      filter_method<PCAPReader>(),
      {"pkts", pkts, METH_NOARGS, "pkts($self, /)\n--\n\nA list of all packets that are left."},
      {}};
  return add_type<PCAPReader>(
      module, "weir.compat.steelscript.packets.core.pcap.PCAPReader",
      "PCAPReader(filename)\n--\n\nAn iterator over the packets of a capture file: (ts, hdr, pkt), "
      "seconds as a float, a dict, bytes. At the end it closes itself. True while it is open.",
      init_reader, methods, nullptr);
}

bool add_writer(PyObject* module) noexcept {
  static const auto common = common_methods<PCAPWriter>();
  static PyMethodDef methods[] = {common[0], common[1], common[2], common[3], common[4], {}};
  return add_type<PCAPWriter>(
      module, "weir.compat.steelscript.packets.core.pcap.PCAPWriter",
      "PCAPWriter(filename, snaplen=0)\n--\n\nA pcap file of Ethernet packets, created or emptied.",
      init_writer, methods, nullptr);
}

bool add_socket(PyObject* module) noexcept {
  static auto common = common_methods<PCAPSocket>();
  common[4].ml_meth = close_socket;
  constexpr int keywords = METH_FASTCALL | METH_KEYWORDS;
  static PyMethodDef methods[] = {
      common[0],
      common[1],
      common[2],
      common[3],
      common[4],
      filter_method<PCAPSocket>(),
      {"set_snaplen", with_keywords(set_snaplen), keywords,
       "set_snaplen($self, /, snaplen)\n--\n\nBytes kept of each packet from now on; 0 for all. "
       "Returns 0."},
      {"set_promisc", with_keywords(set_promisc), keywords,
       "set_promisc($self, /, promisc)\n--\n\nWhether what is addressed to others is wanted. "
       "Returns 0."},
      {"set_timeout", with_keywords(set_timeout), keywords,
       "set_timeout($self, /, timeout)\n--\n\nMilliseconds that a step waits for a packet; 0 for "
       "ever. Returns 0."},
      {"sendpacket", with_keywords(sendpacket), keywords,
       "sendpacket($self, /, pktdata)\n--\n\nSends a frame as it is; returns its length. Raises "
       "OSError, and ValueError for one that is too short or too long."},
      {"getnonblock", getnonblock, METH_NOARGS,
       "getnonblock($self, /)\n--\n\nWhether a step returns at once where no packet is there: 0 or "
       "1."},
      {"setnonblock", with_keywords(setnonblock), keywords,
       "setnonblock($self, /, nonblock)\n--\n\nSee getnonblock(). Returns 0."},
      {}};
  static PyGetSetDef properties[] = {
      {"stop_event", get_stop_event, set_stop_event,
       "A threading.Event: once it is set, the iteration ends at once, and everything is closed. "
       "Another Event may take its place.",
       nullptr},
      {"network", address<&PCAPSocket::get_network>, nullptr,
       "The network of the device's first IPv4 address: '192.0.2.0'; None if it has none.",
       nullptr},
      {"netmask", address<&PCAPSocket::get_netmask>, nullptr,
       "Its mask: '255.255.255.0'; None if it has none.", nullptr},
      {}};
  return add_type<PCAPSocket>(
      module, "weir.compat.steelscript.packets.core.pcap.PCAPSocket",
      "PCAPSocket(devicename, snaplen=0, promisc=1, to_ms=1000)\n--\n\nAn iterator over the "
      "packets "
      "of an adapter: (ts, hdr, pkt), seconds as a float, a dict, bytes. Where none came for to_ms "
      "milliseconds pkt is empty, and hdr None. True while it is open.",
      init_socket, methods, properties);
}

}  // namespace

void raise_refusal(const Subject& subject) noexcept {
  raise_current(subject);
  if (PyErr_ExceptionMatches(PyExc_ValueError) != 0) return;
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  PyErr_NormalizeException(&type, &value, &traceback);
  const Ref module = Ref::steal(PyImport_ImportModule("weir.compat.steelscript._refusals"));
  const Ref refusal = Ref::steal(
      module ? PyObject_CallMethod(module.get(), "as_value_error", "O", value) : nullptr);
  if (refusal) {
    PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(refusal.get())), refusal.get());
  }
  Py_XDECREF(type);
  Py_XDECREF(value);
  Py_XDECREF(traceback);
}

bool take_path(PyObject* given, std::string& path) noexcept {
  PyObject* converted = nullptr;
  if (PyUnicode_FSConverter(given, &converted) == 0) return false;
  const Ref octets = Ref::steal(converted);
  path.assign(PyBytes_AS_STRING(octets.get()),
              static_cast<std::size_t>(PyBytes_GET_SIZE(octets.get())));
  return true;
}

bool take_text(PyObject* given, const char* name, std::string& text) noexcept {
  if (PyUnicode_Check(given) == 0) {
    PyErr_Format(PyExc_TypeError, "%s is a str, not %s", name, Py_TYPE(given)->tp_name);
    return false;
  }
  Py_ssize_t size = 0;
  const char* const characters = PyUnicode_AsUTF8AndSize(given, &size);
  if (characters == nullptr) return false;
  text.assign(characters, static_cast<std::size_t>(size));
  return true;
}

void bind_steelscript_pcap(pybind11::module_& module) {
  PyObject* const made = module.ptr();
  if (!prepare_items() || !add_reader(made) || !add_writer(made) || !add_socket(made)) {
    throw pybind11::error_already_set{};
  }
}

}  // namespace weir::python
