// weir.build(): frames of headers and bytes.
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "bindings.h"
#include "fields_object.h"
#include "raise.h"
#include "weir/error.h"

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

/// Headers in front of a payload, as a bytes object. `first`: the place of the first among all.
Ref built(const std::vector<wire::AnyFields>& headers, Bytes payload, std::size_t first) {
  const std::size_t length = wire::frame_length(headers, payload);
  Ref frame = Ref::steal(PyBytes_FromStringAndSize(nullptr, static_cast<Py_ssize_t>(length)));
  if (!frame) throw py::error_already_set{};
  auto* const start = reinterpret_cast<std::uint8_t*>(PyBytes_AS_STRING(frame.get()));
  const auto result = wire::build({start, length}, headers, payload);
  if (result) return frame;
  const auto [error, layer] = result.error();
  const record::FieldsFormat* const format =
      layer < headers.size() ? record::format_of(headers[layer]) : nullptr;
  throw Error{ErrorCode::invalid_argument,
              "layer " + std::to_string(first + layer) +
                  (format == nullptr ? "" : ", " + std::string{format->name}) + ": " +
                  reason(error)};
}

void append(std::vector<std::uint8_t>& to, Bytes bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

/// One after the other; the only one as it is.
Ref joined(std::span<const Part> parts, Ref behind) {
  if (parts.empty()) return behind;
  if (parts.size() == 1 && PyBytes_GET_SIZE(behind.get()) == 0) {
    return Ref::share(parts.front().bytes.get());
  }
  std::vector<std::uint8_t> all;
  for (const Part& part : parts) append(all, octets_of(part.bytes.get()));
  append(all, octets_of(behind.get()));
  Ref bytes = Ref::steal(bytes_object(all));
  if (!bytes) throw py::error_already_set{};
  return bytes;
}

py::object build(const py::args& layers) {
  const std::vector<Part> parts = parts_of(layers);
  // From here on no other code runs: headers stay as they are.
  Ref frame = Ref::steal(bytes_object({}));
  if (!frame) throw py::error_already_set{};
  // From the innermost outwards, run by run: headers in front of bytes do not know what they are.
  const auto is_header = [](const Part& part) { return part.header != nullptr; };
  for (std::size_t end = parts.size(); end > 0;) {
    std::size_t start = end;
    while (start > 0 && !is_header(parts[start - 1])) --start;
    frame = joined(std::span{parts}.subspan(start, end - start), std::move(frame));
    end = start;
    while (start > 0 && is_header(parts[start - 1])) --start;
    std::vector<wire::AnyFields> headers;
    for (std::size_t i = start; i < end; ++i) headers.push_back(parts[i].header->fields);
    // Only the outermost header has a trailer.
    auto* const ethernet =
        headers.empty() || start == 0 ? nullptr : std::get_if<wire::EthernetFields>(&headers[0]);
    if (ethernet != nullptr) ethernet->trailer = {.padded_to = 0};
    if (!headers.empty()) frame = built(headers, octets_of(frame.get()), start);
    end = start;
  }
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
