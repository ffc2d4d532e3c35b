// weir_driver_bundle FILE [VERSION]: writes the library's driver, as that version of it.
#include <cstdio>
#include <exception>

#include "weir/gate/driver.h"

namespace {

int write(const char* path, const char* version_text) {
  weir::gate::Driver driver;
  if (version_text != nullptr) {
    const auto version = weir::gate::parse_driver_version(version_text);
    if (!version) {
      std::fprintf(stderr, "weir_driver_bundle: %s: no version\n", version_text);
      return 2;
    }
    driver = driver.with_version(*version);
  }
  driver.write(path);
  return 0;
}

}  // namespace

int main(int count, char** words) {
  if (count < 2 || count > 3) {
    std::fputs("usage: weir_driver_bundle FILE [VERSION]\n", stderr);
    return 2;
  }
  try {
    return write(words[1], count == 3 ? words[2] : nullptr);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "weir_driver_bundle: %s\n", error.what());
    return 1;
  }
}
