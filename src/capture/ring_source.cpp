// RingSource: opens, takes packets block by block, waits, counts.
#include "capture/ring_source.h"

#include <sys/utsname.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "capture/live_limits.h"
#include "sys/grace_period.h"
#include "weir/error.h"

namespace weir::capture {
namespace {

using namespace std::chrono_literals;
using Cut = AttachedSieve::Cut;
using sys::PacketSocket;

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
    : layer_{layer},
      longest_{snapshot_length(options.snapshot_length, longest_snapshot)},
      shape_{ring_shape(options, headroom(layer.kind == PacketSocket::Kind::cooked),
                        adapter.longest_packet)},
      gathering_milliseconds_{static_cast<int>(gathering_time(options) / 1ms)},
      socket_{layer.kind},
      adapter_{std::move(links), adapter, socket_, options.resume,
               std::chrono::milliseconds{shape_.retire_milliseconds}},
      // The kernel would run programs on packets without the cooked header.
      sieve_{socket_, adapter_.link(), options.filter_in_user_space,
             layer.kind == PacketSocket::Kind::cooked},
      watermark_{std::chrono::milliseconds{shape_.retire_milliseconds}},
      filter_{options.filter},
      settings_{.traffic = options.traffic,
                .snapshot_length = longest_,
                .promiscuous = options.promiscuous},
      packets_(Batch::max_packets) {
  description_.name = adapter.name;
  description_.operating_system = operating_system();
  description_.link_type = layer.link_type;
  description_.snapshot_length = longest_;
  description_.ticks_per_second = 1'000'000'000;
  description_.filter = filter_.text();
  open(options);
}

void RingSource::open(const LiveOptions& options) {
  if (options.adapter_clock) {
    socket_.take_adapter_clock();
    if (socket_.adapter_stamps(adapter_.link().name)) clock_ = PacketFlags::adapter_clock;
  }
  // Members of a group are told apart only once they have joined: nothing may come in before.
  if (options.fanout) {
    succeed(sieve_.refuse_everything());
  } else {
    attach(filter_, settings_, Cut::now);
  }
  try {
    ring_.emplace(socket_, shape_);
  } catch (const SystemError& error) {
    if (error.system_code() == std::errc::not_enough_memory) refuse_ring_size(options.ring_size);
    throw;
  }
  adapter_.bind(settings_.promiscuous);
  if (options.fanout) join(*options.fanout);
  prepare_walk();
}

void RingSource::join(const Fanout& fanout) {
  succeed(socket_.join_fanout(fanout.id, mode_of(fanout.by)));
  static_cast<void>(sys::wait_for_grace_period());
  attach(filter_, settings_, Cut::now);
}

void RingSource::succeed(int error) const {
  if (error != 0) throw adapter_.failure(error);
}

void RingSource::attach(const filter::Filter& filter, const Settings& settings, Cut cut) {
  succeed(sieve_.attach(filter.program(layer_.link_type), settings.traffic,
                        settings.snapshot_length, cut));
}

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
                   .decide_all = sieve_.decides_all(block_number_),
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
    sieve_.go_on_to(block_number_);
  }
  if (in_block_) return true;
  if (!ring_->ready()) return false;
  walk_ = BlockWalk{ring_->front()};
  in_block_ = true;
  walk_options_.decide_all = sieve_.decides_all(block_number_);
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
  if (adapter_.is_gone()) return SourceState::gone;
  const int most = adapter_.look_again_milliseconds();
  const auto woken =
      sys::wait_readable(socket_.descriptor(), wake_up_, patience.milliseconds(most));
  if (woken == sys::Readable::yes && ring_->ready()) {
    sys::wait(wake_up_, patience.milliseconds(gathering_milliseconds_));
  }
  const Timestamp looked = wall_clock();
  if (woken == sys::Readable::woken || ring_->ready()) return std::nullopt;
  if (woken == sys::Readable::yes) adapter_.look_at_error();
  adapter_.look(*ring_, settings_.promiscuous);
  if (adapter_.is_gone()) return SourceState::gone;
  if (ring_->ready() || !patience.over()) return std::nullopt;
  watermark_.found_empty(looked);
  return patience.state();
}

void RingSource::stop() noexcept {
  stopped_.store(true, std::memory_order_relaxed);
  wake_up_.set();
}

void RingSource::change(const LiveChange& change) {
  Settings settings = settings_;
  if (change.snapshot_length) {
    settings.snapshot_length = snapshot_length(*change.snapshot_length, longest_);
  }
  settings.traffic = change.traffic.value_or(settings.traffic);
  settings.promiscuous = change.promiscuous.value_or(settings.promiscuous);
  const filter::Filter& filter = change.filter ? *change.filter : filter_;
  // What can fail on account of the filter comes before anything changes.
  static_cast<void>(filter.program(layer_.link_type));
  const bool is_other_listener = settings.promiscuous != settings_.promiscuous;
  if (is_other_listener && settings.promiscuous) adapter_.listen_to_all(true);
  const bool decides_anew = change.filter || !sieve_.is_enough();
  // What arrives in blocks that hold what the old program let through is decided on here too.
  const Cut cut = decides_anew || sieve_.decides_all(block_number_) ? Cut::later : Cut::now;
  try {
    attach(filter, settings, cut);
  } catch (const SystemError&) {
    if (is_other_listener && settings.promiscuous) adapter_.listen_to_all(false);
    throw;
  }
  if (is_other_listener && !settings.promiscuous) adapter_.listen_to_all(false);
  settings_ = settings;
  if (decides_anew) {
    if (change.filter) filter_ = *change.filter;
    // Once no processor runs the old program any more, what it let through is in the blocks that
    // were handed over and the one being filled.
    const bool old_program_over = sys::wait_for_grace_period();
    sieve_.decide_until(old_program_over ? block_number_ + ring_->ready_blocks() + 1
                                         : std::numeric_limits<std::uint64_t>::max());
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
  all.dropped_by_adapter = adapter_.dropped();
  if (!sieve_.has_refused()) all.filtered_in_kernel = 0;
  return all;
}

}  // namespace weir::capture
