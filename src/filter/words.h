// The words and word characters of pcap-filter(7).
#pragma once

#include <cstddef>
#include <string_view>

namespace weir::filter {

/// Letters, digits, and what names, addresses and numbers hold besides.
[[nodiscard]] bool is_word_character(char c) noexcept;

/// The word that begins at `at`; empty if none does.
[[nodiscard]] std::string_view word_at(std::string_view text, std::size_t at) noexcept;

/// Words that say what kind of thing an identifier is, or that stand alone: "tcp", "port", "src".
[[nodiscard]] bool is_keyword(std::string_view word) noexcept;

/// Keywords behind which a name comes from a local table, or is a number or a word of the language.
[[nodiscard]] bool precedes_local_name(std::string_view word) noexcept;

/// Keywords behind which identifiers can stand in parentheses: "tcp port (80 or 443)".
[[nodiscard]] bool precedes_group(std::string_view word) noexcept;

/// Keywords after which offsets mean a place deeper in the packet, to the end of the expression.
[[nodiscard]] bool moves_offsets(std::string_view word) noexcept;
/// Whether a text has such a word.
[[nodiscard]] bool moves_offsets_within(std::string_view text) noexcept;

[[nodiscard]] bool is_and(std::string_view word) noexcept;
[[nodiscard]] bool is_or(std::string_view word) noexcept;
[[nodiscard]] bool is_not(std::string_view word) noexcept;

}  // namespace weir::filter
