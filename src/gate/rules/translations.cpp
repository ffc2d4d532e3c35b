// Keeps translated flows in places of a few entries each.
#include "gate/rules/translations.h"

#include <algorithm>
#include <bit>

namespace weir::gate {
namespace {

std::uint64_t end_of(const Translation& translation, std::uint64_t now) noexcept {
  if (!translation.is_tcp) return now + Translations::idle;
  return now + (translation.is_closing ? Translations::closing : Translations::tcp_idle);
}

}  // namespace

Translations::Translations(const flow::HashKey& key, std::size_t capacity)
    : hash_{key}, place_count_{std::bit_ceil(std::max(capacity, ways)) / ways} {}

Translations::Entry* Translations::entry_of(const flow::FlowKey& key) noexcept {
  if (places_.empty()) return nullptr;
  for (Entry& entry : place_of(key)) {
    if (entry.end != 0 && entry.key == key) return &entry;
  }
  return nullptr;
}

void Translations::remember(const flow::FlowKey& key, const Translation& translation,
                            std::uint64_t now) {
  if (places_.empty()) places_.resize(place_count_);
  Entry* entry = entry_of(key);
  if (entry == nullptr) {
    entry = &*std::ranges::min_element(place_of(key), {}, &Entry::end);
    if (entry->end > now) ++evicted_;
  }
  *entry = {key, translation, end_of(translation, now)};
}

void Translations::forget(const flow::FlowKey& key) noexcept {
  if (Entry* entry = entry_of(key)) entry->end = 0;
}

Translation* Translations::find(const flow::FlowKey& key, std::uint64_t now) noexcept {
  Entry* entry = entry_of(key);
  if (entry == nullptr || entry->end <= now) return nullptr;
  entry->end = end_of(entry->translation, now);
  return &entry->translation;
}

}  // namespace weir::gate
