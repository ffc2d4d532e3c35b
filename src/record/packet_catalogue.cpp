// Puts the tables of packets and headers under the names of their fields.
#include "record/packet_catalogue.h"

#include <algorithm>
#include <cassert>

#include "weir/edit_distance.h"
#include "weir/error.h"

namespace weir::record {
namespace {

/// As many as are listed of what a name may have been meant to be.
constexpr std::size_t most_listed = 4;

std::string question(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names) {
    text += text.empty() ? ": did you mean " : " or ";
    text += name;
  }
  return text.empty() ? ": docs/json.md lists them" : text + '?';
}

}  // namespace

const PacketCatalogue& PacketCatalogue::all() {
  static const PacketCatalogue fields;
  return fields;
}

PacketCatalogue::PacketCatalogue() {
  const auto add_own = [this](const RecordField<PacketRecord>& field) {
    if (by_name_.try_emplace(std::string{field.name}, places_.size()).second) {
      places_.push_back({.description = field.description(), .of_packet = &field});
    }
  };
  std::ranges::for_each(packet_record_fields(), add_own);
  std::ranges::for_each(packet_record_end_fields(), add_own);
  std::ranges::for_each(packet_fields(), [this](const ProtocolFields& fields) { add(fields); });
  add(sll2_fields());
  add(avs_fields());
  for (const FieldPlace& place : places_) descriptions_.push_back(place.description);
}

void PacketCatalogue::add(const ProtocolFields& fields) {
  for (std::size_t i = 0; i < fields.fields.size(); ++i) {
    const FieldDescription& field = fields.fields[i];
    const std::string name =
        std::string{wire::name(fields.protocol)} + '.' + std::string{field.name};
    const auto [known, is_new] = by_name_.try_emplace(name, places_.size());
    const FieldEntry entry{&fields, i};
    if (is_new) {
      places_.push_back({.description = field, .protocol = fields.protocol, .entries = {entry}});
      places_.back().description.name = known->first;
    } else {
      FieldEntry& second = places_[known->second].entries[1];
      assert(second.table == nullptr);  // no protocol has a third format
      second = entry;
    }
  }
}

const FieldPlace& PacketCatalogue::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) {
    throw Error{ErrorCode::invalid_argument,
                "packets have no field " + std::string{name} + question(near(name))};
  }
  return places_[found->second];
}

// Those least edits away, and those that have the name behind that of a protocol.
std::vector<std::string_view> PacketCatalogue::near(std::string_view name) const {
  std::vector<std::string_view> nearest;
  std::size_t least = name.size() <= 4 ? 1 : 3;
  for (const FieldDescription& field : descriptions_) {
    const std::size_t edits = edit_distance(name, field.name);
    if (edits > least) continue;
    if (edits < least) nearest.clear();
    least = edits;
    nearest.push_back(field.name);
  }
  const std::string behind_protocol = '.' + std::string{name};
  for (const FieldDescription& field : descriptions_) {
    if (nearest.size() >= most_listed) break;
    if (field.name.ends_with(behind_protocol)) nearest.push_back(field.name);
  }
  if (nearest.size() > most_listed) nearest.resize(most_listed);
  return nearest;
}

}  // namespace weir::record
