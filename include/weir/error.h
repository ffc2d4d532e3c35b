// What set-up code throws when it cannot do what was asked. Packet-path code never throws.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "weir/api.h"

namespace weir {

/// Stable numbers for every error; docs/errors.md lists them. Numbers are never reused.
enum class ErrorCode : std::uint16_t {
  invalid_argument = 1,       ///< an option or argument outside its valid range
  system_call = 100,          ///< the kernel refused; see SystemError::code()
  not_found = 101,            ///< no such file, directory or adapter
  permission_denied = 102,    ///< the kernel refused for lack of rights
  output_failed = 103,        ///< writing failed: disk full, device broken
  not_a_capture = 200,        ///< the bytes are no capture file of a known format
  empty_file = 201,           ///< the file has no bytes at all
  unsupported_format = 202,   ///< a recognised capture format or variant weir does not read
  truncated = 203,            ///< a capture ends inside a record
  damaged = 204,              ///< a capture contradicts itself
  compression_damaged = 205,  ///< the compressed stream around a capture is broken or cut
  cannot_hold = 206,          ///< the format being written has no place for this
  filter_syntax = 300,        ///< the filter compiler refused the expression
  filter_link_type = 301,     ///< the expression makes no sense for this link type
  filter_rejects_all = 302,   ///< the expression can never match
  database = 400,             ///< the flow database refused
};

/// Base of everything weir throws. what() is a lower-case fragment that names the object and the
/// cause, without a final full stop, so that callers can prefix it. A value: const calls from
/// several threads at once.
class WEIR_API Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error{message}, code_{code} {}
  ~Error() override;

  [[nodiscard]] ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

/// The kernel refused: "open trace.pcap: No such file or directory". A value: const calls from
/// several threads at once.
class WEIR_API SystemError : public Error {
 public:
  /// `action` names what was tried and on what; the text of `number` (an errno) is appended.
  /// code() is derived from the number: not_found, permission_denied or system_call.
  SystemError(int number, const std::string& action);
  SystemError(ErrorCode code, int number, const std::string& action);
  ~SystemError() override;

  [[nodiscard]] std::error_code system_code() const noexcept { return system_code_; }

 private:
  std::error_code system_code_;
};

/// The bytes of a file contradict their format. A value: const calls from several threads at once.
class WEIR_API FormatError : public Error {
 public:
  /// `offset` counts bytes of the (uncompressed) stream from its start; what() names it.
  FormatError(ErrorCode code, std::uint64_t offset, const std::string& message)
      : Error{code, message}, offset_{offset} {}
  ~FormatError() override;

  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }

 private:
  std::uint64_t offset_;
};

/// A filter expression was refused; what() holds the compiler's words. A value: const calls from
/// several threads at once.
class WEIR_API FilterError : public Error {
 public:
  FilterError(ErrorCode code, std::string expression, const std::string& message,
              std::optional<std::size_t> position = std::nullopt)
      : Error{code, message}, expression_{std::move(expression)}, position_{position} {}
  ~FilterError() override;

  [[nodiscard]] const std::string& expression() const noexcept { return expression_; }
  /// Byte offset into expression(), where it can be told.
  [[nodiscard]] std::optional<std::size_t> position() const noexcept { return position_; }

 private:
  std::string expression_;
  std::optional<std::size_t> position_;
};

/// The stable name of a code, as docs/errors.md lists it: "damaged".
[[nodiscard]] WEIR_API const char* error_name(ErrorCode code) noexcept;

}  // namespace weir
