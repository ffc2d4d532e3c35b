// The finished files of a series: how many, how large, the oldest to be removed.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace weir::savefile {

class FileRing {
 public:
  /// `earlier` are files that were there before, oldest first.
  explicit FileRing(const std::vector<std::string>& earlier);

  void add(const std::string& path, std::uint64_t bytes);
  /// Returns an errno: then the file is still there and in the ring. One that somebody else has
  /// taken away or renamed leaves the ring but does not count as removed. There must be one.
  int remove_oldest();
  /// What remove_oldest() removes next. There must be one.
  [[nodiscard]] const std::string& oldest() const noexcept { return files_.front().path; }

  [[nodiscard]] std::size_t files() const noexcept { return files_.size(); }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::uint64_t removed() const noexcept { return removed_; }

 private:
  struct File {
    std::string path;
    std::uint64_t bytes = 0;
  };
  std::deque<File> files_;
  std::uint64_t bytes_ = 0;
  std::uint64_t removed_ = 0;
};

}  // namespace weir::savefile
