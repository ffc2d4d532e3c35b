// Declares the options and makes a gate's options of them.
#include "cli/gate/gate_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <utility>

#include "cli/altitude.h"
#include "cli/gate/gate_policies.h"
#include "cli/live/live_options.h"
#include "cli/units.h"

namespace weir::cli {
namespace {

CLI::Option* each(CLI::Option* option) {
  return option->expected(1)->take_all()->allow_extra_args(false);
}

/// "any" is all of them, those that come later too.
std::vector<std::string> adapters_of(const std::vector<std::string>& words) {
  if (words.empty()) throw UsageError{"name the adapter with -i; \"any\" is all of them"};
  if (std::ranges::find(words, "any") == words.end()) return adapters_named(words);
  if (words.size() > 1) throw UsageError{"-i: any is all of them"};
  return {};
}

gate::Segments segments_of(const std::string& word) {
  if (word == "segment") return gate::Segments::cut;
  if (word == "keep") return gate::Segments::keep;
  throw UsageError{"--gso: segment or keep, not " + word};
}

}  // namespace

void GateOptions::declare(CLI::App& app) {
  each(app.add_option("-i,--interface", adapters_,
                      "the adapter, or its number (repeatable); \"any\" is all of them, those that "
                      "come later too"))
      ->type_name("IF")
      ->group("Input");
  auto* rules = each(app.add_option("--rule", rules_,
                                    "a rule (repeatable); the first that matches "
                                    "decides, those that pass come first"))
                    ->type_name("RULE")
                    ->group("Input");
  app.add_option("-f,--rules", file_,
                 "read the rules from this file, one a line; SIGHUP has it "
                 "read again")
      ->type_name("FILE")
      ->excludes(rules)
      ->group("Input");
  each(app.add_option("--policy", policies_,
                      "what happens to packets that no verdict reaches in time: open (they go on, "
                      "the default), closed, or CAUSE=open|closed (repeatable)"))
      ->type_name("POLICY");
  app.add_option("--deadline", deadline_, "how long a packet is held at most (1s); 0: for ever")
      ->type_name("TIME");
  app.add_option("--gso", segments_,
                 "segment (the default): packets are held as the wire carries them; keep: TCP that "
                 "is segmented later is held in one piece")
      ->type_name("HOW");
  app.add_option("--altitude", altitude_,
                 "where among other gates: what leaves runs from high to low (0)")
      ->type_name("N");
  app.add_option("--for", duration_, "end after this long")->type_name("TIME");
  app.add_flag("--dry-run", dry_run_, "rules count, and do nothing else");
  app.add_option("--confirm", confirm_, "take the rules away again unless Enter is pressed in time")
      ->type_name("TIME");
  app.add_option("--interval", interval_, "how often counters are told (1s)")->type_name("TIME");
  app.add_option("--log", log_,
                 "add a JSON line to this file for each packet that is held, dropped "
                 "or notified; - is standard output")
      ->type_name("FILE");
  app.add_flag("--json", json_, "counters as JSON, each interval and at the end");
  sandbox_.declare(app);
  app.footer(
      "rules:\n"
      "  pass|accept|drop|notify|hold in|out|any [on IF] [len MIN..MAX] [CHANGES]\n"
      "    [: FILTER]\n"
      "  CHANGES, of hold: set ttl N; set dport N; set dst ADDR; delay TIME\n"
      "\n"
      "examples:\n"
      "  weir gate -i eth0 --rule 'drop in : udp port 53'\n"
      "  weir gate -i eth0 --rule 'hold out set dst 192.0.2.9 : udp port 53'\n"
      "  weir gate -i any --rule 'hold any delay 20ms : tcp port 443' --for 30s\n"
      "  weir gate -i eth0 -f my.rules --confirm 60s --log dropped.json\n"
      "  weir gate -i eth0 -f my.rules --dry-run --json\n"
      "\n"
      "SIGHUP reads the rules again, SIGUSR1 tells the counters.");
}

gate::GateOptions GateOptions::gate() const {
  gate::GateOptions gate{.adapters = adapters_of(adapters_),
                         .altitude = parse_altitude(altitude_),
                         .policies = parse_policies(policies_),
                         .segments = segments_of(segments_),
                         .counts_only = dry_run_};
  if (!deadline_.empty()) gate.deadline = parse_duration(deadline_, "--deadline");
  return gate;
}

GateRunOptions GateOptions::resolve() const {
  if (rules_.empty() && file_.empty()) throw UsageError{"no rules: --rule RULE or -f FILE"};
  if (dry_run_ && !log_.empty())
    throw UsageError{"--log: with --dry-run nothing is dropped or held"};
  if (dry_run_ && !confirm_.empty()) throw UsageError{"--confirm: --dry-run changes nothing"};
  if (!confirm_.empty() && file_ == "-") {
    throw UsageError{
        "--confirm: standard input is where Enter is waited for, so rules cannot come "
        "from there"};
  }
  GateRunOptions run{.gate = gate(),
                     .rules = {rules_, file_},
                     .tells_intervals = !interval_.empty(),
                     .log = log_,
                     .json = json_,
                     .sandbox = sandbox_};
  if (!interval_.empty()) run.interval = parse_time_span(interval_, "--interval");
  if (!duration_.empty()) run.duration = parse_time_span(duration_, "--for");
  if (!confirm_.empty()) run.confirm = parse_time_span(confirm_, "--confirm");
  return run;
}

}  // namespace weir::cli
