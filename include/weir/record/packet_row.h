// Packets as rows of typed fields: those of docs/json.md, by their names.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/api.h"
#include "weir/packet.h"
#include "weir/record/field.h"
#include "weir/record/packet_json.h"
#include "weir/record/value.h"
#include "weir/wire/layers.h"

namespace weir::record {

/// Every field a packet may have, in the order of its record: "number", "src", ..., then those of
/// headers behind the name of their protocol: "ip.ttl", "tcp.source_port", "dns.answers". Valid for
/// ever.
[[nodiscard]] WEIR_API std::span<const FieldDescription> packet_row_fields();

/// Reads chosen fields of packets. A header's field is that of its protocol's outermost header.
/// Movable; one thread at a time.
class WEIR_API PacketRow {
 public:
  /// Names as packet_row_fields() has them, or with a short_name(). Throws Error (invalid_argument)
  /// naming one that is not there, and those near to it.
  /// `decoders` name the user's protocols.
  explicit PacketRow(const std::vector<std::string>& names, const wire::Decoders& decoders = {});
  PacketRow(PacketRow&&) noexcept;
  PacketRow& operator=(PacketRow&&) noexcept;
  ~PacketRow();

  [[nodiscard]] std::size_t size() const noexcept;
  /// Of the field at `index`, which is below size(); so in the next two.
  [[nodiscard]] const FieldDescription& field(std::size_t index) const noexcept;

  /// The packet that is read from now on; it, `layers` and what `place` shows are borrowed until
  /// the next. `layers` is decode() of the packet, with
  /// the same decoders.
  void set(const Packet& packet, const wire::Layers& layers, const PacketPlace& place);
  /// Absent for fields of several values and those that do not apply. Borrows from the packet and
  /// from this row: valid until the next call of either.
  /// Precondition, and of visit(): set() has been called.
  [[nodiscard]] Value value(std::size_t index);
  /// Tells what a field of several values is made of; nothing where it does not apply, or is of
  /// one.
  void visit(std::size_t index, ValueVisitor& to);

  /// As PacketJson::name_interface().
  void name_interface(std::uint32_t index, std::string name);

 private:
  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::record
