// weir filter: what a filter compiles to, what it counts on each engine, and why.
#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "cli/files/files_run.h"
#include "cli/files/input.h"
#include "cli/filter/filter_program.h"
#include "cli/filter/filter_run.h"
#include "cli/units.h"

namespace weir::cli {
namespace {

struct Options {
  InputOptions input;
  SandboxOptions sandbox;
  std::string link_type;
  std::string form;
  std::string why;
  bool json = false;
};

void declare(CLI::App& app, Options& options) {
  options.input.declare(app);
  options.sandbox.declare(app);
  app.add_option("--link", options.link_type,
                 "without FILE: compile for this link type, a LINKTYPE name or number (EN10MB)")
      ->type_name("TYPE");
  app.add_option(
         "--emit", options.form,
         "without FILE: show the program as bpf (as tcpdump -d, the default), bytes (-ddd), "
         "c (-dd), ebpf or asm")
      ->type_name("FORM");
  app.add_option("--why", options.why,
                 "with one FILE: which term of the filter decided about its packet N, from 1")
      ->type_name("N");
  app.add_flag("--json", options.json, "one JSON object");
  app.footer(
      "examples:\n"
      "  weir filter 'tcp port 443'                 what it compiles to, as tcpdump -d\n"
      "  weir filter 'tcp port 443' --emit asm      the machine code that runs here\n"
      "  weir filter 'tcp port 443' trace.pcap      how many match, ns on each engine\n"
      "  weir filter 'tcp port 443' trace.pcap --why 7\n"
      "  weir filter 'ip6' --link LINUX_SLL2");
}

ExitCode show_program(const Options& options, const Input& input) {
  const filter::FilterOptions filter = options.input.filter();
  if (!options.why.empty()) throw UsageError{"--why needs a FILE"};
  if (filter.engine != filter::Engine::best) throw UsageError{"--engine needs a FILE"};
  if (input.merge || !input.times.is_everything()) {
    throw UsageError{"--merge, --since and --until need a FILE"};
  }
  print_program({.filter = input.filter,
                 .allow_names = filter.allow_names,
                 .link_type = options.link_type.empty() ? "EN10MB" : options.link_type,
                 .form = options.form.empty() ? "bpf" : options.form,
                 .json = options.json});
  return ExitCode::done;
}

ExitCode explain(const Options& options, const FilesRunOptions& run, FileSandbox& sandbox) {
  const std::uint64_t number = parse_count(options.why, "--why");
  if (number == 0) throw UsageError{"--why: packets are numbered from 1"};
  if (run.filter.engine != filter::Engine::best) throw UsageError{"--why excludes --engine"};
  if (!run.input.times.is_everything()) {
    throw UsageError{"--why excludes --since and --until: it is about any packet"};
  }
  const auto files = expand(run.input.files);
  if (files.size() != 1) throw UsageError{"--why: one FILE, not several"};
  return explain_packet(run, files.front(), number, sandbox);
}

}  // namespace

ExitCode run_filter(const Words& words) {
  CLI::App app{"Shows what a filter compiles to, counts what it matches, and tells why.",
               "weir filter [OPTIONS] EXPR [FILE...]"};
  Options options;
  declare(app, options);
  const Input input = options.input.resolve_filter_first(parse_options(app, words));
  if (input.files.empty()) return show_program(options, input);
  if (!options.link_type.empty()) throw UsageError{"--link: a FILE says itself what it holds"};
  if (!options.form.empty()) throw UsageError{"--emit: only without FILE"};
  FileSandbox sandbox{options.sandbox, error_style(words)};
  const FilesRunOptions run{.reader = sandbox.reader(options.input.reader()),
                            .input = input,
                            .filter = options.input.filter(),
                            .errors = error_style(words)};
  return options.why.empty() ? count_matches(run, expand(input.files), sandbox)
                             : explain(options, run, sandbox);
}

}  // namespace weir::cli
