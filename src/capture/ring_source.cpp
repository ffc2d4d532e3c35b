// RingSource: opening, taking packets, changing, counting.
#include "capture/ring_source.h"

#include <sys/utsname.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

#include "capture/adapter/pseudo_adapter.h"
#include "capture/live_limits.h"
#include "capture/sieve.h"
#include "sys/grace_period.h"
#include "weir/error.h"

namespace weir::capture {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using sys::PacketSocket;

// Nobody tells us that an adapter is back, but for one that was only down.
constexpr int look_again_milliseconds = 50;
// The kernel's counters have 32 bits: read them well before.
constexpr std::uint64_t read_counters_after = std::uint64_t{1} << 30;

sys::FanoutMode mode_of(Fanout::By by) noexcept {
  switch (by) {
    case Fanout::By::hash:
      return sys::FanoutMode::hash;
    case Fanout::By::cpu:
      return sys::FanoutMode::cpu;
    case Fanout::By::rollover:
      return sys::FanoutMode::rollover;
  }
  return sys::FanoutMode::hash;
}

std::string operating_system() {
  utsname names{};
  if (::uname(&names) != 0) return {};
  return std::string{names.sysname} + " " + names.release;
}

}  // namespace

RingSource::RingSource(sys::LinkStates links, const sys::LinkState& adapter, LinkLayer layer,
                       const LiveOptions& options)
    : links_{std::move(links)},
      adapter_{adapter},
      layer_{layer},
      longest_{snapshot_length(options.snapshot_length, longest_snapshot)},
      shape_{ring_shape(options, headroom(layer.kind == PacketSocket::Kind::cooked),
                        adapter.longest_packet)},
      counts_all_{options.filter_in_user_space},
      // The kernel would run programs on packets without the cooked header.
      user_space_only_{counts_all_ || layer.kind == PacketSocket::Kind::cooked},
      resume_{options.resume},
      shares_{options.fanout.has_value()},
      gathering_milliseconds_{static_cast<int>(gathering_time(options) / 1ms)},
      socket_{layer.kind},
      watermark_{std::chrono::milliseconds{shape_.retire_milliseconds}},
      filter_{options.filter},
      settings_{.traffic = options.traffic,
                .snapshot_length = longest_,
                .promiscuous = options.promiscuous},
      packets_(Batch::max_packets),
      adapter_drops_{adapter.dropped} {
  description_.name = adapter_.name;
  description_.operating_system = operating_system();
  description_.link_type = layer.link_type;
  description_.snapshot_length = longest_;
  description_.ticks_per_second = 1'000'000'000;
  description_.filter = filter_.text();
  open(options);
}

SystemError RingSource::failure(int number) const {
  return SystemError{number, "capture on " + adapter_.name};
}

void RingSource::open(const LiveOptions& options) {
  if (options.adapter_clock) {
    socket_.take_adapter_clock();
    if (socket_.adapter_stamps(adapter_.name)) clock_ = PacketFlags::adapter_clock;
  }
  // Members of a group are told apart only once they have joined: nothing may come in before.
  if (shares_) {
    const bpf::Program nothing = refuse_all();
    if (const int error = socket_.attach(std::as_bytes(std::span{nothing}))) throw failure(error);
  } else {
    sieved_ = attach(filter_.program(layer_.link_type), settings_, Cut::now);
  }
  try {
    ring_.emplace(socket_, shape_);
  } catch (const SystemError& error) {
    if (error.system_code() == std::errc::not_enough_memory) refuse_ring_size(options.ring_size);
    throw;
  }
  if (settings_.promiscuous && adapter_.index != 0) {
    if (const int error = socket_.set_promiscuous(adapter_.index, true)) throw failure(error);
  }
  if (const int error = socket_.bind(adapter_.index)) throw failure(error);
  if (const int error = socket_.take_error()) {
    if (error != ENETDOWN || !resume_) throw failure(error);
    presence_ = Presence::away;
  }
  if (options.fanout) join(*options.fanout);
  prepare_walk();
}

void RingSource::join(const Fanout& fanout) {
  if (const int error = socket_.join_fanout(fanout.id, mode_of(fanout.by))) throw failure(error);
  static_cast<void>(sys::wait_for_grace_period());
  sieved_ = attach(filter_.program(layer_.link_type), settings_, Cut::now);
}

bool RingSource::attach(bpf::ProgramView program, const Settings& settings, Cut cut) {
  // What user space decides on comes whole, so that the snapshot length has no say in it.
  const bool decides = !program.empty();
  SieveOptions options{.traffic = counts_all_ ? Traffic::any : settings.traffic,
                       .snapshot_length = settings.snapshot_length,
                       .loopback = loopback_in(adapter_)};
  // The sieve refuses them too; this spares the kernel the way there.
  const bool ignores_outgoing = options.traffic == Traffic::in || adapter_.loopback;
  if (decides && !user_space_only_) {
    auto cutting = sieve_with(program, options);
    options.snapshot_length = longest_snapshot;
    const auto sieve = cut == Cut::now ? cutting : sieve_with(program, options);
    if (sieve && socket_.attach(std::as_bytes(std::span{*sieve})) == 0) {
      socket_.ignore_outgoing(ignores_outgoing);
      cutting_sieve_ = cut == Cut::now ? bpf::Program{} : std::move(*cutting);
      kernel_refuses_ = true;
      return true;
    }
  }
  if (decides) options.snapshot_length = longest_snapshot;
  const bpf::Program sieve = sieve_without_program(options);
  if (const int error = socket_.attach(std::as_bytes(std::span{sieve}))) throw failure(error);
  socket_.ignore_outgoing(ignores_outgoing);
  cutting_sieve_.clear();
  kernel_refuses_ = kernel_refuses_ || options.traffic != Traffic::any || options.loopback != 0;
  return !decides;
}

void RingSource::cut_in_kernel() noexcept {
  // If the kernel refuses, packets go on coming whole and are cut here.
  static_cast<void>(socket_.attach(std::as_bytes(std::span{cutting_sieve_})));
  cutting_sieve_.clear();
}

bool RingSource::decides_all() const noexcept { return !sieved_ || block_number_ < decide_until_; }

void RingSource::count_as(std::uint32_t interface_index) noexcept {
  interface_index_ = interface_index;
  prepare_walk();
}

void RingSource::prepare_walk() noexcept {
  walk_options_ = {.link_type = layer_.link_type,
                   .interface_index = interface_index_,
                   .snapshot_length = settings_.snapshot_length,
                   .want_in = settings_.traffic != Traffic::out,
                   .want_out = settings_.traffic != Traffic::in,
                   .cooked = layer_.kind == PacketSocket::Kind::cooked,
                   .decide_all = decides_all(),
                   .filter = &filter_};
}

Batch RingSource::next_batch(Deadline deadline) {
  const Patience patience{deadline};
  // would_block means that nothing is at hand: without patience all that is there is looked at, but
  // not what goes on coming.
  const std::uint64_t once_round = block_number_ + shape_.blocks;
  for (;;) {
    if (stopped_.load(std::memory_order_relaxed)) {
      return {{}, SourceState::stopped, watermark_.now()};
    }
    if (block_at_hand()) {
      const std::size_t kept = take().kept;
      const auto packets = std::span{packets_}.first(kept);
      watermark_.delivered(packets);
      if (kept != 0) return {packets, SourceState::packets, watermark_.now()};
      const bool go_on = patience.none() && block_number_ < once_round;
      if (patience.over() && !go_on) return {{}, patience.state(), watermark_.now()};
    } else if (const auto state = wait(patience)) {
      if (*state == SourceState::gone) watermark_.gone();
      return {{}, *state, watermark_.now()};
    }
  }
}

bool RingSource::block_at_hand() noexcept {
  if (in_block_ && walk_.at_end()) {
    ring_->give_back();
    ++block_number_;
    in_block_ = false;
    if (!cutting_sieve_.empty() && !decides_all()) cut_in_kernel();
  }
  if (in_block_) return true;
  if (!ring_->ready()) return false;
  walk_ = BlockWalk{ring_->front()};
  in_block_ = true;
  walk_options_.decide_all = decides_all();
  return true;
}

BlockWalk::Taken RingSource::take() noexcept {
  const BlockWalk::Taken taken = walk_.next(packets_, walk_options_);
  delivered_ += taken.kept;
  filtered_ += taken.refused;
  since_counters_ += taken.kept + taken.refused;
  if (since_counters_ >= read_counters_after) take_counters();
  return taken;
}

std::optional<SourceState> RingSource::wait(const Patience& patience) {
  if (presence_ == Presence::gone) return SourceState::gone;
  int most = -1;
  if (presence_ == Presence::leaving) most = static_cast<int>(shape_.retire_milliseconds);
  if (presence_ == Presence::away) most = look_again_milliseconds;
  const auto woken =
      sys::wait_readable(socket_.descriptor(), wake_up_, patience.milliseconds(most));
  if (woken == sys::Readable::yes && ring_->ready()) {
    sys::wait(wake_up_, patience.milliseconds(gathering_milliseconds_));
  }
  const Timestamp looked = wall_clock();
  if (woken == sys::Readable::woken || ring_->ready()) return std::nullopt;
  if (woken == sys::Readable::yes) look_at_error();
  if (presence_ == Presence::leaving && drained()) {
    presence_ = resume_ ? Presence::away : Presence::gone;
  }
  if (presence_ == Presence::away) look_for_adapter();
  if (presence_ == Presence::gone) return SourceState::gone;
  if (ring_->ready() || !patience.over()) return std::nullopt;
  watermark_.found_empty(looked);
  return patience.state();
}

void RingSource::look_at_error() {
  const int error = socket_.take_error();
  if (error == 0) return;
  if (error != ENETDOWN) throw failure(error);
  if (presence_ != Presence::here) return;
  // The kernel tells once that an adapter went down; it may have come up since.
  const auto adapter = links_.by_index(adapter_.index);
  if (adapter && adapter->up) return;
  presence_ = Presence::leaving;
  leaving_since_ = steady_clock::now();
  // A processor may still be putting a packet into the ring.
  static_cast<void>(sys::wait_for_grace_period());
}

bool RingSource::drained() const noexcept {
  if (!ring_->filling()) return !ring_->ready();
  const std::chrono::milliseconds retire{shape_.retire_milliseconds};
  return steady_clock::now() - leaving_since_ > 2 * retire + std::chrono::seconds{1};
}

void RingSource::look_for_adapter() {
  auto adapter = links_.by_index(adapter_.index);
  if (adapter) {
    if (adapter->up) presence_ = Presence::here;
    return;
  }
  adapter = links_.by_name(adapter_.name);
  if (!adapter || !adapter->up) return;
  if (adapter->hardware_type != adapter_.hardware_type) {
    presence_ = Presence::gone;
    return;
  }
  // The socket and its ring go on; the new adapter knows nothing of our membership.
  if (const int error = socket_.bind(adapter->index)) {
    if (error != ENODEV) presence_ = Presence::gone;
    return;
  }
  adapter_.index = adapter->index;
  adapter_drops_.go_on_with(adapter->dropped);
  if (settings_.promiscuous) static_cast<void>(socket_.set_promiscuous(adapter_.index, true));
  presence_ = Presence::here;
}

void RingSource::stop() noexcept {
  stopped_.store(true, std::memory_order_relaxed);
  wake_up_.set();
}

void RingSource::listen_to_all(bool on) {
  if (adapter_.index == 0) return;
  const int error = socket_.set_promiscuous(adapter_.index, on);
  // Leaving goes wrong only where the adapter has gone, and the membership with it.
  if (error != 0 && on) throw failure(error);
}

void RingSource::change(const LiveChange& change) {
  Settings settings = settings_;
  if (change.snapshot_length) {
    settings.snapshot_length = snapshot_length(*change.snapshot_length, longest_);
  }
  settings.traffic = change.traffic.value_or(settings.traffic);
  settings.promiscuous = change.promiscuous.value_or(settings.promiscuous);
  const filter::Filter& filter = change.filter ? *change.filter : filter_;
  const bpf::ProgramView program = filter.program(layer_.link_type);
  const bool is_other_listener = settings.promiscuous != settings_.promiscuous;
  if (is_other_listener && settings.promiscuous) listen_to_all(true);
  const bool decides_anew = change.filter || !sieved_;
  // What arrives in blocks that hold what the old program let through is decided on here too.
  const Cut cut = decides_anew || decides_all() ? Cut::later : Cut::now;
  try {
    sieved_ = attach(program, settings, cut);
  } catch (const SystemError&) {
    if (is_other_listener && settings.promiscuous) listen_to_all(false);
    throw;
  }
  if (is_other_listener && !settings.promiscuous) listen_to_all(false);
  settings_ = settings;
  if (decides_anew) {
    if (change.filter) filter_ = *change.filter;
    // Once no processor runs the old program any more, what it let through is in the blocks that
    // were handed over and the one being filled.
    const bool old_program_over = sys::wait_for_grace_period();
    decide_until_ = old_program_over ? block_number_ + ring_->ready_blocks() + 1
                                     : std::numeric_limits<std::uint64_t>::max();
  }
  prepare_walk();
}

void RingSource::take_counters() noexcept {
  const PacketSocket::Counters counters = socket_.take_counters();
  received_ += counters.received;
  dropped_ += counters.dropped;
  since_counters_ = 0;
}

LiveStatistics RingSource::statistics() {
  take_counters();
  LiveStatistics all{
      .received = received_, .delivered = delivered_, .filtered = filtered_, .dropped = dropped_};
  all.waiting = received_ - std::min(received_, delivered_ + filtered_ + dropped_);
  if (const auto adapter = adapter_.index == 0 ? std::nullopt : links_.by_index(adapter_.index)) {
    all.dropped_by_adapter = adapter_drops_.until(adapter->dropped);
  }
  if (!kernel_refuses_) all.filtered_in_kernel = 0;
  return all;
}

}  // namespace weir::capture
