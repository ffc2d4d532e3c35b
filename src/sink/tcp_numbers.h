// What the TCP numbers of a conversation's packets are counted from, as weir read counts them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

#include "record/tcp_bases.h"
#include "weir/flow/history.h"
#include "weir/record/flow_row.h"

namespace weir::sink {

/// Counts each side's numbers from its first, and from a SYN that acknowledges anew. What begins or
/// acknowledges nothing stands as it is: a connection's first segments, and a SYN on its ports,
/// whether it is refused or not. Each packet goes through once, connections in the order they end:
/// a later record on the same ports goes on from the one before.
class TcpNumbers {
 public:
  struct Numbers {
    std::uint32_t sequence = 0;
    std::uint32_t acknowledgment = 0;
  };
  /// What is needed of a packet.
  static constexpr flow::HistoryFields needed =
      flow::HistoryFields::direction | flow::HistoryFields::tcp_flags |
      flow::HistoryFields::sequence | flow::HistoryFields::acknowledgment;

  /// The packets that follow are of this flow.
  void begin(const record::FlowRow& flow);
  /// As it is shown; as it stands if not all that is needed was kept.
  [[nodiscard]] Numbers count(const flow::HistoryPacket& packet);

 private:
  /// The same for both directions: the lower end first.
  using Ends = std::pair<std::pair<IpAddress, std::uint16_t>, std::pair<IpAddress, std::uint16_t>>;
  /// Beyond it one is forgotten for another, and a later record on its ports begins anew.
  static constexpr std::size_t max_connections = 65'536;

  [[nodiscard]] record::TcpBases& bases();

  std::map<Ends, record::TcpBases> connections_;
  Ends ends_{};
  /// Those of `ends_`, once a packet has asked for them.
  record::TcpBases* bases_ = nullptr;
  bool is_originator_low_ = false;
};

}  // namespace weir::sink
