// weir-install install, uninstall and bundle: what changes files.
#include <CLI/CLI.hpp>
#include <filesystem>

#include "cli/altitude.h"
#include "cli/install/install_commands.h"
#include "cli/install/product_options.h"
#include "cli/install/product_text.h"
#include "cli/output/standard_output.h"

namespace weir::cli {
namespace {

gate::DriverVersion version_of(const std::string& text) {
  if (const auto version = gate::parse_driver_version(text)) return *version;
  throw UsageError{"--version: up to four numbers of at most 65535, as 1.2.3.4, not " + text};
}

gate::VersionsToRemove versions_to_remove(const std::string& word) {
  if (word == "previous") return gate::VersionsToRemove::previous;
  if (word == "current") return gate::VersionsToRemove::current;
  if (word == "all") return gate::VersionsToRemove::all;
  throw UsageError{"--versions: previous, current or all, not " + word};
}

}  // namespace

ExitCode run_install(const Words& words) {
  CLI::App app{"Installs a driver for a product, or upgrades it.",
               "weir-install install [OPTIONS] CAB GUID"};
  StoreOptions options;
  gate::DriverSettings settings;
  std::string altitude;
  std::vector<std::string> allowed;
  bool removes_old = false;
  bool overwrites = false;
  app.add_option("--altitude", altitude,
                 "where among other gates: what leaves runs from high to low (0)")
      ->type_name("N");
  app.add_flag("--remove-old", removes_old, "remove older versions");
  app.add_flag("--overwrite", overwrites, "write the same version again");
  app.add_flag("--check-rights", settings.checks_rights,
               "only processes with the rights of a gate may change rules");
  app.add_option("--allow", allowed,
                 "a program that may start a gate, and no other; may be repeated")
      ->type_name("PATH")
      ->allow_extra_args(false);
  declare(app, options);
  app.footer(
      "examples:\n"
      "  weir-install install netfilter.cab '{1FAD0EF2-9A03-4B87-B4BC-645B7035ED90}'\n"
      "  weir-install install --remove-old --allow /usr/sbin/guard new.cab \"$GUID\"");
  const Words rest = parse_options(app, words);
  expect_words(rest, 2, "CAB GUID");
  const std::string product = product_of(rest[1]);
  settings.altitude = parse_altitude(altitude);
  for (const std::string& path : allowed) {
    settings.controllers.push_back(std::filesystem::absolute(path).lexically_normal());
  }
  const gate::DriverStore store = options.store();
  store.install(product, rest[0], settings,
                overwrites ? gate::SameVersion::overwrite : gate::SameVersion::keep,
                removes_old ? gate::OlderVersions::remove : gate::OlderVersions::keep);
  if (options.json) print_product_json(store, product);
  return ExitCode::done;
}

ExitCode run_uninstall(const Words& words) {
  CLI::App app{"Removes versions of a product's driver; with the last one the product goes.",
               "weir-install uninstall [OPTIONS] CAB GUID"};
  StoreOptions options;
  std::string versions = "all";
  app.add_option("--versions", versions, "previous, current or all (all)")->type_name("WHICH");
  declare(app, options);
  app.footer(
      "examples:\n"
      "  weir-install uninstall netfilter.cab '{1FAD0EF2-9A03-4B87-B4BC-645B7035ED90}'\n"
      "  weir-install uninstall --versions previous netfilter.cab \"$GUID\"");
  const Words rest = parse_options(app, words);
  expect_words(rest, 2, "CAB GUID");
  const gate::VersionsToRemove which = versions_to_remove(versions);
  const std::string product = product_of(rest[1]);
  const gate::DriverStore store = options.store();
  store.uninstall(product, rest[0], which);
  if (options.json) print_product_json(store, product);
  return ExitCode::done;
}

ExitCode run_bundle(const Words& words) {
  CLI::App app{"Writes the built-in driver into a file to install from; - is standard output.",
               "weir-install bundle [OPTIONS] FILE"};
  std::string version;
  bool json = false;
  app.add_option("--version", version, "the version it has (that of this program)")
      ->type_name("A.B.C.D");
  app.add_flag("--json", json, "errors as a JSON object a line");
  app.footer("examples:\n  weir-install bundle netfilter.cab");
  const Words rest = parse_options(app, words);
  expect_words(rest, 1, "FILE");
  gate::Driver driver;
  if (!version.empty()) driver = driver.with_version(version_of(version));
  if (rest[0] != "-") {
    driver.write(rest[0]);
  } else if (is_terminal_output()) {
    throw UsageError{"a driver is not for a terminal: name a FILE"};
  } else {
    write_standard_output(driver.octets());
  }
  return ExitCode::done;
}

}  // namespace weir::cli
