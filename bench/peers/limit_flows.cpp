// The limit for flow records: read(2), five-tuple, and a table that only counts. No time-outs, no
// TCP state, no output.
#include <sys/mman.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "limit.h"

namespace bench {
namespace {

/// One flow: exactly one cache line.
struct alignas(64) Slot {
  FiveTuple key;
  std::uint64_t bytes;
  std::uint32_t packets;  // 0 marks a free slot
  std::uint32_t reserved;
};
static_assert(sizeof(Slot) == 64);

__extension__ using Wide = unsigned __int128;

std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept {
  const Wide product = Wide{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t hash(const FiveTuple& key) noexcept {
  const std::uint64_t rest =
      key.first_port | std::uint64_t{key.second_port} << 16 | std::uint64_t{key.protocol} << 32;
  const std::uint64_t a =
      mix(key.first[0] ^ 0x9e3779b97f4a7c15, key.second[0] ^ 0xd1b54a32d192ed03);
  const std::uint64_t b =
      mix(key.first[1] ^ 0x8cb92ba72f3d8dd7, key.second[1] ^ 0xaef17502108ef2d9);
  return mix(a ^ rest, b ^ 0xda942042e4dd58b5);
}

/// Open addressing with linear probing, doubled when it is two thirds full.
class Table {
 public:
  Table() { allocate(1 << 14); }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;
  ~Table() { ::munmap(slots_, capacity() * sizeof(Slot)); }

  void prefetch(std::uint64_t hash) const noexcept { __builtin_prefetch(&slots_[hash & mask_], 1); }

  void add(const FiveTuple& key, std::uint64_t hash, std::uint32_t bytes) {
    Slot* slot = find(key, hash);
    if (slot->packets == 0) {
      slot->key = key;
      ++used_;
    }
    ++slot->packets;
    slot->bytes += bytes;
    if (3 * used_ > 2 * capacity()) grow();
  }

  [[nodiscard]] std::size_t used() const noexcept { return used_; }

 private:
  [[nodiscard]] std::size_t capacity() const noexcept { return mask_ + 1; }

  Slot* find(const FiveTuple& key, std::uint64_t hash) const noexcept {
    for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
      Slot* const slot = &slots_[at];
      if (slot->packets == 0 || slot->key == key) return slot;
    }
  }

  void allocate(std::size_t capacity) {
    void* const memory = ::mmap(nullptr, capacity * sizeof(Slot), PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) std::abort();
    ::madvise(memory, capacity * sizeof(Slot), MADV_HUGEPAGE);
    slots_ = static_cast<Slot*>(memory);
    mask_ = capacity - 1;
  }

  void grow() {
    Slot* const old = slots_;
    const std::size_t count = capacity();
    allocate(2 * count);
    for (std::size_t i = 0; i < count; ++i) {
      if (old[i].packets != 0) *find(old[i].key, hash(old[i].key)) = old[i];
    }
    ::munmap(old, count * sizeof(Slot));
  }

  Slot* slots_ = nullptr;
  std::size_t mask_ = 0;
  std::size_t used_ = 0;
};

/// Hashes and prefetches a batch, then applies it.
class Batch {
 public:
  explicit Batch(Table& table) noexcept : table_{table} {}

  void add(const Record& record) {
    Entry& entry = entries_[size_];
    if (!parse(record, entry.key)) return;
    entry.hash = hash(entry.key);
    entry.bytes = record.wire;
    table_.prefetch(entry.hash);
    if (++size_ == entries_.size()) apply();
  }

  void apply() {
    for (std::size_t i = 0; i < size_; ++i) {
      table_.add(entries_[i].key, entries_[i].hash, entries_[i].bytes);
    }
    size_ = 0;
  }

 private:
  struct Entry {
    FiveTuple key;
    std::uint64_t hash;
    std::uint32_t bytes;
  };
  Table& table_;
  std::size_t size_ = 0;
  std::array<Entry, 64> entries_;
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::uint64_t packets = 0, bytes = 0;
  bench::Table table;
  bench::Batch batch{table};
  const bool whole = bench::walk(argv[1], [&](const bench::Record& record) {
    ++packets;
    bytes += record.wire;
    batch.add(record);
  });
  batch.apply();
  std::printf("packets %llu bytes %llu flows %zu\n", static_cast<unsigned long long>(packets),
              static_cast<unsigned long long>(bytes), table.used());
  return whole ? 0 : 1;
}
