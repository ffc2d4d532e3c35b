// Counts TCP numbers from the first of each side.
#include "sink/tcp_numbers.h"

namespace weir::sink {

void TcpNumbers::begin(const record::FlowRow& flow) {
  const auto end = [](const flow::Endpoint& of) { return std::pair{of.address, of.port}; };
  ends_ = {end(flow.originator), end(flow.responder)};
  is_originator_low_ = ends_.first < ends_.second;
  if (!is_originator_low_) std::swap(ends_.first, ends_.second);
  bases_ = nullptr;
}

TcpNumbers::Bases& TcpNumbers::bases() {
  if (bases_ != nullptr) return *bases_;
  if (connections_.size() == max_connections && !connections_.contains(ends_)) {
    connections_.erase(connections_.begin());
  }
  bases_ = &connections_[ends_];
  return *bases_;
}

TcpNumbers::Numbers TcpNumbers::count(const flow::HistoryPacket& packet) {
  constexpr std::uint8_t syn = 0x02;
  constexpr std::uint8_t ack = 0x10;
  const Numbers as_it_stands{packet.sequence, packet.acknowledgment};
  if ((packet.fields & needed) != needed || (packet.tcp_flags & ack) == 0) return as_it_stands;
  const bool is_low = packet.is_from_originator == is_originator_low_;
  Bases& from = bases();
  std::uint32_t& own = is_low ? from.low : from.high;
  std::uint32_t& peer = is_low ? from.high : from.low;
  if (std::exchange(from.are_known, true) && (packet.tcp_flags & syn) == 0) {
    return {packet.sequence - own, packet.acknowledgment - peer};
  }
  own = packet.sequence;
  peer = packet.acknowledgment - 1;
  return as_it_stands;
}

}  // namespace weir::sink
