// weir.build(): frames of headers and bytes.
#include <string>
#include <utility>
#include <vector>

#include "bindings.h"
#include "fields_object.h"
#include "raise.h"
#include "weir/error.h"
#include "weir/wire/frame_writer.h"

namespace py = pybind11;

namespace weir::python {
namespace {

/// What the arguments are: headers, or bytes that are kept as they are.
struct Part {
  FieldsObject* header = nullptr;
  Ref bytes{};
};

/// Other code may run meanwhile.
std::vector<Part> parts_of(const py::args& layers) {
  std::vector<Part> parts;
  for (const py::handle layer : layers) {
    Part part{.header = fields_of(layer.ptr())};
    if (part.header == nullptr) {
      if (PyObject_CheckBuffer(layer.ptr()) == 0) {
        throw py::type_error("layer " + std::to_string(parts.size()) +
                             ": a header such as weir.IPv4(), or bytes, not " +
                             Py_TYPE(layer.ptr())->tp_name);
      }
      part.bytes = Ref::steal(PyBytes_FromObject(layer.ptr()));
      if (!part.bytes) throw py::error_already_set{};
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

const char* reason(wire::WriteError error) noexcept {
  switch (error) {
    case wire::WriteError::too_long:
      return "more behind the header than its length field can tell, or more options than fit";
    case wire::WriteError::bad_value:
      return "a value that does not fit its field, or contradicts another";
    default:
      return wire::name(error);
  }
}

std::size_t length_of(const Part& part) noexcept {
  return part.header != nullptr ? wire::header_length(part.header->fields)
                                : octets_of(part.bytes.get()).size();
}

wire::FrameTrailer trailer_of(const std::vector<Part>& parts) noexcept {
  const FieldsObject* const first = parts.empty() ? nullptr : parts.front().header;
  const auto* const ethernet =
      first == nullptr ? nullptr : std::get_if<wire::EthernetFields>(&first->fields);
  return ethernet == nullptr ? wire::FrameTrailer{.padded_to = 0} : ethernet->trailer;
}

[[noreturn]] void refuse(std::size_t layer, const Part& part, wire::WriteError error) {
  const std::string name =
      part.header == nullptr ? "" : ", " + std::string{part.header->format->name};
  throw Error{ErrorCode::invalid_argument,
              "layer " + std::to_string(layer) + name + ": " + reason(error)};
}

py::object build(const py::args& layers) {
  const std::vector<Part> parts = parts_of(layers);
  // From here on no other code runs: headers stay as they are.
  std::size_t length = 0;
  for (const Part& part : parts) length += length_of(part);
  const wire::FrameTrailer trailer = trailer_of(parts);
  const std::size_t whole = trailer.frame_length(length);
  Ref frame = Ref::steal(PyBytes_FromStringAndSize(nullptr, static_cast<Py_ssize_t>(whole)));
  if (!frame) throw py::error_already_set{};
  const MutableBytes octets{reinterpret_cast<std::uint8_t*>(PyBytes_AS_STRING(frame.get())), whole};
  wire::FrameWriter writer{octets.first(length)};
  for (std::size_t i = parts.size(); i-- > 0;) {
    const Part& part = parts[i];
    const wire::Written written = part.header != nullptr ? wire::add(writer, part.header->fields)
                                                         : writer.add(octets_of(part.bytes.get()));
    if (!written) refuse(i, part, written.error());
  }
  if (whole != length) wire::write_trailer(octets, length, trailer);
  return checked(frame.release());
}

}  // namespace

void bind_build(py::module_& module) {
  module.def("build", build,
             "build(*layers)\n--\n\nA frame of headers and bytes, outermost first, as bytes.\n\n"
             "What headers leave open is filled in: what follows, lengths, checksums, ports of "
             "tunnels. What is given\nstands, right or wrong. Behind an outermost Ethernet header "
             "frames are padded to its `padded_to`.\nRaises ArgumentError, a ValueError, for a "
             "header that cannot be written, and names it.");
}

}  // namespace weir::python
