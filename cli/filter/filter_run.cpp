// Runs a filter over files on several engines, and explains single packets.
#include "cli/filter/filter_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "cli/filter/input_filter.h"
#include "cli/json_line.h"
#include "cli/note.h"
#include "cli/output/standard_output.h"
#include "weir/filter/caret.h"
#include "weir/filter/explain.h"

namespace weir::cli {
namespace {

using Json = nlohmann::ordered_json;

/// One engine, what it matched and how long it took.
class Measurement {
 public:
  Measurement(const NamedEngine& engine, const filter::Filter& filter)
      : engine_{engine}, filter_{filter.on_engine(engine.engine, engine.interpreter)} {}

  void prepare() { prepare_usual(filter_, engine_.engine == filter::Engine::jit); }

  void count(std::span<const Packet> packets) {
    const auto before = std::chrono::steady_clock::now();
    matches_ += filter_.count(packets);
    elapsed_ += std::chrono::steady_clock::now() - before;
    packets_ += packets.size();
  }

  [[nodiscard]] const char* name() const noexcept { return engine_.name; }
  [[nodiscard]] std::uint64_t matches() const noexcept { return matches_; }
  [[nodiscard]] double nanoseconds_per_packet() const noexcept {
    const auto time = std::chrono::duration<double, std::nano>(elapsed_).count();
    return time / static_cast<double>(std::max<std::uint64_t>(packets_, 1));
  }

 private:
  NamedEngine engine_;
  filter::Filter filter_;
  std::uint64_t matches_ = 0;
  std::uint64_t packets_ = 0;
  std::chrono::steady_clock::duration elapsed_{};
};

/// The engines to measure; of all, those that cannot run the filter are told and left out.
std::vector<Measurement> measurements(const FilesRunOptions& options,
                                      const filter::Filter& filter) {
  const bool is_one = options.filter.engine != filter::Engine::best;
  std::vector<Measurement> all;
  for (const NamedEngine& named : named_engines) {
    const bool is_it =
        named.engine == options.filter.engine && named.interpreter == options.filter.interpreter;
    if (is_one && !is_it) continue;
    try {
      all.emplace_back(named, filter);
    } catch (const Error& error) {
      if (is_one || error.code() != ErrorCode::invalid_argument) throw;
      tell({.kind = "engine_unavailable", .message = error.what()}, options.errors);
    }
  }
  return all;
}

void check_agreement(const std::vector<Measurement>& measured, std::uint64_t matches) {
  const bool agree = std::ranges::all_of(
      measured, [matches](const Measurement& one) { return one.matches() == matches; });
  if (agree) return;
  std::string counts;
  for (const Measurement& one : measured)
    counts += fmt::format(", {} {}", one.name(), one.matches());
  throw std::runtime_error{fmt::format(
      "the engines differ, which is a bug of weir: {} packets match{}", matches, counts)};
}

void print_counts(const FilesRunOptions& options, const std::vector<Measurement>& measured,
                  std::uint64_t packets, std::uint64_t matches) {
  if (options.errors == ErrorStyle::json) {
    Json line{{"type", "filter"},
              {"filter", options.input.filter},
              {"packets", packets},
              {"matches", matches},
              {"engines", Json::array()}};
    for (const Measurement& one : measured) {
      line["engines"].push_back({{"engine", one.name()},
                                 {"matches", one.matches()},
                                 {"ns_per_packet", one.nanoseconds_per_packet()}});
    }
    print_json_line(line);
    return;
  }
  std::string text = fmt::format("{} of {} packets match\n\n{:<11}  {:>12}  {:>9}\n", matches,
                                 packets, "ENGINE", "MATCHES", "NS/PACKET");
  for (const Measurement& one : measured) {
    text += fmt::format("{:<11}  {:>12}  {:>9.1f}\n", one.name(), one.matches(),
                        one.nanoseconds_per_packet());
  }
  write_standard_output(text);
}

/// What terms by themselves are compiled with; it is loaded by a first look-up.
std::vector<std::string> name_tables(const std::string& expression) {
  try {
    static_cast<void>(filter::compile(expression, LinkType::ethernet, {.allow_names = true}));
  } catch (const FilterError&) {  // NOLINT(bugprone-empty-catch): the packet may be of another type
  }
  return {"/etc/services", "/etc/protocols", "/etc/ethers", "/etc/hosts", "/etc/nsswitch.conf"};
}

/// Why a term that did not match may not mean what it says: words before it moved the offsets.
std::string note_on_offsets(const filter::Term& term, std::span<const filter::Term> terms) {
  if (term.moved_by.empty() || term.value == filter::TermValue::matched) return "";
  const bool is_same = term.unmoved_value == term.value;
  std::string words;
  for (const std::size_t index : term.moved_by) {
    words += fmt::format("{}\"{}\"", words.empty() ? "" : ", ", terms[index].text);
  }
  const bool is_one = term.moved_by.size() == 1;
  const bool is_known = term.unmoved_value != filter::TermValue::not_evaluated;
  return fmt::format(" behind {}, which {} the offsets of all that follows", words,
                     is_one ? "moves" : "move") +
         (is_same || !is_known ? ""
                               : fmt::format("; without {} it is {}", is_one ? "that" : "those",
                                             name(term.unmoved_value)));
}

/// What is said below the term that decided.
std::string note_on(const filter::Term& term, std::span<const filter::Term> terms,
                    const std::string& expression) {
  const bool inherits = term.text != expression.substr(term.position, term.length);
  const std::string offsets = note_on_offsets(term, terms);
  if (term.value != filter::TermValue::refused) {
    return std::string{name(term.value)} + (inherits ? " (" + term.text + ')' : "") + offsets;
  }
  return "the packet ends before what " + term.text + " reads" +
         (term.divides ? ", or it divides by 0" : "") + offsets;
}

std::string text_of(const filter::Explanation& explanation, const std::string& expression,
                    std::uint64_t number) {
  std::string text =
      fmt::format("packet {} {}\n", number, explanation.matches ? "matches" : "does not match");
  if (!explanation.decided) {
    return text + "which term decided cannot be told: one by one they say otherwise\n";
  }
  const filter::Term& term = explanation.terms[*explanation.decided];
  return text + filter::underlined(expression, term.position, term.length,
                                   note_on(term, explanation.terms, expression));
}

Json json_of(const filter::Explanation& explanation, const std::string& expression,
             const std::string& path, std::uint64_t number) {
  Json line{{"type", "filter"},
            {"filter", expression},
            {"file", path},
            {"number", number},
            {"match", explanation.matches}};
  if (explanation.decided) line["decided"] = *explanation.decided;
  line["terms"] = Json::array();
  for (const filter::Term& term : explanation.terms) {
    line["terms"].push_back({{"position", term.position},
                             {"length", term.length},
                             {"text", term.text},
                             {"value", name(term.value)}});
    if (term.moved_by.empty()) continue;
    line["terms"].back()["moved_by"] = term.moved_by;
    line["terms"].back()["unmoved_value"] = name(term.unmoved_value);
  }
  return line;
}

}  // namespace

ExitCode count_matches(const FilesRunOptions& options, const std::vector<InputFile>& files,
                       FileSandbox& sandbox) {
  FilesRun run{options};
  std::vector<Measurement> measured = measurements(options, run.filter());
  if (sandbox.is_wanted()) std::ranges::for_each(measured, &Measurement::prepare);
  run.confine(sandbox, {.inputs = files});
  std::uint64_t packets = 0;
  std::uint64_t matches = 0;
  const ExitCode exit = run.run(files, [&](const CommandBatch& batch) {
    // That the run itself has filtered the batch leaves every engine with the packets in the cache.
    packets += batch.in_window.size();
    matches += batch.packets.size();
    for (Measurement& one : measured) one.count(batch.in_window);
    return true;
  });
  check_agreement(measured, matches);
  if (run.captures() != 0) print_counts(options, measured, packets, matches);
  return exit;
}

ExitCode explain_packet(const FilesRunOptions& options, const InputFile& file, std::uint64_t number,
                        FileSandbox& sandbox) {
  const std::string& expression = options.input.filter;
  FilesRunOptions unfiltered = options;
  unfiltered.input.filter.clear();
  FilesRun run{unfiltered};
  run.confine(sandbox, {.inputs = {file}, .readable = name_tables(expression)});
  bool is_found = false;
  const ExitCode exit = run.run({file}, [&](const CommandBatch& batch) {
    const std::uint64_t index = number - batch.first_number;
    if (index >= batch.unfiltered.size()) return true;
    is_found = true;
    const auto explanation = filter::explain(expression, batch.unfiltered[index],
                                             {.allow_names = options.filter.allow_names});
    if (options.errors == ErrorStyle::json) {
      print_json_line(json_of(explanation, expression, batch.path(index), number));
    } else {
      write_standard_output(text_of(explanation, expression, number));
    }
    return false;
  });
  if (is_found || exit != ExitCode::done) return exit;
  throw Error{ErrorCode::invalid_argument,
              fmt::format("--why {}: {} has {} packets", number, file.path, run.packets())};
}

}  // namespace weir::cli
