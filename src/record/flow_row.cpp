// Makes rows of flows, and reads their fields by the table.
#include "weir/record/flow_row.h"

#include "record/flow_fields.h"

namespace weir::record {
namespace {

constexpr auto described = descriptions(flow_fields);

}  // namespace

std::span<const FieldDescription> flow_row_fields() noexcept { return described; }

Value FlowRow::value(std::size_t index) const noexcept {
  const FlowField& field = flow_fields[index];
  return field.read != nullptr ? field.read(*this) : Value{};
}

void FlowRow::visit(std::size_t index, ValueVisitor& to) const {
  const FlowField& field = flow_fields[index];
  if (field.visit != nullptr) field.visit(to, *this);
}

FlowRow row_of(const flow::Flow& flow, flow::EndReason reason) noexcept {
  FlowRow row{.id = flow.id(),
              .originator = flow.originator(),
              .responder = flow.responder(),
              .start = flow.start(),
              .end = flow.end(),
              .from_originator = flow.from_originator(),
              .from_responder = flow.from_responder(),
              .protocol = flow.protocol(),
              .originator_tcp_flags = flow.originator_tcp_flags(),
              .responder_tcp_flags = flow.responder_tcp_flags(),
              .tcp_state = flow.tcp_state(),
              .end_reason = reason,
              .originator_icmp = flow.originator_icmp(),
              .responder_icmp = flow.responder_icmp(),
              .continues = flow.continues(),
              .midstream = flow.is_midstream()};
  for (; row.vlan_count < flow.vlan_count() && row.vlan_count < row.vlans.size();
       ++row.vlan_count) {
    row.vlans[row.vlan_count] = flow.vlan(row.vlan_count);
  }
  return row;
}

}  // namespace weir::record
