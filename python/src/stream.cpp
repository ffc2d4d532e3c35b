// Stream: batches in, one packet at a time out.
#include "stream.h"

#include <algorithm>
#include <utility>

#include "weir/error.h"

namespace weir::python {
namespace {

/// How often a wait looks for signals, such as Ctrl-C.
constexpr std::chrono::milliseconds signal_period{100};

/// Whether a thread waits, as long as it does.
class Busy {
 public:
  explicit Busy(bool& is_busy) noexcept : is_busy_{is_busy} { is_busy_ = true; }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;
  ~Busy() { is_busy_ = false; }

 private:
  bool& is_busy_;
};

}  // namespace

Stream::Stream(std::unique_ptr<PacketSource> source, std::optional<filter::Filter> filter,
               std::optional<Duration> timeout)
    : source_{std::move(source)}, filter_{std::move(filter)}, timeout_{timeout} {
  note_interfaces();
}

// No packet borrows any more: each of them shares this.
Stream::~Stream() = default;

Stream::Got Stream::next(const std::shared_ptr<Stream>& self, PacketObject*& last) {
  if (is_busy_) {
    throw Error{ErrorCode::invalid_argument, "another thread waits for packets of this source"};
  }
  if (rest_.empty()) {
    if (has_ended_) return Got::end;
    if (last != nullptr && Py_REFCNT(last) == 1) Py_CLEAR(last);
    const Got got = refill();
    if (got == Got::end) close();
    if (got != Got::packet) return got;
  }
  const Packet& packet = rest_.front();
  rest_ = rest_.subspan(1);
  ++delivered_;
  const bool is_numbered = packet.meta != nullptr && packet.meta->ordinal != 0;
  const std::uint64_t number = is_numbered ? packet.meta->ordinal : delivered_;
  if (last != nullptr && Py_REFCNT(last) == 1 && last->loan == &loan_) {
    last->become(packet, number);
    return Got::packet;
  }
  Py_XDECREF(last);
  last = new_packet(self, loan_, packet, number);
  return last == nullptr ? Got::raised : Got::packet;
}

Stream::Got Stream::next_batch(std::span<const Packet>& packets, Timestamp& now) {
  if (is_busy_) {
    throw Error{ErrorCode::invalid_argument, "another thread waits for packets of this source"};
  }
  Got got = Got::packet;
  if (rest_.empty()) got = has_ended_ ? Got::end : refill();
  packets = std::exchange(rest_, {});
  delivered_ += packets.size();
  now = now_;
  return got;
}

// Waits in pieces, so that signals are looked at.
Stream::Got Stream::refill() {
  using Clock = std::chrono::steady_clock;
  const auto until = timeout_ ? Clock::now() + *timeout_ : Clock::time_point::max();
  loan_.settle(*source_, batch_bytes_);
  for (;;) {
    const Batch batch = ask(until);
    note_interfaces();
    has_ended_ = batch.is_last();
    rest_ = batch.packets;
    now_ = batch.now;
    batch_bytes_ = 0;
    for (const Packet& packet : rest_) batch_bytes_ += packet.data.size();
    if (!rest_.empty()) return Got::packet;
    if (PyErr_CheckSignals() < 0) return Got::raised;
    if (has_ended_) return Got::end;
    if (Clock::now() >= until) return Got::timeout;
  }
}

/// Asks the source without the GIL.
Batch Stream::ask(std::chrono::steady_clock::time_point until) {
  const Busy busy{is_busy_};
  const WithoutGil without;
  Duration wait = signal_period;
  if (timeout_)
    wait = std::clamp<Duration>(until - std::chrono::steady_clock::now(), Duration{0}, wait);
  try {
    Batch batch = source_->next_batch(Deadline::in(wait));
    if (filter_ && !batch.packets.empty()) {
      chosen_.clear();
      filter_->select(batch.packets, chosen_);
      batch.packets = chosen_;
    }
    return batch;
  } catch (...) {
    has_ended_ = true;
    throw;
  }
}

void Stream::note_interfaces() {
  const std::span<const Interface> known = source_->interfaces();
  if (known.size() > interfaces_.size()) {
    interfaces_.insert(interfaces_.end(),
                       known.begin() + static_cast<std::ptrdiff_t>(interfaces_.size()),
                       known.end());
  }
}

void Stream::stop() noexcept {
  if (source_) source_->stop();
}

void Stream::close() {
  if (!source_) return;
  if (is_busy_)
    throw Error{ErrorCode::invalid_argument, "another thread waits for packets: stop() first"};
  loan_.settle(*source_, batch_bytes_);
  rest_ = {};
  has_ended_ = true;
  source_.reset();
}

const Interface* Stream::interface(std::uint32_t index) const noexcept {
  return index < interfaces_.size() ? &interfaces_[index] : nullptr;
}

print::PacketText& Stream::text() {
  if (!text_) text_.emplace(print::PacketTextOptions{});
  return *text_;
}

}  // namespace weir::python
