// PCAPSocket over capture::Live.
#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

#include "compat/gone.h"
#include "compat/steelscript/dumper.h"
#include "compat/steelscript/feed.h"
#include "compat/steelscript/patience.h"
#include "weir/capture/live.h"
#include "weir/compat/steelscript/pcap.h"
#include "weir/inject/sender.h"

namespace weir::compat::steelscript {
namespace {

using std::chrono::milliseconds;

constexpr int longest_packet = 262'144;
/// As long as a block of the ring takes at most to be handed over, unless to_ms is less.
constexpr milliseconds retire{20};

[[noreturn]] void refuse(const std::string& words) {
  throw Error{ErrorCode::invalid_argument, words};
}

/// All beyond what a packet can have is everything.
std::uint32_t snapshot_length(int snaplen) {
  if (snaplen < 0) refuse("snaplen " + std::to_string(snaplen) + ": 0 (everything) or more");
  return static_cast<std::uint32_t>(std::min(snaplen, longest_packet));
}

milliseconds timeout_of(int to_ms) {
  if (to_ms < 0) refuse("a timeout of " + std::to_string(to_ms) + " ms: 0 (none) or more");
  return milliseconds{to_ms};
}

/// Of everything: set_snaplen() may ask for more than there was at first.
capture::LiveOptions options_of(int promisc, milliseconds timeout) {
  capture::LiveOptions options;
  options.promiscuous = promisc != 0;
  options.retire = timeout == timeout.zero() ? retire : std::min(timeout, retire);
  // Compared with the time of add_bpf_filter().
  options.adapter_clock = false;
  return options;
}

/// Opened with the socket, as rights may be given up afterwards; none where nothing can be sent.
std::optional<inject::Sender> sender_on(const std::string& device) {
  try {
    return inject::Sender{device};
  } catch (const Error&) {
    return std::nullopt;
  }
}

[[noreturn]] void refuse_frame(const inject::Sent& sent, std::size_t size,
                               const std::string& adapter) {
  const std::string words =
      "send " + std::to_string(size) + " bytes on " + adapter + ": " + name(sent.refusal);
  const bool is_length =
      sent.refusal == inject::Refusal::too_short || sent.refusal == inject::Refusal::too_long;
  if (is_length || sent.error == 0) refuse(words);
  throw SystemError{sent.error, words};
}

}  // namespace

/// What stop() is passed on to, as long as that is there.
struct StopEvent::State {
  std::atomic<bool> is_set = false;
  std::mutex guard{};
  capture::Live* live = nullptr;

  void attach(capture::Live* socket) noexcept {
    const std::scoped_lock lock{guard};
    live = socket;
    if (live != nullptr && is_set) live->stop();
  }
};

StopEvent::StopEvent(std::shared_ptr<State> state) noexcept : state_{std::move(state)} {}

void StopEvent::set() const noexcept {
  state_->is_set = true;
  const std::scoped_lock lock{state_->guard};
  if (state_->live != nullptr) state_->live->stop();
}

bool StopEvent::is_set() const noexcept { return state_->is_set; }

/// While it is open.
struct PCAPSocket::State {
  State(const std::string& devicename, int snaplen, int promisc, int to_ms, StopEvent::State& stop)
      : device{devicename},
        timeout{timeout_of(to_ms)},
        live{devicename, options_of(promisc, timeout)},
        sender{sender_on(devicename)},
        stop_event{stop} {
    if (snaplen != 0) cut(snaplen);
    stop_event.attach(&live);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { stop_event.attach(nullptr); }

  /// Also what was received before.
  void cut(int snaplen) {
    const std::uint32_t length = snapshot_length(snaplen);
    live.change({.snapshot_length = length});
    feed.cut(length);
  }
  /// False once the source is over.
  bool refill(Deadline deadline) {
    const capture::LiveStatistics before =
        stale == 0 ? capture::LiveStatistics{} : live.statistics();
    const Batch batch = live.next_batch(deadline);
    std::span<const Packet> packets = batch.packets;
    if (before.delivered + before.filtered >= stale) {
      stale = 0;
    } else {
      while (!packets.empty() && packets.front().timestamp < filtered_since) {
        packets = packets.subspan(1);
      }
    }
    feed.take(packets, false);
    is_gone = batch.state == SourceState::gone;
    return !batch.is_last();
  }

  std::string device;
  milliseconds timeout;
  capture::Live live;
  std::optional<inject::Sender> sender;
  StopEvent::State& stop_event;
  Feed feed{};
  bool nonblocking = false;
  bool was_walked = false;
  bool is_gone = false;
  /// Packets to be looked at among which are some from before add_bpf_filter(), and when that was.
  std::uint64_t stale = 0;
  Timestamp filtered_since{};
};

PCAPSocket::PCAPSocket(const std::string& devicename, int snaplen, int promisc, int to_ms)
    : stop_event_{std::make_shared<StopEvent::State>()} {
  state_ = std::make_unique<State>(devicename, snaplen, promisc, to_ms, *stop_event_.state_);
  for (const capture::AdapterAddress& address : capture::adapter(devicename).addresses) {
    if (address.address.version() != 4) continue;
    network_ = to_string(capture::network_of(address));
    netmask_ = to_string(capture::netmask_of(address));
    break;
  }
}

PCAPSocket::~PCAPSocket() = default;

PCAPSocket::State& PCAPSocket::open_state() const {
  if (!state_) refuse("the socket is closed");
  return *state_;
}

int PCAPSocket::set_snaplen(int snaplen) {
  open_state().cut(snaplen);
  return 0;
}

int PCAPSocket::set_promisc(int promisc) {
  open_state().live.change({.promiscuous = promisc != 0});
  return 0;
}

int PCAPSocket::set_timeout(int timeout) {
  open_state().timeout = timeout_of(timeout);
  return 0;
}

int PCAPSocket::getnonblock() const { return open_state().nonblocking ? 1 : 0; }

int PCAPSocket::setnonblock(int nonblock) {
  open_state().nonblocking = nonblock != 0;
  return 0;
}

int PCAPSocket::sendpacket(Bytes pktdata) {
  State& state = open_state();
  if (!state.sender) state.sender.emplace(state.device);
  const inject::Sent sent = state.sender->send(pktdata);
  if (!sent) refuse_frame(sent, pktdata.size(), state.sender->adapter());
  return static_cast<int>(pktdata.size());
}

int PCAPSocket::add_bpf_filter(const std::string& bpf_filter) {
  State& state = open_state();
  filter::Filter filter = filter_of(bpf_filter);
  state.live.change({.filter = filter});
  state.feed.set_filter(std::move(filter));
  if (!state.was_walked) {
    state.filtered_since = wall_clock();
    const capture::LiveStatistics now = state.live.statistics();
    state.stale = now.delivered + now.filtered + now.waiting;
  }
  return 0;
}

int PCAPSocket::open_pcap_dumper(const std::string& file_name) {
  dumper_->open(file_name, open_state().live.interfaces().front());
  return 0;
}

Duration PCAPSocket::patience() const noexcept {
  if (!state_ || state_->nonblocking) return Duration::zero();
  return state_->timeout == milliseconds::zero() ? Duration::max() : Duration{state_->timeout};
}

bool PCAPSocket::next(PCAPItem& item) {
  const PCAPStep step = next_within(item, patience());
  if (step == PCAPStep::nothing) item = {};
  return step != PCAPStep::end;
}

bool PCAPSocket::next_at_hand(PCAPItem& item) noexcept {
  return state_ && !stop_event_.is_set() && state_->feed.next(item);
}

PCAPStep PCAPSocket::next_within(PCAPItem& item, Duration longest) {
  Patience patience{longest};
  while (!next_at_hand(item)) {
    if (!state_) return PCAPStep::end;
    if (stop_event_.is_set()) {
      close();
      return PCAPStep::end;
    }
    if (patience.is_over()) return PCAPStep::nothing;
    state_->was_walked = true;
    dumper_->flush_if_due();
    if (state_->refill(patience.left())) continue;
    const bool is_gone = state_->is_gone;
    const std::string device = state_->device;
    close();
    if (is_gone) throw gone("capture on", device);
  }
  return PCAPStep::packet;
}

void PCAPSocket::close() {
  state_.reset();
  dumper_->close();
}

}  // namespace weir::compat::steelscript
