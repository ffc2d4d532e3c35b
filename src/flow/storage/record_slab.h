// Storage of flow records and their links: chunks that never move, and a free list.
#pragma once

#include <vector>

#include "flow/flow_record.h"
#include "flow/timer_wheel.h"
#include "line_allocator.h"

namespace weir::flow {

/// Records by 32-bit index. Memory grows by chunks, or as many as fill a huge page, and is kept for
/// reuse.
class RecordSlab {
 public:
  static constexpr std::size_t chunk_records = 2048;
  /// Chunks that fill a huge page, and 3 % more.
  static constexpr std::size_t page_chunks = 6;

  /// Null is the heap, which is asked for one chunk at a time.
  explicit RecordSlab(Memory* memory) noexcept
      : lines_{memory != nullptr ? *memory : Memory::heap()},
        at_once_{memory != nullptr ? page_chunks : 1} {}
  RecordSlab(const RecordSlab&) = delete;
  RecordSlab& operator=(const RecordSlab&) = delete;
  ~RecordSlab();

  [[nodiscard]] FlowRecord& operator[](std::uint32_t index) noexcept { return *slot(index); }
  [[nodiscard]] const FlowRecord& operator[](std::uint32_t index) const noexcept {
    return *slot(index);
  }

  /// Where the record is filed.
  [[nodiscard]] Links& links(std::uint32_t index) noexcept {
    return chunk(index).links[index % chunk_records];
  }

  /// Makes sure that the next create() has room. Throws std::bad_alloc.
  void reserve_one();
  /// A record whose flow has the next id. Precondition: reserve_one() since the last create().
  std::uint32_t create(const PacketFacts& facts, Timestamp timestamp) noexcept;
  /// The index that create() will return.
  [[nodiscard]] std::uint32_t next() const noexcept { return free_ != none ? free_ : high_water_; }
  void free(std::uint32_t index) noexcept;
  /// Frees every record.
  void clear() noexcept;

  /// Asks for the lines that counting a packet of `side` touches: two, wherever a record begins, as
  /// that is a multiple of 32. Inlined by force: g++ takes a
  /// function that only prefetches for one without effect, and drops calls to it.
  [[gnu::always_inline]] void prefetch(std::uint32_t index, std::uint8_t side) const noexcept {
    const char* lines = reinterpret_cast<const char*>(slot(index)) + side * std::size_t{32};
    __builtin_prefetch(lines, 1);
    __builtin_prefetch(lines + 64, 1);
  }
  [[gnu::always_inline]] void prefetch_links(std::uint32_t index) const noexcept {
    __builtin_prefetch(&chunk(index).links[index % chunk_records], 1);
  }
  /// Asks for the whole record.
  [[gnu::always_inline]] void prefetch_all(std::uint32_t index) const noexcept {
    const char* lines = reinterpret_cast<const char*>(slot(index));
    __builtin_prefetch(lines);
    __builtin_prefetch(lines + 64);
    __builtin_prefetch(lines + 128);
  }

  /// Indexes below this have been used.
  [[nodiscard]] std::uint32_t high_water() const noexcept { return high_water_; }
  [[nodiscard]] std::size_t memory() const noexcept {
    return chunks_.size() * sizeof(Chunk) + chunks_.capacity() * sizeof(chunks_[0]);
  }

 private:
  static constexpr std::uint32_t none = 0xffffffff;

  /// Records begin their lives one by one, so that fresh memory is touched only when needed.
  struct Chunk {
    alignas(64) std::byte bytes[chunk_records * sizeof(FlowRecord)];  // NOLINT: raw storage
    Links links[chunk_records];                                       // NOLINT: uninitialised
  };

  [[nodiscard]] Chunk& chunk(std::uint32_t index) const noexcept {
    return *chunks_.data()[index / chunk_records];  // NOLINT: unchecked, for every packet
  }
  [[nodiscard]] FlowRecord* slot(std::uint32_t index) const noexcept {
    return reinterpret_cast<FlowRecord*>(chunk(index).bytes +
                                         index % chunk_records * sizeof(FlowRecord));
  }

  LineAllocator<Chunk> lines_;
  std::size_t at_once_;
  std::vector<Chunk*> chunks_;
  std::uint32_t high_water_ = 0;
  std::uint32_t free_ = none;
  std::uint64_t created_ = 0;
};

}  // namespace weir::flow
