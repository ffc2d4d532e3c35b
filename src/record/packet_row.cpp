// Reads fields of packets by the tables behind their JSON.
#include "weir/record/packet_row.h"

#include "record/layer_fields.h"
#include "record/packet_catalogue.h"

namespace weir::record {

struct PacketRow::State {
  std::vector<FieldPlace> places;
  InterfaceNames interfaces{};
  wire::Decoders decoders{};
  const Packet* packet = nullptr;
  const wire::Layers* layers = nullptr;
  PacketPlace place{};
  std::string scratch{};

  [[nodiscard]] PacketRecord record() noexcept {
    return {.packet = *packet,
            .layers = *layers,
            .place = place,
            .interfaces = interfaces,
            .decoders = decoders,
            .scratch = scratch};
  }
  /// Calls take(fields, header, index) for the field of a header that is there.
  template <class Take>
  void with_header(const FieldPlace& field, Take take) const {
    const wire::Layer* const layer = layers->find(field.protocol);
    if (layer == nullptr) return;
    const Bytes header = header_bytes(*packet, *layers, *layer);
    if (header.empty()) return;
    const ProtocolFields* const table = &fields_of(*layer, header);
    for (const FieldEntry& entry : field.entries) {
      if (entry.table == table) take(*table, header, entry.index);
    }
  }
};

std::span<const FieldDescription> packet_row_fields() {
  return PacketCatalogue::all().descriptions();
}

PacketRow::PacketRow(const std::vector<std::string>& names, const wire::Decoders& decoders)
    : state_{std::make_unique<State>()} {
  state_->decoders = decoders;
  for (const std::string& name : names) {
    state_->places.push_back(PacketCatalogue::all().find(name));
  }
}

PacketRow::PacketRow(PacketRow&&) noexcept = default;
PacketRow& PacketRow::operator=(PacketRow&&) noexcept = default;
PacketRow::~PacketRow() = default;

std::size_t PacketRow::size() const noexcept { return state_->places.size(); }

const FieldDescription& PacketRow::field(std::size_t index) const noexcept {
  return state_->places[index].description;
}

void PacketRow::set(const Packet& packet, const wire::Layers& layers, const PacketPlace& place) {
  state_->packet = &packet;
  state_->layers = &layers;
  state_->place = place;
}

Value PacketRow::value(std::size_t index) {
  const FieldPlace& field = state_->places[index];
  if (field.of_packet != nullptr) {
    return field.of_packet->read != nullptr ? field.of_packet->read(state_->record()) : Value{};
  }
  Value value;
  state_->with_header(field, [&value](const ProtocolFields& fields, Bytes header, std::size_t at) {
    if (fields.read != nullptr) value = fields.read(header, at);
  });
  return value;
}

void PacketRow::visit(std::size_t index, ValueVisitor& to) {
  state_->with_header(state_->places[index],
                      [&to](const ProtocolFields& fields, Bytes header, std::size_t at) {
                        if (fields.visit != nullptr) fields.visit(to, header, at);
                      });
}

void PacketRow::name_interface(std::uint32_t index, std::string name) {
  state_->interfaces.put(index, std::move(name));
}

}  // namespace weir::record
