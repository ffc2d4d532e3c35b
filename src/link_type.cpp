// Link types: LINKTYPE and DLT numbers, names and descriptions.
#include "weir/link_type.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "weir/stored_link_type.h"

namespace weir {
namespace {

struct Entry {
  std::uint16_t number;
  std::string_view name;
  std::string_view description;
};

constexpr Entry entries[] = {
#include "link_types.inc"
};
static_assert(std::ranges::is_sorted(entries, {}, &Entry::number));

struct Mapping {
  std::uint16_t link_type;
  std::uint16_t dlt;
};

// Where a DLT differs between systems, savefiles have a number of their own.
constexpr Mapping differing[] = {
    {100, 11},  // ATM_RFC1483
    {101, 12},  // RAW
    {102, 15},  // SLIP_BSDOS
    {103, 16},  // PPP_BSDOS
    {106, 19},  // ATM_CLIP
};

// What other systems store: their DLTs, where those have no meaning as a LINKTYPE and one that most
// agree on. 17 is left alone: OpenBSD's old pflog has another header than LINKTYPE_PFLOG.
constexpr Mapping foreign[] = {
    {109, 13},  // OpenBSD: ENC
    {101, 14},  // OpenBSD and BSD/OS: RAW
    {106, 18},  // Linux with old patches: ATM_CLIP
};

const Entry* find(LinkType type) noexcept {
  const auto number = static_cast<std::uint16_t>(type);
  const auto* entry = std::ranges::lower_bound(entries, number, {}, &Entry::number);
  return entry != std::end(entries) && entry->number == number ? entry : nullptr;
}

constexpr char upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool same_letters(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, {}, upper, upper);
}

}  // namespace

int dlt(LinkType type) noexcept {
  const auto number = static_cast<std::uint16_t>(type);
  const auto* mapping = std::ranges::find(differing, number, &Mapping::link_type);
  return mapping != std::end(differing) ? mapping->dlt : number;
}

LinkType link_type_of_dlt(int dlt) noexcept {
  const auto* mapping = std::ranges::find(differing, dlt, &Mapping::dlt);
  return static_cast<LinkType>(mapping != std::end(differing) ? mapping->link_type : dlt);
}

LinkType link_type_of_stored(std::uint16_t number) noexcept {
  const auto* mapping = std::ranges::find(foreign, number, &Mapping::dlt);
  return mapping != std::end(foreign) ? static_cast<LinkType>(mapping->link_type)
                                      : link_type_of_dlt(number);
}

std::string_view name(LinkType type) noexcept {
  const Entry* entry = find(type);
  return entry != nullptr ? entry->name : std::string_view{};
}

std::string_view description(LinkType type) noexcept {
  const Entry* entry = find(type);
  return entry != nullptr ? entry->description : std::string_view{};
}

std::optional<LinkType> link_type_by_name(std::string_view text) noexcept {
  std::uint16_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc{} && rest == end) return link_type_of_stored(number);
  for (const Entry& entry : entries) {
    if (same_letters(entry.name, text)) return static_cast<LinkType>(entry.number);
  }
  return std::nullopt;
}

}  // namespace weir
