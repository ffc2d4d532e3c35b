// The table of TCP connections: linear probing over a power of two of slots.
#include "print/sequence_table.h"

#include <cstring>

namespace weir::print {
namespace {

constexpr std::size_t first_slots = 256;
constexpr std::size_t max_probes = 64;

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) noexcept {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15ULL;
  hash = (hash ^ hash >> 32) * 0xd6e8feb86659fd93ULL;
  return hash ^ hash >> 32;
}

std::uint64_t mix(std::uint64_t hash, const IpAddress& address) noexcept {
  std::uint64_t words[2] = {};  // NOLINT(modernize-avoid-c-arrays)
  std::memcpy(words, address.bytes().data(), address.bytes().size());
  return mix(mix(hash, words[0]), words[1]);
}

}  // namespace

std::size_t SequenceTable::home(const ConnectionKey& key) const noexcept {
  std::uint64_t hash = mix(hash_key_ ^ 0x9e3779b97f4a7c15ULL, key.low);
  hash = mix(hash, key.high);
  hash = mix(hash, std::uint64_t{key.low_port} << 16 | key.high_port);
  return hash & (slots_.size() - 1);
}

SequenceTable::Entry& SequenceTable::probe(const ConnectionKey& key, bool& found) noexcept {
  const std::size_t start = home(key);
  found = false;
  for (std::size_t step = 0; step < max_probes; ++step) {
    Entry& entry = slots_[(start + step) & (slots_.size() - 1)];
    if (!entry.used) return entry;
    if (entry.key == key) {
      found = true;
      return entry;
    }
  }
  return slots_[start];
}

void SequenceTable::grow() {
  std::vector<Entry> old = std::move(slots_);
  slots_.assign(old.empty() ? first_slots : old.size() * 2, {});
  used_ = 0;
  for (const Entry& entry : old) {
    if (!entry.used) continue;
    bool found = false;
    Entry& place = probe(entry.key, found);
    used_ += place.used ? 0 : 1;
    place = entry;
  }
}

record::TcpBases& SequenceTable::at(const ConnectionKey& key) {
  if (slots_.empty() || (used_ * 2 >= slots_.size() && slots_.size() * 2 <= max_slots_)) grow();
  bool found = false;
  Entry& entry = probe(key, found);
  if (found) return entry.bases;
  used_ += entry.used ? 0 : 1;
  entry = {.key = key, .used = true};
  return entry.bases;
}

}  // namespace weir::print
