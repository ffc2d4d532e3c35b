// Opens the flow database of a run.
#include "flow_store.h"

#include "exit_code.h"
#include "file_digest.h"
#include "output_file.h"

#ifdef WEIR_WITH_SQLITE
#include <algorithm>
#include <chrono>

#include "weir/sink/flow_database.h"
#include "weir/sink/sha256.h"
#endif

namespace weir::cli {

#ifdef WEIR_WITH_SQLITE

namespace {

/// Of one file its digest; of several the digest of theirs; nothing when one cannot be read twice.
std::string digest_of(const std::vector<InputFile>& files) {
  if (!std::all_of(files.begin(), files.end(), can_be_read_twice)) return {};
  if (files.size() == 1) return cli::digest_of(files[0]);
  sink::Sha256 all;
  for (const InputFile& file : files) {
    const std::string digest = cli::digest_of(file);
    if (digest.empty()) return {};
    all.update({reinterpret_cast<const std::uint8_t*>(digest.data()), digest.size()});
  }
  return all.hex_digest();
}

std::string source_of(const std::vector<InputFile>& files) {
  std::string text;
  for (const InputFile& file : files) text += (text.empty() ? "" : " ") + file.path;
  return text;
}

}  // namespace

struct FlowStore::State {
  explicit State(const std::string& path) : file{path}, database{path} {}
  /// Outlives the database: it is removed closed.
  PrivateFile file;
  sink::FlowDatabase database;
};

FlowStore::FlowStore(const std::string& target, const std::vector<InputFile>& files,
                     const std::string& options) {
  if (target.find("://") != std::string::npos) {
    throw UsageError{"--to: only SQLite databases so far, given as a path: " + target};
  }
  state_ = std::make_unique<State>(target);
  const auto now = std::chrono::system_clock::now();
  state_->database.begin_run({source_of(files), digest_of(files), options,
                              std::chrono::time_point_cast<std::chrono::nanoseconds>(now)});
}

flow::Observer& FlowStore::observer() noexcept { return state_->database; }

void FlowStore::end(bool complete) {
  using RunState = sink::FlowDatabase::RunState;
  state_->database.end_run(complete ? RunState::complete : RunState::incomplete);
  state_->file.keep();
}

#else

struct FlowStore::State {
  flow::Observer none;
};

FlowStore::FlowStore(const std::string& target, const std::vector<InputFile>&, const std::string&) {
  throw UsageError{"--to " + target + ": this weir was built without SQLite"};
}

flow::Observer& FlowStore::observer() noexcept { return state_->none; }

void FlowStore::end(bool) {}

#endif

FlowStore::~FlowStore() = default;

}  // namespace weir::cli
