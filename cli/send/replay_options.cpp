// Declares them, and makes of their words what the library takes.
#include "cli/send/replay_options.h"

#include <CLI/CLI.hpp>

#include "cli/exit_code.h"
#include "cli/filter/input_filter.h"
#include "cli/units.h"

namespace weir::cli {
namespace {

constexpr const char* changes = "Changes";

/// What `parse` makes of an option's text; what it does not like is named with the option.
template <class Parse>
auto of_option(const char* option, Parse parse) {
  try {
    return parse();
  } catch (const Error& error) {
    throw UsageError{std::string{option} + ": " + error.what()};
  }
}

void add_list(CLI::App& app, const char* name, std::vector<std::string>& to, const char* says,
              const char* type) {
  app.add_option(name, to, says)
      ->type_name(type)
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false)
      ->group(changes);
}

}  // namespace

void ReplayWords::declare(CLI::App& app) {
  app.add_option("--rate", rate_,
                 "recorded (the default), 2x, 10kpps (packets a second), 100mbps (bits), or top")
      ->type_name("RATE");
  app.add_option("--loop", loops_, "send it so often; 0 is for ever")->type_name("N");
  app.add_option("--for", duration_, "end after this long")->type_name("TIME");
  app.add_option("-c,--count", packets_, "end after this many packets")->type_name("N");
  app.add_option("--max-gap", max_gap_, "shorten longer gaps of the recording to this")
      ->type_name("TIME");
  app.add_flag("--preload", preloads_,
               "read everything into memory before the first packet leaves");
  app.add_option("--preload-limit", preload_limit_,
                 "memory that may take, 4Gi for instance; half of what is available otherwise")
      ->type_name("SIZE");
  app.add_option("--split", split_,
                 "with two adapters: what matches leaves through the first, the rest through the "
                 "second")
      ->type_name("FILTER");
  app.add_flag("--split-direction", splits_by_direction_,
               "with two adapters: what had come in leaves through the second, the rest through "
               "the first")
      ->excludes("--split");
  declare_changes(app);
}

void ReplayWords::declare_changes(CLI::App& app) {
  add_list(app, "--map-addr", addresses_,
           "addresses of one network become those of another (repeatable)", "A/P=B/P");
  add_list(app, "--map-port", ports_, "a port becomes another (repeatable)", "A=B");
  auto* both = app.add_option("--set-mac", macs_, "source and destination MAC, as below")
                   ->type_name("SRC,DST")
                   ->group(changes);
  app.add_option("--src-mac", source_mac_, "a MAC address; auto: the adapter's; keep")
      ->type_name("MAC")
      ->excludes(both)
      ->group(changes);
  app.add_option("--dst-mac", destination_mac_,
                 "a MAC address; auto: of the next hop to the packet's destination; keep")
      ->type_name("MAC")
      ->excludes(both)
      ->group(changes);
  app.add_option("--vlan", vlan_,
                 "N: every frame is in this VLAN; push:N adds a tag, pop takes one")
      ->type_name("CHANGE")
      ->group(changes);
  app.add_option("--ttl", ttl_, "time to live, or hop limit")->type_name("N")->group(changes);
  app.add_flag("--unique", unique_, "each loop has addresses of its own")->group(changes);
}

inject::ReplayOptions ReplayWords::resolve(const filter::FilterOptions& filters) const {
  inject::ReplayOptions options;
  options.rate = of_option("--rate", [&] { return inject::parse_rate(rate_); });
  if (!loops_.empty()) options.loops = parse_count(loops_, "--loop");
  if (!duration_.empty()) options.duration = parse_time_span(duration_, "--for");
  if (!packets_.empty()) {
    options.packets = parse_count(packets_, "-c");
    if (options.packets == 0) throw UsageError{"-c: at least 1"};
  }
  if (!max_gap_.empty()) options.max_gap = parse_duration(max_gap_, "--max-gap");
  options.preload = preloads_;
  if (!preload_limit_.empty()) {
    options.preload_limit = parse_count(preload_limit_, "--preload-limit");
    if (options.preload_limit == 0) throw UsageError{"--preload-limit: at least 1"};
    if (!preloads_ && options.loops == 1) {
      throw UsageError{"--preload-limit: without --preload nothing is kept in memory"};
    }
  }
  if (!split_.empty()) {
    options.split = {.kind = inject::Split::Kind::filter,
                     .filter = filter::Filter{split_, filters}};
  } else if (splits_by_direction_) {
    options.split.kind = inject::Split::Kind::direction;
  }
  options.rewriting = rewriting();
  return options;
}

inject::Rewriting ReplayWords::rewriting() const {
  inject::Rewriting rewriting{.unique_addresses = unique_};
  for (const std::string& mapping : addresses_) {
    of_option("--map-addr", [&] { inject::add_address_mapping(rewriting.addresses, mapping); });
  }
  for (const std::string& mapping : ports_) {
    of_option("--map-port", [&] { inject::add_port_mapping(rewriting.ports, mapping); });
  }
  std::string source = source_mac_;
  std::string destination = destination_mac_;
  if (!macs_.empty()) {
    const std::size_t comma = macs_.find(',');
    if (comma == std::string::npos) throw UsageError{"--set-mac: SRC,DST, not " + macs_};
    source = macs_.substr(0, comma);
    destination = macs_.substr(comma + 1);
    if (source.empty() || destination.empty()) {
      throw UsageError{"--set-mac: SRC,DST, each an address, auto or keep, not " + macs_};
    }
  }
  const auto mac = [&](const char* option, const std::string& text) {
    const char* const named = macs_.empty() ? option : "--set-mac";
    return of_option(named, [&] { return inject::parse_mac_change(text); });
  };
  if (!source.empty()) rewriting.source_mac = mac("--src-mac", source);
  if (!destination.empty()) rewriting.destination_mac = mac("--dst-mac", destination);
  if (!vlan_.empty()) {
    rewriting.vlan = of_option("--vlan", [&] { return inject::parse_vlan_change(vlan_); });
  }
  if (!ttl_.empty()) {
    const std::uint64_t ttl = parse_count(ttl_, "--ttl");
    if (ttl > 255) throw UsageError{"--ttl: 0 to 255"};
    rewriting.ttl = static_cast<std::uint8_t>(ttl);
  }
  return rewriting;
}

}  // namespace weir::cli
