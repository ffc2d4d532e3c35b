// What the filter of a command compiles to, for each link type.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <span>
#include <string>

#include "weir/error.h"
#include "weir/filter/compile.h"
#include "weir/link_type.h"

namespace weir::cli {

/// Link types libpcap finds network headers in, those met most first: what a filter can be about.
[[nodiscard]] std::span<const LinkType> usual_link_types() noexcept;
/// Of these, those whose machine code is made beforehand where it cannot be made later.
inline constexpr std::size_t most_usual = 10;

/// What an expression compiles to for each link type: compiled, and its names looked up, once.
class Compilations {
 public:
  Compilations(std::string expression, filter::CompileOptions options)
      : expression_{std::move(expression)}, options_{options} {}

  /// Throws FilterError, the same each time.
  const filter::Compiled& of(LinkType type);

  /// The same as bytes, for a process that may look no names up; and where that has them from.
  [[nodiscard]] std::string written(LinkType type);
  void take_from(std::function<std::string(LinkType)> elsewhere) {
    elsewhere_ = std::move(elsewhere);
  }

 private:
  using Result = std::expected<filter::Compiled, FilterError>;
  [[nodiscard]] const Result& result(LinkType type);
  [[nodiscard]] Result compile(LinkType type) const;
  [[nodiscard]] Result read(const std::string& bytes) const;

  std::string expression_;
  filter::CompileOptions options_;
  std::function<std::string(LinkType)> elsewhere_;
  std::map<LinkType, Result> compiled_;
};

}  // namespace weir::cli
