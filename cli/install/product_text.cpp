// Products as lines of output.
#include "cli/install/product_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/json_line.h"
#include "cli/output/standard_output.h"
#include "weir/printable.h"

namespace weir::cli {

std::string status_of(const gate::DriverStore& store, const std::string& product) {
  if (!store.find(product)) return "not present";
  return store.is_running(product) ? "running" : "stopped";
}

void print_product(const gate::DriverStore& store, const std::string& product) {
  const auto installed = store.find(product);
  if (!installed) return;  // gone meanwhile
  write_standard_output(fmt::format("{}  {:7}  {:10}  {}\n", product, status_of(store, product),
                                    text_of(installed->versions.back()),
                                    printable(installed->origin)));
}

void print_product_json(const gate::DriverStore& store, const std::string& product) {
  nlohmann::ordered_json line{
      {"type", "driver"}, {"product", product}, {"status", status_of(store, product)}};
  if (const auto installed = store.find(product)) {
    line["version"] = text_of(installed->versions.back());
    for (const auto& version : installed->versions) line["versions"].push_back(text_of(version));
    line["origin"] = installed->origin;
  }
  print_json_line(line);
}

}  // namespace weir::cli
