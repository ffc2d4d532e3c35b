// Makes file names of times and numbers, and finds those an earlier run left.
#include "savefile/series/file_names.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <filesystem>
#include <utility>

#include "weir/error.h"
#include "weir/local_time.h"
#include "weir/savefile/format.h"

namespace weir::savefile {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t digits = 5;  // at least

std::tm local_time(std::chrono::sys_seconds time) noexcept {
  const std::time_t seconds = time.time_since_epoch().count();
  std::tm parts{};
  localtime_r(&seconds, &parts);
  return parts;
}

/// Where the endings of a path begin, to be kept behind a number: ".pcap.gz".
std::size_t endings_of(const std::string& path) {
  const std::size_t base = path.rfind('/') + 1;  // 0 without a slash
  std::size_t dot = path.rfind('.');
  if (dot == std::string::npos || dot <= base) return path.size();
  if (file_type(std::string_view{path}.substr(dot)).compression != Compression::none) {
    const std::size_t inner = path.rfind('.', dot - 1);
    if (inner != std::string::npos && inner > base) dot = inner;
  }
  return dot;
}

std::string with_time(const std::string& pattern, std::chrono::sys_seconds time) {
  const std::tm parts = local_time(time);
  std::string text(pattern.size() * 4 + 256, '\0');
  text.resize(std::strftime(text.data(), text.size(), pattern.c_str(), &parts));
  if (text.empty()) {
    throw Error{ErrorCode::invalid_argument, pattern + ": too long a name for strftime"};
  }
  return text;
}

/// The number in a name of the series, finished or not.
std::optional<std::uint64_t> number_in(std::string_view name, std::string_view stem,
                                       std::string_view ending) noexcept {
  if (name.ends_with(part_ending)) name.remove_suffix(part_ending.size());
  if (name.size() < stem.size() + 1 + digits + ending.size()) return std::nullopt;
  if (!name.starts_with(stem) || !name.ends_with(ending)) return std::nullopt;
  name.remove_prefix(stem.size());
  name.remove_suffix(ending.size());
  if (name.front() != '-') return std::nullopt;
  name.remove_prefix(1);
  std::uint64_t number = 0;
  const auto [rest, wrong] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (wrong != std::errc{} || rest != name.data() + name.size()) return std::nullopt;
  return number;
}

bool exists(const std::string& path) {
  std::error_code problem;
  return fs::exists(fs::symlink_status(path, problem));
}

/// The same for each spelling of a path; a symbolic link at its end is not followed.
std::string place_of(const fs::path& path) {
  std::error_code problem;
  const fs::path folder = fs::weakly_canonical(fs::absolute(path, problem).parent_path(), problem);
  return (folder / path.filename()).string();
}

}  // namespace

FileNames::FileNames(std::string path, Rotate rotate, std::span<const std::string> keep)
    : path_{std::move(path)},
      has_time_{rotate != Rotate::not_by_time && path_.find('%') != std::string::npos},
      is_numbered_{!has_time_ || rotate != Rotate::only_by_time} {
  for (const std::string& kept : keep) {
    keep_.insert(place_of(kept));
    std::error_code problem;
    const fs::path target = fs::canonical(kept, problem);
    if (!problem) keep_.insert(target.string());
  }
  if (!has_time_) look_for_earlier();
}

std::string FileNames::numbered(const std::string& path, std::uint64_t number) const {
  const std::string text = std::to_string(number);
  const std::size_t endings = endings_of(path);
  return path.substr(0, endings) + '-' + std::string(digits - std::min(digits, text.size()), '0') +
         text + path.substr(endings);
}

std::string FileNames::next(std::chrono::sys_seconds time, const LocalPeriod& period) {
  const std::string plain = has_time_ ? with_time(path_, time) : path_;
  if (!is_numbered_ && !is_taken(plain, period)) {
    number_ = 0;
    return last_ = plain;
  }
  if (!is_numbered_ && plain != last_) number_ = 0;
  last_ = plain;
  std::string name;
  do {
    name = numbered(plain, ++number_);
  } while (exists(name) || exists(part_name(name)));
  return name;
}

// Written by this run, left unfinished, to be kept, or finished within this very period by a run
// before. A name that comes again because its hour does is not taken: such series replace their
// oldest.
bool FileNames::is_taken(const std::string& path, const LocalPeriod& period) {
  const auto local = period.start.time_since_epoch() + utc_offset(period.start);
  const bool goes_back = local <= std::exchange(latest_, std::max(latest_, local));
  if (path == last_ || exists(part_name(path)) || is_kept(path)) return true;
  if (goes_back && exists(path)) return true;
  std::error_code problem;
  const auto modified = fs::last_write_time(path, problem);
  if (problem) return false;
  const auto written = std::chrono::file_clock::to_sys(modified);
  return period.holds(std::chrono::floor<std::chrono::seconds>(written));
}

bool FileNames::is_kept(const std::string& path) const {
  return !keep_.empty() && keep_.contains(place_of(path));
}

void FileNames::look_for_earlier() {
  const fs::path whole{path_};
  const std::string base = whole.filename().string();
  const std::string_view stem = std::string_view{base}.substr(0, endings_of(base));
  const std::string_view ending = std::string_view{base}.substr(stem.size());
  const bool has_folder = whole.has_parent_path();
  std::vector<std::pair<std::uint64_t, std::string>> found;
  std::error_code problem;
  fs::directory_iterator entry{has_folder ? whole.parent_path() : fs::path{"."}, problem};
  for (; !problem && entry != fs::directory_iterator{}; entry.increment(problem)) {
    const fs::path name = entry->path().filename();
    const auto number = number_in(name.string(), stem, ending);
    if (number) found.emplace_back(*number, (has_folder ? entry->path() : name).string());
  }
  if (problem) throw SystemError{problem.value(), "read the directory of " + path_};
  std::sort(found.begin(), found.end());
  for (auto& [number, path] : found) {
    if (!is_kept(path)) earlier_.push_back(std::move(path));
  }
  if (!found.empty()) number_ = found.back().first;
}

}  // namespace weir::savefile
