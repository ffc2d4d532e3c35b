// Puts the tables of packets and headers under the names of their fields.
#include "record/packet_catalogue.h"

#include <algorithm>
#include <cassert>

#include "weir/error.h"
#include "weir/nearest.h"

namespace weir::record {
namespace {

/// The part of a name behind that of its protocol.
std::string_view behind_protocol(std::string_view name) noexcept {
  return name.substr(name.find('.') + 1);
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
    if (const std::string_view alias = short_name(field.name); !alias.empty()) {
      by_name_.try_emplace(std::string{wire::name(fields.protocol)} + '.' + std::string{alias},
                           known->second);
    }
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
    const std::string meant = near(name);
    throw Error{ErrorCode::invalid_argument,
                "packets have no field " + std::string{name} +
                    (meant.empty() ? "; docs/json.md lists them" : did_you_mean(meant))};
  }
  return places_[found->second];
}

// A slip in the whole name, the protocol left out, or both.
std::string PacketCatalogue::near(std::string_view name) const {
  std::vector<std::string> whole;
  std::vector<std::string> fields;
  for (const auto& [known, place] : by_name_) {
    whole.push_back(known);
    fields.emplace_back(behind_protocol(known));
  }
  std::string meant = nearest(name, whole);
  if (!meant.empty()) return meant;
  auto field = std::ranges::find(fields, name);
  if (field == fields.end()) field = std::ranges::find(fields, nearest(name, fields));
  if (field == fields.end()) return {};
  return whole[static_cast<std::size_t>(field - fields.begin())];
}

}  // namespace weir::record
