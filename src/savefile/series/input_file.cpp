// Walks directories.
#include "weir/savefile/input_file.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "sys/file_descriptor.h"
#include "weir/savefile/reader.h"

namespace weir::savefile {
namespace {

namespace fs = std::filesystem;

/// Adds what is in a directory; directories below it are added to `open`.
void list(const std::string& directory, std::vector<std::string>& files,
          std::vector<std::string>& open) {
  std::error_code problem;
  fs::directory_iterator entry{directory, problem};
  for (; !problem && entry != fs::directory_iterator{}; entry.increment(problem)) {
    std::error_code ignored;
    const bool is_link = entry->is_symlink(ignored);
    if (entry->is_regular_file(ignored)) {
      files.push_back(entry->path().string());
    } else if (!is_link && entry->is_directory(ignored)) {
      open.push_back(entry->path().string());
    }
  }
  if (problem) files.push_back(directory);
}

/// Every file below a directory, and the directories that could not be read.
std::vector<std::string> files_below(const std::string& directory) {
  std::vector<std::string> files;
  std::vector<std::string> open{directory};
  while (!open.empty()) {
    const std::string next = std::move(open.back());
    open.pop_back();
    list(next, files, open);
  }
  std::ranges::sort(files);
  return files;
}

InputFile input_file(std::string path, std::string directory = {}) {
  InputFile file{.path = std::move(path), .directory = std::move(directory)};
  std::error_code problem;
  if (file.path != "-" && fs::is_regular_file(file.path, problem)) {
    const auto size = fs::file_size(file.path, problem);
    if (!problem) file.size = size;
  }
  return file;
}

}  // namespace

std::vector<InputFile> expand(const std::vector<std::string>& paths) {
  std::vector<InputFile> expanded;
  for (const std::string& path : paths) {
    sys::check_path(path);
    std::error_code problem;
    if (path == "-" || !fs::is_directory(path, problem)) {
      expanded.push_back(input_file(path));
      continue;
    }
    std::vector<std::string> found = files_below(path);
    if (found.empty()) {
      expanded.push_back(input_file(path, path));
    } else if (found[0] == path) {
      expanded.push_back(input_file(path));
    } else {
      for (std::string& file : found) expanded.push_back(input_file(std::move(file), path));
    }
  }
  return expanded;
}

Reader open_input(const InputFile& file, const ReaderOptions& options) {
  if (file.memory) return Reader::memory(*file.memory, options);
  if (file.descriptor) return Reader::descriptor(*file.descriptor, file.path, options);
  return file.path == "-" ? Reader::standard_input(options) : Reader{file.path, options};
}

bool is_stream(const InputFile& file) {
  if (file.memory) return false;
  std::error_code problem;
  return file.descriptor || file.path == "-" || fs::is_fifo(file.path, problem);
}

}  // namespace weir::savefile
