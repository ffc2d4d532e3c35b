// Packets in the histories of flows as rows of typed fields: those of docs/json.md, in their order.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "weir/api.h"
#include "weir/flow/history.h"
#include "weir/record/field.h"
#include "weir/record/flow_row.h"
#include "weir/record/value.h"

namespace weir::record {

/// The fields of a flow_packet record: "type", "time", ... Valid for ever; later releases add
/// fields at the end only.
[[nodiscard]] WEIR_API std::span<const FieldDescription> history_row_fields() noexcept;

/// What a tracker has to keep for a field of that name; none for "type", and for what is no field.
[[nodiscard]] WEIR_API flow::HistoryFields history_fields(std::string_view name) noexcept;
/// The same for several names, of which "all" is each of them. Throws Error (invalid_argument) for
/// what is no field: says which are.
[[nodiscard]] WEIR_API flow::HistoryFields history_fields(std::span<const std::string> names);

/// A packet with the ends it went between. A value: const calls from several threads at once.
struct HistoryRow {
  flow::HistoryPacket packet{};
  flow::Endpoint originator{};
  flow::Endpoint responder{};

  [[nodiscard]] const flow::Endpoint& source() const noexcept {
    return packet.is_from_originator ? originator : responder;
  }
  [[nodiscard]] const flow::Endpoint& destination() const noexcept {
    return packet.is_from_originator ? responder : originator;
  }
  /// Of the field at `index` in history_row_fields(), which has to be there. Absent where it was
  /// not kept, or the packet has none. Text is a constant.
  [[nodiscard]] WEIR_API Value value(std::size_t index) const noexcept;
};

/// A packet of that flow.
[[nodiscard]] inline HistoryRow row_of(const FlowRow& flow,
                                       const flow::HistoryPacket& packet) noexcept {
  return {packet, flow.originator, flow.responder};
}

}  // namespace weir::record
