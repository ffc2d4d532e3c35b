// Which runs the files of a command make in a flow database: one each, or one if they are merged.
#pragma once

#include <string>
#include <vector>

#include "cli/files/files_run.h"
#include "cli/files/input.h"
#include "cli/output/flow_store.h"

namespace weir::cli {

/// How files are stored: those that can all be read again at once, others in steps.
[[nodiscard]] FlowStore::Kind store_kind(const std::vector<InputFile>& files, bool follow);

/// Begins and ends the runs of files while these are walked.
class FileRuns {
 public:
  /// All of them are borrowed. `reader` is how files are opened; one that is followed grows, and
  /// has no digest.
  FileRuns(FlowStore& store, const std::vector<InputFile>& files,
           const savefile::ReaderOptions& reader, bool merge)
      : store_{store}, files_{files}, reader_{reader}, merge_{merge} {}

  /// Before its packets are tracked.
  void add(const CommandBatch& batch);
  /// As FilesRun::OnFile.
  void end(const savefile::Reader& reader, const savefile::Trouble* damage);
  /// Of merged files, of which `complete` says whether all were read to their ends.
  void end_merged(bool complete);

 private:
  void begin(const std::string& path);
  void begin_merged();

  FlowStore& store_;
  const std::vector<InputFile>& files_;
  const savefile::ReaderOptions& reader_;
  bool merge_;
  bool has_begun_ = false;
};

}  // namespace weir::cli
