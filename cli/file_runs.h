// Which runs the files of a command make in a flow database: one each, or one if they are merged.
#pragma once

#include <string>
#include <vector>

#include "capture_run.h"
#include "flow_store.h"
#include "input.h"

namespace weir::cli {

/// How files are stored: those that can all be read again at once, others in steps.
[[nodiscard]] FlowStore::Kind store_kind(const std::vector<InputFile>& files, bool follow);

/// Begins and ends the runs of files while these are walked.
class FileRuns {
 public:
  /// All of them are borrowed. `follow`: the file grows, and has no digest.
  FileRuns(FlowStore& store, const std::vector<InputFile>& files, bool merge, bool follow)
      : store_{store}, files_{files}, merge_{merge}, follow_{follow} {}

  /// Before its packets are tracked.
  void add(const CaptureBatch& batch);
  /// As CaptureRun::OnFile.
  void end(const savefile::Reader& reader, const Error* damage);
  /// Of merged files, of which `complete` says whether all were read to their ends.
  void end_merged(bool complete);

 private:
  void begin(const std::string& path);
  void begin_merged();

  FlowStore& store_;
  const std::vector<InputFile>& files_;
  bool merge_;
  bool follow_;
  bool has_begun_ = false;
};

}  // namespace weir::cli
