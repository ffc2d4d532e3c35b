// weir-install status, version and list: what anybody may ask.
#include <CLI/CLI.hpp>

#include "cli/install/install_commands.h"
#include "cli/install/product_options.h"
#include "cli/install/product_text.h"
#include "cli/output/standard_output.h"

namespace weir::cli {

ExitCode run_status(const Words& words) {
  CLI::App app{R"(Says whether a product is "not present", "stopped" or "running".)",
               "weir-install status [OPTIONS] GUID"};
  StoreOptions options;
  declare(app, options);
  app.footer("examples:\n  weir-install status '{1FAD0EF2-9A03-4B87-B4BC-645B7035ED90}'");
  const Words rest = parse_options(app, words);
  expect_words(rest, 1, "GUID");
  const std::string product = product_of(rest[0]);
  const gate::DriverStore store = options.store();
  if (options.json) {
    print_product_json(store, product);
  } else {
    write_standard_output(status_of(store, product) + '\n');
  }
  return ExitCode::done;
}

ExitCode run_version(const Words& words) {
  CLI::App app{"Says which version of its driver a product uses.",
               "weir-install version [OPTIONS] GUID"};
  StoreOptions options;
  declare(app, options);
  app.footer("examples:\n  weir-install version '{1FAD0EF2-9A03-4B87-B4BC-645B7035ED90}'");
  const Words rest = parse_options(app, words);
  expect_words(rest, 1, "GUID");
  const std::string product = product_of(rest[0]);
  const gate::DriverStore store = options.store();
  const auto installed = store.find(product);
  if (!installed) throw Error{ErrorCode::not_found, product + ": not installed"};
  if (options.json) {
    print_product_json(store, product);
  } else {
    write_standard_output(text_of(installed->versions.back()) + '\n');
  }
  return ExitCode::done;
}

ExitCode run_list(const Words& words) {
  CLI::App app{"Lists all products that are installed: GUID, status, version, origin.",
               "weir-install list [OPTIONS]"};
  StoreOptions options;
  declare(app, options);
  app.footer("examples:\n  weir-install list --json | jq -r .product");
  if (!parse_options(app, words).empty()) throw UsageError{"list: takes options only"};
  const gate::DriverStore store = options.store();
  const ErrorStyle style = options.json ? ErrorStyle::json : ErrorStyle::text;
  ExitCode exit = ExitCode::done;
  for (const std::string& product : store.products()) {
    try {
      options.json ? print_product_json(store, product) : print_product(store, product);
    } catch (const Error&) {
      exit = worse(exit, report_exception(style, {}));
    }
  }
  return exit;
}

}  // namespace weir::cli
