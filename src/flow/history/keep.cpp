// What of a packet goes into the history of its flow, and how that is asked for.
#include "flow/table.h"

namespace weir::flow {
namespace {

using Fields = HistoryFields;

/// What the packet has.
Fields fields_of(const Arrival& arrival) noexcept {
  const PacketFacts& facts = arrival.facts;
  Fields fields = Fields::ttl | Fields::ip_length | Fields::payload | Fields::direction;
  if (arrival.is_timed) fields = fields | Fields::timestamp;
  if (facts.key.version() == 4) fields = fields | Fields::ip_id;
  if (!facts.numbered) return fields;
  if (facts.key.protocol != wire::ip_protocol::tcp) return fields | Fields::icmp;
  return fields | Fields::tcp_flags | Fields::sequence | Fields::acknowledgment | Fields::window;
}

}  // namespace

void Table::remember(std::uint32_t index, const Arrival& arrival, const Extras* extras) noexcept {
  if (!history_ || extras == nullptr) return;
  const PacketFacts& facts = arrival.facts;
  if (!history_->keeps(facts.key)) return;
  HistoryPacket packet{.fields = fields_of(arrival) & history_->fields()};
  if (packet.has(Fields::timestamp)) packet.timestamp = arrival.timestamp;
  if (packet.has(Fields::ip_id)) packet.ip_id = extras->ip_id;
  if (packet.has(Fields::ttl)) packet.ttl = extras->ttl;
  if (packet.has(Fields::ip_length)) packet.ip_length = facts.ip_bytes;
  if (packet.has(Fields::tcp_flags)) packet.tcp_flags = facts.tcp_flags;
  if (packet.has(Fields::sequence)) packet.sequence = facts.sequence;
  if (packet.has(Fields::acknowledgment)) packet.acknowledgment = facts.acknowledgment;
  if (packet.has(Fields::window)) packet.window = facts.window;
  if (packet.has(Fields::icmp)) {
    packet.icmp = {static_cast<std::uint8_t>(facts.icmp >> 8),
                   static_cast<std::uint8_t>(facts.icmp)};
  }
  if (packet.has(Fields::payload)) packet.payload_bytes = facts.payload_bytes;
  history_->append(index, facts.key.protocol, packet, facts.side);
}

void Table::ask_for_writers(std::span<const Arrival> arrivals) const noexcept {
  for (const Arrival& arrival : arrivals) history_->prefetch_writer(arrival.guess);
}

void Table::ask_for_units(std::span<const Arrival> arrivals) const noexcept {
  for (const Arrival& arrival : arrivals) history_->prefetch_unit(arrival.guess);
}

FlowHistory Table::history_of(const Flow& flow) const {
  if (!history_) return {};
  const std::uint32_t index = index_of(flow);
  if (index == SlotTable::none) return {};
  return history_->copy(index, records_[index].is_originator(1) ? 1 : 0);
}

}  // namespace weir::flow
