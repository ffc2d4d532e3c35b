// The packets of a flow as lines with a column for each field that any of them has.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "weir/flow/history.h"
#include "weir/record/flow_row.h"

namespace weir::sink {

class ConversationPackets {
 public:
  /// Borrows both.
  ConversationPackets(const record::FlowRow& flow, const flow::FlowHistory& history) noexcept;

  /// No packet has any field: there is nothing to show.
  [[nodiscard]] bool empty() const noexcept { return fields_ == flow::HistoryFields::none; }
  void append_headings(std::string& out) const;
  /// The packets in their order: numbers are counted from those before.
  void append(std::string& out, const flow::HistoryPacket& packet);

 private:
  struct Column;
  static const std::array<Column, 12> columns;

  [[nodiscard]] std::string sequence(const flow::HistoryPacket& packet);
  [[nodiscard]] std::string acknowledgment(const flow::HistoryPacket& packet) const;

  const record::FlowRow& flow_;
  flow::HistoryFields fields_ = flow::HistoryFields::none;
  /// What each side's numbers are counted from: the originator's first.
  std::array<std::optional<std::uint32_t>, 2> bases_{};
};

}  // namespace weir::sink
