// PKT, NullPkt and NetflowSimple of steelscript.packets.
#include <array>

#include "weir/compat/steelscript/raw_headers.h"
#include "weir/wire/netflow.h"
#include "weir/wire/wire.h"

namespace weir::compat::steelscript {
namespace {

constexpr std::array null_fields{
    attribute<&NullHeader::payload>("payload", FieldKind::octets),
    computed<&NullHeader::get_fake_proto_id>("fake_proto_id", FieldKind::number),
};

constexpr std::array netflow_fields{
    number<&NetflowHeader::version>("version"),
    number<&NetflowHeader::count>("count"),
    number<&NetflowHeader::sys_uptime>("sys_uptime"),
    number<&NetflowHeader::unix_secs>("unix_secs"),
    number<&NetflowHeader::unix_nano_seconds>("unix_nano_seconds"),
    attribute<&NetflowHeader::payload>("payload", FieldKind::octets),
};
constexpr Query netflow_queries[] = {
    {"netflow.version", "version"},
    {"netflow.count", "count"},
    {"netflow.sys_uptime", "sys_uptime"},
    {"netflow.unix_secs", "unix_secs"},
    {"netflow.unix_nano_seconds", "unix_nano_seconds"},
};
constexpr std::uint16_t netflow_ports[] = {2005, wire::netflow_port};
/// What it reads, the same in each version.
constexpr std::size_t netflow_length = 16;

}  // namespace

constinit const LayerClass PktHeader::layer = layer_class<PktHeader>({.name = "PKT", .pq_type = 0});

constinit const LayerClass NullHeader::layer =
    layer_class<NullHeader>({.name = "NullPkt", .pq_type = 0xffff, .fields = null_fields});

std::optional<std::uint16_t> NullHeader::get_fake_proto_id() const noexcept {
  if (payload.size() < 2) return std::nullopt;
  return load_be<std::uint16_t>(payload.data());
}

std::expected<Rest, wire::ParseError> NullHeader::read(Bytes bytes) {
  payload.assign(bytes.begin(), bytes.end());
  return Rest{};
}

wire::Written NullHeader::write(MutableBytes message, const Pkt2Net& /*told*/) noexcept {
  wire::store_bytes(message.data(), payload);
  return payload.size();
}

constinit const LayerClass NetflowHeader::layer =
    layer_class<NetflowHeader>({.name = "NetflowSimple",
                                .pq_type = 2005,
                                .fields = netflow_fields,
                                .queries = netflow_queries,
                                .ports = netflow_ports});

std::expected<Rest, wire::ParseError> NetflowHeader::read(Bytes bytes) {
  if (bytes.size() < netflow_length) return std::unexpected{wire::ParseError::truncated};
  version = load_be<std::uint16_t>(bytes.data());
  count = load_be<std::uint16_t>(bytes.data() + 2);
  sys_uptime = load_be<std::uint32_t>(bytes.data() + 4);
  unix_secs = load_be<std::uint32_t>(bytes.data() + 8);
  unix_nano_seconds = load_be<std::uint32_t>(bytes.data() + 12);
  const Bytes behind = bytes.subspan(netflow_length);
  payload.assign(behind.begin(), behind.end());
  return Rest{};
}

wire::Written NetflowHeader::write(MutableBytes message, const Pkt2Net& /*told*/) noexcept {
  store_be(message.data(), version);
  store_be(message.data() + 2, count);
  store_be(message.data() + 4, sys_uptime);
  store_be(message.data() + 8, unix_secs);
  store_be(message.data() + 12, unix_nano_seconds);
  wire::store_bytes(message.data() + netflow_length, payload);
  return netflow_length + payload.size();
}

}  // namespace weir::compat::steelscript
