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

std::string join(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += ' ';
    text += name;
  }
  return text;
}

std::string source_of(const std::vector<InputFile>& files) {
  std::vector<std::string> paths;
  paths.reserve(files.size());
  for (const InputFile& file : files) paths.push_back(file.path);
  return join(paths);
}

void check_target(const std::string& target) {
  if (target.find("://") == std::string::npos) return;
  throw UsageError{"--to: only SQLite databases so far, given as a path: " + target};
}

}  // namespace

struct FlowStore::State {
  explicit State(const std::string& path) : file{path}, database{path} {}
  /// Outlives the database: it is removed closed.
  PrivateFile file;
  sink::FlowDatabase database;
};

void FlowStore::begin(const std::string& target, const std::string& source,
                      const std::string& digest, const std::string& options) {
  state_ = std::make_unique<State>(target);
  state_->database.begin_run({source, digest, options, wall_clock()});
}

FlowStore::FlowStore(const std::string& target, const std::vector<InputFile>& files,
                     const std::string& options) {
  check_target(target);
  begin(target, source_of(files), digest_of(files), options);
}

FlowStore::FlowStore(const std::string& target, const std::vector<std::string>& adapters,
                     const std::string& options) {
  check_target(target);
  begin(target, join(adapters), {}, options);
}

flow::Observer& FlowStore::observer() noexcept { return state_->database; }

void FlowStore::commit() { state_->database.commit(); }

void FlowStore::end(bool complete) {
  using RunState = sink::FlowDatabase::RunState;
  state_->database.end_run(complete ? RunState::complete : RunState::incomplete);
  state_->file.keep();
}

#else

struct FlowStore::State {
  flow::Observer none;
};

void FlowStore::begin(const std::string& target, const std::string&, const std::string&,
                      const std::string&) {
  throw UsageError{"--to " + target + ": this weir was built without SQLite"};
}

FlowStore::FlowStore(const std::string& target, const std::vector<InputFile>&, const std::string&) {
  begin(target, {}, {}, {});
}

FlowStore::FlowStore(const std::string& target, const std::vector<std::string>&,
                     const std::string&) {
  begin(target, {}, {}, {});
}

flow::Observer& FlowStore::observer() noexcept { return state_->none; }

void FlowStore::commit() {}

void FlowStore::end(bool) {}

#endif

FlowStore::~FlowStore() = default;

}  // namespace weir::cli
