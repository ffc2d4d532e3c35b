// The fields of every protocol in a packet record, as tables over the checked views.
#pragma once

#include <array>
#include <span>

#include "record/json_record.h"
#include "record/record_field.h"
#include "weir/wire/protocol.h"

namespace weir::record {

/// One protocol's object in a packet record.
struct ProtocolFields {
  wire::Protocol protocol;
  /// What the header is and where it is defined.
  std::string_view title;
  std::span<const FieldDescription> fields{};
  /// Writes the members; none where the header cannot be read. `header` goes to the end of the
  /// datagram. Null: the object is always empty.
  void (*write)(JsonVisitor& to, Bytes header) = nullptr;
  /// The value of fields[index], or what it is made of if it is of several; nothing where the
  /// header cannot be read.
  Value (*read)(Bytes header, std::size_t index) = nullptr;
  void (*visit)(ValueVisitor& to, Bytes header, std::size_t index) = nullptr;
};

/// How a view is made of the bytes from its header on.
template <class View>
auto parse_header(Bytes header) noexcept {
  return View::parse(header);
}

template <class View, const auto& fields>
void write_header(JsonVisitor& to, Bytes header) {
  if (const auto view = parse_header<View>(header)) to.write_members(*view, fields);
}

template <class View, const auto& fields>
Value read_field(Bytes header, std::size_t index) {
  const auto view = parse_header<View>(header);
  return view && fields[index].read != nullptr ? fields[index].read(*view) : Value{};
}

template <class View, const auto& fields>
void visit_field(ValueVisitor& to, Bytes header, std::size_t index) {
  const auto view = parse_header<View>(header);
  if (view && fields[index].visit != nullptr) fields[index].visit(to, *view);
}

template <const auto& fields>
inline constexpr auto described = descriptions(fields);

/// The entry of a protocol whose fields are a table over a view.
template <class View, const auto& fields>
constexpr ProtocolFields entry(wire::Protocol protocol, std::string_view title) {
  return {protocol,
          title,
          described<fields>,
          &write_header<View, fields>,
          &read_field<View, fields>,
          &visit_field<View, fields>};
}

/// The tables, by where their protocols stand in a packet.
[[nodiscard]] std::span<const ProtocolFields> capture_fields() noexcept;
[[nodiscard]] std::span<const ProtocolFields> link_fields() noexcept;
[[nodiscard]] std::span<const ProtocolFields> tag_fields() noexcept;
[[nodiscard]] std::span<const ProtocolFields> network_fields() noexcept;
[[nodiscard]] std::span<const ProtocolFields> transport_fields() noexcept;
[[nodiscard]] std::span<const ProtocolFields> tunnel_fields() noexcept;
[[nodiscard]] std::span<const ProtocolFields> application_fields() noexcept;
[[nodiscard]] std::span<const ProtocolFields> service_fields() noexcept;

/// One entry per protocol. `sll` and `prism` stand for two formats each: the second ones are
/// sll2_fields() and avs_fields().
[[nodiscard]] const std::array<ProtocolFields, wire::protocol_count>& packet_fields();
[[nodiscard]] const ProtocolFields& sll2_fields() noexcept;
[[nodiscard]] const ProtocolFields& avs_fields() noexcept;

}  // namespace weir::record
