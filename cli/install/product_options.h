// The words that the subcommands about products share.
#pragma once

#include <string>
#include <vector>

#include "cli/commands/command.h"
#include "weir/gate/driver_store.h"

namespace weir::cli {

struct StoreOptions {
  std::string folder = gate::DriverStore::default_folder();
  bool json = false;

  [[nodiscard]] gate::DriverStore store() const { return gate::DriverStore{folder}; }
};
/// --state and --json.
void declare(CLI::App& app, StoreOptions& options);

/// As many words as `names` has ("CAB GUID"); throws UsageError.
void expect_words(const Words& words, std::size_t count, const std::string& names);
/// The product of a GUID; throws UsageError for anything else.
[[nodiscard]] std::string product_of(const std::string& guid);

}  // namespace weir::cli
