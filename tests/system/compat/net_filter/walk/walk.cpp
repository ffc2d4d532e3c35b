// Makes calls up, and asks both.
#include "system/compat/net_filter/walk/walk.h"

#include <filesystem>
#include <type_traits>

namespace weir::test {
namespace {

using compat::NetFilter;
using Frame = std::vector<std::uint8_t>;

const std::string little_guid = "{1fad0ef2-9a03-4b87-b4bc-645b7035ed90}";
constexpr gate::DriverVersion older{0, 0, 9, 0};
constexpr gate::DriverVersion v1_0{1, 0, 0, 0};
constexpr gate::DriverVersion v1_1{1, 1, 0, 0};

std::string text_of(const std::string& value) { return '"' + value + '"'; }
std::string text_of(bool value) { return value ? "True" : "False"; }
std::string text_of(const Frame& value) { return std::to_string(value.size()) + " bytes"; }
template <std::integral Number>
  requires(!std::is_same_v<Number, bool>)
std::string text_of(Number value) {
  return std::to_string(value);
}

template <class Subject, class Method, class... Arguments>
std::string answer(Subject& subject, const Method& method, const Arguments&... arguments) {
  try {
    if constexpr (std::is_void_v<decltype(method(subject, arguments...))>) {
      method(subject, arguments...);
      return "done";
    } else {
      return text_of(method(subject, arguments...));
    }
  } catch (const compat::NetFilterError& error) {
    return "error " + std::to_string(error.win32_code());
  }
}

/// The same call of both: `method` takes either.
template <class Method, class... Arguments>
Step step(const char* name, Method method, Arguments... arguments) {
  std::string words;
  ((words += (words.empty() ? "" : ", ") + text_of(arguments)), ...);
  return {std::string{name} + '(' + words + ')',
          [=](NetFilter& filter) { return answer(filter, method, arguments...); },
          [=](Model& model) { return answer(model, method, arguments...); }};
}

// A step of the method of that name.
#define WEIR_STEP(method, ...) \
  step(#method,                \
       [](auto& of, const auto&... all) { return of.method(all...); } __VA_OPT__(, ) __VA_ARGS__)

std::map<std::string, Model::Bundle> bundles_of(const NetFilterState& state) {
  std::map<std::string, Model::Bundle> bundles;
  for (const gate::DriverVersion& version : {older, v1_0, v1_1}) {
    const std::string path = state.path(text_of(version) + ".cab");
    if (std::filesystem::exists(path + ".away")) std::filesystem::rename(path + ".away", path);
    bundles[state.cab(version)] = {.version = version};
  }
  if (!std::filesystem::exists(state.path("words"))) {
    std::ofstream{state.path("words")} << "no bundle\n";
  }
  bundles[state.path("words")] = {.is_one = false};
  return bundles;
}

}  // namespace

Walk::Walk(const NetFilterState& state, const std::vector<int>& adapters, std::uint64_t seed,
           bool may_start)
    : state_{state}, random_{seed}, may_start_{may_start}, model_{adapters, bundles_of(state)} {
  std::filesystem::remove_all(state.folder());
}

std::string Walk::run(int calls) {
  std::string trail;
  const bool begins_well = random_() % 4 != 0;
  for (int call = 0; call < calls; ++call) {
    const Step step = begins_well && call < 2 ? beginning(call) : next();
    const bool was_active = model_.get_active();
    const std::string expected = step.expect(model_);
    const std::string answered = step.ask(filter_);
    starts_ += !was_active && model_.get_active() ? 1 : 0;
    trail += "  " + step.words + ": " + answered;
    if (answered != expected) return trail + ", not " + expected;
    if (filter_.get_active() != model_.get_active()) return trail + ", and active is wrong";
    trail += '\n';
  }
  return {};
}

std::string Walk::product() {
  return pick<std::string>({guid, guid, guid, little_guid, other_guid, "no guid", ""});
}

std::string Walk::bundle() {
  const std::string usual = state_.path("1.0.0.0.cab");
  return pick<std::string>({usual, usual, state_.path("1.1.0.0.cab"), state_.path("0.0.9.0.cab"),
                            state_.path("words"), state_.path("nowhere")});
}

Step Walk::beginning(int call) {
  if (call == 0) return WEIR_STEP(install, state_.cab(v1_0), guid, 0, 0, std::string{});
  return WEIR_STEP(initialize, guid);
}

Step Walk::next() {
  switch (random_() % 20) {
    case 0:
    case 1:
    case 2:
      return install();
    case 3:
      return uninstall();
    case 4:
    case 5:
    case 6:
    case 7:
      return life();
    case 8:
      return start();
    case 9:
    case 10:
    case 11:
      return rule();
    case 12:
      return rule_to_remove();
    case 13:
      return view();
    case 14:
      return property();
    case 15:
      return setting();
    case 16:
      return adapter();
    case 17:
    case 18:
      return packet();
    default:
      return files();
  }
}

Step Walk::install() {
  return WEIR_STEP(install, bundle(), product(), small(), pick({0, 0, 1, 2, 4, 7, 0x20000, 8, -1}),
                   pick<std::string>({"", "", "", "/usr/bin/another\n/usr/bin/third", "relative"}));
}

Step Walk::uninstall() {
  return WEIR_STEP(uninstall, bundle(), product(), pick({1, 2, 3, 0, 4, -1}));
}

Step Walk::files() {
  const std::string path = state_.path("1.0.0.0.cab");
  if (random_() % 4 != 0) {
    return random_() % 2 == 0 ? WEIR_STEP(get_driver_status, product())
                              : WEIR_STEP(get_driver_version, product());
  }
  if (std::filesystem::exists(path)) {
    return {"take the bundle away",
            [=](NetFilter&) {
              std::filesystem::rename(path, path + ".away");
              return "done";
            },
            [=](Model& model) {
              model.take_away(path);
              return "done";
            }};
  }
  return {"put the bundle back",
          [=](NetFilter&) {
            std::filesystem::rename(path + ".away", path);
            return "done";
          },
          [=](Model& model) {
            model.put_back(path);
            return "done";
          }};
}

Step Walk::life() {
  switch (random_() % 4) {
    case 0:
      return WEIR_STEP(stop_filter);
    case 1:
      return start();
    default:
      return WEIR_STEP(initialize, product());
  }
}

Step Walk::start() {
  int timeout = pick({0, 3'000, 60'000, 1, 2'999, -1});
  if (!may_start_ && model_.may_start(timeout)) timeout = 1;
  return WEIR_STEP(start_filter, timeout);
}

Step Walk::rule() {
  const int adapter = pick({-1, -1, -1, 1, 0, 99, -2});
  const int direction = pick({0, 1, 2, 2, 3, -1});
  const int min = pick({-1, -1, 0, 60, -2});
  const int max = pick({-1, -1, 1'514, 10, -2});
  const auto bpf = pick<std::string>({"", "", "tcp", "udp port 53", "tcp and ("});
  if (random_() % 3 == 0) {
    return step(
        "add_passthrough_rule",
        [](auto& of, const auto&... all) {
          return of.add_passthrough_rule(all...) == of.get_last_error().empty();
        },
        small(), adapter, direction, min, max, bpf);
  }
  return WEIR_STEP(add_filter_rule, small(), adapter, direction, min, max, bpf,
                   pick({1, 1, 2, 2, 3, 3, 0, 4, -1}));
}

Step Walk::rule_to_remove() {
  switch (random_() % 6) {
    case 0:
      return WEIR_STEP(delete_all_filter_rules);
    case 1:
      return WEIR_STEP(delete_all_passthrough_rules);
    case 2:
      return WEIR_STEP(delete_passthrough_rule, small());
    default:
      return WEIR_STEP(delete_filter_rule, small());
  }
}

Step Walk::view() {
  switch (random_() % 7) {
    case 0:
      return WEIR_STEP(get_filter_rule_count);
    case 1:
      return WEIR_STEP(get_passthrough_rule_count);
    case 2:
      return WEIR_STEP(get_filter_rule_action, small());
    case 3:
      return WEIR_STEP(get_filter_rule_bpf_rule, small());
    case 4:
      return WEIR_STEP(get_filter_rule_min_packet_size, small());
    case 5:
      return WEIR_STEP(get_passthrough_rule_rule_id, small());
    default:
      return WEIR_STEP(get_filter_rule_rule_id, small());
  }
}

Step Walk::property() {
  switch (random_() % 9) {
    case 0:
      return WEIR_STEP(get_altitude);
    case 1:
    case 2:
      return WEIR_STEP(set_altitude, small());
    case 3:
      return WEIR_STEP(get_operation_mode);
    case 4:
      return WEIR_STEP(set_operation_mode, small());
    case 5:
      return WEIR_STEP(get_serialize_events);
    case 6:
      return WEIR_STEP(set_serialize_events, small());
    case 7:
      return WEIR_STEP(get_tag);
    default:
      return WEIR_STEP(set_tag, small());
  }
}

Step Walk::setting() {
  const auto name = pick<std::string>(
      {"DenyExpiredRequests", "ForceAppPermissionCheck", "loggingENABLED", "MaxWorkerThreadCount",
       "minWorkerThreadCount", "WorkerInitialStackSize", "InitialSendBufferSize", "NoSuchSetting"});
  const auto value = pick<std::string>({"", "", "", "=True", "=no", "=0", "=1", "=4", "=65536",
                                        "=257", "=many", "=", "=99999999999"});
  return WEIR_STEP(config, name + value);
}

Step Walk::adapter() {
  const int index = pick({0, 0, 0, -1, 1});
  switch (random_() % 9) {
    case 0:
      return WEIR_STEP(get_adapter_count);
    case 1:
      return WEIR_STEP(set_adapter_max_packet_bytes, index, pick({0, 64, 262'144, 262'145, -1}));
    case 2:
      return WEIR_STEP(get_adapter_max_packet_bytes, index);
    case 3:
      return WEIR_STEP(set_adapter_packet_timeout, index, pick({1, 1'000, 0, -1, 86'400'001}));
    case 4:
      return WEIR_STEP(get_adapter_packet_timeout, index);
    case 5:
      return WEIR_STEP(set_adapter_collect_statistics, index, pick({true, false}));
    case 6:
      return WEIR_STEP(get_adapter_collect_statistics, index);
    default:
      return WEIR_STEP(list_adapters);
  }
}

Step Walk::packet() {
  int adapter = pick({1, 1, 1, 1, 0, -1, 99});
  Frame frame(pick<std::size_t>({60, 60, 60, 0}));
  if (!frame.empty()) frame[12] = 0x88;
  switch (random_() % 7) {
    case 0:
      return WEIR_STEP(insert_incoming_packet, adapter == 1 ? 99 : adapter, frame);
    case 1:
      return WEIR_STEP(flush_send_buffer, adapter);
    case 2:
      return WEIR_STEP(get_statistics, adapter);
    case 3:
      return WEIR_STEP(reset_timeout);
    case 4:
      return WEIR_STEP(toggle_process_protection, false);
    default:
      // The kernel takes its time to close what has sent.
      if (!may_start_ && adapter == 1 && random_() % 8 != 0) adapter = 0;
      return WEIR_STEP(send_packet, adapter, frame, pick({1, 1, 1, 3, 0, 1'000'001}),
                       pick({true, false}));
  }
}

#undef WEIR_STEP

}  // namespace weir::test
