// Writes NetFlow headers; reads and writes records of versions 1, 5 and 7.
#include "weir/wire/netflow.h"

#include <cstring>

#include "weir/wire/netflow_record.h"
#include "weir/wire/netflow_v9.h"

namespace weir::wire {

namespace {

std::optional<std::size_t> records_in(std::uint16_t version, Bytes payload) noexcept {
  if (version == 9) return netflow_v9_record_count(payload);
  const std::size_t length = netflow_record_length(version);
  return length == 0 ? 0 : payload.size() / length;
}

}  // namespace

Written NetflowFields::write(MutableBytes to, Bytes payload) const noexcept {
  const std::size_t length = header_length();
  if (to.size() < length) return std::unexpected{WriteError::no_room};
  const std::optional<std::size_t> records = count ? *count : records_in(version, payload);
  if (records > 0xffffU) return std::unexpected{WriteError::too_long};
  if (!records || length == 0 || sampling_mode > 3 || sampling_interval > 0x3fff) {
    return std::unexpected{WriteError::bad_value};
  }
  std::uint8_t* const at = to.data();
  store_be(at, version);
  store_be(at + 2, static_cast<std::uint16_t>(*records));
  store_be(at + 4, sys_uptime);
  store_be(at + 8, unix_secs);
  if (version == 9) {
    store_be(at + 12, flow_sequence);
    store_be(at + 16, source_id);
    return length;
  }
  store_be(at + 12, unix_nanoseconds);
  if (version == 1) return length;
  store_be(at + 16, flow_sequence);
  store_be(at + 20, reserved);
  if (version == 7) return length;
  at[20] = engine_type;
  at[21] = engine_id;
  store_be(at + 22, static_cast<std::uint16_t>(sampling_mode << 14 | sampling_interval));
  return length;
}

std::expected<NetflowRecord, ParseError> NetflowRecord::read(std::uint16_t version,
                                                             Bytes bytes) noexcept {
  const std::size_t length = netflow_record_length(version);
  if (length == 0) return std::unexpected{ParseError::bad_version};
  if (bytes.size() < length) return std::unexpected{ParseError::truncated};
  const std::uint8_t* const at = bytes.data();
  NetflowRecord record{.srcaddr = Ipv4Address::load(at),
                       .dstaddr = Ipv4Address::load(at + 4),
                       .nexthop = Ipv4Address::load(at + 8),
                       .input = load_be<std::uint16_t>(at + 12),
                       .output = load_be<std::uint16_t>(at + 14),
                       .packets = load_be<std::uint32_t>(at + 16),
                       .octets = load_be<std::uint32_t>(at + 20),
                       .first = load_be<std::uint32_t>(at + 24),
                       .last = load_be<std::uint32_t>(at + 28),
                       .srcport = load_be<std::uint16_t>(at + 32),
                       .dstport = load_be<std::uint16_t>(at + 34),
                       .tcp_flags = at[version == 1 ? 40 : 37],
                       .protocol = at[38],
                       .tos = at[39]};
  if (version == 1) return record;
  record.src_as = load_be<std::uint16_t>(at + 40);
  record.dst_as = load_be<std::uint16_t>(at + 42);
  record.src_mask = at[44];
  record.dst_mask = at[45];
  if (version == 5) return record;
  record.flags = at[36];
  record.invalid_flags = load_be<std::uint16_t>(at + 46);
  record.router = Ipv4Address::load(at + 48);
  return record;
}

Written NetflowRecord::write(std::uint16_t version, MutableBytes to) const noexcept {
  const std::size_t length = netflow_record_length(version);
  if (to.size() < length) return std::unexpected{WriteError::no_room};
  if (length == 0) return std::unexpected{WriteError::bad_value};
  std::uint8_t* const at = to.data();
  std::memset(at, 0, length);
  store_bytes(at, srcaddr.octets);
  store_bytes(at + 4, dstaddr.octets);
  store_bytes(at + 8, nexthop.octets);
  store_be(at + 12, input);
  store_be(at + 14, output);
  store_be(at + 16, packets);
  store_be(at + 20, octets);
  store_be(at + 24, first);
  store_be(at + 28, last);
  store_be(at + 32, srcport);
  store_be(at + 34, dstport);
  at[version == 1 ? 40 : 37] = tcp_flags;
  at[38] = protocol;
  at[39] = tos;
  if (version == 1) return length;
  store_be(at + 40, src_as);
  store_be(at + 42, dst_as);
  at[44] = src_mask;
  at[45] = dst_mask;
  if (version == 5) return length;
  at[36] = flags;
  store_be(at + 46, invalid_flags);
  store_bytes(at + 48, router.octets);
  return length;
}

}  // namespace weir::wire
