// Reads the fields of packets in histories by the table.
#include "weir/record/history_row.h"

#include "record/history/history_row_fields.h"
#include "weir/error.h"
#include "weir/nearest.h"

namespace weir::record {
namespace {

constexpr auto described = descriptions(history_packet_fields);

Error unknown_field(const std::string& name) {
  std::vector<std::string> names;
  for (const HistoryField& field : history_packet_fields) {
    if (field.kept != flow::HistoryFields::none) names.emplace_back(field.name);
  }
  std::string text = "no such field of a packet's history: " + (name.empty() ? "''" : name) +
                     did_you_mean(nearest(name, names)) + "; there are all";
  for (const std::string& each : names) text += ", " + each;
  return {ErrorCode::invalid_argument, text};
}

}  // namespace

std::span<const FieldDescription> history_row_fields() noexcept { return described; }

flow::HistoryFields history_fields(std::string_view name) noexcept {
  for (const HistoryField& field : history_packet_fields) {
    if (field.name == name) return field.kept;
  }
  return flow::HistoryFields::none;
}

flow::HistoryFields history_fields(std::span<const std::string> names) {
  flow::HistoryFields fields = flow::HistoryFields::none;
  for (const std::string& name : names) {
    const flow::HistoryFields field =
        name == "all" ? flow::HistoryFields::all : history_fields(name);
    if (field == flow::HistoryFields::none) throw unknown_field(name);
    fields = fields | field;
  }
  return fields;
}

Value HistoryRow::value(std::size_t index) const noexcept {
  return history_packet_fields[index].value(*this);
}

}  // namespace weir::record
