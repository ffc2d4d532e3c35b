// weir.Writer: what weir.write() returns.
#include <pybind11/stl.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <vector>

#include "bindings.h"
#include "contiguous.h"
#include "packet_object.h"
#include "stream.h"
#include "weir/savefile/writer.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using savefile::Format;
using savefile::Writer;
using savefile::WriterOptions;

[[noreturn]] void refuse(const std::string& message) {
  throw Error{ErrorCode::invalid_argument, message};
}

/// Where nothing is said the name decides, as for `weir read -w`; a name that says nothing is a
/// pcapng.
WriterOptions options_for(const std::string& path, const std::optional<std::string>& format,
                          const std::optional<std::string>& compression) {
  const savefile::FileType by_name = savefile::file_type(path);
  if (by_name.is_other && !format) {
    throw Error{ErrorCode::invalid_argument,
                path +
                    ": that is no capture file weir writes: .pcap or .pcapng, with .gz, .zst, "
                    ".lz4 or .xz behind it; format= says which, whatever the name"};
  }
  WriterOptions options{.format = by_name.format.value_or(Format::pcapng),
                        .compression = by_name.compression,
                        .buffered = true};
  if (format) {
    const auto named = savefile::written_format(*format);
    if (!named) refuse("format " + *format + ": it is one of pcap, pcap-ns, pcapng");
    options.format = *named;
  }
  if (compression) {
    const auto named = savefile::compression_named(*compression);
    if (!named) refuse("compression " + *compression + ": it is one of gz, zst, lz4, xz");
    options.compression = *named;
  }
  return options;
}

/// Without the GIL: a FIFO's reader is waited for.
std::unique_ptr<Writer> created(const std::string& path, const WriterOptions& options) {
  for (;;) {
    try {
      const WithoutGil without;
      return std::make_unique<Writer>(path, options);
    } catch (const SystemError& error) {
      if (error.system_code().value() != EINTR) throw;
    }
    if (PyErr_CheckSignals() < 0) throw py::error_already_set{};
  }
}

/// Nanoseconds since 1970. Throws TypeError for what is no whole number, and Error
/// (invalid_argument) for more than 64 bits hold.
Timestamp time_in(py::handle given) {
  const py::object number = py::reinterpret_steal<py::object>(PyNumber_Index(given.ptr()));
  if (!number) {
    PyErr_Clear();
    throw py::type_error(std::string{"time_ns: whole nanoseconds since 1970, not "} +
                         Py_TYPE(given.ptr())->tp_name);
  }
  int overflow = 0;
  const std::int64_t nanoseconds = PyLong_AsLongLongAndOverflow(number.ptr(), &overflow);
  if (overflow != 0) {
    throw Error{ErrorCode::invalid_argument,
                "time_ns: more nanoseconds since 1970 than 64 bits hold"};
  }
  return Timestamp{Duration{nanoseconds}};
}

/// A writer that takes one packet at a time, and waits for its medium without the GIL.
class PacketWriter {
 public:
  PacketWriter(const std::string& path, const std::optional<std::string>& format,
               const std::optional<std::string>& compression, LinkType link_type)
      : writer_{created(path, options_for(path, format, compression))} {
    own_.link_type = link_type;
    own_.ticks_per_second = 1'000'000'000;
  }
  PacketWriter(const PacketWriter&) = delete;
  PacketWriter& operator=(const PacketWriter&) = delete;
  ~PacketWriter() {
    const WithoutGil without;
    writer_.reset();
  }

  void write(py::handle what, py::handle time_ns) {
    check_idle();
    std::optional<Timestamp> time;
    if (!time_ns.is_none()) time = time_in(time_ns);
    if (PyBytes_Check(what.ptr()) || PyObject_CheckBuffer(what.ptr()) != 0) {
      if (Py_TYPE(what.ptr()) != packet_python_type()) return write_bytes(what, time);
    }
    const PacketObject* const object = packet_of(what.ptr());
    if (object == nullptr) throw py::error_already_set{};
    Packet packet = object->packet;
    if (time) {
      packet.timestamp = *time;
      packet.flags = without_no_timestamp(packet.flags);
    }
    packet.interface_index = described(*object);
    if (object->loan != nullptr) hold(packet);
    write_one(packet);
  }

  void flush() {
    check_idle();
    bring([&] { writer_->flush(); });
  }

  void close() {
    check_idle();
    bring([&] { writer_->close(); });
  }

  [[nodiscard]] std::uint64_t packets() const noexcept { return packets_; }

 private:
  static PacketFlags without_no_timestamp(PacketFlags flags) noexcept {
    return static_cast<PacketFlags>(std::to_underlying(flags) &
                                    ~std::to_underlying(PacketFlags::no_timestamp));
  }

  void check_idle() const {
    if (!is_busy_) return;
    throw Error{ErrorCode::invalid_argument, "another thread is writing this file or closing it"};
  }

  void write_one(const Packet& packet) {
    bring([&] { writer_->write(interfaces_, {&packet, 1}); });
    ++packets_;
  }

  /// Without the GIL.
  template <class Write>
  void bring(Write write) {
    const Raised busy{is_busy_};
    try {
      const WithoutGil without;
      write();
    } catch (const SystemError&) {
      packets_ = writer_->counts().packets;
      throw;
    }
  }

  /// Where the packet's interface stands among those of the file.
  std::uint32_t described(const PacketObject& object) {
    const std::uint32_t index = object.packet.interface_index;
    const bool is_same = index == index_ && !stream_.owner_before(object.stream) &&
                         !object.stream.owner_before(stream_);
    if (!is_same) {
      const Interface* const known = object.stream->interface(index);
      position_ = described(known == nullptr ? own_ : *known);
      stream_ = object.stream;
      index_ = index;
    }
    return position_;
  }

  /// Each once, however packets of several sources take turns: all in the section of the first.
  std::uint32_t described(Interface interface) {
    if (!interfaces_.empty()) interface.section = interfaces_.front().section;
    const auto found = std::ranges::find(interfaces_, interface);
    const auto position = static_cast<std::uint32_t>(found - interfaces_.begin());
    if (found == interfaces_.end()) interfaces_.push_back(std::move(interface));
    return position;
  }

  /// From now on it is independent of its batch, which another thread may end meanwhile.
  void hold(Packet& packet) {
    held_.assign(packet.data.begin(), packet.data.end());
    const std::size_t size = held_.size();
    if (packet.meta != nullptr) {
      meta_ = *packet.meta;
      held_.insert(held_.end(), meta_.options.begin(), meta_.options.end());
      meta_.options = Bytes{held_}.subspan(size);
      packet.meta = &meta_;
    }
    packet.data = Bytes{held_}.first(size);
  }

  void write_bytes(py::handle what, std::optional<Timestamp> time) {
    const Contiguous bytes{what};
    Packet packet;
    packet.data = bytes.get();
    packet.wire_length = static_cast<std::uint32_t>(packet.data.size());
    packet.link_type = own_.link_type;
    packet.timestamp = time ? *time : wall_clock();
    packet.interface_index = described(own_);
    write_one(packet);
  }

  std::unique_ptr<Writer> writer_;
  /// Of packets that are bytes.
  Interface own_{};
  /// Those of the file.
  std::vector<Interface> interfaces_;
  /// Whose the last packet was, its interface there and in the file.
  std::weak_ptr<Stream> stream_;
  std::uint32_t index_ = 0;
  std::uint32_t position_ = 0;
  /// Of a packet that is being written.
  std::vector<std::uint8_t> held_;
  PacketMeta meta_{};
  std::uint64_t packets_ = 0;
  bool is_busy_ = false;
};

}  // namespace

void bind_writer(py::module_& module) {
  py::class_<PacketWriter>(
      module, "Writer",
      "Writer(path, format=None, compression=None, link_type=1)\n--\n\nA capture file being "
      "written: see weir.write(). One thread at a time; a context manager.")
      .def(py::init([](const std::string& path, const std::optional<std::string>& format,
                       const std::optional<std::string>& compression, std::uint16_t link_type) {
             return std::make_unique<PacketWriter>(path, format, compression,
                                                   static_cast<LinkType>(link_type));
           }),
           py::arg("path"), py::arg("format") = std::nullopt, py::arg("compression") = std::nullopt,
           py::arg("link_type") = 1,
           "__init__(self, path, format=None, compression=None, link_type=1)\n--\n\nAs "
           "weir.write() says.")
      .def("write", &PacketWriter::write, py::arg("packet"), py::arg("time_ns") = py::none(),
           "write(self, packet, time_ns=None)\n--\n\nWrites a Packet, or bytes: those at "
           "`time_ns`, or now. Packets\nmay wait for more: for a second at most if others follow, "
           "else "
           "until flush() or close().")
      .def("flush", &PacketWriter::flush,
           "flush(self)\n--\n\nBrings all that was written so far to the file. Raises if that "
           "fails.")
      .def("close", &PacketWriter::close,
           "close(self)\n--\n\nWrites the rest and closes. Raises if that fails.")
      .def_property_readonly(
          "packets", &PacketWriter::packets,
          "Written so far, those that wait included; once the medium has failed: what was kept.")
      .def(
          "__enter__", [](py::object self) { return self; },
          "__enter__(self)\n--\n\nThe writer itself.")
      .def(
          "__exit__", [](PacketWriter& self, const py::args&) { self.close(); },
          "__exit__(self, *exception)\n--\n\nclose().");
}

}  // namespace weir::python
