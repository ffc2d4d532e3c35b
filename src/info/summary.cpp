// Counts what `weir info` says of a capture; writes it as JSON.
#include "weir/info/summary.h"

#include <algorithm>

#include "info/record.h"
#include "record/json_record.h"
#include "savefile/pcapng/pcapng_blocks.h"
#include "weir/savefile/packet_options.h"

namespace weir::info {
namespace {

void note_once(std::vector<LinkType>& known, LinkType type) {
  if (std::find(known.begin(), known.end(), type) == known.end()) known.push_back(type);
}

std::uint64_t& packets_of(Summary& summary, std::uint32_t interface) {
  if (interface >= summary.interface_packets.size()) {
    summary.interface_packets.resize(std::size_t{interface} + 1);
  }
  return summary.interface_packets[interface];
}

// Where not all packets are of one interface and link type.
void add_mixed(Summary& summary, std::span<const Packet> batch) {
  for (const Packet& packet : batch) {
    note_once(summary.link_types, packet.link_type);
    ++packets_of(summary, packet.interface_index);
  }
}

void add_cut(CutPackets& cut, std::span<const Packet> batch) noexcept {
  for (const Packet& packet : batch) {
    if (packet.data.size() >= packet.wire_length) continue;
    ++cut.packets;
    cut.least = std::min(cut.least, packet.data.size());
    cut.most = std::max(cut.most, packet.data.size());
  }
}

std::uint64_t commented_in(std::span<const Packet> batch) {
  std::uint64_t count = 0;
  for (const Packet& packet : batch) {
    if (packet.meta == nullptr) continue;
    count += savefile::read_packet_options(*packet.meta).comments.empty() ? 0U : 1U;
  }
  return count;
}

}  // namespace

// Sums stay in registers. What most batches have none of is only noticed here, and counted in a
// walk of its own.
void Summary::add(std::span<const Packet> batch) {
  if (batch.empty()) return;
  const Packet& model = batch.front();
  packets += batch.size();
  Timestamp earliest = first.value_or(Timestamp::max());
  Timestamp latest = last.value_or(Timestamp::min());
  std::uint64_t wire = 0;
  std::uint64_t captured = 0;
  std::uint64_t earlier = 0;
  bool is_mixed = false;
  bool has_cut = false;
  bool has_meta = false;
  for (const Packet& packet : batch) {
    wire += packet.wire_length;
    captured += packet.data.size();
    lengths.add(packet.wire_length);
    is_mixed |= packet.link_type != model.link_type;
    is_mixed |= packet.interface_index != model.interface_index;
    has_cut |= packet.data.size() < packet.wire_length;
    has_meta |= packet.meta != nullptr;
    if (has(packet.flags, PacketFlags::no_timestamp)) continue;
    earliest = std::min(earliest, packet.timestamp);
    earlier += packet.timestamp < latest ? 1U : 0U;
    latest = std::max(latest, packet.timestamp);
  }
  bytes += wire;
  captured_bytes += captured;
  backward += earlier;
  if (is_mixed) {
    add_mixed(*this, batch);
  } else {
    note_once(link_types, model.link_type);
    packets_of(*this, model.interface_index) += batch.size();
  }
  if (has_cut) add_cut(cut, batch);
  if (has_meta) commented += commented_in(batch);
  if (earliest > latest) return;  // no packet with a time yet
  first = earliest;
  last = latest;
}

void Summary::add(std::span<const Block> carried) {
  for (const Block& block : carried) {
    switch (block.type) {
      case savefile::name_resolution:
        ++blocks.name_resolution;
        add_resolved_names(names, block);
        break;
      case savefile::decryption_secrets:
        ++blocks.decryption_secrets;
        break;
      case savefile::journal_export:
        ++blocks.journal;
        break;
      default:
        ++blocks.custom;
        break;
    }
  }
}

void append_json(std::string& out, const Summary& summary) {
  record::JsonWriter json{out};
  json.begin_object();
  Rfc3339 times;
  record::JsonVisitor{json, times}.write_members(summary, summary_fields());
  json.end_object();
  json.end_line();
}

}  // namespace weir::info
