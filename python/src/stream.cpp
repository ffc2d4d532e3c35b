// Stream: batches in, one packet at a time out.
#include "stream.h"

#include <algorithm>
#include <utility>

#include "troubles.h"
#include "weir/error.h"

namespace weir::python {
namespace {

/// How often counts are noted for other threads.
constexpr std::chrono::milliseconds count_period{100};

std::size_t bytes_of(std::span<const Packet> packets) noexcept {
  std::size_t bytes = 0;
  for (const Packet& packet : packets) bytes += packet.data.size();
  return bytes;
}

/// Whether they are the same packet of a batch, which may have been copied.
bool is_same(const Packet& a, const Packet& b) noexcept {
  return a.data.data() == b.data.data() && a.timestamp == b.timestamp;
}

}  // namespace

Stream::Stream(StreamParts parts)
    : parts_{std::move(parts)}, walk_{dynamic_cast<savefile::Walk*>(parts_.source.get())} {
  note_interfaces();
}

// No packet borrows any more: each of them shares this.
Stream::~Stream() = default;

Stream::Lent::Lent(Stream& stream) noexcept : stream_{stream} {
  stream_.user_ = std::this_thread::get_id();
  stream_.is_busy_ = true;
}

/// What a handler has closed meanwhile is given back now.
Stream::Lent::~Lent() {
  stream_.is_busy_ = false;
  if (!stream_.is_closed_) return;
  try {
    stream_.release();
  } catch (const std::bad_alloc&) {
    // For the packets that are kept: what they borrow from stays.
  }
}

bool Stream::is_busy_elsewhere() const noexcept {
  return is_busy_ && user_ != std::this_thread::get_id();
}

void Stream::check_usable() const {
  if (is_closed_) {
    throw Error{ErrorCode::invalid_argument, "the source was closed: open it again for more"};
  }
  if (is_busy_elsewhere()) {
    throw Error{ErrorCode::invalid_argument,
                "another thread waits for packets of this source: each thread needs its own"};
  }
  if (is_busy_) {
    throw Error{ErrorCode::invalid_argument,
                "a signal handler that interrupts a wait for packets cannot ask for more of them"};
  }
}

Stream::Got Stream::next(const std::shared_ptr<Stream>& self, PacketObject*& last) {
  check_usable();
  const Lent busy{*this};
  if (rest_.empty()) {
    if (has_ended_) return Got::end;
    if (last != nullptr && Py_REFCNT(last) == 1) Py_CLEAR(last);
    const Got got = refill();
    if (got != Got::packet) return got;
  }
  last = made(self, last);
  return last == nullptr ? Got::raised : Got::packet;
}

/// Of each file from 1, or of all that are merged: the place among all that were read. Packets are
/// asked for in their order.
std::uint64_t Stream::number_of(const Packet& packet) noexcept {
  while (place_ + 1 < all_.size() && !is_same(all_[place_], packet)) ++place_;
  return first_number_ + place_++;
}

/// The first of the rest; `last`, which is consumed, if nobody else holds it.
PacketObject* Stream::made(const std::shared_ptr<Stream>& self, PacketObject* last) {
  Packet packet = rest_.front();
  packet.interface_index += first_interfaces_.back();
  rest_ = rest_.subspan(1);
  ++delivered_;
  const std::uint64_t number = number_of(packet);
  if (last != nullptr && Py_REFCNT(last) == 1 && last->loan == &loan_) {
    last->become(packet, number);
    return last;
  }
  Py_XDECREF(last);
  return new_packet(self, loan_, packet, number);
}

Stream::Got Stream::next_batch(std::span<const Packet>& packets, Timestamp& now) {
  check_usable();
  const Lent busy{*this};
  Got got = Got::packet;
  if (rest_.empty()) got = has_ended_ ? Got::end : refill();
  now = batch_.now;
  if (got != Got::packet) return got;
  packets = std::exchange(rest_, {});
  delivered_ += packets.size();
  return got;
}

Stream::Got Stream::next_packets(const std::shared_ptr<Stream>& self, PyObject* list) {
  check_usable();
  const Lent busy{*this};
  if (rest_.empty()) {
    const Got got = has_ended_ ? Got::end : refill();
    if (got != Got::packet) return got;
  }
  while (!rest_.empty()) {
    const Ref packet = Ref::steal(reinterpret_cast<PyObject*>(made(self, nullptr)));
    if (!packet || PyList_Append(list, packet.get()) < 0) return Got::raised;
  }
  return Got::packet;
}

// Waits in pieces, so that signals are looked at.
Stream::Got Stream::refill() {
  const auto until = parts_.timeout ? Clock::now() + *parts_.timeout : Clock::time_point::max();
  loan_.settle(*parts_.source, batch_bytes_);
  for (;;) {
    try {
      ask(until);
    } catch (const std::exception&) {
      return fail();
    }
    note_interfaces();
    if (Clock::now() >= counted_ + count_period) note_counts();
    if (!may_go_on()) return Got::raised;
    if (!rest_.empty()) return Got::packet;
    if (batch_.is_last()) return end();
    if (parts_.timeout && Clock::now() >= until) return Got::timeout;
  }
}

/// Runs signal handlers. False with an exception set: of theirs, or because one of them has closed
/// this.
bool Stream::may_go_on() {
  if (PyErr_CheckSignals() < 0) return false;
  if (!is_closed_) return true;
  try {
    check_usable();
  } catch (const Error&) {
    static_cast<void>(fail());
  }
  return false;
}

/// Raises the exception that is being handled, and ends.
Stream::Got Stream::fail() {
  raise_current(subject());
  return give_up();
}

/// Ends with the exception that is set.
Stream::Got Stream::give_up() {
  has_ended_ = true;
  rest_ = {};
  return Got::raised;
}

/// Asks the source without the GIL.
void Stream::ask(Clock::time_point until) {
  const WithoutGil without;
  Duration wait = signal_period;
  if (parts_.timeout) wait = std::clamp<Duration>(until - Clock::now(), Duration{0}, wait);
  read(wait);
}

/// Needs no GIL.
void Stream::read(Duration wait) {
  batch_ = parts_.source->next_batch(Deadline::in(wait));
  rest_ = batch_.packets;
  all_ = walk_ == nullptr ? rest_ : walk_->read_packets();
  first_number_ = walk_ == nullptr ? read_ + 1 : walk_->first_number();
  place_ = 0;
  batch_bytes_ = bytes_of(all_);
  read_ += all_.size();
  judged_ += rest_.size();
  if (parts_.filter && !rest_.empty()) {
    chosen_.clear();
    parts_.filter->select(rest_, chosen_);
    rest_ = chosen_;
  }
  wanted_ += rest_.size();
}

Stream::Got Stream::drain(const Take& take) {
  check_usable();
  const Lent busy{*this};
  try {
    const bool has_enough = !rest_.empty() && !hand_over(take);
    if (PyErr_Occurred() != nullptr) return give_up();
    if (has_enough) return Got::packet;
  } catch (const std::exception&) {
    return fail();
  }
  if (has_ended_) return Got::end;
  const auto until = parts_.timeout ? Clock::now() + *parts_.timeout : Clock::time_point::max();
  loan_.settle(*parts_.source, batch_bytes_);
  for (;;) {
    bool has_enough = false;
    try {
      has_enough = drain_a_while(take, until);
    } catch (const std::exception&) {
      return fail();
    }
    if (PyErr_Occurred() != nullptr) return give_up();
    note_interfaces();
    note_counts();
    if (!may_go_on()) return Got::raised;
    if (has_enough) return Got::packet;
    if (batch_.is_last()) return end();
    if (parts_.timeout && Clock::now() >= until) return Got::timeout;
  }
}

/// Whether `take` has enough. Returns at the end of each file too, for its interfaces to be noted.
bool Stream::drain_a_while(const Take& take, Clock::time_point until) {
  const WithoutGil without;
  const auto pause = std::min(until, Clock::now() + signal_period);
  Clock::time_point now = Clock::now();
  do {
    read(std::max<Duration>(pause - now, Duration{0}));
    if (!rest_.empty() && !hand_over(take)) return true;
    now = Clock::now();
  } while (!batch_.packets.empty() && now < pause);
  return false;
}

/// Whether all were taken. The others stay the rest.
bool Stream::hand_over(const Take& take) {
  const PacketMeta* const meta = rest_.front().meta;
  const bool is_numbered = meta != nullptr && meta->ordinal != 0;
  Portion portion{.packets = rest_,
                  .number = is_numbered ? 0 : delivered_ + 1,
                  .interfaces = parts_.source->interfaces(),
                  .file = parts_.kind == Subject::Kind::file ? parts_.name : std::string_view{}};
  if (walk_ != nullptr) {
    const bool is_merged = !walk_->origins().empty();
    portion.file = is_merged ? std::string_view{} : walk_->files()[walk_->file()].path;
    if (!is_numbered) {  // then no filter has copied them
      const auto before = rest_.data() - walk_->read_packets().data();
      portion.number = walk_->first_number() + static_cast<std::uint64_t>(before);
    }
  }
  if (walk_ != nullptr && !walk_->origins().empty() && is_numbered)
    return hand_over_runs(portion, take);
  const std::size_t taken = take(portion);
  rest_ = rest_.subspan(taken);
  delivered_ += taken;
  return rest_.empty();
}

/// Of merged files the number is the place among all of them: packets in a row count on, others
/// are handed over by themselves.
bool Stream::hand_over_runs(Portion portion, const Take& take) {
  while (!rest_.empty()) {
    portion.number = number_of(rest_.front());
    std::size_t count = 1;
    while (count < rest_.size() && place_ < all_.size() && is_same(all_[place_], rest_[count])) {
      ++place_;
      ++count;
    }
    portion.packets = rest_.first(count);
    const std::size_t taken = take(portion);
    rest_ = rest_.subspan(taken);
    delivered_ += taken;
    place_ -= count - taken;
    if (taken < count) return false;
  }
  return true;
}

/// What was wrong on the way is raised, once.
Stream::Got Stream::end() {
  has_ended_ = true;
  if (batch_.state == SourceState::gone) raise_gone(parts_.name);
  if (walk_ != nullptr) raise_troubles(*walk_, batch_.state == SourceState::end);
  release();
  return PyErr_Occurred() == nullptr ? Got::end : Got::raised;
}

/// Gives file or adapter back; packets stay.
void Stream::release() {
  if (!parts_.source) return;
  loan_.settle(*parts_.source, batch_bytes_);
  rest_ = {};
  has_ended_ = true;
  note_counts();
  walk_ = nullptr;
  parts_.source.reset();
  parts_.file.reset();
}

void Stream::note_interfaces() {
  const std::span<const Interface> known = parts_.source->interfaces();
  const std::size_t noted = interfaces_.size() - first_interfaces_.back();
  if (known.size() > noted) {
    interfaces_.insert(interfaces_.end(), known.begin() + static_cast<std::ptrdiff_t>(noted),
                       known.end());
  }
  if (walk_ != nullptr && walk_->context().ends_file) {
    first_interfaces_.push_back(static_cast<std::uint32_t>(interfaces_.size()));
  }
}

void Stream::note_counts() {
  counted_ = Clock::now();
  if (parts_.counts) source_counts_ = parts_.counts();
}

NamedCounts Stream::counts() {
  if (parts_.source && !is_busy_elsewhere()) note_counts();
  NamedCounts all = source_counts_;
  if (parts_.kind == Subject::Kind::adapter) return all;
  const NamedCounts own{{"packets", read_},
                        {"delivered", delivered_},
                        {"filtered", judged_ - wanted_},
                        {"outside_window", read_ - judged_},
                        {"waiting", wanted_ - delivered_}};
  all.insert(all.begin(), own.begin(), own.end());
  return all;
}

void Stream::stop() noexcept {
  if (parts_.source) parts_.source->stop();
}

void Stream::close() {
  if (is_busy_elsewhere()) {
    throw Error{ErrorCode::invalid_argument, "another thread waits for packets: stop() first"};
  }
  if (!is_busy_) release();
  is_closed_ = true;
}

void Stream::leave() {
  if (is_busy_elsewhere()) return stop();
  close();
}

const Interface* Stream::interface(std::uint32_t index) const noexcept {
  return index < interfaces_.size() ? &interfaces_[index] : nullptr;
}

PyObject* Stream::interface_of(const Packet& packet, const wire::Layers& layers) {
  print::PacketText& printer = text();
  const auto next = std::ranges::upper_bound(first_interfaces_, packet.interface_index);
  const std::uint32_t first = *std::prev(next);
  const std::size_t end = next == first_interfaces_.end() ? interfaces_.size() : *next;
  Packet own = packet;
  own.interface_index -= first;
  return names_->of(own, layers, std::span{interfaces_}.subspan(first, end - first), printer);
}

print::PacketText& Stream::text() {
  const auto carries_number = [](const Interface& one) {
    return one.link_type == LinkType::linux_sll2;
  };
  if (!text_) {
    print::PacketTextOptions options;
    options.decoders = parts_.decoders;
    text_.emplace(options);
    names_.emplace(parts_.kind == Subject::Kind::adapter &&
                   std::ranges::any_of(interfaces_, carries_number));
  }
  names_->refresh(*text_);
  return *text_;
}

}  // namespace weir::python
