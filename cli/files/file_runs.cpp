// Runs of files.
#include "cli/files/file_runs.h"

#include <algorithm>

#include "cli/files/file_digest.h"
#include "cli/stop_signal.h"

namespace weir::cli {

FlowStore::Kind store_kind(const std::vector<InputFile>& files, bool follow) {
  const bool flows = follow || std::ranges::none_of(files, can_be_read_twice);
  return flows ? FlowStore::Kind::pipes : FlowStore::Kind::files;
}

void FileRuns::add(const CommandBatch& batch) {
  if (has_begun_) return;
  if (merge_) {
    begin_merged();
  } else {
    begin(batch.paths[0]);
  }
  has_begun_ = true;
}

void FileRuns::begin(const std::string& path) {
  const auto file = std::ranges::find(files_, path, &InputFile::path);
  const bool has_digest = !reader_.follow && file != files_.end();
  store_.begin(path, has_digest ? digest_of(*file, reader_) : std::string{});
}

void FileRuns::begin_merged() {
  std::string source;
  for (const InputFile& file : files_) source += (source.empty() ? "" : " ") + file.path;
  store_.begin(source, digest_of_all(files_, reader_));
}

void FileRuns::end(const savefile::Reader& reader, const savefile::Trouble* damage) {
  store_.end(damage == nullptr && reader.counts().skipped_regions == 0 && !stop_requested());
  has_begun_ = false;
}

void FileRuns::end_merged(bool complete) {
  if (has_begun_) store_.end(complete);
}

}  // namespace weir::cli
