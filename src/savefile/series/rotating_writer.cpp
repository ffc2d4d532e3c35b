// savefile::RotatingWriter: decides which packets share a file, and what becomes of the files.
#include "weir/savefile/rotating_writer.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "savefile/pcapng/kept_blocks.h"
#include "savefile/series/file_names.h"
#include "savefile/series/file_ring.h"
#include "savefile/series/local_period.h"
#include "sys/output_file.h"
#include "weir/error.h"

namespace weir::savefile {
namespace {

/// The most that encoding adds to the bytes of a packet.
constexpr std::size_t record_overhead = 48;
constexpr std::chrono::seconds no_period{0};

/// Of what every file of a series begins with: they should have room for packets.
std::size_t most_kept(const Rotation& rotation) noexcept {
  constexpr std::size_t most = std::size_t{16} << 20;
  return rotation.size == 0 ? most : std::min<std::uint64_t>(most, rotation.size / 2);
}

/// Of what the next file alone begins with: blocks that came before its first packet.
constexpr std::size_t most_waiting = std::size_t{64} << 20;

/// Enough to tell periods apart, and no sum of them overflows.
std::chrono::sys_seconds seconds_of(Timestamp time) noexcept {
  return std::chrono::floor<std::chrono::seconds>(time);
}

bool is_timed(const Packet& packet) noexcept {
  return !has(packet.flags, PacketFlags::no_timestamp);
}

std::uint64_t size_bound(const Packet& packet) noexcept {
  const std::size_t options = packet.meta == nullptr ? 0 : packet.meta->options.size();
  return record_overhead + packet.data.size() + options;
}

/// Returns an errno.
int synchronise_name(const std::string& path) {
  const sys::FileDescriptor directory = sys::open_directory_of(path);
  return directory.is_open() ? sys::synchronise_names(directory) : 0;
}

FileNames::Rotate rotate_of(const Rotation& rotation) noexcept {
  if (rotation.period == Duration::zero()) return FileNames::Rotate::not_by_time;
  const bool by_more = rotation.size != 0 || rotation.packets != 0;
  return by_more ? FileNames::Rotate::by_time_too : FileNames::Rotate::only_by_time;
}

void check(const Rotation& rotation) {
  const bool rotates = rotation.size != 0 || rotation.packets != 0 || rotation.period.count() != 0;
  if (rotation.period.count() < 0 ||
      rotation.period % std::chrono::seconds{1} != Duration::zero()) {
    throw Error{ErrorCode::invalid_argument, "files rotate after whole seconds"};
  }
  if (!rotates) {
    throw Error{ErrorCode::invalid_argument, "files rotate by size, seconds or packets: say which"};
  }
  if (rotation.total_size != 0 && rotation.size > rotation.total_size) {
    throw Error{ErrorCode::invalid_argument,
                "one file may be larger than all together: the total size is the smaller"};
  }
}

}  // namespace

struct RotatingWriter::State {
  WriterOptions options;
  Rotation rotation;
  OnFile on_file;
  FileNames names;
  FileRing ring;
  KeptBlocks kept;                   // for every file
  KeptBlocks waiting{most_waiting};  // for the next
  std::chrono::seconds length;       // of periods; none: files do not rotate by time
  std::optional<Writer> writer{};
  std::string path{};         // of the file that is open, once finished
  std::uint64_t packets = 0;  // handed to it
  LocalPeriod period{};
  std::chrono::sys_seconds earliest{};  // start of the period before
  std::optional<Timestamp> latest{};    // of the last packet that had one
  bool is_first = true;
  bool is_full = false;
  SinkCounts counts{};  // without the file that is open

  State(const std::string& name, WriterOptions chosen, const Rotation& when, OnFile then)
      : options{std::move(chosen)},
        rotation{when},
        on_file{std::move(then)},
        names{name, rotate_of(when), when.keep},
        ring{when.is_ring() ? names.earlier() : std::vector<std::string>{}},
        kept{most_kept(when)},
        length{std::chrono::floor<std::chrono::seconds>(when.period)} {
    options.must_be_new = true;
    if (rotation.drop_oldest_when_full) {
      options.make_room = [this] { return ring.files() != 0 && ring.remove_oldest() == 0; };
    }
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() = default;

  void begin_period(std::chrono::sys_seconds time) noexcept;
  [[nodiscard]] bool is_of_period(const Packet& packet) const noexcept;
  [[nodiscard]] Timestamp time_of_first(std::span<const Packet> some) const noexcept;
  void note_time(std::span<const Packet> some) noexcept;
  [[nodiscard]] std::size_t fitting(std::span<const Packet> some) const noexcept;
  [[nodiscard]] bool fits(const InterfaceStatistics& statistics) const noexcept;
  void begin(std::span<const Interface> interfaces, Timestamp time);
  void open();
  void finish();
  void make_room(std::size_t files, std::uint64_t bytes);
  /// Does what may fail for want of room; what is whole is kept as a finished file then.
  template <class Write>
  void attempt(Write write);
};

void RotatingWriter::State::begin_period(std::chrono::sys_seconds time) noexcept {
  period = {time, time};
  if (length == no_period) return;
  period = local_period(time, length);
  earliest = local_period(period.start - std::chrono::seconds{1}, length).start;
}

// One without a time stamp follows the one before it.
bool RotatingWriter::State::is_of_period(const Packet& packet) const noexcept {
  if (!is_timed(packet)) return true;
  const std::chrono::sys_seconds time = seconds_of(packet.timestamp);
  return earliest <= time && time < period.end;
}

// Or that of a neighbour, where the first has none.
Timestamp RotatingWriter::State::time_of_first(std::span<const Packet> some) const noexcept {
  if (is_timed(some.front())) return some.front().timestamp;
  if (latest) return *latest;
  const auto timed = std::ranges::find_if(some, is_timed);
  return timed == some.end() ? some.front().timestamp : timed->timestamp;
}

void RotatingWriter::State::note_time(std::span<const Packet> some) noexcept {
  const auto timed = std::find_if(some.rbegin(), some.rend(), is_timed);
  if (timed != some.rend()) latest = timed->timestamp;
}

// How many of the packets belong in the file that is open.
std::size_t RotatingWriter::State::fitting(std::span<const Packet> some) const noexcept {
  if (!writer) return 0;
  const SinkCounts written = writer->counts();
  std::uint64_t bytes = written.bytes + written.held_back;
  std::size_t count = 0;
  for (const Packet& packet : some) {
    const std::uint64_t before = packets + count;
    if (rotation.packets != 0 && before >= rotation.packets) break;
    bytes += size_bound(packet);
    if (rotation.size != 0 && bytes > rotation.size && before != 0) break;
    if (length != no_period && !is_of_period(packet)) break;
    ++count;
  }
  return count;
}

// They do not begin a file, and packets are worth more than they are.
bool RotatingWriter::State::fits(const InterfaceStatistics& statistics) const noexcept {
  constexpr std::size_t numbers = 128;  // block, and options for all the counters
  const SinkCounts written = writer->counts();
  const std::uint64_t bytes = written.bytes + written.held_back + numbers +
                              statistics.comment.size() + statistics.options.size();
  return (rotation.size == 0 || bytes <= rotation.size) &&
         (rotation.total_size == 0 || bytes <= rotation.total_size);
}

template <class Write>
void RotatingWriter::State::attempt(Write write) {
  try {
    write();
  } catch (const SystemError&) {
    finish();
    throw;
  }
}

void RotatingWriter::State::begin(std::span<const Interface> interfaces, Timestamp time) {
  make_room(1, rotation.size);
  begin_period(seconds_of(time));
  path = names.next(is_first ? seconds_of(time) : period.start, period);
  is_first = false;
  packets = 0;
  open();
  ++counts.files;
  attempt([&] {
    writer->write_blocks(interfaces, kept.blocks());
    writer->write_blocks(interfaces, waiting.blocks());
  });
  waiting.clear();
}

// There are file systems on which even an empty file takes room.
void RotatingWriter::State::open() {
  options.called = path;
  while (!writer) {
    try {
      writer.emplace(part_name(path), options);
    } catch (const SystemError& error) {
      const bool is_disk_full = sys::is_disk_full(error.system_code().value());
      if (!is_disk_full || !options.make_room || !options.make_room()) throw;
    }
  }
}

// Also after a failure: what is in the file is whole. One that never got a packet goes again.
void RotatingWriter::State::finish() {
  if (!writer) return;
  std::optional<SystemError> failure;
  try {
    writer->close();
  } catch (const SystemError& error) {
    failure.emplace(error);
  }
  const SinkCounts written = writer->counts();
  const bool has_lost_name = writer->has_lost_name();
  writer.reset();
  counts.packets += written.packets;
  if (written.packets != 0) counts.bytes += written.bytes;
  counts.rounded_times += written.rounded_times;
  const std::string part = part_name(path);
  if (has_lost_name) {
    // What has the name now is somebody else's.
    counts.files -= written.packets == 0 ? 1 : 0;
  } else if (written.packets == 0) {
    std::remove(part.c_str());
    --counts.files;
  } else if (std::rename(part.c_str(), path.c_str()) != 0) {
    const int problem = errno;
    if (!failure) failure.emplace(ErrorCode::output_failed, problem, "rename " + part);
  } else {
    const int problem = options.sync ? synchronise_name(path) : 0;
    if (problem != 0 && !failure) {
      failure.emplace(ErrorCode::output_failed, problem, "name " + path);
    }
    if (rotation.is_ring()) ring.add(path, written.bytes);
    try {
      make_room(0, 0);
    } catch (const SystemError& error) {
      if (!failure) failure.emplace(error);
    }
    if (on_file) on_file({path, written});
  }
  is_full = rotation.last_file != 0 && counts.files >= rotation.last_file;
  if (failure) throw SystemError{*failure};
}

// So that files and bytes more are within the limits. The newest file stays. Throws SystemError:
// a ring that cannot remove would fill the disk.
void RotatingWriter::State::make_room(std::size_t files, std::uint64_t bytes) {
  const auto is_too_much = [&] {
    return (rotation.files != 0 && ring.files() + files > rotation.files) ||
           (rotation.total_size != 0 && ring.bytes() + bytes > rotation.total_size);
  };
  while (ring.files() + files > 1 && is_too_much()) {
    const int problem = ring.remove_oldest();
    if (problem != 0) {
      throw SystemError{ErrorCode::output_failed, problem, "remove " + ring.oldest()};
    }
  }
}

RotatingWriter::RotatingWriter(const std::string& path, const WriterOptions& options,
                               const Rotation& rotation, OnFile on_file) {
  check(rotation);
  state_ = std::make_unique<State>(path, options, rotation, std::move(on_file));
}

RotatingWriter::RotatingWriter(RotatingWriter&&) noexcept = default;
RotatingWriter& RotatingWriter::operator=(RotatingWriter&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

RotatingWriter::~RotatingWriter() {
  if (!state_) return;
  try {
    state_->finish();
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch)
    // Nobody is left to tell: close() before is how to learn of it.
  }
}

void RotatingWriter::write(std::span<const Interface> interfaces, std::span<const Packet> packets) {
  State& state = *state_;
  while (!packets.empty()) {
    // What describes them counts too.
    if (state.writer) state.attempt([&] { state.writer->write(interfaces, {}); });
    const std::size_t count = state.fitting(packets);
    if (count == 0) {
      state.finish();
      if (state.is_full) return;
      state.begin(interfaces, state.time_of_first(packets));
      continue;
    }
    state.attempt([&] {
      state.writer->write(interfaces, packets.first(count));
      state.make_room(1, state.writer->counts().bytes);
    });
    state.packets += count;
    state.note_time(packets.first(count));
    packets = packets.subspan(count);
  }
}

void RotatingWriter::write_section(std::span<const Interface> interfaces,
                                   std::shared_ptr<const Section> section) {
  if (!state_->writer) return;
  state_->attempt([&] { state_->writer->write_section(interfaces, std::move(section)); });
}

void RotatingWriter::write_blocks(std::span<const Interface> interfaces,
                                  std::span<const Block> blocks) {
  if (state_->is_full) return;
  for (const Block& block : blocks) {
    if (state_->kept.add(block) || state_->writer || state_->waiting.add(block)) continue;
    throw Error{ErrorCode::cannot_hold,
                "more than 64 MiB of names, secrets and custom blocks without a packet: no file of "
                "a series begins there"};
  }
  if (!state_->writer) return;
  state_->attempt([&] { state_->writer->write_blocks(interfaces, blocks); });
}

void RotatingWriter::write_statistics(std::span<const Interface> interfaces,
                                      const InterfaceStatistics& statistics) {
  if (!state_->writer || !state_->fits(statistics)) return;
  state_->attempt([&] { state_->writer->write_statistics(interfaces, statistics); });
}

void RotatingWriter::flush() {
  if (state_->writer) state_->attempt([this] { state_->writer->flush(); });
}

void RotatingWriter::advance(Timestamp now) {
  State& state = *state_;
  if (!state.writer) return;
  const bool is_over = state.length != no_period && seconds_of(now) >= state.period.end;
  is_over ? state.finish() : flush_if_due();
}

void RotatingWriter::flush_if_due() {
  if (state_->writer) state_->attempt([this] { state_->writer->flush_if_due(); });
}

bool RotatingWriter::is_full() const noexcept { return state_->is_full; }

void RotatingWriter::rotate() { state_->finish(); }
void RotatingWriter::close() { state_->finish(); }

SinkCounts RotatingWriter::counts() const noexcept {
  SinkCounts counts = state_->counts;
  counts.removed = state_->ring.removed();
  if (state_->writer) {
    const SinkCounts open = state_->writer->counts();
    counts.packets += open.packets;
    counts.bytes += open.bytes;
    counts.held_back = open.held_back;
    counts.rounded_times += open.rounded_times;
  }
  return counts;
}

}  // namespace weir::savefile
