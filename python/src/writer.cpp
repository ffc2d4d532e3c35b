// weir.Writer: what weir.write() returns.
#include <pybind11/stl.h>

#include "bindings.h"
#include "packet_object.h"
#include "stream.h"
#include "weir/savefile/writer.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using savefile::Compression;
using savefile::Format;
using savefile::Writer;
using savefile::WriterOptions;

constexpr std::pair<const char*, Format> formats[] = {
    {"pcap", Format::pcap}, {"pcap-ns", Format::pcap_nanosecond}, {"pcapng", Format::pcapng}};
constexpr std::pair<const char*, Compression> compressions[] = {{"gz", Compression::gzip},
                                                                {"zst", Compression::zstd},
                                                                {"lz4", Compression::lz4},
                                                                {"xz", Compression::xz}};

template <class Known>
auto named(const Known& known, const std::string& name, const char* what) {
  std::string words;
  for (const auto& [word, value] : known) {
    if (word == name) return value;
    words += std::string{words.empty() ? "" : ", "} + word;
  }
  throw py::value_error(std::string{what} + " " + name + ": it is one of " + words);
}

std::string ending(std::string& path) {
  const std::size_t dot = path.rfind('.');
  if (dot == std::string::npos) return {};
  std::string end = path.substr(dot + 1);
  path.resize(dot);
  return end;
}

/// Where nothing is said the name decides, as for `weir read -w`.
WriterOptions options_for(std::string path, const std::optional<std::string>& format,
                          const std::optional<std::string>& compression) {
  WriterOptions options{.format = Format::pcapng};
  std::string end = ending(path);
  for (const auto& [word, value] : compressions) {
    if (end != word) continue;
    options.compression = value;
    end = ending(path);
    break;
  }
  if (end == "pcap" || end == "cap") options.format = Format::pcap;
  if (format) options.format = named(formats, *format, "format");
  if (compression) options.compression = named(compressions, *compression, "compression");
  return options;
}

/// The bytes of an object that has them in one piece; throws BufferError for others.
class Contiguous {
 public:
  explicit Contiguous(py::handle object) {
    if (PyObject_GetBuffer(object.ptr(), &view_, PyBUF_SIMPLE) != 0) throw py::error_already_set{};
  }
  Contiguous(const Contiguous&) = delete;
  Contiguous& operator=(const Contiguous&) = delete;
  ~Contiguous() { PyBuffer_Release(&view_); }
  [[nodiscard]] Bytes get() const noexcept {
    return {static_cast<const std::uint8_t*>(view_.buf), static_cast<std::size_t>(view_.len)};
  }

 private:
  Py_buffer view_{};
};

/// A writer that takes one packet at a time.
class PacketWriter {
 public:
  PacketWriter(const std::string& path, const std::optional<std::string>& format,
               const std::optional<std::string>& compression, LinkType link_type)
      : writer_{path, options_for(path, format, compression)} {
    own_.link_type = link_type;
    own_.ticks_per_second = 1'000'000'000;
  }

  void write(py::handle what, std::optional<std::int64_t> time_ns) {
    check_idle();
    if (PyBytes_Check(what.ptr()) || PyObject_CheckBuffer(what.ptr()) != 0) {
      if (Py_TYPE(what.ptr()) != packet_python_type()) return write_bytes(what, time_ns);
    }
    const PacketObject* const object = packet_of(what.ptr());
    if (object == nullptr) throw py::error_already_set{};
    Packet packet = object->packet;
    if (time_ns) {
      packet.timestamp = Timestamp{Duration{*time_ns}};
      packet.flags = without_no_timestamp(packet.flags);
    }
    const Interface* const interface = object->stream->interface(packet.interface_index);
    packet.interface_index = 0;
    writer_.write({interface == nullptr ? &own_ : interface, 1}, {&packet, 1});
  }

  void close() {
    check_idle();
    const Raised closing{is_closing_};
    const WithoutGil without;
    writer_.close();
  }

  [[nodiscard]] std::uint64_t packets() const { return writer_.counts().packets; }

 private:
  static PacketFlags without_no_timestamp(PacketFlags flags) noexcept {
    return static_cast<PacketFlags>(std::to_underlying(flags) &
                                    ~std::to_underlying(PacketFlags::no_timestamp));
  }

  void check_idle() const {
    if (!is_closing_) return;
    throw Error{ErrorCode::invalid_argument, "another thread is closing this file"};
  }

  void write_bytes(py::handle what, std::optional<std::int64_t> time_ns) {
    const Contiguous bytes{what};
    Packet packet;
    packet.data = bytes.get();
    packet.wire_length = static_cast<std::uint32_t>(packet.data.size());
    packet.link_type = own_.link_type;
    packet.timestamp = time_ns ? Timestamp{Duration{*time_ns}} : wall_clock();
    writer_.write({&own_, 1}, {&packet, 1});
  }

  Writer writer_;
  /// Of packets that are bytes.
  Interface own_{};
  bool is_closing_ = false;
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
      .def("write", &PacketWriter::write, py::arg("packet"), py::arg("time_ns") = std::nullopt,
           "write(self, packet, time_ns=None)\n--\n\nWrites a Packet, or bytes: those at "
           "`time_ns`, or now.")
      .def("close", &PacketWriter::close,
           "close(self)\n--\n\nWrites the rest and closes. Raises if that fails.")
      .def_property_readonly("packets", &PacketWriter::packets, "Written so far.")
      .def(
          "__enter__", [](py::object self) { return self; },
          "__enter__(self)\n--\n\nThe writer itself.")
      .def(
          "__exit__", [](PacketWriter& self, const py::args&) { self.close(); },
          "__exit__(self, *exception)\n--\n\nclose().");
}

}  // namespace weir::python
