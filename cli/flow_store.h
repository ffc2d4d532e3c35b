// Where `weir flows --to` puts the rows.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "input.h"
#include "weir/flow/observer.h"

namespace weir::cli {

/// A database being filled by one run. One that was made for it goes again if the run never ends.
class FlowStore {
 public:
  /// `target` is the path of a SQLite database. `options` is whatever decides what the flows are.
  /// Throws UsageError for a target of another kind, Error if the database refuses.
  FlowStore(const std::string& target, const std::vector<InputFile>& files,
            const std::string& options);
  ~FlowStore();

  [[nodiscard]] flow::Observer& observer() noexcept;

  /// Ends the run; an incomplete one gives way to the next of the same files.
  void end(bool complete);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::cli
