// What the model reads back: settings, adapters, rules by their index; and packets it sends.
#include <algorithm>
#include <cctype>

#include "system/compat/net_filter/walk/model.h"
#include "weir/compat/net_filter.h"

namespace weir::test {
namespace {

[[noreturn]] void refuse(int code) { throw compat::NetFilterError{code, "as the model has it"}; }

std::string lower(std::string text) {
  for (char& letter : text) {
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  return text;
}

bool boolean(const std::string& text) {
  const std::string word = lower(text);
  if (word == "true" || word == "1" || word == "yes") return true;
  if (word == "false" || word == "0" || word == "no") return false;
  refuse(87);
}

template <class Items, class Read>
auto at(const Items& items, int index, Read read) -> decltype(read(items[0])) {
  if (index < 0 || static_cast<std::size_t>(index) >= items.size()) return {};
  return read(items[static_cast<std::size_t>(index)]);
}

struct Range {
  std::int64_t least;
  std::int64_t most;
  std::int64_t usual;
};
const std::map<std::string, Range> ranges = {{"initialsendbuffersize", {0, 64 << 20, 262'144}},
                                             {"maxworkerthreadcount", {0, 256, 0}},
                                             {"minworkerthreadcount", {0, 256, 0}},
                                             {"workerinitialstacksize", {16'384, 1 << 30, 0}}};

}  // namespace

std::string Model::config(const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::string name = lower(text.substr(0, equals));
  const std::string set = equals == text.npos ? "" : text.substr(equals + 1);
  const std::string* const value = equals == text.npos ? nullptr : &set;
  if (name == "denyexpiredrequests") return boolean_setting(denies_expired_, value);
  if (name == "forceapppermissioncheck") {
    return installed_setting(&Installation::checks_rights, value);
  }
  if (name == "loggingenabled") return installed_setting(&Installation::logs, value);
  if (ranges.contains(name)) return number_setting(name, value);
  refuse(87);
}

std::string Model::boolean_setting(bool& of, const std::string* value) const {
  if (value != nullptr) of = boolean(*value);
  return of ? "True" : "False";
}

std::string Model::installed_setting(bool Installation::* of, const std::string* value) {
  if (value == nullptr && stage_ == Stage::fresh) return "False";
  static_cast<void>(installation());
  return boolean_setting(installed_[product_].*of, value);
}

std::string Model::number_setting(const std::string& name, const std::string* value) {
  const Range& range = ranges.at(name);
  const std::int64_t now = numbers_.contains(name) ? numbers_[name] : range.usual;
  if (value == nullptr) return std::to_string(now);
  if (name == "workerinitialstacksize") expect_inactive();
  const bool is_number =
      !value->empty() && std::ranges::all_of(*value, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number) refuse(87);
  const std::int64_t set = std::stoll(*value);
  if (set != 0 && (set < range.least || set > range.most)) refuse(87);
  numbers_[name] = set;
  return std::to_string(set);
}

int Model::get_filter_rule_rule_id(int index) const {
  return at(filters_, index, [](const Rule& rule) { return rule.id; });
}
int Model::get_filter_rule_action(int index) const {
  return at(filters_, index, [](const Rule& rule) { return rule.action; });
}
int Model::get_filter_rule_min_packet_size(int index) const {
  return at(filters_, index, [](const Rule& rule) { return rule.min; });
}
std::string Model::get_filter_rule_bpf_rule(int index) const {
  return at(filters_, index, [](const Rule& rule) { return rule.bpf; });
}
int Model::get_passthrough_rule_rule_id(int index) const {
  return at(passthroughs_, index, [](const Rule& rule) { return rule.id; });
}

void Model::list_adapters() {
  expect_initialized();
  adapter_count_ = static_cast<int>(adapters_.size());
}

Model::AdapterSettings Model::adapter(int index) const {
  const auto found = adapter_settings_.find(index);
  return found == adapter_settings_.end() ? AdapterSettings{} : found->second;
}

Model::AdapterSettings& Model::adapter_to_change(int index) {
  if (index < 0 || index >= adapter_count_) refuse(87);
  return adapter_settings_[index];
}

int Model::get_adapter_max_packet_bytes(int index) const { return adapter(index).max_packet_bytes; }

void Model::set_adapter_max_packet_bytes(int index, int value) {
  expect_inactive();
  if (value < 0 || value > 262'144) refuse(87);
  adapter_to_change(index).max_packet_bytes = value == 0 ? 262'144 : value;
}

int Model::get_adapter_packet_timeout(int index) const { return adapter(index).packet_timeout; }

void Model::set_adapter_packet_timeout(int index, int value) {
  expect_inactive();
  if (value < 1 || value > 86'400'000) refuse(87);
  adapter_to_change(index).packet_timeout = value;
}

bool Model::get_adapter_collect_statistics(int index) const {
  return adapter(index).collect_statistics;
}

void Model::set_adapter_collect_statistics(int index, bool value) {
  adapter_to_change(index).collect_statistics = value;
}

void Model::expect_adapter(int id) const {
  if (std::ranges::find(adapters_, id) == adapters_.end()) refuse(1168);
}

void Model::send_packet(int adapter, const std::vector<std::uint8_t>& data, int times,
                        bool /*buffer_only*/) {
  expect_initialized();
  if (times < 1 || times > 1'000'000) refuse(87);
  expect_adapter(adapter);
  if (data.empty()) refuse(87);
}

void Model::flush_send_buffer(int adapter) const {
  expect_initialized();
  if (adapter != -1) expect_adapter(adapter);
}

void Model::insert_incoming_packet(int adapter, const std::vector<std::uint8_t>& data) const {
  expect_initialized();
  expect_adapter(adapter);
  if (data.empty()) refuse(87);
}

void Model::get_statistics(int adapter) const {
  expect_initialized();
  expect_adapter(adapter);
}

bool Model::toggle_process_protection(bool enabled) const {
  expect_initialized();
  return !enabled;
}

}  // namespace weir::test
