// Declares and reads the flow group of options.
#include "cli/output/flow_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <random>

#include "cli/exit_code.h"
#include "cli/units.h"
#include "weir/memory/huge_pages.h"

namespace weir::cli {
namespace {

/// Traffic may be hostile, so where flows lie in the table must not be guessable.
flow::HashKey random_key() {
  std::random_device device;
  flow::HashKey key;
  for (std::uint64_t& word : key.words) word = std::uint64_t{device()} << 32 | device();
  return key;
}

}  // namespace

void FlowOptions::declare(CLI::App& app) {
  decode_.declare(app);
  constexpr const char* group = "Flows";
  constexpr const char* duration = "DURATION";
  app.add_option("--idle", idle_, "silence that ends a flow (600s); 0 is off")
      ->type_name(duration)
      ->group(group);
  app.add_option("--active", active_, "age that cuts a flow in two (0, off)")
      ->type_name(duration)
      ->group(group);
  app.add_option("--fin", fin_, "silence that ends a closed or reset TCP flow (30s); 0 is off")
      ->type_name(duration)
      ->group(group);
  app.add_flag("--vlan", vlan_, "VLAN identifiers are part of the key")->group(group);
  app.add_flag("--inner", inner_, "key on the innermost IP header, not the outermost")
      ->group(group);
  app.add_option("--fragments", fragments_,
                 "join: fragments belong to the flow of their first (default); separate: to one "
                 "with ports 0")
      ->type_name("join|separate")
      ->group(group);
  app.add_option("--max-flows", max_flows_,
                 "flows held at most; then those that are over, unanswered or unused longest make "
                 "room (2097152)")
      ->type_name("N")
      ->group(group);
}

flow::TrackerOptions FlowOptions::tracker() const {
  const std::uint64_t max_flows = parse_count(max_flows_, "--max-flows");
  if (max_flows == 0 || max_flows > std::uint64_t{1} << 30) {
    throw UsageError{"--max-flows: between 1 and 1Gi"};
  }
  if (fragments_ != "join" && fragments_ != "separate") {
    throw UsageError{"--fragments: join or separate, not " + fragments_};
  }
  flow::TrackerOptions options;
  options.idle = parse_duration(idle_, "--idle");
  options.active = parse_duration(active_, "--active");
  options.fin = parse_duration(fin_, "--fin");
  options.max_flows = static_cast<std::uint32_t>(max_flows);
  options.vlan = vlan_;
  options.inner = inner_;
  options.fragments = fragments_ == "join" ? flow::Fragments::join : flow::Fragments::separate;
  options.hash_key = random_key();
  options.memory = &memory::huge_pages();
  options.decoders = decode_.decoders();
  return options;
}

std::string FlowOptions::text() const {
  const flow::TrackerOptions options = tracker();
  return fmt::format("idle={}ns active={}ns fin={}ns max-flows={} vlan={} inner={} fragments={}",
                     options.idle.count(), options.active.count(), options.fin.count(),
                     options.max_flows, vlan_, inner_, fragments_) +
         decode_.text();
}

}  // namespace weir::cli
