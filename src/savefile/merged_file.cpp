// Opens and closes a file of a MergedReader and keeps its interfaces and counts.
#include "savefile/merged_file.h"

#include <filesystem>

namespace weir::savefile {

MergedFile::MergedFile(std::string named) : path{std::move(named)} {
  std::error_code problem;
  stays_open = path == "-" || !std::filesystem::is_regular_file(path, problem);
}

void MergedFile::open(ReaderOptions options) {
  time = Timestamp::min();
  if (path == "-") {
    reader.emplace(Reader::standard_input(options));
  } else {
    reader.emplace(path, options);
  }
}

void MergedFile::close() noexcept {
  rest = {};
  reader.reset();
}

void MergedFile::note_progress(std::vector<Interface>& interfaces, ReaderCounts& sums) {
  const std::span<const Interface> own = reader->interfaces();
  for (std::size_t i = mapping.size(); i < own.size(); ++i) {
    mapping.push_back(static_cast<std::uint32_t>(interfaces.size()));
    interfaces.push_back(own[i]);
    interfaces.back().section.reset();
  }
  // Opened again a file is read from its start: then these differences wrap, and so do the sums.
  const ReaderCounts now = reader->counts();
  sums.stream_bytes += now.stream_bytes - counts.stream_bytes;
  sums.rounded_times += now.rounded_times - counts.rounded_times;
  sums.no_timestamp += now.no_timestamp - counts.no_timestamp;
  sums.rounded_lengths += now.rounded_lengths - counts.rounded_lengths;
  sums.skipped_regions += now.skipped_regions - counts.skipped_regions;
  sums.skipped_bytes += now.skipped_bytes - counts.skipped_bytes;
  counts = now;
}

}  // namespace weir::savefile
