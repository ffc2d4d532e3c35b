// savefile::MergedReader: a heap of files by the time of their next packet.
#include "weir/savefile/merged_reader.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <deque>

#include "savefile/series/merge_heap.h"
#include "savefile/series/merged_file.h"
#include "savefile/watermark.h"
#include "weir/error.h"

namespace weir::savefile {
namespace {

using Clock = std::chrono::steady_clock;

bool waits(SourceState state) noexcept {
  return state == SourceState::timeout || state == SourceState::would_block;
}

}  // namespace

struct MergedReader::State {
  MergedReaderOptions options;
  std::deque<MergedFile> files;
  /// Of the files that stay open: they live as long as this, so that stop() may reach them.
  std::vector<Reader*> kept;
  /// Files by their next packet: of one that is not open, by its first.
  MergeHeap heap;
  /// Open, and all of their last batch handed out.
  std::vector<std::uint32_t> exhausted;
  /// Read to their end, but their blocks are borrowed until the next call.
  std::vector<std::uint32_t> finished;
  std::vector<Packet> packets;
  std::vector<std::uint32_t> origins;
  std::vector<Block> blocks;
  /// Files that `blocks` are of.
  std::vector<std::uint32_t> lenders;
  std::vector<Interface> interfaces;
  std::vector<InterfaceStatistics> statistics;
  ReaderCounts counts;
  Timestamp latest = Timestamp::min();
  Watermark watermark;
  std::atomic<bool> stopped = false;
  bool started = false;
  bool failed = false;
  bool is_over = false;  // the last batch was the last there is

  State(std::vector<std::string> paths, MergedReaderOptions chosen);

  Batch next(Deadline deadline);
  [[nodiscard]] std::shared_ptr<const void> keep();

 private:
  void look_at(std::uint32_t index);
  void release();
  std::optional<SourceState> settle(Deadline deadline);
  std::optional<SourceState> refill_exhausted(Deadline deadline);
  bool open(std::uint32_t index);
  SourceState refill(std::uint32_t index, Deadline deadline);
  void finish(MergedFile& file);
  void fail(std::uint32_t index, const Error& error) const;
  void merge();
  bool take_run(MergedFile& file);
};

MergedReader::State::State(std::vector<std::string> paths, MergedReaderOptions chosen)
    : options{std::move(chosen)} {
  if (options.reader.follow) {
    throw Error{ErrorCode::invalid_argument,
                "merge: files cannot be followed while they are merged"};
  }
  if (std::ranges::count(paths, "-") > 1) {
    throw Error{ErrorCode::invalid_argument, "merge: standard input can be read once only"};
  }
  for (std::string& path : paths) files.emplace_back(std::move(path));
  heap.reserve(files.size());
  exhausted.reserve(files.size());
  packets.reserve(Batch::max_packets);
  origins.reserve(Batch::max_packets);
  for (std::uint32_t i = 0; i < files.size(); ++i) look_at(i);
}

// Finds out when the first packet of a file is due: at once if there are more blocks before it than
// come at a time. What has none is done with, but for its blocks.
void MergedReader::State::look_at(std::uint32_t index) {
  MergedFile& file = files[index];
  if (!open(index)) return;
  if (file.stays_open) {
    // Its first packet may keep us waiting, which only next_batch() does.
    file.note_progress(interfaces, counts);
    kept.push_back(&*file.reader);
    exhausted.push_back(index);
    return;
  }
  const std::size_t blocks_before = blocks.size();
  if (refill(index, Deadline::for_ever()) == SourceState::end) return;
  if (blocks.size() != blocks_before) {  // they come again
    blocks.resize(blocks_before);
    lenders.pop_back();
  }
  heap.push({file.time, index});
  file.close();
}

Batch MergedReader::State::next(Deadline deadline) {
  if (started) release();
  started = true;
  const auto state = settle(deadline);
  if (!state) merge();
  is_over = state == SourceState::end || state == SourceState::stopped;
  if (!packets.empty()) watermark.note(packets, latest);
  return {packets, state.value_or(SourceState::packets), watermark.now()};
}

// Only of files that the last batch borrows from: many may be open.
std::shared_ptr<const void> MergedReader::State::keep() {
  std::vector<std::uint32_t> from = origins;
  from.insert(from.end(), lenders.begin(), lenders.end());
  std::ranges::sort(from);
  from.erase(std::ranges::unique(from).begin(), from.end());
  auto buffers = std::make_shared<std::vector<std::shared_ptr<const void>>>();
  for (const std::uint32_t index : from) {
    if (files[index].reader) buffers->push_back(files[index].reader->keep_batch());
  }
  if (buffers->size() == 1) return buffers->front();
  return buffers;
}

// Lets go of what the last batch borrowed.
void MergedReader::State::release() {
  packets.clear();
  origins.clear();
  blocks.clear();
  lenders.clear();
  for (const std::uint32_t index : finished) files[index].close();
  finished.clear();
}

// Brings an open file with a packet to the top of the heap; a state if there is none to merge.
std::optional<SourceState> MergedReader::State::settle(Deadline deadline) {
  if (stopped.load(std::memory_order_relaxed)) return SourceState::stopped;
  if (failed) return SourceState::end;
  if (const auto state = refill_exhausted(deadline)) return state;
  while (!heap.empty() && !files[heap.top().file].reader) {
    const std::uint32_t index = heap.top().file;
    heap.pop();
    if (!open(index)) continue;
    const SourceState state = refill(index, Deadline::for_ever());
    if (state == SourceState::packets) heap.push({files[index].time, index});
    if (state == SourceState::timeout) {  // blocks alone
      exhausted.push_back(index);
      return state;
    }
  }
  return heap.empty() ? std::optional{SourceState::end} : std::nullopt;
}

std::optional<SourceState> MergedReader::State::refill_exhausted(Deadline deadline) {
  const bool is_timed = deadline.wait() > Duration::zero() && deadline.wait() != Duration::max();
  const auto limit = is_timed ? Clock::now() + deadline.wait() : Clock::time_point{};
  while (!exhausted.empty()) {
    const std::uint32_t index = exhausted.front();
    exhausted.erase(exhausted.begin());
    // Not 0, which would mean would_block where the answer is timeout.
    if (is_timed) deadline = Deadline::in(std::max<Duration>(limit - Clock::now(), Duration{1}));
    const SourceState state = refill(index, deadline);
    if (state == SourceState::packets) heap.push({files[index].time, index});
    if (waits(state) || state == SourceState::stopped) {
      exhausted.insert(exhausted.begin(), index);
      return state;
    }
  }
  return std::nullopt;
}

bool MergedReader::State::open(std::uint32_t index) {
  MergedFile& file = files[index];
  try {
    file.open(options.reader);
  } catch (const SystemError& error) {
    if (error.system_code().value() == EMFILE) {
      failed = true;
      const auto open = std::ranges::count_if(
          files, [](const MergedFile& other) { return other.reader.has_value(); });
      throw SystemError{EMFILE, "open " + file.path + " beside " + std::to_string(open) +
                                    " others whose times overlap (ulimit -n is the limit)"};
    }
    fail(index, error);
  } catch (const Error& error) {
    fail(index, error);
  }
  return file.reader.has_value();
}

// The next batch of an open file; `end` also if it failed.
SourceState MergedReader::State::refill(std::uint32_t index, Deadline deadline) {
  MergedFile& file = files[index];
  try {
    const Batch batch = file.reader->next_batch(deadline);
    file.note_progress(interfaces, counts);
    file.rest = batch.packets;
    if (batch.state == SourceState::packets) file.look_at_time();
    const std::span<const Block> met = file.reader->blocks();
    blocks.insert(blocks.end(), met.begin(), met.end());
    if (!met.empty()) lenders.push_back(index);
    if (batch.state != SourceState::end) return batch.state;
    finish(file);
    if (file.stays_open) return batch.state;
    if (met.empty()) {
      file.close();
    } else {
      finished.push_back(index);
    }
  } catch (const Error& error) {
    file.note_progress(interfaces, counts);
    finish(file);
    if (!file.stays_open) file.close();
    fail(index, error);
  }
  return SourceState::end;
}

void MergedReader::State::finish(MergedFile& file) {
  for (const InterfaceStatistics& found : file.reader->statistics()) {
    statistics.push_back(found);
    statistics.back().interface_index = file.mapping.at(found.interface_index);
  }
}

// Called where `error` is handled.
void MergedReader::State::fail(std::uint32_t index, const Error& error) const {
  if (!options.on_error) throw;
  options.on_error(
      {.file = index, .error = error, .is_capture = files[index].counts.stream_bytes != 0});
}

// Takes packets from the open files until a batch is full, one of them runs out, or a file that is
// not open is due.
void MergedReader::State::merge() {
  while (packets.size() < Batch::max_packets && !heap.empty()) {
    MergedFile& file = files[heap.top().file];
    if (!file.reader || !take_run(file)) return;
  }
}

// Takes from the file on top of the heap as long as it is the earliest; false once it runs out.
bool MergedReader::State::take_run(MergedFile& file) {
  const std::uint32_t index = heap.top().file;
  const MergeEntry other = heap.runner_up();
  do {
    Packet& packet = packets.emplace_back(file.rest.front());
    packet.interface_index = file.mapping[packet.interface_index];
    origins.push_back(index);
    ++counts.packets;
    if (!has(packet.flags, PacketFlags::no_timestamp)) {
      if (packet.timestamp < latest) ++counts.backward;
      latest = std::max(latest, packet.timestamp);
    }
    file.rest = file.rest.subspan(1);
    if (file.rest.empty()) {
      heap.pop();
      exhausted.push_back(index);
      return false;
    }
    file.look_at_time();
  } while (packets.size() < Batch::max_packets && MergeEntry{file.time, index} < other);
  heap.replace_top({file.time, index});
  return true;
}

MergedReader::MergedReader(std::vector<std::string> paths, MergedReaderOptions options)
    : state_{std::make_unique<State>(std::move(paths), std::move(options))} {}

MergedReader::MergedReader(MergedReader&&) noexcept = default;
MergedReader& MergedReader::operator=(MergedReader&&) noexcept = default;
MergedReader::~MergedReader() = default;

std::shared_ptr<const void> MergedReader::keep_batch() { return state_->keep(); }

Batch MergedReader::next(Deadline deadline) { return state_->next(deadline); }

std::span<const Interface> MergedReader::interfaces() const noexcept { return state_->interfaces; }

void MergedReader::stop() noexcept {
  state_->stopped.store(true, std::memory_order_relaxed);
  for (Reader* reader : state_->kept) reader->stop();
}

std::span<const std::uint32_t> MergedReader::origins() const noexcept { return state_->origins; }

BatchContext MergedReader::context() const noexcept {
  return {.interfaces = state_->interfaces,
          .blocks = state_->blocks,
          .statistics = state_->statistics,
          .ends_file = state_->is_over || state_->failed};
}

ReaderCounts MergedReader::counts() const noexcept { return state_->counts; }

ReaderCounts MergedReader::counts(std::size_t index) const noexcept {
  return state_->files[index].counts;
}

}  // namespace weir::savefile
