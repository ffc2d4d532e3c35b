// Words that name a folder and a product.
#include "cli/install/product_options.h"

#include <CLI/CLI.hpp>
#include <utility>

namespace weir::cli {

void declare(CLI::App& app, StoreOptions& options) {
  app.add_option("--state", options.folder,
                 "the folder with what is installed (WEIR_STATE, or else /var/lib/weir)")
      ->type_name("DIR");
  app.add_flag("--json", options.json, "a JSON object a line, of errors too");
}

void expect_words(const Words& words, std::size_t count, const std::string& names) {
  if (words.size() != count) throw UsageError{"expected " + names};
}

std::string product_of(const std::string& guid) {
  if (auto product = gate::parse_product_guid(guid)) return std::move(*product);
  throw UsageError{guid + ": not a GUID, as {1FAD0EF2-9A03-4B87-B4BC-645B7035ED90} is one"};
}

}  // namespace weir::cli
