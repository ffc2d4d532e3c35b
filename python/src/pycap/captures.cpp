// weir.compat.pycap.pycap and .capture.capture: iterators over tuples.
#include <algorithm>
#include <chrono>
#include <memory>
#include <new>
#include <utility>

#include "pycap/driver.h"
#include "pycap/pycap.h"
#include "weir/compat/pycap.h"

namespace weir::python::pycap {
namespace {

namespace published = compat::pycap;
using published::capture::capture;
using std::chrono::steady_clock;

constexpr const char* module_name = "capture";

struct CaptureObject {
  PyObject_HEAD std::unique_ptr<Driver<capture>> driver;
  /// None where there is none; owned, as the next.
  PyObject* device;
  PyObject* filename;
};

CaptureObject& self_of(PyObject* object) noexcept {
  return *reinterpret_cast<CaptureObject*>(object);
}

void destroy(PyObject* object) noexcept {
  PyTypeObject* const type = Py_TYPE(object);
  CaptureObject& self = self_of(object);
  Py_XDECREF(self.device);
  Py_XDECREF(self.filename);
  std::destroy_at(&self.driver);
  type->tp_free(object);
  Py_DECREF(type);
}

/// What tells what errors of a capture are about. Precondition: it has its driver.
auto about(PyObject* object) noexcept {
  return [packets = &self_of(object).driver->driven]() -> Subject {
    if (packets->filename()) return {Subject::Kind::file, *packets->filename()};
    return {Subject::Kind::adapter, packets->device()};
  };
}

PyObject* allocated(PyTypeObject* type, PyObject*, PyObject*) noexcept {
  PyObject* const object = type->tp_alloc(type, 0);
  if (object != nullptr) new (&self_of(object).driver) std::unique_ptr<Driver<capture>>{};
  return object;
}

/// `open` makes a capture of `subject`, without the GIL. `filename`: what was given, or None. False
/// with an exception set.
template <class Open>
bool open_in(PyObject* object, PyObject* filename, const Subject& subject, Open open) noexcept {
  CaptureObject& self = self_of(object);
  const auto work = [&]() -> PyObject* {
    if (self.driver == nullptr) {
      auto driver = pycap::opened<capture>(open);
      const std::string& device = driver->driven.device();
      Ref name = device.empty() ? Ref::share(Py_None) : Ref::steal(text(device));
      if (!name) return nullptr;
      // Unless another thread was faster.
      if (self.driver == nullptr) {
        self.device = name.release();
        self.filename = Py_NewRef(filename);
        self.driver = std::move(driver);
        return object;
      }
    }
    set_initialised_before();
    return nullptr;
  };
  return guarded_of(module_name, [&] { return subject; }, work) != nullptr;
}

/// The octets of a path, which may be None: empty. False with an exception set.
bool path_of(PyObject* given, std::string& path) noexcept {
  if (given == Py_None) return true;
  PyObject* octets = nullptr;
  if (PyUnicode_FSConverter(given, &octets) == 0) return false;
  const Ref owner = Ref::steal(octets);
  return guarded(
      [&] {
        path.assign(PyBytes_AS_STRING(octets), static_cast<std::size_t>(PyBytes_GET_SIZE(octets)));
        if (path.empty()) throw Error{ErrorCode::not_found, "the name of a file is empty"};
        return true;
      },
      false);
}

/// Of a parameter; what is left out stays. Throws Error with `limits` for what no int holds. False
/// with an exception set.
bool take_int(PyObject* given, const char* name, const char* limits, int& number) {
  if (given == nullptr) return true;
  const Ref whole = whole_number(given, name);
  if (!whole) return false;
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(whole.get(), &overflow);
  if (overflow == 0 && std::in_range<int>(value)) {
    number = static_cast<int>(value);
    return true;
  }
  const Ref digits = Ref::steal(PyObject_Str(whole.get()));
  const char* const words = digits ? PyUnicode_AsUTF8(digits.get()) : nullptr;
  if (words == nullptr) return false;
  throw Error{ErrorCode::invalid_argument, std::string{name} + " " + words + ": " + limits};
}

struct Arguments {
  PyObject* device_given = nullptr;
  PyObject* filename = Py_None;
  PyObject* snaplen_given = nullptr;
  int promisc = 0;
  PyObject* timeout_given = nullptr;

  std::string device{};
  std::string path{};
  int snaplen = 65535;
  int timeout = 255;

  /// Once the objects are given. False with an exception set.
  bool take() noexcept {
    const auto work = [this]() -> PyObject* {
      const bool are_right =
          take_int(snaplen_given, "snaplen", "0 to 262144 bytes", snaplen) &&
          take_int(timeout_given, "timeout", "0 milliseconds, for ever, to 2147483647", timeout);
      return are_right ? Py_None : nullptr;
    };
    return device_of(device_given, device) && path_of(filename, path) &&
           guarded_of(module_name, [this] { return subject(); }, work) != nullptr;
  }
  [[nodiscard]] Subject subject() const noexcept {
    if (!path.empty()) return {Subject::Kind::file, path};
    return {Subject::Kind::adapter, device};
  }
};

int init_pycap(PyObject* self, PyObject* arguments, PyObject* keywords) noexcept {
  static const char* names[] = {"device", "filename", "snaplen", "promisc", "timeout", nullptr};
  Arguments given;
  if (PyArg_ParseTupleAndKeywords(arguments, keywords, "|OOOpO:pycap", const_cast<char**>(names),
                                  &given.device_given, &given.filename, &given.snaplen_given,
                                  &given.promisc, &given.timeout_given) == 0 ||
      !given.take()) {
    return -1;
  }
  const auto open = [&] {
    return published::pycap{given.device, given.path, given.snaplen, given.promisc != 0,
                            given.timeout};
  };
  return open_in(self, given.filename, given.subject(), open) ? 0 : -1;
}

int init_capture(PyObject* self, PyObject* arguments, PyObject* keywords) noexcept {
  static const char* names[] = {"device", "snaplen", "promisc", "timeout", nullptr};
  Arguments given;
  if (PyArg_ParseTupleAndKeywords(arguments, keywords, "|OOpO:capture", const_cast<char**>(names),
                                  &given.device_given, &given.snaplen_given, &given.promisc,
                                  &given.timeout_given) == 0 ||
      !given.take()) {
    return -1;
  }
  const auto open = [&] {
    return capture{given.device, given.snaplen, given.promisc != 0, given.timeout};
  };
  return open_in(self, Py_None, given.subject(), open) ? 0 : -1;
}

PyObject* from_file(PyObject* type, PyObject* filename) noexcept {
  if (filename == Py_None) {
    PyErr_SetString(PyExc_TypeError, "fromFile() takes a path, not None");
    return nullptr;
  }
  std::string path;
  if (!path_of(filename, path)) return nullptr;
  Ref object = Ref::steal(allocated(reinterpret_cast<PyTypeObject*>(type), nullptr, nullptr));
  const bool is_open = object && open_in(object.get(), filename, {Subject::Kind::file, path},
                                         [&] { return capture::fromFile(path); });
  return is_open ? object.release() : nullptr;
}

/// Headers, rest, time; what it borrows lies in `frame`.
PyObject* tuple_of(const Packet& packet, PyObject* frame) {
  const published::item found = published::decoded(packet);
  const auto headers = found.headers();
  const auto count = static_cast<Py_ssize_t>(headers.size());
  Ref tuple = Ref::steal(PyTuple_New(count + 2));
  if (!tuple) return nullptr;
  for (Py_ssize_t i = 0; i < count; ++i) {
    PyObject* const header = header_object(headers[static_cast<std::size_t>(i)], frame);
    if (header == nullptr) return nullptr;
    PyTuple_SET_ITEM(tuple.get(), i, header);
  }
  PyObject* const rest =
      found.rest.size() == packet.data.size() ? Py_NewRef(frame) : bytes_object(found.rest);
  if (rest == nullptr) return nullptr;
  PyTuple_SET_ITEM(tuple.get(), count, rest);
  constexpr std::int64_t second = 1'000'000'000;
  const std::int64_t time = found.time.time_since_epoch().count();
  PyObject* const seconds = PyFloat_FromDouble(static_cast<double>(time / second) +
                                               static_cast<double>(time % second) / 1e9);
  if (seconds == nullptr) return nullptr;
  PyTuple_SET_ITEM(tuple.get(), count + 1, seconds);
  return tuple.release();
}

/// A wait in pieces, so that signals are looked at.
class Wait {
 public:
  explicit Wait(const capture& packets) : timeout_{packets.timeout()} {
    if (timeout_) end_ = steady_clock::now() + *timeout_;
  }
  [[nodiscard]] Duration piece() const noexcept {
    if (!timeout_) return signal_period;
    return std::clamp<Duration>(end_ - steady_clock::now(), Duration::zero(), signal_period);
  }
  [[nodiscard]] bool is_over() const noexcept { return timeout_ && steady_clock::now() >= end_; }

 private:
  std::optional<Duration> timeout_;
  steady_clock::time_point end_{};
};

/// The next packet, its bytes in a bytes object, if one is at hand or comes within the wait. What
/// runs other code of Python's, as garbage collection may, is not for here.
capture::Got taken(Driver<capture>& driver, Packet& packet, Ref& frame, std::optional<Wait>& wait) {
  const Turn turn{driver.turns};
  auto got = driver.driven.next_packet(packet, Duration{-1});
  if (got == capture::Got::nothing) {
    if (!wait) wait.emplace(driver.driven);
    const Duration longest = wait->piece();
    const WithoutGil without;
    got = driver.driven.next_packet(packet, longest);
  }
  if (got != capture::Got::packet) return got;
  frame = Ref::steal(bytes_object(packet.data));
  if (frame) packet.data = octets_of(frame.get());
  return got;
}

PyObject* next(PyObject* object) noexcept {
  Driver<capture>* const driven = driver_in(self_of(object).driver);
  if (driven == nullptr) return nullptr;
  Driver<capture>& driver = *driven;
  return guarded_of(module_name, about(object), [&]() -> PyObject* {
    std::optional<Wait> wait;
    for (;;) {
      Packet packet;
      Ref frame;
      switch (taken(driver, packet, frame, wait)) {
        case capture::Got::packet:
          return frame ? tuple_of(packet, frame.get()) : nullptr;
        case capture::Got::end:
          return nullptr;
        case capture::Got::nothing:
          break;
      }
      if (PyErr_CheckSignals() < 0) return nullptr;
      if (wait->is_over()) throw driver.driven.timed_out();
    }
  });
}

PyObject* call_next(PyObject* self, PyObject*) noexcept {
  PyObject* const tuple = next(self);
  if (tuple == nullptr && PyErr_Occurred() == nullptr) PyErr_SetNone(PyExc_StopIteration);
  return tuple;
}

/// What `work` returns of the capture, in its turn and without the GIL.
template <class Work>
auto in_turn(PyObject* self, Work work) {
  Driver<capture>& driver = *self_of(self).driver;
  const Turn turn{driver.turns};
  const WithoutGil without;
  return work(driver.driven);
}

PyObject* stats(PyObject* self, PyObject*) noexcept {
  if (driver_in(self_of(self).driver) == nullptr) return nullptr;
  return guarded_of(module_name, about(self), [&] {
    const published::statistics counts =
        in_turn(self, [](capture& packets) { return packets.stats(); });
    return Py_BuildValue("(KKK)", static_cast<unsigned long long>(counts.received),
                         static_cast<unsigned long long>(counts.dropped),
                         static_cast<unsigned long long>(counts.dropped_by_interface));
  });
}

PyObject* datalink(PyObject* self, PyObject*) noexcept {
  if (driver_in(self_of(self).driver) == nullptr) return nullptr;
  return guarded_of(module_name, about(self), [&] {
    return PyLong_FromLong(in_turn(self, [](capture& packets) { return packets.datalink(); }));
  });
}

PyObject* set_filter(PyObject* self, PyObject* arguments, PyObject* keywords) noexcept {
  if (driver_in(self_of(self).driver) == nullptr) return nullptr;
  static const char* names[] = {"filter", "optimize", nullptr};
  PyObject* given = nullptr;
  int optimize = 0;
  if (PyArg_ParseTupleAndKeywords(arguments, keywords, "U|p:filter", const_cast<char**>(names),
                                  &given, &optimize) == 0) {
    return nullptr;
  }
  Py_ssize_t size = 0;
  const char* const characters = PyUnicode_AsUTF8AndSize(given, &size);
  if (characters == nullptr) {
    PyErr_Clear();
    return PyErr_Format(PyExc_ValueError, "filter %A is no filter: not all of it is text", given);
  }
  const std::string_view filter{characters, static_cast<std::size_t>(size)};
  return guarded_of(module_name, about(self), [&]() -> PyObject* {
    in_turn(self, [&](capture& packets) { packets.filter(std::string{filter}, optimize != 0); });
    Py_RETURN_NONE;
  });
}

PyObject* device(PyObject* self, void*) noexcept {
  return driver_in(self_of(self).driver) == nullptr ? nullptr : Py_NewRef(self_of(self).device);
}
PyObject* filename(PyObject* self, void*) noexcept {
  return driver_in(self_of(self).driver) == nullptr ? nullptr : Py_NewRef(self_of(self).filename);
}

PyMethodDef methods[] = {
    {"next", call_next, METH_NOARGS,
     "next($self, /)\n--\n\nThe next packet: a tuple of its headers from the lowest to the "
     "highest, what is left of its\nbytes, and the time it was captured, in seconds. Raises "
     "pycap.error once the timeout is\nreached, and may be called again; StopIteration at the "
     "end of a file."},
    {"stats", stats, METH_NOARGS,
     "stats($self, /)\n--\n\nPackets received, dropped, and dropped by the interface. Raises "
     "pycap.error for a file."},
    {"datalink", datalink, METH_NOARGS,
     "datalink($self, /)\n--\n\nThe DLT_ number of the packets: 1 is Ethernet."},
    {"filter", reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(set_filter)),
     METH_VARARGS | METH_KEYWORDS,
     "filter($self, filter, optimize=False)\n--\n\nLets only those packets through that match: "
     "pcap-filter(7). Raises pycap.error, and the\none before holds. It is optimized always."},
    {"fromFile", from_file, METH_O | METH_CLASS,
     "fromFile($type, filename, /)\n--\n\nPackets of a capture file."},
    {}};

PyGetSetDef properties[] = {
    {"device", device, nullptr, "The adapter that packets come from; None for a file.", nullptr},
    {"filename", filename, nullptr, "The file that packets come from; None for an adapter.",
     nullptr},
    {}};

PyTypeObject* made_type(PyObject* module, const char* name, const char* doc, initproc init,
                        PyTypeObject* base) noexcept {
  PyType_Slot slots[] = {{Py_tp_doc, const_cast<char*>(doc)},
                         {Py_tp_new, slot(allocated)},
                         {Py_tp_init, slot(init)},
                         {Py_tp_dealloc, slot(destroy)},
                         {Py_tp_iter, slot(PyObject_SelfIter)},
                         {Py_tp_iternext, slot(next)},
                         {base == nullptr ? Py_tp_methods : 0, methods},
                         {Py_tp_getset, properties},
                         {}};
  PyType_Spec spec{name, static_cast<int>(sizeof(CaptureObject)), 0,
                   Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};
  auto* const type = reinterpret_cast<PyTypeObject*>(
      PyType_FromModuleAndSpec(module, &spec, reinterpret_cast<PyObject*>(base)));
  if (type != nullptr && PyModule_AddType(module, type) < 0) return nullptr;
  return type;
}

}  // namespace

bool add_capture_types(PyObject* module) noexcept {
  PyTypeObject* const base = made_type(
      module, "weir.compat.pycap.capture.capture",
      "capture(device=None, snaplen=65535, promisc=False, timeout=255)\n--\n\nPackets of an "
      "adapter as tuples: an iterator. snaplen: bytes of each; timeout: milliseconds that\nnext() "
      "waits, 0 is for ever. Without a device that is the first adapter that is up and has "
      "an\naddress. Threads take turns.",
      init_capture, nullptr);
  return base != nullptr &&
         made_type(module, "weir.compat.pycap.pycap",
                   "pycap(device=None, filename=None, snaplen=65535, promisc=False, "
                   "timeout=255)\n--\n\nPackets of an adapter, or of a file where one is named, as "
                   "tuples: an iterator. snaplen: bytes of\neach; timeout: milliseconds that "
                   "next() waits, 0 is for ever. Without a device that is the\nfirst adapter that "
                   "is up and has an address. Threads take turns.",
                   init_pycap, base) != nullptr;
}

}  // namespace weir::python::pycap
