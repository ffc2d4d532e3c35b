// Sends recorded packets in time: paced, filtered, changed on their way, on one adapter or two.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "weir/api.h"
#include "weir/filter/filter.h"
#include "weir/inject/deviation.h"
#include "weir/inject/incoming.h"
#include "weir/inject/rate.h"
#include "weir/inject/rewriting.h"
#include "weir/inject/sender.h"
#include "weir/inject/sent.h"
#include "weir/sink.h"
#include "weir/source.h"

namespace weir::inject {

/// What a replay has come to: asked = packets + refused().
struct ReplayFigures {
  /// Frames the adapters took, and their bytes.
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  /// Frames that were to be sent.
  std::uint64_t asked = 0;
  /// Of frames that were tried again, how often.
  std::uint64_t retried = 0;
  /// By Refusal.
  std::array<std::uint64_t, refusals> refused_for{};
  /// Of those that were sent, frames that had been captured in part, and left as far as they go.
  std::uint64_t cut = 0;
  /// Times at which the recording's clock had been set (Schedule::clock_steps).
  std::uint64_t clock_steps = 0;
  /// Recordings sent to their end.
  std::uint64_t loops = 0;
  /// From the first frame to behind the last.
  Duration duration{};
  /// How late frames were handed to the kernel; nothing is counted at Rate::Kind::top.
  Deviation deviation{};
  /// How late the last frame was.
  Duration behind{};

  /// Whether fewer than 99 of 100 frames left in the time they were asked for in: the last one was
  /// later than that, and not by a hiccup, but by more than 10 ms or as others of a thousand
  /// before. A run that ends sooner cannot tell.
  [[nodiscard]] WEIR_API bool is_rate_missed() const noexcept;

  [[nodiscard]] std::uint64_t refused() const noexcept {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : refused_for) sum += count;
    return sum;
  }
  [[nodiscard]] std::uint64_t refused(Refusal refusal) const noexcept {
    return refused_for[static_cast<std::size_t>(refusal)];
  }
  /// A second; 0 where no time has passed.
  [[nodiscard]] double packet_rate() const noexcept {
    return per_second(static_cast<double>(packets));
  }
  [[nodiscard]] double bit_rate() const noexcept {
    return per_second(static_cast<double>(bytes) * 8);
  }

 private:
  [[nodiscard]] double per_second(double count) const noexcept {
    return duration > Duration::zero() ? count / std::chrono::duration<double>(duration).count()
                                       : 0;
  }
};

/// Where frames leave, or arrive as if they had been received.
using Outlet = std::variant<Sender, Incoming>;

/// Which of two adapters a packet leaves through.
struct Split {
  enum class Kind : std::uint8_t {
    none,       ///< all through the first
    direction,  ///< what came in where it was captured through the second, the rest the first
    filter,     ///< what `filter` matches through the first, the rest through the second
  };
  Kind kind = Kind::none;
  filter::Filter filter{};
};

/// How to replay.
struct ReplayOptions {
  Rate rate{};
  /// How often the recording is sent; 0 is for ever.
  std::uint64_t loops = 1;
  /// Ends the replay; zero is never.
  Duration duration{};
  /// Frames to be sent in all; 0 is no limit.
  std::uint64_t packets = 0;
  /// Longer gaps of the recording become this long.
  Duration max_gap = Duration::max();
  /// Keeps the recording in memory (PacketStore) before the first frame leaves.
  bool preload = false;
  /// Bytes of memory that may take; 0 is half of what is available when the replay is made. A
  /// recording that takes more is not sent.
  std::uint64_t preload_limit = 0;
  /// Other packets are passed over: no time of the schedule is theirs.
  filter::Filter filter{};
  Split split{};
  Rewriting rewriting{};
  /// Asked before each frame, which waits for it; false stops the replay.
  std::function<bool()> before_packet{};
  /// Called five times a second and when a signal interrupts a wait, more often while a neighbour
  /// is asked, in the thread that sends: false stops the replay.
  std::function<bool(const ReplayFigures&)> on_progress{};
};

/// Why a replay takes no more packets.
enum class ReplayEnd : std::uint8_t {
  none,          ///< it takes more
  limit,         ///< of packets, time or loops
  stopped,       ///< by stop() or a callback
  adapter_down,  ///< and of what was to follow nothing was asked
  adapter_gone,
};

/// Sends recordings. Either run() does all, or whoever has the packets writes them and calls
/// begin_loop() in between:
///
///     inject::Replay replay{inject::Sender{"eth0"}, {.rate = inject::parse_rate("10kpps")}};
///     replay.run([] { return std::make_unique<savefile::Reader>("trace.pcap"); });
///     fmt::print("{} sent, {} refused", replay.figures().packets, replay.figures().refused());
///
/// Each frame has a moment that follows from the schedule and the moment the first one left: one
/// that is late moves no other. Frames due together leave together, in the order of the recording
/// also where they are of two adapters. A frame that cannot leave is counted by its cause, and the
/// others follow. One thread at a time, but stop() from anywhere, signal handlers included.
class WEIR_API Replay final : public PacketSink {
 public:
  /// Through one adapter, or with a Split through two. Throws Error (invalid_argument) for
  /// options that contradict each other or their number, or have a dry run go on for ever;
  /// SystemError.
  explicit Replay(Outlet outlet, ReplayOptions options = {});
  Replay(std::vector<Outlet> outlets, ReplayOptions options);
  Replay(Replay&&) noexcept;
  Replay& operator=(Replay&&) noexcept;
  ~Replay() override;

  /// Sends what the sources hold, one for each loop, as often as the options say, and returns when
  /// and because nothing more is sent. With `preload` there is but one source. Throws what `open`
  /// and the sources throw, Error at the end: each loop sends what is whole; Error
  /// (invalid_argument), with nothing sent, for what takes more than the limit of preload.
  ReplayEnd run(const std::function<std::unique_ptr<PacketSource>()>& open);
  /// The same of what `read` writes to the sink it is given: a recording, each time, of files
  /// between which it calls rotate() or which are one.
  ReplayEnd run(const std::function<void(PacketSink& to)>& read);
  /// The same, of what is in memory.
  ReplayEnd run(std::span<const Packet> packets);
  /// Sends what one source holds, once or, with `preload`, as often as the options say. Throws
  /// Error (invalid_argument) for more than one loop without.
  ReplayEnd run(PacketSource& source);

  /// Returns once the last of them has been handed to the adapter, or none is taken any more.
  void write(std::span<const Interface> interfaces, std::span<const Packet> packets) override;
  /// The recording has ended and begins anew. False where that was the last loop, and after one
  /// that had nothing to send.
  bool begin_loop();
  void flush() override {}
  /// A source has nothing now: looks whether the time is over, and tells of the progress.
  void flush_if_due() override;
  [[nodiscard]] bool is_full() const noexcept override { return end() != ReplayEnd::none; }
  /// A file has ended: the first packet of the next one is due with the last of this.
  void rotate() override;
  void close() override {}
  [[nodiscard]] SinkCounts counts() const noexcept override;

  /// Ends waits and calls soon.
  void stop() noexcept;

  [[nodiscard]] ReplayEnd end() const noexcept;
  /// The adapter that is down or gone; the first otherwise.
  [[nodiscard]] const std::string& adapter() const noexcept;
  [[nodiscard]] ReplayFigures figures() const noexcept;

 private:
  /// Once.
  WEIR_PRIVATE void send(std::span<const Packet> packets);

  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::inject
