// The order of flows by one field.
#include "sink/flow_order.h"

#include <algorithm>
#include <array>
#include <compare>

#include "record/flow_fields.h"

namespace weir::sink {
namespace {

using record::flow_fields;
using record::FlowRow;
using record::Value;

void add(flow::Counters& sum, const flow::Counters& more) noexcept {
  sum.packets += more.packets;
  sum.frame_bytes += more.frame_bytes;
  sum.ip_bytes += more.ip_bytes;
  sum.payload_bytes += more.payload_bytes;
}

// Of two values of one field: what is absent comes first.
std::strong_ordering compare(const Value& left, const Value& right) noexcept {
  const auto with = [&]<class T>(const T& one) -> std::strong_ordering {
    const T* const other = std::get_if<T>(&right.content());
    if constexpr (std::three_way_comparable<T, std::strong_ordering>) {
      if (other != nullptr) return one <=> *other;
    }
    return left.has_value() <=> right.has_value();
  };
  return std::visit(with, left.content());
}

// What has no value in either goes by its protocol.
std::strong_ordering compare(std::size_t field, const FlowRow& left, const FlowRow& right) {
  if (flow_fields[field].kind == record::FieldKind::integers) {
    const auto one = left.vlan_identifiers();
    const auto other = right.vlan_identifiers();
    if (one.empty() && other.empty()) return left.protocol <=> right.protocol;
    return std::lexicographical_compare_three_way(one.begin(), one.end(), other.begin(),
                                                  other.end());
  }
  const Value one = left.value(field);
  const Value other = right.value(field);
  if (!one.has_value() && !other.has_value()) return left.protocol <=> right.protocol;
  return compare(one, other);
}

}  // namespace

Error unknown_flow_field(std::string_view name, std::span<const std::string_view> sums) {
  std::string text =
      "no such flow field: " + (name.empty() ? "''" : std::string{name}) + "; there are ";
  for (const std::string_view sum : sums) text += std::string{sum} + ", ";
  for (const record::FlowField& field : std::span{flow_fields}.subspan(1)) {
    if (&field != &flow_fields[1]) text += ", ";
    text += field.name;
  }
  return {ErrorCode::invalid_argument, text};
}

bool is_count(std::size_t field) noexcept {
  return flow_fields[field].unit != record::FieldUnit::none;
}

void FlowTextRow::merge(const record::FlowRow& other) noexcept {
  add(flow.from_originator, other.from_originator);
  add(flow.from_responder, other.from_responder);
  flow.start = std::min(flow.start, other.start);
  flow.end = std::max(flow.end, other.end);
  ++flows;
}

FlowOrder::FlowOrder(std::string_view name) : name_{name} {
  if (const auto field = record::flow_field(name)) {
    field_ = *field;
  } else if (name == "flows") {
    sum_ = Sum::flows;
  } else if (name == "packets") {
    sum_ = Sum::packets;
  } else if (name == "bytes") {
    sum_ = Sum::bytes;
  } else if (name == "duration") {
    sum_ = Sum::duration;
  } else {
    constexpr std::array<std::string_view, 4> sums{"packets", "bytes", "duration", "flows"};
    throw unknown_flow_field(name, sums);
  }
}

bool FlowOrder::before(const FlowTextRow& left, const FlowTextRow& right) const noexcept {
  std::strong_ordering order = std::strong_ordering::equal;
  switch (sum_) {
    case Sum::none:
      order = compare(field_, left.flow, right.flow);
      if (is_count(field_)) order = 0 <=> order;
      break;
    case Sum::flows:
      order = right.flows <=> left.flows;
      break;
    case Sum::packets:
      order = right.packets() <=> left.packets();
      break;
    case Sum::bytes:
      order = right.bytes() <=> left.bytes();
      break;
    case Sum::duration:
      order = right.duration() <=> left.duration();
      break;
  }
  return order != 0 ? order < 0 : left.ordinal < right.ordinal;
}

}  // namespace weir::sink
