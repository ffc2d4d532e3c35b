// Sorts words into files and filter, and walks directories.
#include "input.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "exit_code.h"
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

/// A single word that looks like a path, but names nothing: more likely a typing error.
bool looks_like_path(const std::string& word) {
  if (word.find('/') != std::string::npos && word.find_first_of(" ()[]") == std::string::npos) {
    return word.front() == '/' || word.front() == '.';
  }
  static constexpr std::string_view suffixes[] = {".pcap", ".pcapng", ".cap", ".gz", ".pcpa"};
  return std::any_of(std::begin(suffixes), std::end(suffixes),
                     [&](std::string_view suffix) { return word.ends_with(suffix); });
}

std::string join(const std::vector<std::string>& words, std::size_t first) {
  std::string text;
  for (std::size_t i = first; i < words.size(); ++i) {
    if (!text.empty()) text += ' ';
    text += words[i];
  }
  return text;
}

std::string read_filter_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) throw SystemError{errno, "open filter file " + path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

void InputOptions::declare(CLI::App& app) {
  app.add_option("-r,--read", read_files_,
                 "read this file (repeatable); then every word belongs to the filter")
      ->type_name("FILE")
      ->expected(1)
      ->take_all()
      ->group("Input");
  app.add_option("-F,--filter-file", filter_file_, "read the filter from this file")
      ->type_name("FILE")
      ->group("Input");
  app.add_flag("--no-names", no_names_, "do not look host names in filters up")->group("Input");
}

Input InputOptions::resolve(const std::vector<std::string>& words) const {
  Input input{read_files_, {}};
  std::size_t next = 0;
  if (input.files.empty()) {
    while (next < words.size() && words[next] != "--" &&
           (input.files.empty() || is_later_file(words[next]))) {
      input.files.push_back(words[next++]);
    }
  }
  if (next < words.size() && words[next] == "--") ++next;
  if (input.files.empty()) throw UsageError{"no capture file given"};
  if (next < words.size() && next > 0 && words[next - 1] != "--" && looks_like_path(words[next])) {
    throw UsageError{"no such file, and not a filter: " + words[next]};
  }
  input.filter = join(words, next);
  if (!filter_file_.empty()) {
    if (!input.filter.empty())
      throw UsageError{"-F: there is already a filter on the command line"};
    input.filter = read_filter_file(filter_file_);
  }
  return input;
}

std::vector<InputFile> expand(const std::vector<std::string>& files) {
  std::vector<InputFile> expanded;
  for (const std::string& path : files) {
    std::error_code problem;
    if (path == "-" || !fs::is_directory(path, problem)) {
      expanded.push_back({path, false});
      continue;
    }
    std::vector<std::string> found;
    for (fs::recursive_directory_iterator entry{path, problem}, end; !problem && entry != end;
         entry.increment(problem)) {
      std::error_code ignored;
      if (entry->is_regular_file(ignored)) found.push_back(entry->path().string());
    }
    if (problem) throw SystemError{problem.value(), "read directory " + path};
    std::sort(found.begin(), found.end());
    for (std::string& file : found) expanded.push_back({std::move(file), true});
  }
  return expanded;
}

}  // namespace weir::cli
