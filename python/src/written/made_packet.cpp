// weir.Packet() and what editors return.
#include "made_packet.h"

#include <cstring>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "raise.h"
#include "stream.h"
#include "weir/error.h"

namespace weir::python {
namespace {

/// Where packets are from that come from nowhere: one interface of their link type.
class Nowhere final : public PacketSource {
 public:
  Nowhere(const std::string& name, LinkType link_type) {
    interface_.name = name;
    interface_.link_type = link_type;
    interface_.ticks_per_second = 1'000'000'000;
  }
  Batch next(Deadline) override { return {}; }
  void stop() noexcept override {}
  [[nodiscard]] std::span<const Interface> interfaces() const noexcept override {
    return {&interface_, 1};
  }

 private:
  Interface interface_{};
};

}  // namespace

std::shared_ptr<Stream> stream_of_adapter(const std::string& name, LinkType link_type) {
  static auto& streams = *new std::map<std::pair<std::string, LinkType>, std::shared_ptr<Stream>>;
  std::shared_ptr<Stream>& stream = streams[{name, link_type}];
  if (!stream) {
    stream =
        std::make_shared<Stream>(StreamParts{.source = std::make_unique<Nowhere>(name, link_type)});
  }
  return stream;
}

PyObject* made_packet(const Packet& packet, std::shared_ptr<Stream> stream,
                      std::uint64_t number) noexcept {
  return guarded([&]() -> PyObject* {
    Packet own = packet;
    if (!stream) {
      stream = stream_of_adapter({}, packet.link_type);
      own.interface_index = 0;
    }
    const auto bytes = std::make_shared_for_overwrite<std::uint8_t[]>(packet.data.size());
    if (!packet.data.empty()) std::memcpy(bytes.get(), packet.data.data(), packet.data.size());
    own.data = {bytes.get(), packet.data.size()};
    own.meta = nullptr;
    return reinterpret_cast<PyObject*>(new_packet(stream, bytes, own, number));
  });
}

PyObject* create_packet(PyTypeObject*, PyObject* arguments, PyObject* keywords) noexcept {
  static const char* names[] = {"data", "link_type", "time_ns", nullptr};
  PyObject* data = nullptr;
  long link_type = static_cast<long>(LinkType::ethernet);
  PyObject* time = Py_None;
  if (PyArg_ParseTupleAndKeywords(arguments, keywords, "O|$lO:Packet", const_cast<char**>(names),
                                  &data, &link_type, &time) == 0) {
    return nullptr;
  }
  if (link_type < 0 || link_type > std::numeric_limits<std::uint16_t>::max()) {
    return PyErr_Format(PyExc_ValueError, "link_type: a whole number from 0 to 65,535, not %ld",
                        link_type);
  }
  if (PyObject_CheckBuffer(data) == 0) {
    return PyErr_Format(PyExc_TypeError, "data: the packet's bytes, not %s",
                        Py_TYPE(data)->tp_name);
  }
  Packet packet{.link_type = static_cast<LinkType>(link_type)};
  if (time == Py_None) {
    packet.flags = PacketFlags::no_timestamp;
  } else {
    const Ref number = Ref::steal(PyNumber_Index(time));
    const long long nanoseconds = number ? PyLong_AsLongLong(number.get()) : -1;
    if (nanoseconds == -1 && PyErr_Occurred() != nullptr) return nullptr;
    packet.timestamp = Timestamp{Duration{nanoseconds}};
  }
  const Ref bytes = Ref::steal(PyBytes_FromObject(data));
  if (!bytes) return nullptr;
  packet.data = octets_of(bytes.get());
  if (packet.data.size() > std::numeric_limits<std::uint32_t>::max()) {
    return PyErr_Format(PyExc_ValueError, "data: at most 4,294,967,295 bytes");
  }
  packet.wire_length = static_cast<std::uint32_t>(packet.data.size());
  return made_packet(packet, nullptr, 0);
}

}  // namespace weir::python
