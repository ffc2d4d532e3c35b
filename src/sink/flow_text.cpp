// Flow records as a table for people.
#include "weir/sink/flow_text.h"

#include <algorithm>
#include <map>

#include "record/flow_fields.h"
#include "record/human_units.h"
#include "record/text_table.h"
#include "sink/flow_line.h"
#include "sink/flow_order.h"
#include "sink/flow_words.h"
#include "weir/error.h"

namespace weir::sink {
namespace {

using record::flow_field;
using record::flow_fields;
using record::FlowRow;
using record::human_count;
using record::TextTable;

constexpr auto right = record::TextColumn::Align::right;

/// As the line formats, but a protocol without a name is known by its number.
char* write_value(char* to, std::size_t field, const FlowRow& row, Rfc3339& times) noexcept {
  constexpr std::size_t name = *flow_field("protocol_name");
  constexpr std::size_t number = *flow_field("protocol");
  const bool has_no_name = field == name && record::ip_protocol_name(row.protocol).empty();
  return write_flow_value(to, has_no_name ? number : field, row, times);
}

std::string value_text(std::size_t field, const FlowRow& row) {
  char text[max_flow_line];
  Rfc3339 times;
  return {text, write_value(text, field, row, times)};
}

std::string heading(std::string_view name) {
  std::string text{name};
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  const auto field = flow_field(name);
  const bool is_time = field && flow_fields[*field].kind == record::FieldKind::time;
  return is_time ? text + " (UTC)" : text;
}

bool is_number(std::size_t field) { return flow_fields[field].kind == record::FieldKind::integer; }

}  // namespace

struct FlowText::State {
  record::Output output;
  FlowTextOptions options;
  FlowOrder order;
  std::vector<std::size_t> by{};
  /// Without groups: a heap with the last row of the order on top.
  std::vector<FlowTextRow> rows{};
  std::map<std::string, FlowTextRow, std::less<>> groups{};
  std::uint64_t flows = 0;
  std::uint64_t ungrouped_flows = 0;
  Rfc3339 times{};

  [[nodiscard]] bool before(const FlowTextRow& left, const FlowTextRow& other) const noexcept {
    return order.before(left, other);
  }
  void keep(const FlowRow& row);
  void group(const FlowRow& row);
  [[nodiscard]] std::vector<FlowTextRow> top_groups() const;
  [[nodiscard]] bool has_extra_column() const;
  [[nodiscard]] TextTable flow_columns() const;
  [[nodiscard]] TextTable group_columns(const std::vector<FlowTextRow>& top) const;
  void check_groups() const;
};

void FlowText::State::keep(const FlowRow& row) {
  const auto is_before = [this](const auto& a, const auto& b) { return before(a, b); };
  const FlowTextRow candidate{.flow = row, .ordinal = flows};
  if (rows.size() < options.top) {
    rows.push_back(candidate);
  } else if (!rows.empty() && before(candidate, rows.front())) {
    std::pop_heap(rows.begin(), rows.end(), is_before);
    rows.back() = candidate;
  } else {
    return;
  }
  std::push_heap(rows.begin(), rows.end(), is_before);
}

void FlowText::State::group(const FlowRow& row) {
  char key[max_flow_line];
  char* end = key;
  for (const std::size_t field : by) {
    end = write_value(end, field, row, times);
    *end++ = '\n';
  }
  const std::string_view text{key, end};
  const auto found = groups.find(text);
  if (found != groups.end()) {
    found->second.merge(row);
  } else if (groups.size() < max_groups) {
    groups.emplace(text, FlowTextRow{.flow = row, .ordinal = groups.size()});
  } else {
    ++ungrouped_flows;
  }
}

std::vector<FlowTextRow> FlowText::State::top_groups() const {
  std::vector<FlowTextRow> all;
  all.reserve(groups.size());
  for (const auto& [key, row] : groups) all.push_back(row);
  const std::size_t count = std::min(options.top, all.size());
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count), all.end(),
                    [this](const auto& a, const auto& b) { return before(a, b); });
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(count), all.end());
  return all;
}

/// Whether the rows are sorted by something their columns would not show.
bool FlowText::State::has_extra_column() const {
  if (!order.is_field()) return false;
  if (!by.empty()) return std::find(by.begin(), by.end(), order.field()) == by.end();
  constexpr std::array<std::string_view, 8> shown{"type",      "protocol_name", "orig_addr",
                                                  "orig_port", "resp_addr",     "resp_port",
                                                  "tcp_state", "end_reason"};
  return std::find(shown.begin(), shown.end(), order.name()) == shown.end();
}

TextTable FlowText::State::flow_columns() const {
  std::vector<record::TextColumn> headings{{"PROTO"},
                                           {.heading = "ORIGINATOR", .may_shrink = true},
                                           {"->"},
                                           {.heading = "RESPONDER", .may_shrink = true},
                                           {"PACKETS", right},
                                           {"BYTES", right},
                                           {"DURATION", right},
                                           {"STATE"},
                                           {"END"}};
  const bool extra = has_extra_column();
  const auto place = static_cast<std::ptrdiff_t>(6);
  if (extra) headings.insert(headings.begin() + place, {heading(order.name()), right, true});
  TextTable columns{std::move(headings)};
  for (const FlowTextRow& row : rows) {
    const FlowRow& flow = row.flow;
    std::vector<std::string> cells{protocol_text(flow),
                                   endpoint_text(flow.originator),
                                   "->",
                                   endpoint_text(flow.responder),
                                   human_count(row.packets()),
                                   record::human_bytes(row.bytes()),
                                   record::human_duration(row.duration()),
                                   flow.is_tcp() ? flow::name(flow.tcp_state) : "",
                                   flow::name(flow.end_reason)};
    if (extra) cells.insert(cells.begin() + place, value_text(order.field(), flow));
    columns.add(cells);
  }
  return columns;
}

TextTable FlowText::State::group_columns(const std::vector<FlowTextRow>& top) const {
  std::vector<record::TextColumn> headings;
  headings.reserve(by.size() + 5);
  for (const std::size_t field : by) {
    headings.push_back({heading(flow_fields[field].name),
                        is_number(field) ? right : record::TextColumn::Align::left,
                        !is_number(field)});
  }
  headings.insert(headings.end(), {{"FLOWS", right}, {"PACKETS", right}, {"BYTES", right}});
  const bool extra = has_extra_column();
  if (extra) headings.push_back({heading(order.name()), right});
  if (order.name() == "duration") headings.push_back({"DURATION", right});
  TextTable columns{std::move(headings)};
  for (const FlowTextRow& row : top) {
    std::vector<std::string> cells;
    cells.reserve(by.size() + 5);
    for (const std::size_t field : by) cells.push_back(value_text(field, row.flow));
    cells.insert(cells.end(), {human_count(row.flows), human_count(row.packets()),
                               record::human_bytes(row.bytes())});
    if (extra) cells.push_back(value_text(order.field(), row.flow));
    if (order.name() == "duration") cells.push_back(record::human_duration(row.duration()));
    columns.add(cells);
  }
  return columns;
}

/// A group has sums, a first start and a last end, and the fields it is grouped by; nothing else.
void FlowText::State::check_groups() const {
  if (by.empty()) {
    if (order.name() == "flows") {
      throw Error{ErrorCode::invalid_argument, "only groups can be sorted by flows"};
    }
    return;
  }
  if (!order.is_field()) return;
  const record::FlowField& field = flow_fields[order.field()];
  const bool spans =
      field.kind == record::FieldKind::time || field.kind == record::FieldKind::nanoseconds;
  if (!is_count(order.field()) && !spans && has_extra_column()) {
    throw Error{ErrorCode::invalid_argument, "groups have no " + order.name() + " to be sorted by"};
  }
}

FlowText::FlowText(record::Output output, const FlowTextOptions& options)
    : state_{std::make_unique<State>(std::move(output), options, FlowOrder{options.sort})} {
  State& state = *state_;
  for (const std::string& name : state.options.by) {
    const auto field = flow_field(name);
    if (!field) throw unknown_flow_field(name, {});
    if (std::find(state.by.begin(), state.by.end(), *field) == state.by.end()) {
      state.by.push_back(*field);
    }
  }
  state.check_groups();
}

FlowText::~FlowText() = default;

void FlowText::add(const FlowRow& row) {
  State& state = *state_;
  if (state.by.empty()) {
    state.keep(row);
  } else {
    state.group(row);
  }
  ++state.flows;
}

void FlowText::finish() {
  State& state = *state_;
  std::uint64_t more = 0;
  if (state.by.empty()) {
    std::sort_heap(state.rows.begin(), state.rows.end(),
                   [&](const auto& a, const auto& b) { return state.before(a, b); });
    state.flow_columns().print(state.output, state.options.width);
    more = state.flows - state.rows.size();
  } else {
    const std::vector<FlowTextRow> top = state.top_groups();
    state.group_columns(top).print(state.output, state.options.width);
    more = state.groups.size() - top.size();
  }
  std::string text;
  if (more != 0) text += human_count(more) + " more (--all)\n";
  if (state.ungrouped_flows != 0) {
    text += human_count(state.ungrouped_flows) + " flows in further groups\n";
  }
  state.rows.clear();
  state.groups.clear();
  state.flows = state.ungrouped_flows = 0;
  if (!text.empty()) state.output(text);
}

}  // namespace weir::sink
