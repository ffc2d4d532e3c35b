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

record::TcpBases& TcpNumbers::bases() {
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
  if ((packet.fields & needed) != needed || (packet.tcp_flags & ack) == 0) {
    return {packet.sequence, packet.acknowledgment};
  }
  const auto from = bases().learn(packet.is_from_originator == is_originator_low_, packet.sequence,
                                  packet.acknowledgment, (packet.tcp_flags & syn) != 0);
  return {packet.sequence - from.sequence, packet.acknowledgment - from.acknowledgment};
}

}  // namespace weir::sink
