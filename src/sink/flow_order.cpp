// The order of flows by one field.
#include "sink/flow_order.h"

#include <algorithm>
#include <array>
#include <compare>

#include "record/flow_fields.h"

namespace weir::sink {
namespace {

using record::flow_fields;
using record::FlowValue;

void add(flow::Counters& sum, const flow::Counters& more) noexcept {
  sum.packets += more.packets;
  sum.frame_bytes += more.frame_bytes;
  sum.ip_bytes += more.ip_bytes;
  sum.payload_bytes += more.payload_bytes;
}

std::strong_ordering compare(record::FieldKind kind, const FlowValue& left,
                             const FlowValue& right) {
  if (left.present != right.present) {
    return left.present ? std::strong_ordering::greater : std::strong_ordering::less;
  }
  switch (kind) {
    case record::FieldKind::ip_address:
      return *left.address <=> *right.address;
    case record::FieldKind::word:
      return left.word <=> right.word;
    case record::FieldKind::integers:
      return std::lexicographical_compare_three_way(left.numbers.begin(), left.numbers.end(),
                                                    right.numbers.begin(), right.numbers.end());
    case record::FieldKind::time:
    case record::FieldKind::nanoseconds:
      return static_cast<std::int64_t>(left.number) <=> static_cast<std::int64_t>(right.number);
    default:
      return left.number <=> right.number;
  }
}

}  // namespace

Error unknown_flow_field(std::string_view name, std::span<const std::string_view> sums) {
  std::string text = "no such flow field: " + std::string{name} + "; there are ";
  for (const std::string_view sum : sums) text += std::string{sum} + ", ";
  for (const record::FlowField& field : std::span{flow_fields}.subspan(1)) {
    if (&field != &flow_fields[1]) text += ", ";
    text += field.name;
  }
  return {ErrorCode::invalid_argument, text};
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
    case Sum::none: {
      const record::FlowField& field = flow_fields[field_];
      const FlowValue one = field.value(left.flow);
      const FlowValue other = field.value(right.flow);
      order = compare(field.kind, one, other);
      if (!one.present && !other.present) order = left.flow.protocol <=> right.flow.protocol;
      if (field.role == record::FlowFieldRole::counter) order = 0 <=> order;
      break;
    }
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
