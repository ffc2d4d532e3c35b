// NetFilter's indexed properties: adapters with what is set for each, and rules.
#include "compat/net_filter/error.h"
#include "compat/net_filter/state.h"
#include "weir/compat/net_filter.h"

namespace weir::compat {

using namespace net_filter;

namespace {

/// What is asked of the item at an index, or the default where there is none.
template <class State, class Read>
auto of_adapter(State& state, int index, Read read) {
  const std::lock_guard lock{state.mutex};
  const capture::Adapter* const adapter = state.adapters.at(index);
  return adapter == nullptr ? decltype(read(*adapter)){} : read(*adapter);
}

template <class State, class Read>
auto of_settings(State& state, int index, Read read) {
  const std::lock_guard lock{state.mutex};
  return read(state.adapters.settings(index));
}

template <class State, class Read>
auto of_rule(State& state, RuleKind kind, int index, Read read) {
  const std::lock_guard lock{state.mutex};
  const NetFilterRule* const rule = state.rules.at(kind, index);
  return rule == nullptr ? decltype(read(*rule)){} : read(*rule);
}

/// What only changes while not active; `change` refuses values that cannot be.
template <class State, class Change>
void change_settings(State& state, const char* call, int index, Change change) {
  state.expect_inactive(call);
  const std::lock_guard lock{state.mutex};
  change(state.adapters.settings_to_change(index));
}

void expect_range(const char* call, int value, int least, int most) {
  if (value >= least && value <= most) return;
  refuse(NetFilter::ERROR_INVALID_PARAMETER,
         std::string{call} + ": it is from " + std::to_string(least) + " to " +
             std::to_string(most) + ", not " + std::to_string(value));
}

}  // namespace

void NetFilter::list_adapters() {
  state_->expect_initialized();
  AdapterList listed;
  {
    const std::lock_guard lock{state_->mutex};
    listed = state_->adapters;
  }
  with_codes([&] { listed.refresh(); });
  const std::lock_guard lock{state_->mutex};
  state_->adapters = std::move(listed);
}

int NetFilter::get_adapter_count() const {
  const std::lock_guard lock{state_->mutex};
  return state_->adapters.size();
}

std::string NetFilter::get_adapter_description(int adapter_index) const {
  return of_adapter(*state_, adapter_index, [](const auto& one) { return one.description; });
}

std::string NetFilter::get_adapter_friendly_name(int adapter_index) const {
  return of_adapter(*state_, adapter_index, [](const auto& one) {
    return one.friendly_name.empty() ? one.name : one.friendly_name;
  });
}

int NetFilter::get_adapter_id(int adapter_index) const {
  return of_adapter(*state_, adapter_index,
                    [](const auto& one) { return static_cast<int>(one.id); });
}

int NetFilter::get_adapter_interface_type(int adapter_index) const {
  return of_adapter(*state_, adapter_index,
                    [](const auto& one) { return static_cast<int>(one.type); });
}

std::string NetFilter::get_adapter_mac_address(int adapter_index) const {
  return of_adapter(*state_, adapter_index, [](const auto& one) { return one.mac; });
}

std::string NetFilter::get_adapter_name(int adapter_index) const {
  return of_adapter(*state_, adapter_index, [](const auto& one) { return one.name; });
}

bool NetFilter::get_adapter_wi_fi_monitor_mode_supported(int adapter_index) const {
  return of_adapter(*state_, adapter_index,
                    [](const auto& one) { return one.monitor.value_or(false); });
}

int NetFilter::get_adapter_buffer_size(int adapter_index) const {
  return of_settings(*state_, adapter_index, [](const auto& set) { return set.buffer_size; });
}

void NetFilter::set_adapter_buffer_size(int adapter_index, int value) {
  change_settings(*state_, "set_adapter_buffer_size", adapter_index, [&](auto& set) {
    expect_range("adapter_buffer_size", value, 0, 1 << 21);
    set.buffer_size = value;
  });
}

bool NetFilter::get_adapter_collect_statistics(int adapter_index) const {
  return of_settings(*state_, adapter_index,
                     [](const auto& set) { return set.collect_statistics; });
}

void NetFilter::set_adapter_collect_statistics(int adapter_index, bool value) {
  const std::lock_guard lock{state_->mutex};
  state_->adapters.settings_to_change(adapter_index).collect_statistics = value;
}

int NetFilter::get_adapter_max_packet_bytes(int adapter_index) const {
  return of_settings(*state_, adapter_index, [](const auto& set) { return set.max_packet_bytes; });
}

void NetFilter::set_adapter_max_packet_bytes(int adapter_index, int value) {
  change_settings(*state_, "set_adapter_max_packet_bytes", adapter_index, [&](auto& set) {
    expect_range("adapter_max_packet_bytes", value, 0, 262'144);
    set.max_packet_bytes = value == 0 ? 262'144 : value;
  });
}

int NetFilter::get_adapter_packet_timeout(int adapter_index) const {
  return of_settings(*state_, adapter_index, [](const auto& set) { return set.packet_timeout; });
}

void NetFilter::set_adapter_packet_timeout(int adapter_index, int value) {
  change_settings(*state_, "set_adapter_packet_timeout", adapter_index, [&](auto& set) {
    expect_range("adapter_packet_timeout", value, 1, 86'400'000);
    set.packet_timeout = value;
  });
}

bool NetFilter::get_adapter_promiscuous_mode(int adapter_index) const {
  return of_settings(*state_, adapter_index, [](const auto& set) { return set.promiscuous_mode; });
}

void NetFilter::set_adapter_promiscuous_mode(int adapter_index, bool value) {
  change_settings(*state_, "set_adapter_promiscuous_mode", adapter_index,
                  [&](auto& set) { set.promiscuous_mode = value; });
}

bool NetFilter::get_adapter_wi_fi_monitor_mode(int adapter_index) const {
  return of_settings(*state_, adapter_index,
                     [](const auto& set) { return set.wi_fi_monitor_mode; });
}

void NetFilter::set_adapter_wi_fi_monitor_mode(int adapter_index, bool value) {
  change_settings(*state_, "set_adapter_wi_fi_monitor_mode", adapter_index,
                  [&](auto& set) { set.wi_fi_monitor_mode = value; });
}

int NetFilter::get_filter_rule_count() const {
  const std::lock_guard lock{state_->mutex};
  return static_cast<int>(state_->rules.rules(RuleKind::filter).size());
}

int NetFilter::get_filter_rule_action(int filter_rule_index) const {
  return of_rule(*state_, RuleKind::filter, filter_rule_index,
                 [](const auto& rule) { return rule.action; });
}

int NetFilter::get_filter_rule_adapter_id(int filter_rule_index) const {
  return of_rule(*state_, RuleKind::filter, filter_rule_index,
                 [](const auto& rule) { return rule.adapter_id; });
}

std::string NetFilter::get_filter_rule_bpf_rule(int filter_rule_index) const {
  return of_rule(*state_, RuleKind::filter, filter_rule_index,
                 [](const auto& rule) { return rule.bpf_rule; });
}

int NetFilter::get_filter_rule_direction(int filter_rule_index) const {
  return of_rule(*state_, RuleKind::filter, filter_rule_index,
                 [](const auto& rule) { return rule.direction; });
}

int NetFilter::get_filter_rule_max_packet_size(int filter_rule_index) const {
  return of_rule(*state_, RuleKind::filter, filter_rule_index,
                 [](const auto& rule) { return rule.max_packet_size; });
}

int NetFilter::get_filter_rule_min_packet_size(int filter_rule_index) const {
  return of_rule(*state_, RuleKind::filter, filter_rule_index,
                 [](const auto& rule) { return rule.min_packet_size; });
}

int NetFilter::get_filter_rule_rule_id(int filter_rule_index) const {
  return of_rule(*state_, RuleKind::filter, filter_rule_index,
                 [](const auto& rule) { return rule.rule_id; });
}

int NetFilter::get_passthrough_rule_count() const {
  const std::lock_guard lock{state_->mutex};
  return static_cast<int>(state_->rules.rules(RuleKind::passthrough).size());
}

int NetFilter::get_passthrough_rule_adapter_id(int passthrough_rule_index) const {
  return of_rule(*state_, RuleKind::passthrough, passthrough_rule_index,
                 [](const auto& rule) { return rule.adapter_id; });
}

std::string NetFilter::get_passthrough_rule_bpf_rule(int passthrough_rule_index) const {
  return of_rule(*state_, RuleKind::passthrough, passthrough_rule_index,
                 [](const auto& rule) { return rule.bpf_rule; });
}

int NetFilter::get_passthrough_rule_direction(int passthrough_rule_index) const {
  return of_rule(*state_, RuleKind::passthrough, passthrough_rule_index,
                 [](const auto& rule) { return rule.direction; });
}

int NetFilter::get_passthrough_rule_max_packet_size(int passthrough_rule_index) const {
  return of_rule(*state_, RuleKind::passthrough, passthrough_rule_index,
                 [](const auto& rule) { return rule.max_packet_size; });
}

int NetFilter::get_passthrough_rule_min_packet_size(int passthrough_rule_index) const {
  return of_rule(*state_, RuleKind::passthrough, passthrough_rule_index,
                 [](const auto& rule) { return rule.min_packet_size; });
}

int NetFilter::get_passthrough_rule_rule_id(int passthrough_rule_index) const {
  return of_rule(*state_, RuleKind::passthrough, passthrough_rule_index,
                 [](const auto& rule) { return rule.rule_id; });
}

bool NetFilter::add_filter_rule(int rule_id, int adapter_id, int direction, int min_packet_size,
                                int max_packet_size, const std::string& bpf_rule, int action) {
  return state_->add_rule(RuleKind::filter, {.rule_id = rule_id,
                                             .adapter_id = adapter_id,
                                             .direction = direction,
                                             .min_packet_size = min_packet_size,
                                             .max_packet_size = max_packet_size,
                                             .bpf_rule = bpf_rule,
                                             .action = action});
}

bool NetFilter::add_passthrough_rule(int rule_id, int adapter_id, int direction,
                                     int min_packet_size, int max_packet_size,
                                     const std::string& bpf_rule) {
  return state_->add_rule(RuleKind::passthrough, {.rule_id = rule_id,
                                                  .adapter_id = adapter_id,
                                                  .direction = direction,
                                                  .min_packet_size = min_packet_size,
                                                  .max_packet_size = max_packet_size,
                                                  .bpf_rule = bpf_rule});
}

bool NetFilter::delete_filter_rule(int rule_id) {
  return state_->remove_rule(RuleKind::filter, rule_id);
}

bool NetFilter::delete_passthrough_rule(int rule_id) {
  return state_->remove_rule(RuleKind::passthrough, rule_id);
}

bool NetFilter::delete_all_filter_rules() { return state_->clear_rules(RuleKind::filter); }

bool NetFilter::delete_all_passthrough_rules() {
  return state_->clear_rules(RuleKind::passthrough);
}

}  // namespace weir::compat
