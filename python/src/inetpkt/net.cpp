// pkt2net() of packet classes.
#include <algorithm>

#include "inetpkt/ip4ph.h"
#include "inetpkt/pkt_object.h"
#include "raise.h"

namespace weir::python {
namespace {

using steel::Octets;
using steel::Pkt2Net;

struct Option {
  const char* name;
  bool Pkt2Net::* is_set;
};
constexpr Option options[] = {
    {"csum", &Pkt2Net::csum},         {"update", &Pkt2Net::update},
    {"udp_csum", &Pkt2Net::udp_csum}, {"eth_crc", &Pkt2Net::eth_crc},
    {"compress", &Pkt2Net::compress}, {"for_icmp", &Pkt2Net::for_icmp},
};
constexpr const char* pseudo_header = "ipv4_pheader";

bool is_option(PyObject* name) noexcept {
  const auto is = [name](const char* one) {
    return PyUnicode_CompareWithASCIIString(name, one) == 0;
  };
  return PyUnicode_Check(name) != 0 &&
         (is(pseudo_header) ||
          std::ranges::any_of(options, [&](const Option& option) { return is(option.name); }));
}

// Names of others are for classes of the user's own, which hand on what they are told.
bool refuse_other_options(PyObject* self, PyObject* given) noexcept {
  PyObject* name = nullptr;
  PyObject* value = nullptr;
  for (Py_ssize_t at = 0; is_own(self) && PyDict_Next(given, &at, &name, &value) != 0;) {
    if (is_option(name)) continue;
    PyErr_Format(PyExc_TypeError, "pkt2net() has no option %R", name);
    return false;
  }
  return true;
}

// What a dict tells.
bool take_options(PyObject* self, PyObject* given, Pkt2Net& told) noexcept {
  if (!refuse_other_options(self, given)) return false;
  for (const Option& option : options) {
    PyObject* const value = PyDict_GetItemString(given, option.name);
    if (value == nullptr) continue;
    const int is_set = PyObject_IsTrue(value);
    if (is_set < 0) return false;
    told.*option.is_set = is_set != 0;
  }
  PyObject* const header = PyDict_GetItemString(given, pseudo_header);
  return header == nullptr || header == Py_None || take_ip4ph(header, told.ipv4_pheader);
}

// The same as a new dict, with all that the one given had.
PyObject* options_dict(const Pkt2Net& told) noexcept {
  Ref dict = Ref::steal(PyDict_New());
  if (!dict) return nullptr;
  for (const Option& option : options) {
    if (told.*option.is_set == Pkt2Net{}.*option.is_set) continue;
    const Ref value = Ref::steal(PyLong_FromLong(told.*option.is_set ? 1 : 0));
    if (!value || PyDict_SetItemString(dict.get(), option.name, value.get()) < 0) return nullptr;
  }
  if (told.ipv4_pheader || told.enclosing) {
    const Ref header = Ref::steal(ip4ph_object(told.pseudo_header()));
    if (!header || PyDict_SetItemString(dict.get(), pseudo_header, header.get()) < 0) {
      return nullptr;
    }
  }
  return dict.release();
}

// Whether a class of the user's has a pkt2net() of its own.
bool is_overridden(PyObject* self) noexcept {
  if (is_own(self)) return false;
  const auto method = [](PyTypeObject* type) {
    Ref found = Ref::steal(PyObject_GetAttrString(reinterpret_cast<PyObject*>(type), "pkt2net"));
    if (!found) PyErr_Clear();
    return found;
  };
  return method(Py_TYPE(self)).get() != method(kind_of(self).type).get();
}

bool append_overridden(PyObject* self, Octets& out, const Pkt2Net& told) noexcept {
  const Ref dict = Ref::steal(options_dict(told));
  if (!dict) return false;
  const Ref written = Ref::steal(PyObject_CallMethod(self, "pkt2net", "O", dict.get()));
  if (!written) return false;
  const Ref bytes = bytes_like(written.get());
  if (!bytes) {
    if (PyErr_Occurred() == nullptr) {
      PyErr_Format(PyExc_TypeError, "%s.pkt2net() returned %s, not bytes", Py_TYPE(self)->tp_name,
                   Py_TYPE(written.get())->tp_name);
    }
    return false;
  }
  const Bytes octets = octets_of(bytes.get());
  return guarded([&] { return out.insert(out.end(), octets.begin(), octets.end()), true; }, false);
}

bool append_own(PyObject* self, Octets& out, const Pkt2Net& told) noexcept {
  const Kind& kind = kind_of(self);
  WeirPkt& pkt = pkt_of(self);
  // A class of the user's may have other bytes read meanwhile.
  const Ref data = pkt.data != nullptr ? Ref::share(pkt.data) : Ref{};
  const Bytes trailer =
      data ? octets_of(data.get()).subspan(pkt.trailer_at, pkt.trailer_length) : Bytes{};
  const auto append_payload = [&](const Pkt2Net& inner) {
    if (kind.append_payload != nullptr) {
      kind.append_payload(self, out, inner);
    } else if (!kind.layer->payload_name.empty()) {
      const Ref payload = Ref::steal(payload_of(self));
      if (payload) (void)append_layer(payload.get(), out, inner);
    }
  };
  return guarded(
      [&] {
        const auto written = steel::write_layer(*kind.layer, header_of(self), out, told, trailer,
                                                pkt.payload_length, append_payload);
        if (PyErr_Occurred() != nullptr) return false;
        if (written) return true;
        PyErr_SetString(PyExc_ValueError,
                        kind.layer->refusal(header_of(self), written.error()).c_str());
        return false;
      },
      false);
}

}  // namespace

bool append_layer(PyObject* self, Octets& out, const Pkt2Net& told) noexcept {
  if (Py_EnterRecursiveCall(" in pkt2net()") != 0) return false;
  const bool done =
      is_overridden(self) ? append_overridden(self, out, told) : append_own(self, out, told);
  Py_LeaveRecursiveCall();
  return done;
}

PyObject* pkt2net(PyObject* self, PyObject* arguments, PyObject* keywords) noexcept {
  PyObject* given = nullptr;
  if (!PyArg_ParseTuple(arguments, "|O:pkt2net", &given)) return nullptr;
  Pkt2Net told;
  if (given != nullptr && given != Py_None) {
    if (!PyDict_Check(given)) {
      return PyErr_Format(PyExc_TypeError, "pkt2net() takes a dict, not %s",
                          Py_TYPE(given)->tp_name);
    }
    if (!take_options(self, given, told)) return nullptr;
  }
  if (keywords != nullptr && !take_options(self, keywords, told)) return nullptr;
  return guarded([&]() -> PyObject* {
    Octets out;
    if (Py_EnterRecursiveCall(" in pkt2net()") != 0) return nullptr;
    const bool done = append_own(self, out, told);
    Py_LeaveRecursiveCall();
    return done ? bytes_object(out) : nullptr;
  });
}

}  // namespace weir::python
