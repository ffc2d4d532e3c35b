// Packets as JSON lines.
#include "weir/record/packet_json.h"

#include <algorithm>
#include <utility>

#include "record/layer_fields.h"
#include "record/packet_record.h"

namespace weir::record {
namespace {

using wire::Layer;
using wire::Protocol;

/// Of a protocol of the user's, whose fields nobody knows.
void write_place(JsonWriter& json, const Packet& packet, const Layer& layer) {
  json.begin_object();
  json.member("offset", std::uint64_t{layer.offset});
  json.member("length", std::uint64_t{layer.header_length});
  json.member("bytes", packet.data.subspan(layer.offset, layer.header_length));
  json.end_object();
}

void write_protocol(JsonWriter& json, JsonVisitor& to, const Packet& packet,
                    const wire::Layers& layers, const Layer& layer) {
  if (is_user_protocol(layer.protocol)) return write_place(json, packet, layer);
  const Bytes header = header_bytes(packet, layers, layer);
  const ProtocolFields& fields = fields_of(layer, header);
  json.begin_object();
  if (fields.write != nullptr && !header.empty()) fields.write(to, header);
  json.end_object();
}

// One member per protocol, in the order they first appear; an array where one appears again.
void write_protocols(JsonWriter& json, JsonVisitor& to, const Packet& packet,
                     const wire::Layers& layers, const wire::Decoders& decoders) {
  wire::ProtocolSet written;
  for (const Layer* layer = layers.begin(); layer != layers.end(); ++layer) {
    if (written.contains(layer->protocol)) continue;
    written.insert(layer->protocol);
    const auto is_same = [&](const Layer& other) { return other.protocol == layer->protocol; };
    const bool repeats = std::any_of(layer + 1, layers.end(), is_same);
    json.key(decoders.name(layer->protocol));
    if (!repeats) {
      write_protocol(json, to, packet, layers, *layer);
      continue;
    }
    json.begin_array();
    for (const Layer& other : layers) {
      if (is_same(other)) write_protocol(json, to, packet, layers, other);
    }
    json.end_array();
  }
}

void write_layers(JsonWriter& json, const wire::Layers& layers, const wire::Decoders& decoders) {
  json.key("layers");
  json.begin_array();
  for (const Layer& layer : layers) {
    json.begin_object();
    json.member("protocol", decoders.name(layer.protocol));
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
  std::string scratch{};
};

PacketJson::PacketJson(PacketJsonOptions options)
    : state_{std::make_unique<State>(State{.options = std::move(options)})} {}

PacketJson::PacketJson(PacketJson&&) noexcept = default;
PacketJson& PacketJson::operator=(PacketJson&&) noexcept = default;
PacketJson::~PacketJson() = default;

void PacketJson::append(std::string& out, const Packet& packet, const wire::Layers& layers,
                        const PacketPlace& place) {
  const PacketRecord record{.packet = packet,
                            .layers = layers,
                            .place = place,
                            .interfaces = state_->interfaces,
                            .decoders = state_->options.decoders,
                            .scratch = state_->scratch};
  JsonWriter json{out};
  JsonVisitor to{json, state_->times};
  json.begin_object();
  to.write_members(record, packet_record_fields());
  write_protocols(json, to, packet, layers, state_->options.decoders);
  to.write_members(record, packet_record_end_fields());
  if (state_->options.layers) write_layers(json, layers, state_->options.decoders);
  json.end_object();
  json.end_line();
}

void PacketJson::name_interface(std::uint32_t index, std::string name) {
  state_->interfaces.put(index, std::move(name));
}

}  // namespace weir::record
