// Declares the options and finds adapters by what they are called.
#include "live_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "adapter_text.h"
#include "capture_run.h"
#include "exit_code.h"
#include "weir/capture/adapter.h"
#include "weir/error.h"

namespace weir::cli {
namespace {

capture::Traffic traffic_of(const std::string& direction) {
  if (direction == "in") return capture::Traffic::in;
  if (direction == "out") return capture::Traffic::out;
  if (direction == "inout") return capture::Traffic::any;
  throw UsageError{"-Q: in, out or inout, not " + direction};
}

/// By name, alternative name or number, which is none where it is the name of another. What is
/// neither may be a device of libpcap's own: opening it tells.
std::string name_of(const std::string& word) {
  const std::vector<capture::Adapter> adapters = capture::adapters();
  const auto named = std::ranges::find_if(adapters, [&](const capture::Adapter& adapter) {
    return adapter.name == word || std::ranges::count(adapter.alternative_names, word) != 0;
  });
  if (named != adapters.end()) return named->name;
  const auto numbered = std::ranges::find_if(adapters, [&](const capture::Adapter& adapter) {
    return adapter.id != 0 && std::to_string(adapter.id) == word;
  });
  return numbered == adapters.end() ? word : numbered->name;
}

std::string default_name() {
  const std::vector<capture::Adapter> all = capture::adapters();
  const capture::Adapter* const adapter = capture::default_adapter(all);
  if (adapter != nullptr) return adapter->name;
  throw Error{ErrorCode::not_found, "no adapter is up and has an address: name one with -i"};
}

}  // namespace

void LiveOptions::declare(CLI::App& app) {
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

LiveInput LiveOptions::resolve() const {
  LiveInput input{.promiscuous = !not_promiscuous_, .traffic = traffic_of(direction_)};
  for (const std::string& word : adapters_) {
    const std::string name = name_of(word);
    if (std::ranges::find(input.adapters, name) != input.adapters.end()) {
      throw UsageError{"-i: twice the same adapter: " +
                       (word == name ? name : word + " is " + name)};
    }
    input.adapters.push_back(name);
  }
  if (input.adapters.empty()) input.adapters.push_back(default_name());
  add_filters(input);
  return input;
}

void LiveOptions::add_filters(LiveInput& input) const {
  for (const std::string& one : filters_) {
    const std::size_t equals = one.find('=');
    if (equals == std::string::npos) throw UsageError{"--filter-on: IF=FILTER, not " + one};
    const std::string word = one.substr(0, equals);
    const std::string name = name_of(word);
    if (std::ranges::count(input.adapters, name) == 0) {
      throw UsageError{"--filter-on: " + word + " is not captured; add -i " + word};
    }
    if (!input.filters.emplace(name, one.substr(equals + 1)).second) {
      throw UsageError{"--filter-on: two filters of " + name};
    }
  }
}

LiveFilter::LiveFilter(const std::string& common, const LiveInput& input,
                       const filter::FilterOptions& options)
    : common_{expression(common, options)} {
  for (const auto& [adapter, text] : input.filters) own_[adapter] = expression(text, options);
  if (common_.compilations && own_.size() == input.adapters.size()) {
    throw UsageError{"the filter \"" + common +
                     "\" is of no adapter: each has one of its own (--filter-on)"};
  }
}

LiveFilter::Expression LiveFilter::expression(const std::string& text,
                                              const filter::FilterOptions& options) {
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return {};
  const filter::CompileOptions compile{.allow_names = options.allow_names};
  return {text, std::make_shared<Compilations>(text, compile)};
}

const LiveFilter::Expression& LiveFilter::of(const std::string& adapter) const {
  const auto own = own_.find(adapter);
  return own == own_.end() ? common_ : own->second;
}

const std::string& LiveFilter::text(const std::string& adapter) const { return of(adapter).text; }

std::function<bpf::Program(LinkType)> LiveFilter::on(const std::string& adapter) const {
  const Expression& expression = of(adapter);
  if (!expression.compilations) return {};
  return [expression, adapter](LinkType type) {
    try {
      const filter::Compiled& compiled = expression.compilations->of(type);
      if (compiled.rejects_all) throw never_matches(expression.text);
      return compiled.program;
    } catch (const FilterError& refusal) {
      if (refusal.code() == ErrorCode::filter_syntax) throw;
      throw FilterError{refusal.code(), refusal.expression(),
                        printable(adapter) + ": " + refusal.what(), refusal.position()};
    }
  };
}

}  // namespace weir::cli
