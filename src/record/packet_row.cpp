// Reads fields of packets by the tables behind their JSON.
#include "weir/record/packet_row.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <map>

#include "record/layer_fields.h"
#include "record/packet_record.h"
#include "weir/error.h"

namespace weir::record {
namespace {

using wire::Protocol;

/// Where a field stands in the table of a header's format.
struct Entry {
  const ProtocolFields* table = nullptr;
  std::size_t index = 0;
};

/// One field: of the packet, or of a header.
struct Place {
  FieldDescription description{};
  const RecordField<PacketRecord>* of_packet = nullptr;
  Protocol protocol{};
  /// One a format: two protocols have two.
  std::array<Entry, 2> entries{};
};

/// All there are, and the text of their names.
struct Catalogue {
  Catalogue();
  void add(const ProtocolFields& fields);

  std::vector<Place> places;
  std::vector<FieldDescription> descriptions;
  std::map<std::string, std::size_t, std::less<>> by_name;
};

Catalogue::Catalogue() {
  const auto add_own = [this](const RecordField<PacketRecord>& field) {
    if (by_name.try_emplace(std::string{field.name}, places.size()).second) {
      places.push_back({.description = field.description(), .of_packet = &field});
    }
  };
  std::ranges::for_each(packet_record_fields(), add_own);
  std::ranges::for_each(packet_record_end_fields(), add_own);
  std::ranges::for_each(packet_fields(), [this](const ProtocolFields& fields) { add(fields); });
  add(sll2_fields());
  add(avs_fields());
  for (const Place& place : places) descriptions.push_back(place.description);
}

void Catalogue::add(const ProtocolFields& fields) {
  for (std::size_t i = 0; i < fields.fields.size(); ++i) {
    const FieldDescription& field = fields.fields[i];
    const std::string name =
        std::string{wire::name(fields.protocol)} + '.' + std::string{field.name};
    const auto [known, is_new] = by_name.try_emplace(name, places.size());
    const Entry entry{&fields, i};
    if (is_new) {
      places.push_back({.description = field, .protocol = fields.protocol, .entries = {entry}});
      places.back().description.name = known->first;
    } else {
      Entry& second = places[known->second].entries[1];
      assert(second.table == nullptr);  // no protocol has a third format
      second = entry;
    }
  }
}

const Catalogue& catalogue() {
  static const Catalogue all;
  return all;
}

}  // namespace

struct PacketRow::State {
  std::vector<Place> places;
  InterfaceNames interfaces{};
  const Packet* packet = nullptr;
  const wire::Layers* layers = nullptr;
  PacketPlace place{};
  std::string scratch{};

  [[nodiscard]] PacketRecord record() noexcept {
    return {.packet = *packet,
            .layers = *layers,
            .place = place,
            .interfaces = interfaces,
            .scratch = scratch};
  }
  /// Calls take(fields, header, index) for the field of a header that is there.
  template <class Take>
  void with_header(const Place& field, Take take) const {
    const wire::Layer* const layer = layers->find(field.protocol);
    if (layer == nullptr) return;
    const Bytes header = header_bytes(*packet, *layers, *layer);
    if (header.empty()) return;
    const ProtocolFields* const table = &fields_of(*layer, header);
    for (const Entry& entry : field.entries) {
      if (entry.table == table) take(*table, header, entry.index);
    }
  }
};

std::span<const FieldDescription> packet_row_fields() { return catalogue().descriptions; }

PacketRow::PacketRow(const std::vector<std::string>& names) : state_{std::make_unique<State>()} {
  for (const std::string& name : names) {
    const auto found = catalogue().by_name.find(name);
    if (found == catalogue().by_name.end()) {
      throw Error{ErrorCode::invalid_argument, "packets have no field " + name};
    }
    state_->places.push_back(catalogue().places[found->second]);
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
  const Place& field = state_->places[index];
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
