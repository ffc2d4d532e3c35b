// The loop of a replay: what is due, what waits, what ends it.
#include "weir/inject/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <utility>

#include "inject/outbox.h"
#include "weir/capture/live.h"
#include "weir/inject/pacer.h"
#include "weir/inject/packet_store.h"

namespace weir::inject {
namespace {

constexpr Duration progress_period = std::chrono::milliseconds{200};
/// While a neighbour is asked, so often it is looked whether it has answered, and told that the
/// replay goes on: signals may come while nothing waits.
constexpr Duration asking_period = std::chrono::milliseconds{2};
constexpr Duration asking_progress_period = std::chrono::milliseconds{40};

void check(const std::vector<Outlet>& outlets, const ReplayOptions& options) {
  const std::size_t wanted = options.split.kind == Split::Kind::none ? 1 : 2;
  if (outlets.size() != wanted) {
    throw Error{ErrorCode::invalid_argument,
                wanted == 1 ? "to replay on two adapters takes a split of the packets"
                            : "a split of the packets takes two adapters"};
  }
  if (options.rate.kind != Rate::Kind::recorded && options.max_gap != Duration::max()) {
    throw Error{ErrorCode::invalid_argument, "gaps are shortened of recorded time alone"};
  }
  if (options.rate.kind != Rate::Kind::top &&
      !(options.rate.value > 0 && std::isfinite(options.rate.value))) {
    throw Error{ErrorCode::invalid_argument, "a rate of 0 never sends anything"};
  }
  if (options.rewriting.unique_addresses && options.loops > wire::AddressMap::ipv4_shifts) {
    throw Error{ErrorCode::invalid_argument,
                "of more than 16777216 loops not all can have addresses of their own"};
  }
}

[[noreturn]] void refuse_to_preload(std::uint64_t limit) {
  throw Error{ErrorCode::invalid_argument,
              fmt::format("the recording takes more memory than the {} bytes that preload may: "
                          "raise the limit (preload_limit, --preload-limit), choose packets with "
                          "a filter, or send without preload, which reads as it sends",
                          limit)};
}

}  // namespace

/// What a walk lends to stop(), which may come at any moment.
class StoppableSource {
 public:
  /// False: stop() has been called already.
  [[nodiscard]] bool begin(PacketSource& source) noexcept {
    source_.store(&source);
    return !stopped_.load();
  }
  /// From here on nobody touches it.
  void end() noexcept {
    source_.store(nullptr);
    while (stopping_.load() != 0) {
    }
  }
  void stop() noexcept {
    stopped_.store(true);
    ++stopping_;
    if (PacketSource* const source = source_.load()) source->stop();
    --stopping_;
  }

 private:
  std::atomic<PacketSource*> source_{nullptr};
  std::atomic<int> stopping_{0};
  std::atomic<bool> stopped_{false};
};

struct Replay::State {
  State(std::vector<Outlet> outlets, ReplayOptions wanted)
      : options{std::move(wanted)}, schedule{options.rate, options.max_gap} {
    check(outlets, options);
    if (options.preload && options.preload_limit == 0) {
      options.preload_limit = capture::largest_ring() / 2;
    }
    exits.reserve(outlets.size());
    for (Outlet& outlet : outlets) exits.emplace_back(std::move(outlet), options.rewriting);
    is_dry_run = std::ranges::all_of(exits, &Exit::is_dry_run);
    if (is_dry_run && options.loops == 0 && options.packets == 0) {
      throw Error{ErrorCode::invalid_argument,
                  "a dry run of loops without end takes a number of packets to end at"};
    }
  }

  void write(std::span<const Packet> packets);
  [[nodiscard]] bool take(const Packet& packet);
  [[nodiscard]] bool is_turn();
  [[nodiscard]] Refusal prepare(const Packet& packet);
  void wait(Duration due);
  void leave();
  void copy(PacketSource& from, PacketSink& to);
  void finish(ReplayEnd reason) noexcept;
  void look_at_clock();
  void report();
  [[nodiscard]] ReplayFigures figures() const noexcept;
  /// Of a dry run by the schedule alone.
  [[nodiscard]] Duration clock() const noexcept { return is_dry_run ? now : pacer.now(); }
  [[nodiscard]] std::size_t exit_of(const Packet& packet) const noexcept;

  ReplayOptions options;
  std::vector<Exit> exits;
  Schedule schedule;
  Pacer pacer;
  bool is_dry_run = false;
  Outbox outbox;
  StoppableSource source;
  /// Of the frames in the outbox.
  std::size_t exit = 0;
  ReplayEnd end = ReplayEnd::none;
  bool has_started = false;
  std::uint64_t asked = 0;
  std::uint64_t loops = 0;
  /// What was asked when the loop began.
  std::uint64_t asked_before = 0;
  std::array<std::uint64_t, refusals> refused{};  // before anyone was asked to send them
  Deviation deviation;
  /// The clock when it was looked at last; what is due by then need not wait.
  Duration now{};
  Duration last_left{};
  Duration behind{};
  Duration next_report = progress_period;
};

std::size_t Replay::State::exit_of(const Packet& packet) const noexcept {
  switch (options.split.kind) {
    case Split::Kind::direction:
      return packet.direction == Direction::in ? 1 : 0;
    case Split::Kind::filter:
      return options.split.filter.matches(packet) ? 0 : 1;
    case Split::Kind::none:
      break;
  }
  return 0;
}

void Replay::State::write(std::span<const Packet> packets) {
  for (const Packet& packet : packets) {
    if (!options.filter.is_everything() && !options.filter.matches(packet)) continue;
    if (!take(packet)) break;
  }
  leave();
}

/// False where the replay has ended before the next packet.
bool Replay::State::is_turn() {
  if (pacer.is_stopped()) finish(ReplayEnd::stopped);
  if (end == ReplayEnd::none && options.before_packet) {
    leave();
    if (end == ReplayEnd::none && !options.before_packet()) finish(ReplayEnd::stopped);
  }
  if (end != ReplayEnd::none) return false;
  if (!has_started) {
    has_started = true;
    now = Duration::zero();
    next_report = progress_period;
    pacer.start();
  }
  return true;
}

/// False where the replay has ended: the packet is not part of it.
bool Replay::State::take(const Packet& packet) {
  if (!is_turn()) return false;
  const std::size_t to = exit_of(packet);
  if (to != exit || outbox.is_full(packet.data.size())) leave();
  if (end != ReplayEnd::none) return false;
  exit = to;
  // Changed before its moment comes, so that this takes nothing from it; and how long it is then
  // counts.
  const Refusal refusal = prepare(packet);
  if (end != ReplayEnd::none) return false;
  const Duration due =
      options.before_packet ? clock() : schedule.due(packet, outbox.prepared().data.size());
  if (due > now) now = clock();
  const bool is_beyond_limit = options.duration > Duration::zero() && due > options.duration;
  if (is_beyond_limit && due <= now) {  // this late, it is not waited for
    leave();
    finish(ReplayEnd::limit);
  }
  if (due > now) {
    leave();
    wait(due);
  }
  if (end != ReplayEnd::none) return false;
  ++asked;
  if (refusal == Refusal::none) {
    outbox.add_prepared(due);
  } else {
    ++refused[static_cast<std::size_t>(refusal)];
    look_at_clock();
    last_left = now;
  }
  if (asked == options.packets) {
    leave();
    finish(ReplayEnd::limit);
  }
  return true;
}

/// In the outbox; waits where a neighbour has to be asked.
Refusal Replay::State::prepare(const Packet& packet) {
  Rewriter& rewriter = exits[exit].rewriter();
  Refusal refusal = outbox.prepare(packet, rewriter);
  while (end == ReplayEnd::none && rewriter.is_asking()) {
    leave();  // what is due does not wait with it
    now = clock();
    next_report = std::min(next_report, now + asking_progress_period);
    wait(now + asking_period);
    refusal = outbox.prepare(packet, rewriter);
  }
  return refusal;
}

void Replay::State::wait(Duration due) {
  const bool has_limit = options.duration > Duration::zero();
  const Duration until = has_limit ? std::min(due, options.duration) : due;
  if (is_dry_run) now = until;
  for (bool is_due = now >= until; !is_due && end == ReplayEnd::none;) {
    const Duration next = options.on_progress ? std::min(until, next_report) : until;
    const Pacer::Waited waited = pacer.wait_until(next);
    now = clock();
    is_due = now >= until;
    if (waited == Pacer::Waited::stopped) return finish(ReplayEnd::stopped);
    if (waited == Pacer::Waited::interrupted || now >= next_report) report();
  }
  if (until < due) finish(ReplayEnd::limit);
}

void Replay::State::copy(PacketSource& from, PacketSink& to) {
  struct Lent {
    StoppableSource& source;
    ~Lent() { source.end(); }
  } const lent{source};
  if (source.begin(from)) from.copy_to(to);
}

/// What is in the outbox.
void Replay::State::leave() {
  if (outbox.is_empty()) return;
  now = clock();
  if (options.rate.kind != Rate::Kind::top && !options.before_packet && !is_dry_run) {
    for (const Duration due : outbox.due()) deviation.add(now - due);
    behind = now - outbox.due().back();
  }
  const Sent sent = exits[exit].send(outbox.packets());
  outbox.clear();
  look_at_clock();
  last_left = now;
  const SendCounts counts = exits[exit].counts();
  if (!sent && counts.refused(Refusal::adapter_gone) != 0) finish(ReplayEnd::adapter_gone);
  if (!sent && counts.refused(Refusal::adapter_down) != 0) {
    finish(exits[exit].is_gone() ? ReplayEnd::adapter_gone : ReplayEnd::adapter_down);
  }
}

void Replay::State::look_at_clock() {
  now = clock();
  if (options.duration > Duration::zero() && now >= options.duration) finish(ReplayEnd::limit);
  if (pacer.now() >= next_report) report();
}

void Replay::State::report() {
  next_report = pacer.now() + progress_period;
  if (options.on_progress && !options.on_progress(figures())) finish(ReplayEnd::stopped);
}

/// The first reason counts.
void Replay::State::finish(ReplayEnd reason) noexcept {
  if (end == ReplayEnd::none) end = reason;
}

ReplayFigures Replay::State::figures() const noexcept {
  ReplayFigures figures{.asked = asked,
                        .refused_for = refused,
                        .clock_steps = schedule.clock_steps(),
                        .loops = loops,
                        .duration = last_left,
                        .deviation = deviation,
                        .behind = behind};
  for (const Exit& through : exits) {
    const SendCounts counts = through.counts();
    figures.packets += counts.sent;
    figures.bytes += counts.bytes;
    figures.retried += counts.retried;
    figures.cut += counts.cut;
    for (std::size_t i = 0; i < refusals; ++i) figures.refused_for[i] += counts.refused_for[i];
  }
  if (end == ReplayEnd::adapter_gone) {
    auto& gone = figures.refused_for[static_cast<std::size_t>(Refusal::adapter_gone)];
    gone += std::exchange(figures.refused_for[static_cast<std::size_t>(Refusal::adapter_down)],
                          std::uint64_t{0});
  }
  return figures;
}

bool ReplayFigures::is_rate_missed() const noexcept {
  constexpr Duration no_hiccup = std::chrono::milliseconds{10};
  constexpr Duration of_one_frame = std::chrono::microseconds{100};  // waking up takes so long
  constexpr std::uint64_t enough = 1000;
  if (behind <= of_one_frame || behind <= duration / 100) return false;
  // At a steady rate that is too low the frame in the middle is half as late as the last.
  return behind > no_hiccup ||
         (deviation.count() >= enough && deviation.quantile(0.5) > behind / 4);
}

Replay::Replay(std::vector<Outlet> outlets, ReplayOptions options)
    : state_{std::make_unique<State>(std::move(outlets), std::move(options))} {}

Replay::Replay(Outlet outlet, ReplayOptions options)
    : Replay{[&] {
               std::vector<Outlet> one;
               one.push_back(std::move(outlet));
               return one;
             }(),
             std::move(options)} {}

Replay::Replay(Replay&&) noexcept = default;
Replay& Replay::operator=(Replay&&) noexcept = default;
Replay::~Replay() = default;

void Replay::write(std::span<const Interface> /*interfaces*/, std::span<const Packet> packets) {
  state_->write(packets);
}

bool Replay::begin_loop() {
  State& state = *state_;
  ++state.loops;
  state.schedule.begin_again();
  for (Exit& exit : state.exits) exit.rewriter().begin_loop(state.loops);
  const bool is_barren = state.asked == state.asked_before;
  state.asked_before = state.asked;
  if (is_barren || state.loops == state.options.loops) state.finish(ReplayEnd::limit);
  return state.end == ReplayEnd::none;
}

ReplayEnd Replay::run(std::span<const Packet> packets) {
  do {
    send(packets);
  } while (!is_full() && begin_loop());
  return end();
}

/// In portions, so that a signal handler's stop() ends it even where nothing waits.
void Replay::send(std::span<const Packet> packets) {
  while (!packets.empty() && !is_full()) {
    const std::size_t portion = std::min(packets.size(), Batch::max_packets);
    state_->write(packets.first(portion));
    packets = packets.subspan(portion);
  }
}

void Replay::rotate() { state_->schedule.begin_again(); }

ReplayEnd Replay::run(PacketSource& source) {
  if (state_->options.loops != 1 && !state_->options.preload) {
    throw Error{ErrorCode::invalid_argument,
                "a source can be read but once: loops take preload, or a way to open it again"};
  }
  return run([&](PacketSink& to) { state_->copy(source, to); });
}

ReplayEnd Replay::run(const std::function<std::unique_ptr<PacketSource>()>& open) {
  return run([&](PacketSink& to) { state_->copy(*open(), to); });
}

ReplayEnd Replay::run(const std::function<void(PacketSink&)>& read) {
  std::exception_ptr damage;
  const auto read_whole = [&](PacketSink& to) {
    try {
      read(to);
    } catch (const Error&) {
      damage = std::current_exception();
    }
    if (state_->pacer.is_stopped()) state_->finish(ReplayEnd::stopped);
  };
  if (state_->options.preload) {
    PacketStore store{state_->options.preload_limit};
    read_whole(store);
    if (store.is_full()) refuse_to_preload(state_->options.preload_limit);
    do {
      for (const std::span<const Packet> file : store.files()) {
        send(file);
        rotate();
      }
    } while (!is_full() && begin_loop());
  } else {
    do {
      read_whole(*this);
    } while (!is_full() && begin_loop());
  }
  if (damage) std::rethrow_exception(damage);
  return end();
}

void Replay::flush_if_due() {
  if (end() == ReplayEnd::none) state_->look_at_clock();
}

SinkCounts Replay::counts() const noexcept {
  const ReplayFigures figures = state_->figures();
  return {.packets = figures.packets, .bytes = figures.bytes};
}

void Replay::stop() noexcept {
  state_->pacer.stop();
  state_->source.stop();
}

ReplayEnd Replay::end() const noexcept { return state_->end; }

const std::string& Replay::adapter() const noexcept {
  return state_->exits[state_->exit].adapter();
}

ReplayFigures Replay::figures() const noexcept { return state_->figures(); }

}  // namespace weir::inject
