// Where packets come from: a file, an adapter, a test. Batches, deadlines, states, clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "weir/api.h"
#include "weir/error.h"
#include "weir/packet.h"

namespace weir {

class PacketSink;

/// What a file says about itself: the section header of a pcapng. Empty means "not said".
struct Section {
  std::string comment{};
  std::string hardware{};
  std::string operating_system{};
  /// The program that wrote it.
  std::string application{};
  /// The option list as a pcapng holds it, its integers little-endian; empty if it came from
  /// elsewhere. A savefile::Writer prefers it to the fields above, so that copies lose nothing.
  std::vector<std::uint8_t> options{};

  bool operator==(const Section&) const = default;
};

/// One capture interface, as its source describes it. Empty and zero mean "not said".
struct Interface {
  std::string name;
  std::string description;
  std::string comment;
  std::string filter;
  std::string operating_system;
  std::string hardware;
  LinkType link_type = LinkType::ethernet;
  /// Bytes kept of each packet; 0 is no limit.
  std::uint32_t snapshot_length = 0;
  /// Ticks of its time stamps per second; 1,000,000 in a classic pcap.
  std::uint64_t ticks_per_second = 1'000'000;
  /// Seconds added to every time stamp (pcapng if_tsoffset); already applied to packets.
  std::int64_t time_offset = 0;
  /// Bytes of frame check sequence at the end of every packet; 0 is none, or not said.
  std::uint8_t fcs_length = 0;
  /// The option list as a pcapng holds it, its integers little-endian; empty if it came from
  /// elsewhere. A savefile::Writer prefers it to the fields above, so that copies lose nothing.
  std::vector<std::uint8_t> options{};
  /// The section of the file it belongs to; null if there is none.
  std::shared_ptr<const Section> section{};

  /// Sections are compared by what they say.
  friend WEIR_API bool operator==(const Interface& a, const Interface& b) noexcept;
};

/// What whoever captured counted on one interface (pcapng interface statistics block). What was not
/// counted is absent.
struct InterfaceStatistics {
  /// Index into the source's interfaces().
  std::uint32_t interface_index = 0;
  /// How many its interface has had, this one included.
  std::uint64_t number = 1;
  /// When it was counted.
  Timestamp time{};
  std::optional<Timestamp> start{};
  std::optional<Timestamp> end{};
  std::optional<std::uint64_t> received{};
  /// By the adapter, for want of room.
  std::optional<std::uint64_t> dropped{};
  std::optional<std::uint64_t> filter_accepted{};
  std::optional<std::uint64_t> system_dropped{};
  std::optional<std::uint64_t> delivered{};
  std::string comment{};
  /// The option list as a pcapng holds it, its integers little-endian; as Interface::options.
  std::vector<std::uint8_t> options{};
};

/// A pcapng block that is neither packet nor interface: resolved names, secrets to decrypt with,
/// what others made. Carried from source to sink as it is.
struct Block {
  std::uint32_t type = 0;
  /// Without its two lengths. Borrowed as the packets of the batch it came with.
  Bytes body{};
  bool big_endian = false;
};

/// How long next_batch() may wait for packets. A value: const calls from several threads at once.
class Deadline {
 public:
  static constexpr Deadline none() noexcept { return Deadline{Duration::zero()}; }
  static constexpr Deadline for_ever() noexcept { return Deadline{Duration::max()}; }
  static constexpr Deadline in(Duration duration) noexcept { return Deadline{duration}; }

  /// The longest wait from the moment of the call; Duration::max() is no limit.
  [[nodiscard]] constexpr Duration wait() const noexcept { return wait_; }

 private:
  constexpr explicit Deadline(Duration wait) noexcept : wait_{wait} {}
  Duration wait_;
};

/// Why a batch is as it is.
enum class SourceState : std::uint8_t {
  packets,      ///< at least one packet
  timeout,      ///< the deadline passed without a packet; ask again
  would_block,  ///< none are ready and the deadline was none(); ask again
  stopped,      ///< stop() was called
  gone,         ///< the adapter was removed; all that it had has been delivered
  end,          ///< the end of the stream
};

/// What a source hands out at a time.
struct Batch {
  static constexpr std::size_t max_packets = 1024;

  /// At most max_packets; valid until the source is asked for more.
  std::span<const Packet> packets{};
  SourceState state = SourceState::end;
  /// The source's clock, a watermark: all packets stamped up to here have been delivered, but for
  /// those that a file holds out of order. For a file the largest time stamp so far, but for one
  /// that is more than a day ahead and nobody agrees with; for an adapter by the clock that stamps
  /// its packets, the machine's or its own, and going on in silence. The epoch as long as nothing
  /// is known.
  Timestamp now{};

  /// Whether none will follow: the stream has ended, one way or the other.
  [[nodiscard]] constexpr bool is_last() const noexcept {
    return state == SourceState::stopped || state == SourceState::gone || state == SourceState::end;
  }
};

/// What a source says beside the packets of its last batch. Valid until it is asked for more.
struct BatchContext {
  /// What the packets' interface_index counts in.
  std::span<const Interface> interfaces{};
  /// Of a pcapng: its sections so far, those without an interface too. The last is that of the
  /// packets and blocks.
  std::span<const std::shared_ptr<const Section>> sections{};
  /// Met with these packets.
  std::span<const Block> blocks{};
  /// Met so far; all there are once `ends_file` is set.
  std::span<const InterfaceStatistics> statistics{};
  /// A file has ended here, wholly or by damage: what follows, if anything does, is described anew.
  bool ends_file = false;
};

/// A stream of packets. One thread at a time; stop() alone may be called from anywhere.
class WEIR_API PacketSource {
 public:
  class Iterator;
  class Batches;

  PacketSource() = default;
  PacketSource(const PacketSource&) = delete;
  PacketSource& operator=(const PacketSource&) = delete;
  virtual ~PacketSource();

  /// The next packets, waiting no longer than the deadline. Throws Error if the medium fails; what
  /// was whole before the failure has been delivered by then.
  Batch next_batch(Deadline deadline = Deadline::for_ever()) {
    ++generation_;
    return next(deadline);
  }
  /// Changes whenever what the source lent ends: who remembers the value that came with a packet
  /// can tell whether the packet is still there, as long as the source is.
  [[nodiscard]] std::uint64_t generation() const noexcept { return generation_; }
  /// Keeps what the last batch borrows from: the data of its packets and the bodies of its blocks
  /// stay where they are for as long as the returned lives, on any thread, after the source too;
  /// not the packets' PacketMeta. It pins a buffer, which the source replaces: 256 KiB of a file,
  /// and once that had a record of more than half of it, up to four times the record; so of one
  /// packet in a thousand make an OwnedPacket. Null where nothing can be kept: of adapters, whose
  /// memory goes back to the kernel, and of memory that the caller owns.
  [[nodiscard]] virtual std::shared_ptr<const void> keep_batch();

  /// Known so far; may grow between batches. Valid until the source is asked for more.
  [[nodiscard]] virtual std::span<const Interface> interfaces() const noexcept = 0;
  /// These, and what else there is to say beside the last batch. Of most sources that is nothing.
  [[nodiscard]] virtual BatchContext context() const noexcept;
  /// Of the interfaces known so far, each once.
  [[nodiscard]] std::vector<LinkType> link_types() const;

  /// Makes this and later calls of next_batch() return `stopped`. Callable from another thread or
  /// from a signal handler.
  virtual void stop() noexcept = 0;

  /// Walks the batches up to the last (Batch::is_last), which has no packets and is left out; each
  /// is asked for with the deadline, and those that timed out are among them. Once only, as
  /// begin().
  [[nodiscard]] Batches batches(Deadline deadline = Deadline::for_ever()) noexcept;
  /// Walks the packets of every batch, skipping timeouts, to the end.
  Iterator begin();
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

  /// Hands everything to `sink`, to the end of this source or until the sink is full: nothing is
  /// lost that the sink has a place for. The sink is not closed, so that other sources may follow.
  /// Throws what either throws: of a damaged file all that was whole has been copied by then. Who
  /// wants some of the packets only takes a Copy (weir/copy.h).
  void copy_to(PacketSink& sink);

 protected:
  PacketSource(PacketSource&&) noexcept = default;
  /// What this source lent ends, so that its generation differs from both.
  PacketSource& operator=(PacketSource&& other) noexcept {
    generation_ += other.generation_ + 1;
    return *this;
  }

 private:
  /// As next_batch().
  virtual Batch next(Deadline deadline) = 0;

  std::uint64_t generation_ = 0;
};

/// Makes a source work in a range-for.
class PacketSource::Iterator {
 public:
  using value_type = Packet;
  using difference_type = std::ptrdiff_t;

  explicit Iterator(PacketSource& source) : source_{&source} { refill(); }

  const Packet& operator*() const noexcept { return packets_.front(); }
  const Packet* operator->() const noexcept { return &packets_.front(); }
  Iterator& operator++() {
    packets_ = packets_.subspan(1);
    if (packets_.empty()) refill();
    return *this;
  }
  void operator++(int) { ++*this; }
  bool operator==(std::default_sentinel_t) const noexcept { return packets_.empty(); }

 private:
  void refill() {
    for (bool is_last = false; packets_.empty() && !is_last;) {
      const Batch batch = source_->next_batch();
      packets_ = batch.packets;
      is_last = batch.is_last();
    }
  }

  PacketSource* source_;
  std::span<const Packet> packets_;
};

/// What a range-for walks batch by batch. The source must outlive it.
class PacketSource::Batches {
 public:
  class Iterator {
   public:
    using value_type = Batch;
    using difference_type = std::ptrdiff_t;

    Iterator(PacketSource& source, Deadline deadline) : source_{&source}, deadline_{deadline} {
      ++*this;
    }

    const Batch& operator*() const noexcept { return batch_; }
    const Batch* operator->() const noexcept { return &batch_; }
    Iterator& operator++() {
      batch_ = source_->next_batch(deadline_);
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const noexcept { return batch_.is_last(); }

   private:
    PacketSource* source_;
    Deadline deadline_;
    Batch batch_{};
  };

  Batches(PacketSource& source, Deadline deadline) noexcept
      : source_{&source}, deadline_{deadline} {}
  [[nodiscard]] Iterator begin() const { return Iterator{*source_, deadline_}; }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

 private:
  PacketSource* source_;
  Deadline deadline_;
};

inline PacketSource::Iterator PacketSource::begin() { return Iterator{*this}; }
inline PacketSource::Batches PacketSource::batches(Deadline deadline) noexcept {
  return {*this, deadline};
}

}  // namespace weir
