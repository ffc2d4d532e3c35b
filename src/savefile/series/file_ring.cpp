// Removes the oldest files of a series.
#include "savefile/series/file_ring.h"

#include <filesystem>

namespace weir::savefile {

namespace fs = std::filesystem;

FileRing::FileRing(const std::vector<std::string>& earlier) {
  for (const std::string& path : earlier) {
    std::error_code problem;
    const auto size = fs::file_size(path, problem);
    if (!problem) add(path, size);
  }
}

void FileRing::add(const std::string& path, std::uint64_t bytes) {
  // A name that comes again has replaced its file.
  const auto same = [&](const File& file) { return file.path == path; };
  for (const File& file : files_) bytes_ -= same(file) ? file.bytes : 0;
  std::erase_if(files_, same);
  files_.push_back({path, bytes});
  bytes_ += bytes;
}

int FileRing::remove_oldest() {
  std::error_code problem;
  const bool is_removed = fs::remove(files_.front().path, problem);
  if (problem) return problem.value();
  bytes_ -= files_.front().bytes;
  files_.pop_front();
  removed_ += is_removed ? 1 : 0;
  return 0;
}

}  // namespace weir::savefile
