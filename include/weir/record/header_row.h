// One header of a packet as typed fields: those of docs/json.md.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "weir/api.h"
#include "weir/packet.h"
#include "weir/record/field.h"
#include "weir/record/value.h"
#include "weir/wire/layers.h"

namespace weir::record {

struct ProtocolFields;

/// What headers of one protocol, or one of two formats that share its name, look like. Valid for
/// ever; several threads at once.
class WEIR_API HeaderFormat {
 public:
  [[nodiscard]] wire::Protocol protocol() const noexcept;
  /// As wire::name() has it; two formats of one protocol share it.
  [[nodiscard]] std::string_view name() const noexcept;
  /// What the header is and where it is defined: "IPv4 (RFC 791)".
  [[nodiscard]] std::string_view title() const noexcept;
  [[nodiscard]] std::span<const FieldDescription> fields() const noexcept;
  bool operator==(const HeaderFormat&) const noexcept = default;

 private:
  friend class HeaderRow;
  friend WEIR_API std::span<const HeaderFormat> header_formats();
  friend WEIR_API HeaderFormat user_header_format() noexcept;
  explicit HeaderFormat(const ProtocolFields& fields) noexcept : fields_{&fields} {}

  const ProtocolFields* fields_;
};

/// All there are.
[[nodiscard]] WEIR_API std::span<const HeaderFormat> header_formats();
/// Of every header of the user's own (wire/decoders.h): it has no name and no fields.
[[nodiscard]] WEIR_API HeaderFormat user_header_format() noexcept;

/// Reads the fields of one header. Borrows the packet's bytes. A value: const calls from several
/// threads at once.
class WEIR_API HeaderRow {
 public:
  /// `layers` is decode(packet), `layer` one of them.
  HeaderRow(const Packet& packet, const wire::Layers& layers, const wire::Layer& layer);
  /// Of bytes() that were remembered, wherever they are now.
  HeaderRow(const HeaderFormat& format, Bytes header) noexcept : format_{format}, header_{header} {}

  [[nodiscard]] const HeaderFormat& format() const noexcept { return format_; }
  /// From the header to the end of the datagram it lies in, as far as that was captured; empty for
  /// a protocol without a header of its own.
  [[nodiscard]] Bytes bytes() const noexcept { return header_; }

  /// Of the field at `index` in format().fields(), which has to be there; so in the next one.
  /// Absent for fields of several values and those that do not apply. Borrows from the packet.
  [[nodiscard]] Value value(std::size_t index) const;
  /// Tells what a field of several values is made of; nothing where it does not apply, or is of
  /// one.
  void visit(std::size_t index, ValueVisitor& to) const;

 private:
  HeaderFormat format_;
  Bytes header_;
};

}  // namespace weir::record
