// The programs a gate hangs to adapters, as a file of their own that can be installed.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "weir/api.h"
#include "weir/bytes.h"
#include "weir/error.h"

namespace weir::gate {

/// Four numbers, "2.32.6.28", which compare from the first on. A value.
struct DriverVersion {
  std::uint16_t major = 0;
  std::uint16_t minor = 0;
  std::uint16_t build = 0;
  std::uint16_t revision = 0;
  auto operator<=>(const DriverVersion&) const = default;
};
/// "2.32.6.28".
[[nodiscard]] WEIR_API std::string text_of(const DriverVersion& version);
/// Of one to four numbers; those left out are 0. Nothing for anything else.
[[nodiscard]] WEIR_API std::optional<DriverVersion> parse_driver_version(std::string_view text);
/// Four words, `major` in the most significant: 0x000200200006001c.
[[nodiscard]] WEIR_API std::uint64_t packed(const DriverVersion& version) noexcept;

/// A bundle: the dispatchers at the hooks of adapters, the program and the types (BTF) that let a
/// gate watch its own process, and which version of them it is. What rules become is always made by
/// the library; both have to agree on the interface between them. A value: const calls from several
/// threads at once.
class WEIR_API Driver {
 public:
  /// The library's own, of its version.
  Driver();
  /// A file that write() has made. Throws SystemError; FormatError for what is none, is damaged, or
  /// has programs that no gate has.
  explicit Driver(const std::string& path);
  /// The same of bytes; `path` is for messages only.
  Driver(Bytes bytes, const std::string& path);

  [[nodiscard]] const DriverVersion& version() const noexcept { return version_; }
  /// Whether this library can work with it: it has the library's interface, and is not older than
  /// the library.
  [[nodiscard]] bool is_usable() const noexcept;

  /// As a file: a manifest that can be read as text, then the programs. Replaces a file that is
  /// there, in one step; writes into a device or a FIFO. Throws SystemError.
  void write(const std::string& path) const;
  /// What write() writes.
  [[nodiscard]] std::string octets() const;
  /// The same programs under another version.
  [[nodiscard]] Driver with_version(const DriverVersion& version) const;

 private:
  friend class Running;
  struct WEIR_PRIVATE Programs;

  DriverVersion version_{};
  std::uint32_t interface_ = 0;
  std::shared_ptr<const Programs> programs_{};
};

}  // namespace weir::gate
