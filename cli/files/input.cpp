// Sorts words into files and filter.
#include "cli/files/input.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <span>

#include "cli/exit_code.h"
#include "weir/error.h"

namespace weir::cli {
namespace {

namespace fs = std::filesystem;

bool exists(const std::string& path) {
  std::error_code problem;
  return fs::exists(fs::status(path, problem));
}

bool is_later_file(const std::string& word) {
  return word == "-" || (word.find_first_of("./") != std::string::npos && exists(word));
}

/// The first word of a filter, if it could as well have been meant as a file.
std::string doubtful_word(std::span<const std::string> filter) {
  if (filter.empty() || filter[0].find_first_of(" ()[]") != std::string::npos) return {};
  const bool is_path = filter[0].find_first_of("./") != std::string::npos;
  return is_path || filter.size() == 1 ? filter[0] : std::string{};
}

/// A word that is to be a file, but more likely is the rest of an unquoted filter.
void check_is_no_filter_word(const std::string& word) {
  if (word == "-" || word.find_first_of("./") != std::string::npos || exists(word)) return;
  throw UsageError{"no such file: " + word + "; the filter is one word: quote it"};
}

}  // namespace

void InputOptions::declare(CLI::App& app) {
  app.add_option("-r,--read", read_files_,
                 "read this file (repeatable); then every word belongs to the filter")
      ->type_name("FILE")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false)
      ->group("Input");
  filter_.declare(app);
  filter_.declare_engine(app);
  app.add_flag("--skip-damaged", skip_damaged_,
               "go on behind damage in a file and count what was passed over")
      ->group("Input");
  auto* follow =
      app.add_flag("--follow", follow_, "wait at the end of the file for what is appended to it")
          ->group("Input");
  app.add_flag("--merge", merge_, "all files as one, ordered by time")
      ->excludes(follow)
      ->group("Input");
  app.add_option("--since", since_,
                 "packets of this time or later: 2026-11-20T08:30:00.5Z, 2026-11-20 08:30 (local), "
                 "08:30 (of the first packet's day), -5m (before the end), or seconds since 1970")
      ->type_name("TIME")
      ->group("Input");
  app.add_option("--until", until_, "packets before this time")->type_name("TIME")->group("Input");
}

Input InputOptions::resolve(const std::vector<std::string>& words) const {
  Input input{.files = read_files_};
  const auto end_of_files = std::find(words.begin(), words.end(), "--");
  std::vector<std::string> plain{words.begin(), end_of_files};
  const std::size_t may_be_files = plain.size();
  if (end_of_files != words.end()) plain.insert(plain.end(), end_of_files + 1, words.end());
  std::size_t next = 0;
  if (read_files_.empty()) {
    while (next < plain.size() &&
           (next == 0 || (next < may_be_files && is_later_file(plain[next])))) {
      input.files.push_back(plain[next++]);
    }
  }
  if (input.files.empty()) throw UsageError{"no capture file given"};
  const auto filter = std::span<const std::string>{plain}.subspan(next);
  if (read_files_.empty() && next < may_be_files) input.doubtful_word = doubtful_word(filter);
  input.filter = filter_.text(filter, input.doubtful_word);
  choose_packets(input);
  return input;
}

Input InputOptions::resolve_filter_first(const std::vector<std::string>& words) const {
  std::vector<std::string> plain = words;
  std::erase(plain, "--");
  Input input{.files = read_files_};
  if (filter_.from_file()) {
    input.filter = filter_.text({});
  } else if (plain.empty()) {
    throw UsageError{"no filter given"};
  } else {
    input.filter = plain.front();
    plain.erase(plain.begin());
  }
  for (const std::string& word : plain) check_is_no_filter_word(word);
  input.files.insert(input.files.end(), plain.begin(), plain.end());
  choose_packets(input);
  return input;
}

void InputOptions::choose_packets(Input& input) const {
  std::error_code problem;
  if (follow_ && (input.files.size() != 1 || fs::is_directory(input.files[0], problem))) {
    throw UsageError{"--follow: one FILE, whose end is waited at"};
  }
  input.merge = merge_;
  input.times = {since_, until_};
  if (follow_ && input.times.window().needs_end()) {
    throw UsageError{"--follow: the file has no end yet that --since and --until could count from"};
  }
}

std::string InputOptions::text() const {
  std::string text = WantedTimes{since_, until_}.text();
  if (merge_) text += " merge=true";
  if (follow_) text += " follow=true";
  return text;
}

}  // namespace weir::cli
