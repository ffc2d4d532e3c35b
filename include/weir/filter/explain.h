// Which term of a filter expression decided about a packet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "weir/api.h"
#include "weir/error.h"
#include "weir/filter/compile.h"
#include "weir/packet.h"

namespace weir::filter {

/// What became of one term.
enum class TermValue : std::uint8_t {
  not_evaluated,  ///< the terms before it had decided
  not_matched,
  matched,
  refused,  ///< it reads beyond the captured octets, or divides by zero: that refuses the packet
};
/// "not evaluated", "matched", ...
[[nodiscard]] WEIR_API const char* name(TermValue value) noexcept;

/// What the language calls a primitive: "tcp port 443", "len > 100".
struct Term {
  /// Where it stands in the expression, in octets.
  std::size_t position = 0;
  std::size_t length = 0;
  /// What it means by itself: with the qualifiers it inherits, "port 443" for the end of
  /// "port 80 or 443".
  std::string text{};
  TermValue value = TermValue::not_evaluated;
  /// Of a refused term: its program can divide by zero, so that may be the reason.
  bool divides = false;
  /// Indexes of the terms before it whose words ("vlan", "mpls", "pppoes", "geneve", ...) moved the
  /// offsets it reads at: such a word does so for all that follows it in the text, whether or not
  /// it matched (pcap-filter(7)).
  std::vector<std::size_t> moved_by{};
  /// Of an evaluated term with some: what it would be without them.
  TermValue unmoved_value = TermValue::not_evaluated;
};

struct Explanation {
  /// What the whole expression says, as Filter::matches().
  bool matches = false;
  /// In the order of the text.
  std::vector<Term> terms{};
  /// Index of the last term that was evaluated: with it the answer was found. Nothing where the
  /// terms, each compiled by itself, do not add up to the answer of the whole.
  std::optional<std::size_t> decided{};
};

/// More terms like "vlan" and "mpls", behind which offsets mean a deeper place, are not explained.
inline constexpr std::size_t max_explained_encapsulations = 32;

/// Evaluates the expression term by term, from left to right, as far as it takes. Compiles every
/// term it evaluates. Throws what compile() throws, and FilterError (filter_syntax) above
/// max_explained_encapsulations.
[[nodiscard]] WEIR_API Explanation explain(const std::string& expression, const Packet& packet,
                                           CompileOptions options = {});

}  // namespace weir::filter
