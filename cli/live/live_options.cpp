// Declares the options and finds adapters by what they are called.
#include "cli/live/live_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "cli/exit_code.h"
#include "weir/capture/adapter.h"
#include "weir/error.h"

namespace weir::cli {
namespace {

using Adapters = std::vector<capture::Adapter>;

capture::Traffic traffic_of(const std::string& direction) {
  if (direction == "in") return capture::Traffic::in;
  if (direction == "out") return capture::Traffic::out;
  if (direction == "inout") return capture::Traffic::any;
  throw UsageError{"-Q: in, out or inout, not " + direction};
}

/// By name, alternative name or number, which is none where it is the name of another. What is
/// neither may be a device of libpcap's own: opening it tells.
std::string name_of(const std::string& word, const Adapters& adapters) {
  const auto named = std::ranges::find_if(adapters, [&](const capture::Adapter& adapter) {
    return adapter.name == word || std::ranges::count(adapter.alternative_names, word) != 0;
  });
  if (named != adapters.end()) return named->name;
  const auto numbered = std::ranges::find_if(adapters, [&](const capture::Adapter& adapter) {
    return adapter.id != 0 && std::to_string(adapter.id) == word;
  });
  return numbered == adapters.end() ? word : numbered->name;
}

/// IF=FILTER: the adapter, which is one of those captured, and its filter. Names may hold a `=`
/// too.
std::pair<std::string, std::string> split(const std::string& text,
                                          const std::vector<std::string>& captured,
                                          const Adapters& adapters) {
  const std::size_t first = text.find('=');
  if (first == 0 || first == std::string::npos) {
    throw UsageError{"--filter-on: IF=FILTER, not " + text};
  }
  for (std::size_t at = first; at != std::string::npos; at = text.find('=', at + 1)) {
    const std::string name = name_of(text.substr(0, at), adapters);
    if (std::ranges::count(captured, name) != 0) return {name, text.substr(at + 1)};
  }
  const std::string word = text.substr(0, first);
  throw UsageError{"--filter-on: " + word + " is not captured; add -i " + word};
}

std::string default_name(const Adapters& adapters) {
  const capture::Adapter* const adapter = capture::default_adapter(adapters);
  if (adapter != nullptr) return adapter->name;
  throw Error{ErrorCode::not_found, "no adapter is up and has an address: name one with -i"};
}

}  // namespace

std::vector<std::string> adapters_named(const std::vector<std::string>& words) {
  const Adapters adapters = capture::adapters();
  std::vector<std::string> names;
  for (const std::string& word : words) {
    std::string name = name_of(word, adapters);
    if (std::ranges::find(names, name) != names.end()) {
      throw UsageError{"-i: twice the same adapter: " +
                       (word == name ? name : word + " is " + name)};
    }
    names.push_back(std::move(name));
  }
  return names;
}

void LiveInputOptions::declare(CLI::App& app) {
  app.add_option("-i,--interface", adapters_,
                 "the adapter, or its number (repeatable); \"any\" is all of them")
      ->type_name("IF")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false)
      ->group("Input");
  app.add_flag("-p,--no-promiscuous", not_promiscuous_, "only what is sent to this host, or by it")
      ->group("Input");
  app.add_option("-Q,--direction", direction_, "in, out or inout (the default)")
      ->type_name("DIRECTION")
      ->group("Input");
  app.add_option("--filter-on", filters_,
                 "the filter of one adapter, in place of FILTER (repeatable)")
      ->type_name("IF=FILTER")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false)
      ->group("Input");
}

LiveInput LiveInputOptions::resolve() const {
  const Adapters adapters = capture::adapters();
  LiveInput input{.adapters = adapters_named(adapters_),
                  .promiscuous = !not_promiscuous_,
                  .traffic = traffic_of(direction_)};
  if (input.adapters.empty()) input.adapters.push_back(default_name(adapters));
  for (const std::string& one : filters_) {
    const auto [adapter, filter] = split(one, input.adapters, adapters);
    if (!input.filters.emplace(adapter, filter).second) {
      throw UsageError{"--filter-on: two filters of " + adapter};
    }
  }
  return input;
}

}  // namespace weir::cli
