// Text files of a state folder: "name: value" lines, the format first and a checksum last.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::gate {

/// No file of this kind is longer, in bytes.
inline constexpr std::size_t max_state_text = 64 << 10;

/// Whether a value can stand in a line: no line break, no NUL.
[[nodiscard]] bool is_line(std::string_view value) noexcept;

class StateTextWriter {
 public:
  /// `kind`: "manifest".
  explicit StateTextWriter(std::string_view kind);
  /// Precondition: is_line(value).
  void add(std::string_view name, std::string_view value);
  [[nodiscard]] std::string take();

 private:
  std::string text_;
};

/// Reads what StateTextWriter has written, line by line. Throws FormatError: unsupported_format for
/// the format of another version of weir, otherwise damaged.
class StateTextReader {
 public:
  /// `text` must outlive it; `path` is what messages call the file.
  StateTextReader(std::string_view text, std::string_view kind, std::string path);

  /// The value of the next line, if that has this name.
  [[nodiscard]] std::optional<std::string_view> next(std::string_view name);
  /// The same, which has to be there.
  [[nodiscard]] std::string_view expect(std::string_view name);
  [[nodiscard]] bool expect_bool(std::string_view name);
  template <class Number>
  [[nodiscard]] Number expect_number(std::string_view name);
  /// Nothing but the checksum may follow.
  void expect_end() const;
  /// At the line that was read last.
  [[noreturn]] void fail() const;

 private:
  void check_format(std::string_view kind);

  std::string_view text_;  // without the checksum
  std::string path_;
  std::size_t line_ = 0;
  std::size_t next_ = 0;
};

}  // namespace weir::gate
