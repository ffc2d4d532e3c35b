// The packets of a flow as lines with a column for each chosen field that any of them has.
#pragma once

#include <array>
#include <string>

#include "sink/tcp_numbers.h"
#include "weir/flow/history.h"
#include "weir/record/flow_row.h"

namespace weir::sink {

class ConversationPackets {
 public:
  /// Borrows the flow and the numbers.
  ConversationPackets(const record::FlowRow& flow, const flow::FlowHistory& history,
                      flow::HistoryFields chosen, TcpNumbers& numbers);

  /// No packet has any of them: there is nothing to show.
  [[nodiscard]] bool empty() const noexcept { return fields_ == flow::HistoryFields::none; }
  void append_headings(std::string& out) const;
  /// The packets in their order: numbers are counted from those before.
  void append(std::string& out, const flow::HistoryPacket& packet);

 private:
  struct Column;
  static const std::array<Column, 12> columns;

  const record::FlowRow& flow_;
  flow::HistoryFields fields_ = flow::HistoryFields::none;
  TcpNumbers& numbers_;
  /// Those of the line that is written.
  TcpNumbers::Numbers shown_{};
};

}  // namespace weir::sink
