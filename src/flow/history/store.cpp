// Keeping packets, making room for them, forgetting them.
#include "store.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace weir::flow {
namespace {

/// A short code as a number, its size in the top octet; 0 for a longer one.
std::uint64_t as_number(const std::uint8_t* code, std::size_t size) noexcept {
  if (size > 7) return 0;
  std::uint64_t number = 0;
  std::memcpy(&number, code, sizeof(number));
  const unsigned beyond = 64 - 8 * static_cast<unsigned>(size);
  number =
      std::endian::native == std::endian::little ? number << beyond >> beyond : number >> beyond;
  return number | std::uint64_t{size} << 56;
}

}  // namespace

// A writer for each kilobyte: memory that is touched when flows are that many.
HistoryStore::HistoryStore(const HistoryOptions& options, Memory& memory)
    : fields_{options.fields},
      only_{options.only},
      pool_{options.budget, memory},
      max_writers_{static_cast<std::uint32_t>(
          std::clamp<std::size_t>(options.budget / 1024, 1, std::size_t{1} << 18))} {
  writers_.reserve(max_writers_);  // take_writer() must not throw
  owners_.reserve(max_writers_);
}

void HistoryStore::append(std::uint32_t index, std::uint8_t protocol, const HistoryPacket& packet,
                          unsigned side) noexcept {
  if (!make_room()) {
    ++dropped_;
    return;
  }
  if (oldest_ == none) base_ = packet.timestamp.time_since_epoch().count() / 1000 * 1000;
  Head& head = heads_[index];
  if (head.writer == no_writer) write_on(index, protocol);
  count_kept(protocol);

  Writer& writer = writers_[head.writer];
  std::array<std::uint8_t, history_run_size + max_history_code> codes{};
  std::uint8_t* begin = codes.data() + history_run_size;
  std::size_t size = encode(writer.state, packet, side, writer.packets == 0, begin);
  const std::uint64_t number = as_number(begin, size);
  if (number == writer.last && number != 0 && writer.run < max_history_run &&
      writer.packets < max_packets) {
    ++writer.run;
    ++writer.packets;
    return;
  }
  const std::size_t run_size = writer.run != 0 ? history_run_size : 0;
  if (!fits(writer, run_size + size)) [[unlikely]] {
    seal(head);
    begin_stretch(index, protocol);
    append_first(head, packet, side);
    return;
  }
  if (run_size != 0) {
    begin -= run_size;
    size += run_size;
    encode_run(writer.run, begin);
  }
  write(writer, begin, size);
  writer.last = number;
  writer.run = 0;
  ++writer.packets;
}

void HistoryStore::append_first(const Head& head, const HistoryPacket& packet,
                                unsigned side) noexcept {
  Writer& writer = writers_[head.writer];
  std::array<std::uint8_t, max_history_code> code{};
  write(writer, code.data(), encode(writer.state, packet, side, true, code.data()));
  ++writer.packets;
}

/// Four units are the most that a packet takes.
bool HistoryStore::make_room() noexcept {
  constexpr std::uint32_t units = 4;
  while (!pool_.reserve(units)) {
    if (oldest_ == none) return false;
    dropped_ += remove_first(heads_[pool_.at<Stretch>(oldest_).owner]);
  }
  return true;
}

/// A flow that has no writer gets one.
void HistoryStore::write_on(std::uint32_t index, std::uint8_t protocol) noexcept {
  Head& head = heads_[index];
  if (head.last == none) {
    begin_stretch(index, protocol);
    return;
  }
  Writer writer;
  if (resume(writer, head.last)) {
    head.writer = take_writer(index) & no_writer;
    writers_[head.writer] = writer;
  } else {
    begin_stretch(index, protocol);
  }
}

/// Reads the stretch again, to know what its writer knew. False where a new one costs less.
bool HistoryStore::resume(Writer& writer, std::uint32_t index) noexcept {
  constexpr unsigned few_packets = 24;
  constexpr unsigned few_units = 10;
  const auto& stretch = pool_.at<Stretch>(index);
  if (stretch.units > few_units || stretch.packets > few_packets) return false;
  std::array<std::uint8_t, few_units * HistoryPool::unit_size + history_run_size> codes{};
  std::uint8_t* end = codes.data();
  for_each_part(index, stretch, [&](const std::uint8_t* part, std::size_t size) {
    end = std::copy_n(part, size, end);
  });
  if (stretch.run != 0) encode_run(stretch.run, end);
  HistoryWalk walk{.base = base_, .next = codes.data()};
  HistoryPacket packet;
  unsigned side = 0;
  for (unsigned i = 0; i < stretch.packets; ++i) decode_next(walk, packet, side);
  writer.state = walk.state;
  writer.unit = last_unit(index);
  writer.at = stretch.end;
  writer.units = stretch.units;
  writer.run = stretch.run;
  writer.packets = stretch.packets;
  return true;
}

std::uint32_t HistoryStore::take_writer(std::uint32_t index) noexcept {
  const std::uint32_t taken = next_writer_;
  next_writer_ = taken + 1 < max_writers_ ? taken + 1 : 0;
  if (taken == writers_.size()) {
    writers_.emplace_back();
    owners_.push_back(none);
  }
  if (owners_[taken] != none) seal(heads_[owners_[taken]]);
  owners_[taken] = index;
  ask_for_next_seals();
  return taken;
}

/// Who loses a writer next has been silent for long: what that touches is in no cache.
void HistoryStore::ask_for_next_seals() const noexcept {
  constexpr std::uint32_t ahead = 4;
  const auto owner_in = [this](std::uint32_t steps) {
    const std::uint32_t writer = next_writer_ + steps;
    return writer < owners_.size() ? owners_[writer] : none;
  };
  const std::uint32_t far = owner_in(2 * ahead);
  if (far != none) __builtin_prefetch(&heads_[far]);
  const std::uint32_t near = owner_in(ahead);
  if (near != none) pool_.prefetch(heads_[near].last);
}

void HistoryStore::begin_stretch(std::uint32_t index, std::uint8_t protocol) noexcept {
  Head& head = heads_[index];
  const std::uint32_t unit = pool_.take();
  auto& stretch = pool_.make<Stretch>(unit);
  stretch.owner = index;
  head.protocol = protocol;
  stretch.older = newest_;
  (newest_ == none ? oldest_ : pool_.at<Stretch>(newest_).newer) = unit;
  newest_ = unit;
  if (head.last == none) {
    head.first = unit;
  } else {
    set_next(head.last, unit);
  }
  head.last = unit;
  head.writer = take_writer(index) & no_writer;
  writers_[head.writer] = {.state = {.time = base_}, .unit = unit, .at = offsetof(Stretch, codes)};
}

void HistoryStore::seal(Head& head) noexcept {
  const Writer& writer = writers_[head.writer];
  auto& stretch = pool_.at<Stretch>(head.last);
  stretch.note(writer);
  close(head);
}

void HistoryStore::close(Head& head) noexcept {
  if (head.writer == no_writer) return;
  owners_[head.writer] = none;
  head.writer = no_writer;
}

bool HistoryStore::fits(const Writer& writer, std::size_t size) const noexcept {
  if (writer.packets == max_packets) return false;
  if (size <= room(writer)) return true;
  const unsigned units = max_units - writer.units;
  return size <= room(writer) + units * sizeof(Unit::codes);
}

void HistoryStore::write(Writer& writer, const std::uint8_t* code, std::size_t size) noexcept {
  constexpr std::size_t word = sizeof(std::uint64_t);
  if (size <= word && word <= room(writer)) [[likely]] {
    std::memcpy(octets(writer.unit) + writer.at, code, word);  // what is too much is overwritten
    writer.at = (writer.at + size) & 31U;
    return;
  }
  for (;;) {
    const std::size_t here = std::min(size, room(writer));
    std::memcpy(octets(writer.unit) + writer.at, code, here);
    writer.at = (writer.at + here) & 31U;
    if (here == size) return;
    code += here;
    size -= here;
    const std::uint32_t next = pool_.take();
    pool_.make<Unit>(next);
    pool_.at<std::uint32_t>(writer.unit) = next;
    ++writer.units;
    writer.unit = next;
    writer.at = offsetof(Unit, codes);
  }
}

/// Out of the order of all, and its units are free.
unsigned HistoryStore::release(const Head& head, std::uint32_t index) noexcept {
  const Stretch stretch = noted(head, index);
  packets_ -= stretch.packets;
  by_protocol_[head.protocol] -= stretch.packets;
  (stretch.older == none ? oldest_ : pool_.at<Stretch>(stretch.older).newer) = stretch.newer;
  (stretch.newer == none ? newest_ : pool_.at<Stretch>(stretch.newer).older) = stretch.older;
  if (index != head.last) set_next(index, none);
  pool_.give(index, stretch.units);
  return stretch.packets;
}

/// That of the flow that has the oldest of all: it is the same, unless histories were spliced.
unsigned HistoryStore::remove_first(Head& head) noexcept {
  const std::uint32_t first = head.first;
  const std::uint32_t next = next_of(head, first);
  const unsigned packets = release(head, first);
  head.first = next;
  if (next == none) {
    close(head);
    head.last = none;
  }
  return packets;
}

void HistoryStore::splice(std::uint32_t index, std::uint32_t other) noexcept {
  Head& head = heads_[index];
  Head& tail = heads_[other];
  if (tail.first == none) return;
  for (std::uint32_t i = tail.first; i != none; i = next_of(tail, i)) {
    pool_.at<Stretch>(i).owner = index;
  }
  if (head.first != none) {
    if (head.writer != no_writer) seal(head);
    set_next(head.last, tail.first);
    tail.first = head.first;
  }
  head = tail;
  if (head.writer != no_writer) owners_[head.writer] = index;
  tail = {};
}

void HistoryStore::forget(std::uint32_t index) noexcept {
  Head& head = heads_[index];
  for (std::uint32_t i = head.first; i != none;) {
    const std::uint32_t next = next_of(head, i);
    release(head, i);
    i = next;
  }
  close(head);
  head = {};
}

void HistoryStore::clear() noexcept {
  std::ranges::fill(heads_, Head{});
  std::ranges::fill(owners_, none);
  pool_.clear();
  oldest_ = newest_ = none;
  packets_ = 0;
  by_protocol_ = {};
}

/// What is coded in the stretch, behind `codes`; and how many packets that are.
std::size_t HistoryStore::copy_stretch(const Head& head, std::uint32_t index,
                                       std::vector<std::uint8_t>& codes) const {
  const Stretch stretch = noted(head, index);
  for_each_part(index, stretch, [&](const std::uint8_t* part, std::size_t size) {
    codes.insert(codes.end(), part, part + size);
  });
  if (stretch.run != 0) {
    codes.resize(codes.size() + history_run_size);
    encode_run(stretch.run, codes.data() + codes.size() - history_run_size);
  }
  return stretch.packets;
}

FlowHistory HistoryStore::copy(std::uint32_t index, unsigned originator) const {
  if (index >= heads_.size() || heads_[index].first == none) return {};
  const Head& head = heads_[index];
  std::size_t units = 0;
  for (std::uint32_t i = head.first; i != none; i = next_of(head, i)) {
    units += noted(head, i).units;
  }
  detail::HistoryCodes codes{.base = base_, .originator = originator};
  codes.octets.reserve(units * HistoryPool::unit_size);
  for (std::uint32_t i = head.first; i != none; i = next_of(head, i)) {
    codes.packets += copy_stretch(head, i, codes.octets);
  }
  return FlowHistory{std::move(codes)};
}

}  // namespace weir::flow
