// The histories of the flows in a table.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "codec.h"
#include "pool.h"
#include "weir/flow/history.h"

namespace weir::flow {

/// Of each flow, by the index of its record, a chain of stretches; a stretch is a chain of units
/// with the codes of successive packets, which needs nothing before it to be decoded. All stretches
/// stand in the order they were begun: the first of them make room. One thread.
class HistoryStore {
 public:
  /// Throws std::bad_alloc.
  explicit HistoryStore(const HistoryOptions& options, Memory& memory = Memory::heap());

  [[nodiscard]] HistoryFields fields() const noexcept { return fields_; }
  /// Whether packets of a flow of this key are meant to be kept.
  [[nodiscard]] bool keeps(const FlowKey& key) const noexcept {
    return !only_ || only_->matches(key);
  }

  /// Makes sure that the index can be used. Throws std::bad_alloc.
  void reserve(std::uint32_t index) {
    if (index >= heads_.size()) heads_.resize(index + index / 2 + std::size_t{64});
  }
  /// One more packet of the flow, coded as encode() says. Precondition: reserve(index).
  void append(std::uint32_t index, std::uint8_t protocol, const HistoryPacket& packet,
              unsigned side) noexcept;
  /// Another's history becomes the end of this one's.
  void splice(std::uint32_t index, std::uint32_t other) noexcept;
  void forget(std::uint32_t index) noexcept;
  /// Forgets all.
  void clear() noexcept;

  /// A copy of what there is of the flow. Throws std::bad_alloc.
  [[nodiscard]] FlowHistory copy(std::uint32_t index, unsigned originator) const;

  [[nodiscard]] HistoryCounts counts() const noexcept {
    return {.packets = packets_, .bytes = pool_.used(), .dropped = dropped_};
  }
  /// Packets kept of one protocol.
  [[nodiscard]] std::uint64_t packets(std::uint8_t protocol) const noexcept {
    return by_protocol_[protocol];
  }
  [[nodiscard]] std::size_t memory() const noexcept {
    return sizeof(*this) + pool_.memory() + heads_.capacity() * sizeof(Head) +
           writers_.size() * (sizeof(Writer) + sizeof(owners_[0]));
  }

  // Three steps ahead of append(), each of which reads what the one before has asked for.
  [[gnu::always_inline]] void prefetch_head(std::uint32_t index) const noexcept {
    if (index < heads_.size()) __builtin_prefetch(&heads_[index]);
  }
  [[gnu::always_inline]] void prefetch_writer(std::uint32_t index) const noexcept {
    if (index >= heads_.size()) return;
    const Head& head = heads_[index];
    if (head.writer != no_writer) {
      __builtin_prefetch(&writers_[head.writer], 1);
    } else if (head.last != none) {
      pool_.prefetch(head.last);
    }
  }
  [[gnu::always_inline]] void prefetch_unit(std::uint32_t index) const noexcept {
    if (index >= heads_.size() || heads_[index].writer == no_writer) return;
    pool_.prefetch(writers_[heads_[index].writer].unit);
  }

 private:
  static constexpr std::uint32_t none = HistoryPool::none;
  static constexpr unsigned max_units = 31;
  static constexpr unsigned max_packets = 16383;
  static constexpr unsigned no_writer = 0xffffff;

  /// Of one flow.
  struct Head {
    /// Its stretches: the first, and the last, to which packets are added.
    std::uint32_t first = none;
    std::uint32_t last = none;
    /// The writer of the last; none if that is sealed.
    std::uint32_t writer : 24 = no_writer;
    std::uint32_t protocol : 8 = 0;
  };
  /// Where the next code of a flow goes. There are as many as flows are expected to be busy at
  /// once; a flow that has none is given one when it goes on, and its writer takes up the stretch.
  struct alignas(64) Writer {
    HistoryState state{};
    /// The last code and, in the top octet, its size; 0 if it is longer than seven octets.
    std::uint64_t last = 0;
    std::uint32_t unit = none;
    /// The first free octet of the unit.
    std::uint32_t at : 5 = 0;
    // Of the stretch: units, how often the last code repeats, packets.
    std::uint32_t units : 5 = 1;
    std::uint32_t run : 8 = 0;
    std::uint32_t packets : 14 = 0;
  };
  static_assert(sizeof(Writer) == 64, "a line of the cache");
  /// A unit: the next of its stretch, then codes. The last of a stretch has the next stretch of the
  /// flow, if there is one.
  struct Unit {
    std::uint32_t next = none;
    std::array<std::uint8_t, HistoryPool::unit_size - 4> codes;
  };
  /// The first unit of a stretch.
  struct Stretch {
    std::uint32_t next_unit = none;
    /// In the order of all.
    std::uint32_t older = none;
    std::uint32_t newer = none;
    std::uint32_t owner = none;
    // What the writer says, as long as there is one.
    std::uint32_t units : 5 = 1;
    std::uint32_t end : 5 = 0;
    std::uint32_t run : 8 = 0;
    std::uint32_t packets : 14 = 0;
    std::array<std::uint8_t, HistoryPool::unit_size - 20> codes;

    void note(const Writer& writer) noexcept {
      units = writer.units;
      end = writer.at;
      run = writer.run;
      packets = writer.packets;
    }
  };
  static_assert(sizeof(Stretch) == HistoryPool::unit_size);

  [[nodiscard]] bool make_room() noexcept;
  void append_first(const Head& head, const HistoryPacket& packet, unsigned side) noexcept;
  void begin_stretch(std::uint32_t index, std::uint8_t protocol) noexcept;
  void write_on(std::uint32_t index, std::uint8_t protocol) noexcept;
  [[nodiscard]] bool resume(Writer& writer, std::uint32_t stretch) noexcept;
  [[nodiscard]] std::uint32_t take_writer(std::uint32_t index) noexcept;
  void ask_for_next_seals() const noexcept;
  /// Hands what the writer knows over to the stretch, and the writer back.
  void seal(Head& head) noexcept;
  void count_kept(std::uint8_t protocol) noexcept {
    ++packets_;
    ++by_protocol_[protocol];
  }
  [[nodiscard]] bool fits(const Writer& writer, std::size_t size) const noexcept;
  void write(Writer& writer, const std::uint8_t* code, std::size_t size) noexcept;
  [[nodiscard]] std::size_t room(const Writer& writer) const noexcept {
    return HistoryPool::unit_size - writer.at;
  }
  /// Takes the first stretch away from its flow, and returns how many packets it had.
  unsigned remove_first(Head& head) noexcept;
  unsigned release(const Head& head, std::uint32_t stretch) noexcept;
  void close(Head& head) noexcept;
  [[nodiscard]] bool is_open(const Head& head, std::uint32_t stretch) const noexcept {
    return stretch == head.last && head.writer != no_writer;
  }
  /// The stretch with what its writer says, if it has one.
  [[nodiscard]] Stretch noted(const Head& head, std::uint32_t index) const noexcept {
    Stretch stretch = pool_.at<Stretch>(index);
    if (is_open(head, index)) stretch.note(writers_[head.writer]);
    return stretch;
  }
  std::size_t copy_stretch(const Head& head, std::uint32_t stretch,
                           std::vector<std::uint8_t>& codes) const;
  /// Precondition: it has no writer.
  [[nodiscard]] std::uint32_t last_unit(std::uint32_t stretch) const noexcept {
    std::uint32_t unit = stretch;
    for (unsigned left = pool_.at<Stretch>(stretch).units; left > 1; --left) {
      unit = pool_.at<std::uint32_t>(unit);
    }
    return unit;
  }
  /// Of the same flow; none behind its last.
  [[nodiscard]] std::uint32_t next_of(const Head& head, std::uint32_t stretch) const noexcept {
    return stretch == head.last ? none : pool_.at<std::uint32_t>(last_unit(stretch));
  }
  void set_next(std::uint32_t stretch, std::uint32_t next) noexcept {
    pool_.at<std::uint32_t>(last_unit(stretch)) = next;
  }
  [[nodiscard]] std::uint8_t* octets(std::uint32_t unit) const noexcept {
    return reinterpret_cast<std::uint8_t*>(&pool_.at<Unit>(unit));
  }
  /// Calls `visit(codes, size)` for each unit of the stretch at `unit`.
  template <class Visit>
  void for_each_part(std::uint32_t unit, const Stretch& stretch, Visit visit) const {
    std::size_t begin = offsetof(Stretch, codes);
    for (unsigned left = stretch.units; left != 0; --left) {
      visit(octets(unit) + begin, (left == 1 ? stretch.end : HistoryPool::unit_size) - begin);
      begin = offsetof(Unit, codes);
      unit = pool_.at<std::uint32_t>(unit);
    }
  }

  HistoryFields fields_;
  std::optional<Conversation> only_;
  HistoryPool pool_;
  std::vector<Head> heads_;
  std::uint32_t max_writers_;
  std::vector<Writer> writers_;
  /// Whose each is.
  std::vector<std::uint32_t> owners_;
  /// The writer that is taken next, from whoever has it.
  std::uint32_t next_writer_ = 0;
  /// Times at the beginnings of stretches are relative to this: that of the first there was since
  /// there was none.
  std::int64_t base_ = 0;
  std::uint32_t oldest_ = none;
  std::uint32_t newest_ = none;
  std::uint64_t packets_ = 0;
  std::uint64_t dropped_ = 0;
  std::array<std::uint64_t, 256> by_protocol_{};
};

}  // namespace weir::flow
