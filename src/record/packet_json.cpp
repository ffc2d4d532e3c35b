// Packets as JSON lines.
#include "weir/record/packet_json.h"

#include <algorithm>

#include "record/packet_fields.h"
#include "record/packet_record.h"

namespace weir::record {
namespace {

using wire::Layer;
using wire::Protocol;

// The two protocols whose name stands for two formats.
const ProtocolFields& fields_of(const Layer& layer, Bytes header) {
  constexpr std::size_t sll2_length = 20;
  // The version of an AVS header, 0x80211001 or 2, stands where Prism has 0x41 or 0x44.
  constexpr std::uint32_t avs_cookie = 0x80211000;
  if (layer.protocol == Protocol::sll && layer.header_length == sll2_length) return sll2_fields();
  if (layer.protocol == Protocol::prism && header.size() >= 4 &&
      (load_be<std::uint32_t>(header.data()) & 0xfffff000) == avs_cookie) {
    return avs_fields();
  }
  return packet_fields()[static_cast<std::size_t>(layer.protocol)];
}

void write_protocol(JsonWriter& json, const Packet& packet, const wire::Layers& layers,
                    const Layer& layer) {
  const Bytes header = wire::extent_of(packet, layers, layer).captured;
  const ProtocolFields& fields = fields_of(layer, header);
  json.begin_object();
  // Without a header of its own, the bytes are those of the next one.
  if (fields.write != nullptr && layer.header_length != 0) fields.write(json, header);
  json.end_object();
}

// One member per protocol, in the order they first appear; an array where one appears again.
void write_protocols(JsonWriter& json, const Packet& packet, const wire::Layers& layers) {
  wire::ProtocolSet written;
  for (const Layer* layer = layers.begin(); layer != layers.end(); ++layer) {
    if (written.contains(layer->protocol)) continue;
    written.insert(layer->protocol);
    const auto is_same = [&](const Layer& other) { return other.protocol == layer->protocol; };
    const bool repeats = std::any_of(layer + 1, layers.end(), is_same);
    json.key(name(layer->protocol));
    if (!repeats) {
      write_protocol(json, packet, layers, *layer);
      continue;
    }
    json.begin_array();
    for (const Layer& other : layers) {
      if (is_same(other)) write_protocol(json, packet, layers, other);
    }
    json.end_array();
  }
}

void write_layers(JsonWriter& json, const wire::Layers& layers) {
  json.key("layers");
  json.begin_array();
  for (const Layer& layer : layers) {
    json.begin_object();
    json.member("protocol", name(layer.protocol));
    json.member("offset", std::uint64_t{layer.offset});
    json.member("length", std::uint64_t{layer.header_length});
    json.end_object();
  }
  json.end_array();
}

}  // namespace

struct PacketJson::State {
  PacketJsonOptions options;
  Rfc3339 times{};
  InterfaceNames interfaces{};
};

PacketJson::PacketJson(PacketJsonOptions options)
    : state_{std::make_unique<State>(State{.options = options})} {}

PacketJson::PacketJson(PacketJson&&) noexcept = default;
PacketJson& PacketJson::operator=(PacketJson&&) noexcept = default;
PacketJson::~PacketJson() = default;

void PacketJson::append(std::string& out, const Packet& packet, const wire::Layers& layers,
                        const PacketPlace& place) {
  const PacketRecord record{.packet = packet,
                            .layers = layers,
                            .place = place,
                            .times = state_->times,
                            .interfaces = state_->interfaces};
  JsonWriter json{out};
  json.begin_object();
  write_members(json, record, packet_record_fields());
  write_protocols(json, packet, layers);
  write_members(json, record, packet_record_end_fields());
  if (state_->options.layers) write_layers(json, layers);
  json.end_object();
  json.end_line();
}

void PacketJson::name_interface(std::uint32_t index, std::string name) {
  state_->interfaces.put(index, std::move(name));
}

}  // namespace weir::record
