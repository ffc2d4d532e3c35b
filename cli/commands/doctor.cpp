// weir doctor: what stands in the way of a capture here, and the remedy.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

#include "cli/commands/commands.h"
#include "cli/doctor/doctor_finding.h"
#include "cli/json_line.h"
#include "cli/output/standard_output.h"
#include "weir/printable.h"

namespace weir::cli {
namespace {

const char* name_of(Health health) noexcept {
  switch (health) {
    case Health::ok:
      return "ok";
    case Health::note:
      return "note";
    case Health::problem:
      return "problem";
  }
  return "";
}

void print_json(const Finding& finding) {
  nlohmann::ordered_json line{{"type", "finding"},
                              {"topic", finding.topic},
                              {"subject", finding.subject},
                              {"status", name_of(finding.health)},
                              {"message", finding.message}};
  if (!finding.remedy.empty()) line["remedy"] = finding.remedy;
  print_json_line(line);
}

/// Each line of `text` behind as many blanks.
std::string indented(std::string_view text, std::size_t blanks) {
  std::string lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.append(blanks, ' ').append(text.substr(0, end)) += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// Under a heading for each topic; each remedy once.
std::string text_of(const Findings& findings) {
  std::string text;
  std::string_view topic;
  std::set<std::string_view> told;
  for (const Finding& finding : findings) {
    if (topic != finding.topic) {
      text += fmt::format("{}{}\n", topic.empty() ? "" : "\n", finding.topic);
      topic = finding.topic;
    }
    text += fmt::format("  {:8}{}: {}\n", name_of(finding.health), printable(finding.subject),
                        printable(finding.message));
    if (!finding.remedy.empty()) {
      text += indented(told.insert(finding.remedy).second ? finding.remedy : "as above", 12);
    }
  }
  return text;
}

Findings all_findings() {
  const KernelFeatures features = kernel_features();
  Findings all = look_at_rights(features);
  for (Findings more : {look_at_backends(features), look_at_kernel(features), look_at_adapters(),
                        look_at_resources()}) {
    all.insert(all.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
  }
#ifdef WEIR_WITH_GATE
  for (Finding& finding : look_at_gate(features)) {
    // Behind the last of its topic.
    auto place = all.end();
    while (place != all.begin() && std::string_view{(place - 1)->topic} != finding.topic) --place;
    all.insert(place, std::move(finding));
  }
#endif
  return all;
}

}  // namespace

ExitCode run_doctor(const Words& words) {
  CLI::App app{"Tells what stands in the way of a capture here, and what to do about it.",
               "weir doctor [OPTIONS]"};
  bool json = false;
  app.add_flag("--json", json, "print one JSON object for each finding");
  app.footer(
      "Needs no rights and changes nothing; tells what holds for whoever runs it. Exits with 0\n"
      "whatever it finds.\n\n"
      "examples:\n"
      "  weir doctor\n"
      "  weir doctor --json | jq 'select(.status == \"problem\")'");
  if (!parse_options(app, words).empty()) throw UsageError{"doctor: takes options only"};
  const Findings findings = all_findings();
  if (json) {
    for (const Finding& finding : findings) print_json(finding);
  } else {
    write_standard_output(text_of(findings));
  }
  return ExitCode::done;
}

}  // namespace weir::cli
