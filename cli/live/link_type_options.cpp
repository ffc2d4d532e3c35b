// Declares and reads -L and -y.
#include "cli/live/link_type_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/exit_code.h"
#include "cli/live/permission_advice.h"
#include "cli/output/standard_output.h"
#include "weir/capture/adapter.h"
#include "weir/printable.h"

namespace weir::cli {
namespace {

/// In monitor mode only the open adapter tells.
LinkType link_type_of(const std::string& adapter, const capture::LiveOptions& live) {
  if (!live.monitor_mode) return capture::adapter(adapter).link_type;
  return opened_adapter([&] { return capture::Live{adapter, live}; }).link_type();
}

}  // namespace

void LinkTypeOptions::declare(CLI::App& app) {
  app.add_flag("-L,--list-data-link-types", lists_, "list the link type of the adapter, and end")
      ->group("Input");
  app.add_option("-y,--linktype", name_, "refuse an adapter of another link type (EN10MB)")
      ->type_name("TYPE")
      ->group("Input");
}

void LinkTypeOptions::list(const LiveInput& input, const capture::LiveOptions& live) {
  for (const std::string& adapter : input.adapters) {
    const LinkType type = link_type_of(adapter, live);
    const std::string known{name(type)};
    write_standard_output(fmt::format(
        "Data link types for {} (use option -y to set):\n  {} ({})\n", printable(adapter),
        known.empty() ? std::to_string(static_cast<unsigned>(type)) : known, description(type)));
  }
}

std::optional<LinkType> LinkTypeOptions::wanted() const {
  if (name_.empty()) return std::nullopt;
  const auto type = link_type_by_name(name_);
  if (!type) throw UsageError{"-y: no such link type: " + name_};
  return type;
}

}  // namespace weir::cli
