// pycap's captures over capture::Live and savefile::Reader.
#include "weir/compat/pycap/capture.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>
#include <variant>

#include "compat/pycap/default_device.h"
#include "weir/capture/live.h"
#include "weir/compat/pycap.h"
#include "weir/savefile/reader.h"

namespace weir::compat::pycap {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using weir::capture::Live;

namespace {

constexpr int longest_packet = 262'144;
constexpr Duration usual_retire = milliseconds{20};

weir::capture::LiveOptions options_of(int snaplen, bool promisc, int timeout) {
  if (snaplen < 0 || snaplen > longest_packet) {
    throw Error{ErrorCode::invalid_argument,
                "snaplen " + std::to_string(snaplen) + ": 0 to 262144 bytes"};
  }
  if (timeout < 0) {
    throw Error{ErrorCode::invalid_argument,
                "timeout " + std::to_string(timeout) + ": 0 milliseconds, for ever, or more"};
  }
  const Duration wait = timeout == 0 ? usual_retire : milliseconds{timeout};
  return {.snapshot_length = static_cast<std::uint32_t>(snaplen),
          .retire = std::min(usual_retire, wait),
          .promiscuous = promisc};
}

savefile::Reader reader_of(const std::string& filename) {
  return filename == "-" ? savefile::Reader::standard_input() : savefile::Reader{filename};
}

}  // namespace

namespace capture {

struct capture::State {
  std::variant<Live, savefile::Reader> source;
  std::string device{};
  std::optional<std::string> filename{};
  std::optional<Duration> timeout{};
  filter::Filter filter{};
  /// Of the batch at hand, not handed out yet; whether the filter has not judged them.
  std::span<const Packet> rest{};
  bool judges_rest = false;
  /// Of the adapter's: refused here, after they were delivered.
  std::uint64_t refused = 0;
  bool has_ended = false;

  [[nodiscard]] PacketSource& packets() noexcept {
    return std::visit([](auto& one) -> PacketSource& { return one; }, source);
  }
  void refill(Duration longest);
  [[nodiscard]] LinkType link_type();
};

void capture::State::refill(Duration longest) {
  Batch batch;
  try {
    batch = packets().next_batch(longest == Duration::max() ? Deadline::for_ever()
                                                            : Deadline::in(longest));
  } catch (const Error&) {
    has_ended = true;
    throw;
  }
  rest = batch.packets;
  judges_rest = filename.has_value() && !filter.is_everything();
  has_ended = batch.is_last();
  if (batch.state == SourceState::gone) throw SystemError{ENODEV, "capture on " + device};
}

/// A pcapng tells it before the first packet, not in its header.
LinkType capture::State::link_type() {
  while (packets().interfaces().empty() && rest.empty() && !has_ended) refill(Duration::max());
  const std::span<const Interface> known = packets().interfaces();
  return known.empty() ? LinkType::ethernet : known.front().link_type;
}

capture::capture(std::unique_ptr<State> state) noexcept : state_{std::move(state)} {}
capture::capture(capture&&) noexcept = default;
capture& capture::operator=(capture&&) noexcept = default;
capture::~capture() = default;

capture::capture(const std::string& device, int snaplen, bool promisc, int timeout) {
  const weir::capture::LiveOptions options = options_of(snaplen, promisc, timeout);
  const std::string name = device_or_default(device);
  state_ = std::make_unique<State>(State{.source = Live{name, options}, .device = name});
  if (timeout != 0) state_->timeout = milliseconds{timeout};
}

capture capture::fromFile(const std::string& filename) {
  return capture{
      std::make_unique<State>(State{.source = reader_of(filename), .filename = filename})};
}

const std::string& capture::device() const noexcept { return state_->device; }
const std::optional<std::string>& capture::filename() const noexcept { return state_->filename; }
std::optional<Duration> capture::timeout() const noexcept { return state_->timeout; }

capture::Got capture::next_packet(Packet& packet, Duration longest) {
  State& state = *state_;
  const auto start = steady_clock::now();
  for (Duration left = longest;;) {
    while (!state.rest.empty()) {
      packet = state.rest.front();
      state.rest = state.rest.subspan(1);
      if (!state.judges_rest || state.filter.matches(packet)) return Got::packet;
      ++state.refused;
    }
    if (state.has_ended) return Got::end;
    if (left < Duration::zero()) return Got::nothing;
    state.refill(left);
    if (longest != Duration::max()) left = longest - (steady_clock::now() - start);
    if (state.rest.empty() && left <= Duration::zero()) return Got::nothing;
  }
}

std::optional<item> capture::next() {
  Packet packet;
  switch (next_packet(packet, timeout().value_or(Duration::max()))) {
    case Got::packet:
      return decoded(packet);
    case Got::end:
      return std::nullopt;
    case Got::nothing:
      break;
  }
  throw timed_out();
}

error capture::timed_out() const {
  const auto waited = std::chrono::duration_cast<milliseconds>(*state_->timeout).count();
  return {ErrorCode::system_call, "no packet within " + std::to_string(waited) + " milliseconds"};
}

statistics capture::stats() {
  auto* const live = std::get_if<Live>(&state_->source);
  if (live == nullptr) {
    throw error{ErrorCode::invalid_argument, "a file has no statistics"};
  }
  const weir::capture::LiveStatistics now = live->statistics();
  return {.received = now.received - now.filtered - state_->refused,
          .dropped = now.dropped,
          .dropped_by_interface = now.dropped_by_adapter.value_or(0)};
}

int capture::datalink() { return dlt(state_->link_type()); }

void capture::filter(const std::string& filter, bool /*optimize*/) {
  State& state = *state_;
  const weir::filter::Filter made{filter, {.allow_names = true}};
  // Refused, and names looked up, now.
  static_cast<void>(made.program(state.link_type()));
  if (auto* const live = std::get_if<Live>(&state.source)) live->change({.filter = made});
  state.filter = made;
  state.judges_rest = true;
}

}  // namespace capture

namespace {

capture::capture opened(const std::string& device, const std::string& filename, int snaplen,
                        bool promisc, int timeout) {
  if (!filename.empty()) return capture::capture::fromFile(filename);
  return capture::capture{device, snaplen, promisc, timeout};
}

}  // namespace

pycap::pycap(const std::string& device, const std::string& filename, int snaplen, bool promisc,
             int timeout)
    : capture::capture{opened(device, filename, snaplen, promisc, timeout)} {}

}  // namespace weir::compat::pycap
