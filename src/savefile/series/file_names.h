// The names of a series of capture files.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "savefile/series/local_period.h"

namespace weir::savefile {

inline constexpr std::string_view part_ending = ".part";
/// What a file is called until it is finished.
[[nodiscard]] inline std::string part_name(const std::string& path) {
  return path + std::string{part_ending};
}

/// "trace-00001.pcap.gz", "trace-20261126-1400.pcap": see RotatingWriter.
class FileNames {
 public:
  /// How files follow one another: only where it is by time a name holds conversions of
  /// strftime(3).
  enum class Rotate : std::uint8_t { not_by_time, by_time_too, only_by_time };
  /// No name is that of a file of `keep`.
  FileNames(std::string path, Rotate rotate, std::span<const std::string> keep = {});

  /// The name of the next file: of that time, in that period. No file of the name is being written;
  /// a finished one is to be replaced.
  [[nodiscard]] std::string next(std::chrono::sys_seconds time, const LocalPeriod& period);

  /// Files of the series that were there before, oldest first, without those to keep; empty if
  /// names have no numbers alone.
  [[nodiscard]] const std::vector<std::string>& earlier() const noexcept { return earlier_; }

 private:
  [[nodiscard]] std::string numbered(const std::string& path, std::uint64_t number) const;
  [[nodiscard]] bool is_taken(const std::string& path, const LocalPeriod& period);
  [[nodiscard]] bool is_kept(const std::string& path) const;
  void look_for_earlier();

  std::string path_;
  std::set<std::string> keep_;  // whatever they may be called by
  bool has_time_;
  bool is_numbered_;
  std::uint64_t number_ = 0;  // of the last file
  std::string last_;          // name of the last file before a number was added
  /// Of the periods so far, the latest start by local time, which names are made of.
  std::chrono::seconds latest_ = std::chrono::seconds::min();
  std::vector<std::string> earlier_;
};

}  // namespace weir::savefile
