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
  /// Of live traffic from `adapters`: its runs only ever append.
  FlowStore(const std::string& target, const std::vector<std::string>& adapters,
            const std::string& options);
  ~FlowStore();

  [[nodiscard]] flow::Observer& observer() noexcept;

  /// Makes what there is so far safe, and visible to others.
  void commit();
  /// Ends the run; an incomplete one gives way to the next of the same files.
  void end(bool complete);

 private:
  struct State;
  void begin(const std::string& target, const std::string& source, const std::string& digest,
             const std::string& options);
  std::unique_ptr<State> state_;
};

}  // namespace weir::cli
