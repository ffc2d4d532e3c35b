// A packet source as Python drives it: packet by packet, the GIL given up at each batch.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "interface_names.h"
#include "packet_object.h"
#include "raise.h"
#include "weir/filter/filter.h"
#include "weir/print/packet_text.h"
#include "weir/savefile/walk.h"
#include "weir/source.h"
#include "weir/wire/decoders.h"

namespace weir::python {

/// Counts by their names; absent where nobody knows.
using NamedCounts = std::vector<std::pair<const char*, std::optional<std::uint64_t>>>;

/// What a stream is made of.
struct StreamParts {
  std::unique_ptr<PacketSource> source;
  /// What the source reads from, if that is to be closed behind it.
  std::shared_ptr<const void> file{};
  /// Run on every batch.
  std::optional<filter::Filter> filter{};
  /// What its packets are decoded with.
  wire::Decoders decoders{};
  /// How long next() waits before it says that nothing came; none is for ever.
  std::optional<Duration> timeout{};
  /// What its errors are about.
  Subject::Kind kind = Subject::Kind::unknown;
  std::string name{};
  /// What the source counts by itself; called while nobody else uses it.
  std::function<NamedCounts()> counts{};
};

/// Shared by the Python source, its iterators and its packets. Every call needs the GIL.
class Stream {
 public:
  explicit Stream(StreamParts parts);
  ~Stream();

  /// `raised`: an exception is set: by a signal handler, for what the source threw, at the end for
  /// what was wrong with files or an adapter, for want of memory.
  enum class Got : std::uint8_t { packet, timeout, end, raised };
  /// The next packet that the filter wants, in `last`: a new one, or the one there if nobody else
  /// holds it.
  Got next(const std::shared_ptr<Stream>& self, PacketObject*& last);
  /// A whole batch in place of one packet: what next() has left of the last one, else the next.
  /// Valid until the stream is asked for more. `now` is its clock.
  Got next_batch(std::span<const Packet>& packets, Timestamp& now);
  /// The same as packets of Python's, appended to a list.
  Got next_packets(const std::shared_ptr<Stream>& self, PyObject* list);
  /// Packets of one file, or of several merged, as drain() hands them over.
  struct Portion {
    std::span<const Packet> packets;
    /// Of the first, the others count on; 0 where each has its own.
    std::uint64_t number = 0;
    std::span<const Interface> interfaces{};
    /// Empty if that is not known.
    std::string_view file{};
  };
  /// Takes packets without the GIL; returns how many it took: fewer once it has enough. What it
  /// throws ends the stream.
  using Take = std::function<std::size_t(const Portion& portion)>;
  /// Hands over batch after batch without the GIL, but for a look at signals now and then.
  /// `packet`: it has enough.
  Got drain(const Take& take);
  /// Whoever asks for a batch or looks at one holds this, signal handlers that run meanwhile
  /// included: until it ends nobody else asks for packets, and the source stays. Needs the GIL.
  class Lent {
   public:
    explicit Lent(Stream& stream) noexcept;
    Lent(const Lent&) = delete;
    Lent& operator=(const Lent&) = delete;
    ~Lent();

   private:
    Stream& stream_;
  };
  /// Ends next() in whatever thread.
  void stop() noexcept;
  /// Ends the source; packets stay. From now on what asks for packets throws. In a signal handler
  /// that runs while packets are waited for the source is given back once that wait has ended.
  /// Throws while another thread waits.
  void close();
  /// The same, but where another thread waits that only ends its wait.
  void leave();
  [[nodiscard]] bool is_closed() const noexcept { return is_closed_; }
  /// Whether the source has delivered all that it will.
  [[nodiscard]] bool has_ended() const noexcept { return has_ended_; }
  [[nodiscard]] const wire::Decoders& decoders() const noexcept { return parts_.decoders; }

  /// Of all interfaces so far; null beyond.
  [[nodiscard]] const Interface* interface(std::uint32_t index) const noexcept;
  [[nodiscard]] const std::vector<Interface>& interfaces() const noexcept { return interfaces_; }
  /// What became of the packets. While another thread waits for some: as of a tenth of a second ago
  /// at most, or of the last packets.
  [[nodiscard]] NamedCounts counts();
  /// A new reference to what the record of one of its packets has as `interface`; or null with an
  /// exception set. Throws SystemError.
  [[nodiscard]] PyObject* interface_of(const Packet& packet, const wire::Layers& layers);
  /// What prints its packets, and remembers what was printed.
  print::PacketText& text();

 private:
  using Clock = std::chrono::steady_clock;

  void check_usable() const;
  /// Whether a thread but this one asks for packets.
  [[nodiscard]] bool is_busy_elsewhere() const noexcept;
  [[nodiscard]] Subject subject() const noexcept { return {parts_.kind, parts_.name}; }
  std::uint64_t number_of(const Packet& packet) noexcept;
  PacketObject* made(const std::shared_ptr<Stream>& self, PacketObject* last);
  Got refill();
  bool may_go_on();
  Got fail();
  Got give_up();
  Got end();
  void ask(Clock::time_point until);
  void read(Duration wait);
  bool drain_a_while(const Take& take, Clock::time_point until);
  bool hand_over(const Take& take);
  bool hand_over_runs(Portion portion, const Take& take);
  void release();
  void note_interfaces();
  void note_counts();

  StreamParts parts_;
  /// The source, if it is one that keeps troubles for the end.
  savefile::Walk* walk_;
  Batch batch_{};
  std::vector<Packet> chosen_;
  std::span<const Packet> rest_;
  /// Of all packets of the batch, wanted or not.
  std::size_t batch_bytes_ = 0;
  /// All packets of the batch, wanted or not; the number of the first, and where the search for
  /// the next one's number goes on.
  std::span<const Packet> all_;
  std::uint64_t first_number_ = 1;
  std::size_t place_ = 0;
  std::uint64_t read_ = 0;
  std::uint64_t judged_ = 0;
  std::uint64_t wanted_ = 0;
  std::uint64_t delivered_ = 0;
  /// Of all files so far; those of the one being read begin at the last of `first_interfaces_`.
  std::vector<Interface> interfaces_;
  std::vector<std::uint32_t> first_interfaces_{0};
  NamedCounts source_counts_;
  Clock::time_point counted_{};
  std::optional<print::PacketText> text_;
  std::optional<InterfaceNames> names_;
  Loan loan_;
  bool is_busy_ = false;
  /// Of whoever makes it busy.
  std::thread::id user_{};
  bool has_ended_ = false;
  bool is_closed_ = false;
};

}  // namespace weir::python
