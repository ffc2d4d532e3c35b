// Drivers from the library, from bytes, from files.
#include "weir/gate/driver.h"

#include <string_view>
#include <utility>

#include "gate/driver/bundle.h"
#include "gate/driver/programs.h"
#include "gate/kernel/dispatcher.h"
#include "sys/file_descriptor.h"
#include "sys/replace_file.h"

namespace weir::gate {
namespace {

/// One byte more than there may be, if there is.
std::string read_file(const std::string& path) {
  const sys::FileDescriptor file = sys::open_for_reading(path);
  std::string content(most_bundle_bytes + 1, '\0');
  std::size_t size = 0;
  std::size_t more = 0;
  do {
    more = sys::read_some(
        file, {reinterpret_cast<std::uint8_t*>(content.data()) + size, content.size() - size},
        path);
    size += more;
  } while (more > 0 && size < content.size());
  content.resize(size);
  return content;
}

Bytes bytes_of(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

DriverPrograms built_in_programs() {
  return {.ingress = dispatcher(false), .egress = dispatcher(true), .adoption = adoption()};
}

Driver::Driver()
    : version_{library_version()},
      interface_{driver_interface},
      programs_{std::make_shared<const Programs>(Programs{built_in_programs()})} {}

Driver::Driver(const std::string& path) : Driver{bytes_of(read_file(path)), path} {}

Driver::Driver(Bytes bytes, const std::string& path) {
  Bundle bundle = parse_bundle(bytes, path);
  version_ = bundle.version;
  interface_ = bundle.interface;
  programs_ = std::make_shared<const Programs>(Programs{std::move(bundle.programs)});
}

bool Driver::is_usable() const noexcept {
  return interface_ == driver_interface && version_ >= library_version();
}

void Driver::write(const std::string& path) const {
  constexpr unsigned readable_by_all = 0644;
  sys::replace_file(path, bytes_of(octets()), readable_by_all);
}

std::string Driver::octets() const {
  return octets_of({.version = version_, .interface = interface_, .programs = *programs_});
}

Driver Driver::with_version(const DriverVersion& version) const {
  Driver other = *this;
  other.version_ = version;
  return other;
}

}  // namespace weir::gate
