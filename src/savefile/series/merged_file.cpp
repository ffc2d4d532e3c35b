// Opens and closes a file of a MergedReader and keeps its interfaces and counts.
#include "savefile/series/merged_file.h"

#include "sys/file_descriptor.h"

namespace weir::savefile {

MergedFile::MergedFile(std::string named) : path{std::move(named)} {}

void MergedFile::open(ReaderOptions options) {
  time = Timestamp::min();
  if (path == "-") {
    stays_open = true;
    reader.emplace(Reader::standard_input(options));
    return;
  }
  sys::FileDescriptor file{options.open ? options.open(path) : -1};
  if (!file.is_open()) file = sys::open_for_reading(path);
  stays_open = !sys::is_regular_file(file);
  options.open = [&file](const std::string&) { return file.release(); };
  reader.emplace(path, options);
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
