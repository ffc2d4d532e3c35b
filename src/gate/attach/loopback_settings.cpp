// Two files of /proc/sys, and names by which gates tell each other what was in them.
#include "gate/attach/loopback_settings.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <vector>

#include "weir/error.h"

namespace weir::gate {
namespace {

constexpr std::array<const char*, 2> names{"accept_local", "route_localnet"};
/// Behind it the adapter, the gate's rank, and what the first gate found: "lo/weir-gate/0/0/01".
constexpr std::string_view prefix = "weir-gate-loopback/";

using Values = std::array<bool, names.size()>;

std::string path_of(const std::string& adapter, std::size_t setting) {
  return "/proc/sys/net/ipv4/conf/" + adapter + '/' + names[setting];
}

bool value_of(const sys::FileDescriptor& file, const std::string& path) {
  char digit = '0';
  if (::pread(file.number(), &digit, 1, 0) != 1) throw SystemError{errno, "read " + path};
  return digit != '0';
}

bool write_value(const sys::FileDescriptor& file, bool value) noexcept {
  return ::pwrite(file.number(), value ? "1" : "0", 1, 0) == 1;
}

/// What another gate has been told that the first one found; nothing if there is no other.
std::optional<Values> found_by_others(const std::string& adapter) {
  for (const std::string& name : sys::abstract_names(std::string{prefix} + adapter + '/')) {
    const std::string_view digits = std::string_view{name}.substr(name.rfind('/') + 1);
    if (digits.size() == names.size()) return Values{digits[0] != '0', digits[1] != '0'};
  }
  return std::nullopt;
}

}  // namespace

LoopbackSettings::LoopbackSettings(const std::string& adapter, Rank rank) : adapter_{adapter} {
  static_assert(settings == names.size());
  for (std::size_t i = 0; i < settings; ++i) {
    const std::string path = path_of(adapter, i);
    files_[i] = sys::FileDescriptor{::open(path.c_str(), O_RDWR | O_CLOEXEC)};
    if (!files_[i].is_open()) throw SystemError{errno, "set " + path};
    before_[i] = value_of(files_[i], path);
  }
  if (const auto found = found_by_others(adapter)) before_ = *found;
  std::string name = std::string{prefix} + adapter + '/' + name_of(rank) + '/';
  for (const bool value : before_) name += value ? '1' : '0';
  name_ = sys::AbstractName::take(name);
  for (std::size_t i = 0; i < settings; ++i) {
    if (write_value(files_[i], true)) continue;
    const int number = errno;
    restore();
    throw SystemError{number, "set " + path_of(adapter, i)};
  }
}

LoopbackSettings::~LoopbackSettings() { restore(); }

void LoopbackSettings::restore() noexcept {
  name_.reset();
  try {
    if (found_by_others(adapter_)) return;
  } catch (const SystemError&) {
    // A sandbox hides the others, if there are any.
  }
  for (std::size_t i = 0; i < settings; ++i) {
    if (!before_[i]) write_value(files_[i], false);
  }
}

bool LoopbackSettings::are_on(const std::string& adapter) {
  bool all = true;
  for (std::size_t i = 0; i < settings; ++i) {
    const std::string path = path_of(adapter, i);
    all &= value_of(sys::open_for_reading(path), path);
  }
  return all;
}

}  // namespace weir::gate
