// Reads TPACKET_V3 headers, puts VLAN tags back, writes cooked headers, decides.
//
// The kernel leaves before each packet, from low to high addresses:
//
//   tpacket3_hdr | sockaddr_ll | gap | headroom | the packet, tp_snaplen bytes at tp_mac
#include "capture/block_walk.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>

#include <algorithm>
#include <cstring>

namespace weir::capture {
namespace {

constexpr std::size_t tag_size = 4;
constexpr std::size_t addresses_size = std::size_t{2} * ETH_ALEN;
constexpr std::size_t cooked_size = 20;
// TP_STATUS_GSO_TCP: kernels that are older never set it, older headers do not have it.
constexpr std::uint32_t status_segments = 1U << 8U;

const sockaddr_ll& address_of(const std::uint8_t* header) noexcept {
  static_assert(sizeof(tpacket3_hdr) % TPACKET_ALIGNMENT == 0);
  return *reinterpret_cast<const sockaddr_ll*>(header + sizeof(tpacket3_hdr));
}

std::uint16_t tag_protocol(const tpacket3_hdr& header) noexcept {
  const bool told = (header.tp_status & TP_STATUS_VLAN_TPID_VALID) != 0;
  return told ? header.hv1.tp_vlan_tpid : std::uint16_t{ETH_P_8021Q};
}

/// Moves the addresses into the headroom and writes the tag where they ended. What was snapped
/// within the addresses has no place for a tag.
void put_tag_back(const tpacket3_hdr& header, Packet& packet) noexcept {
  packet.wire_length += tag_size;
  if (packet.data.size() < addresses_size) return;
  auto* const old_start = const_cast<std::uint8_t*>(packet.data.data());
  std::uint8_t* const start = old_start - tag_size;
  std::memmove(start, old_start, addresses_size);
  store_be<std::uint16_t>(start + addresses_size, tag_protocol(header));
  store_be<std::uint16_t>(start + addresses_size + 2,
                          static_cast<std::uint16_t>(header.hv1.tp_vlan_tci));
  packet.data = {start, packet.data.size() + tag_size};
}

/// The header LINKTYPE_LINUX_SLL2 asks for, and behind it the VLAN tag, if any.
void write_cooked_header(const tpacket3_hdr& header, const sockaddr_ll& address, bool tagged,
                         Packet& packet) noexcept {
  const std::size_t size = cooked_size + (tagged ? tag_size : 0);
  std::uint8_t* const start = const_cast<std::uint8_t*>(packet.data.data()) - size;
  const std::uint16_t protocol = ntohs(address.sll_protocol);
  store_be<std::uint16_t>(start, tagged ? tag_protocol(header) : protocol);
  store_be<std::uint16_t>(start + 2, std::uint16_t{0});
  store_be<std::uint32_t>(start + 4, static_cast<std::uint32_t>(address.sll_ifindex));
  store_be<std::uint16_t>(start + 8, address.sll_hatype);
  start[10] = address.sll_pkttype;
  start[11] = address.sll_halen;
  std::memcpy(start + 12, address.sll_addr, sizeof address.sll_addr);
  if (tagged) {
    store_be<std::uint16_t>(start + 20, static_cast<std::uint16_t>(header.hv1.tp_vlan_tci));
    store_be<std::uint16_t>(start + 22, protocol);
  }
  packet.data = {start, packet.data.size() + size};
  packet.wire_length += static_cast<std::uint32_t>(size);
}

PacketFlags flags_of(std::uint32_t status) noexcept {
  const bool adapter = (status & TP_STATUS_TS_RAW_HARDWARE) != 0;
  PacketFlags flags = adapter ? PacketFlags::adapter_clock : PacketFlags::software_clock;
  constexpr std::uint32_t rarer = TP_STATUS_CSUMNOTREADY | TP_STATUS_CSUM_VALID | status_segments;
  if ((status & rarer) == 0) return flags;
  if ((status & TP_STATUS_CSUMNOTREADY) != 0) flags = flags | PacketFlags::checksum_not_ready;
  if ((status & TP_STATUS_CSUM_VALID) != 0) flags = flags | PacketFlags::checksum_verified;
  if ((status & status_segments) != 0) flags = flags | PacketFlags::several_segments;
  return flags;
}

Timestamp time_of(const tpacket3_hdr& header) noexcept {
  return Timestamp{std::chrono::seconds{header.tp_sec} + std::chrono::nanoseconds{header.tp_nsec}};
}

/// Packets come from the cache of another processor, or from memory: where they are small, the next
/// one alone is asked for too late. `next` may lie behind the block.
void fetch_ahead(const std::uint8_t* next, std::uint32_t distance) noexcept {
  constexpr std::uint32_t small = 512;
  const std::uint8_t* const at = next + (distance < small ? 2 * small : 0);
  __builtin_prefetch(at);
  __builtin_prefetch(at + 64);
  __builtin_prefetch(at + 128);
}

}  // namespace

std::uint32_t headroom(bool cooked) noexcept {
  return static_cast<std::uint32_t>(cooked ? cooked_size + tag_size : tag_size);
}

BlockWalk::Taken BlockWalk::next(std::span<Packet> to, const WalkOptions& options) noexcept {
  const std::size_t count = std::min<std::size_t>(left_, to.size());
  const bool decides = options.filter != nullptr && !options.filter->is_everything();
  std::size_t kept = 0;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint8_t* const here = at_;
    const auto& header = *reinterpret_cast<const tpacket3_hdr*>(here);
    at_ += header.tp_next_offset;
    fetch_ahead(at_, header.tp_next_offset);
    const sockaddr_ll& address = address_of(here);
    const bool out = address.sll_pkttype == PACKET_OUTGOING;
    if (!(out ? options.want_out : options.want_in)) continue;
    Packet& packet = to[kept];
    packet.data = {here + header.tp_mac, header.tp_snaplen};
    packet.timestamp = time_of(header);
    packet.meta = nullptr;
    packet.wire_length = header.tp_len;
    packet.interface_index = options.interface_index;
    packet.link_type = options.link_type;
    packet.flags = flags_of(header.tp_status);
    packet.direction = out ? Direction::out : Direction::in;
    const bool tagged = (header.tp_status & TP_STATUS_VLAN_VALID) != 0;
    if (options.cooked) {
      write_cooked_header(header, address, tagged, packet);
    } else if (tagged && options.link_type == LinkType::ethernet) {
      put_tag_back(header, packet);
    }
    const bool whole = options.decide_whole && packet.data.size() == packet.wire_length;
    if (decides && (options.decide_all || tagged || whole) && !options.filter->matches(packet)) {
      continue;
    }
    if (packet.data.size() > options.snapshot_length) {
      packet.data = packet.data.first(options.snapshot_length);
    }
    ++kept;
  }
  left_ -= static_cast<std::uint32_t>(count);
  return {.kept = kept, .refused = count - kept};
}

}  // namespace weir::capture
