// savefile::Writer: encodes batches, compresses them in frames, and minds what the medium took.
#include "weir/savefile/writer.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

#include "savefile/byte_output.h"
#include "savefile/compress/compressor.h"
#include "savefile/pcap_encoder.h"
#include "savefile/pcapng/pcapng_encoder.h"
#include "weir/error.h"
#include "weir/version.h"

namespace weir::savefile {
namespace {

/// Of WriterOptions::buffered.
constexpr std::size_t buffer_size = std::size_t{256} << 10;

std::unique_ptr<RecordEncoder> make_encoder(const WriterOptions& options) {
  switch (options.format) {
    case Format::pcap:
    case Format::pcap_nanosecond:
      return std::make_unique<PcapEncoder>(options.format == Format::pcap_nanosecond,
                                           options.snapshot_length);
    case Format::pcapng: {
      Section section = options.section;
      if (section == Section{}) section.application = std::string{"weir "} + version;
      return std::make_unique<PcapngEncoder>(std::move(section));
    }
    case Format::pcap_modified:
      break;
  }
  throw Error{ErrorCode::invalid_argument,
              std::string{"format "} + name(options.format) + " is not written"};
}

std::unique_ptr<ByteOutput> open(const std::string& path, const WriterOptions& options) {
  std::optional<sys::Owner> owner;
  if (options.owner) owner = {options.owner->user, options.owner->group};
  sys::FileDescriptor file{options.open ? options.open(path) : -1};
  if (!file.is_open()) {
    file = sys::open_for_writing(
        path, owner, options.must_be_new ? sys::Existing::refused : sys::Existing::emptied);
  }
  return std::make_unique<FileOutput>(
      std::move(file), options.gives_up, path,
      options.sync ? sys::open_directory_of(path) : sys::FileDescriptor{});
}

/// `bytes` are left of it.
std::string words(sys::Change change, const std::string& name, std::uint64_t bytes) {
  switch (change) {
    case sys::Change::cut:
      return name + " was cut to " + std::to_string(bytes) +
             " bytes by somebody else while it was written";
    case sys::Change::grown:
      return name + " was written to by somebody else at the same time";
    case sys::Change::removed:
      return name + " was removed while it was written";
    default:
      return "the file that is written is not " + name + " any more: it was renamed or replaced";
  }
}

}  // namespace

struct Writer::State {
  using Clock = std::chrono::steady_clock;

  std::string name;
  WriterOptions options;
  std::unique_ptr<RecordEncoder> encoder;
  std::unique_ptr<Compressor> compressor;  // null without compression
  std::unique_ptr<ByteOutput> output;      // null once closed
  RecordBuffer records{};                  // not in the file yet
  SinkCounts counts{.files = 1};
  bool has_lost_name = false;
  Clock::time_point flushed = Clock::now();
  std::uint64_t flushed_packets = 0;     // at that time
  std::optional<SystemError> failure{};  // nothing more is written then

  State(std::string named, WriterOptions chosen, std::unique_ptr<RecordEncoder> format,
        std::unique_ptr<Compressor> compression, std::unique_ptr<ByteOutput> to)
      : name{std::move(named)},
        options{std::move(chosen)},
        encoder{std::move(format)},
        compressor{std::move(compression)},
        output{std::move(to)} {}

  // Appends what encode() makes of it, then writes what must not be held back.
  template <class Encode>
  void add(Encode encode);
  [[nodiscard]] std::size_t frame_of(std::size_t packets) const noexcept;
  void drain();
  void put(Bytes bytes);
  void flush();
  [[nodiscard]] bool must_drain() const noexcept;
  [[nodiscard]] bool is_flush_due() const;
  void close();
  void check_is_ours(bool with_name);
  [[noreturn]] void fail(int problem, const std::string& action);
  [[noreturn]] void fail(int problem) { fail(problem, "write " + name); }
  void check_has_not_failed() const {
    if (failure) throw SystemError{*failure};
  }
};

void Writer::State::fail(int problem, const std::string& action) {
  failure.emplace(ErrorCode::output_failed, problem, action);
  throw SystemError{*failure};
}

// What somebody else has changed is left as it is, and only what is there counts.
void Writer::State::check_is_ours(bool with_name) {
  const sys::Change change = output->change(counts.bytes, with_name);
  if (change == sys::Change::none) return;
  records.clear();
  ByteOutput::Left left{counts.packets, counts.bytes};
  if (change == sys::Change::removed) left = {};
  if (change == sys::Change::cut || change == sys::Change::grown) left = output->left();
  counts.packets = std::min(counts.packets, left.packets);
  counts.bytes = left.bytes;
  has_lost_name = change == sys::Change::removed || change == sys::Change::replaced;
  fail(change == sys::Change::removed ? ENOENT : 0, words(change, name, left.bytes));
}

template <class Encode>
void Writer::State::add(Encode encode) {
  if (!output) throw Error{ErrorCode::invalid_argument, "write " + name + ": it is closed"};
  check_has_not_failed();
  try {
    encode();
  } catch (...) {
    records.drop_unfinished();
    drain();
    throw;
  }
  if (must_drain()) drain();
  if (is_flush_due()) flush();
}

// A file's first frame holds the header alone, if that comes alone: it is readable from then on.
bool Writer::State::must_drain() const noexcept {
  const bool has_header_only = counts.bytes == 0 && records.packets() == 0;
  if (has_header_only) return true;
  if (!compressor) return !options.buffered || records.bytes().size() >= buffer_size;
  return records.bytes().size() >= compressor->frame_size();
}

bool Writer::State::is_flush_due() const {
  const std::uint64_t packets = counts.packets + records.packets() - flushed_packets;
  if (options.flush_packets != 0 && packets >= options.flush_packets) return true;
  return Clock::now() - flushed >= options.flush_interval;
}

// How many of the next packets come before a frame must end.
std::size_t Writer::State::frame_of(std::size_t packets) const noexcept {
  if (!compressor || options.flush_packets == 0) return packets;
  const std::uint64_t held = std::min<std::uint64_t>(records.packets(), options.flush_packets - 1);
  return std::min<std::uint64_t>(packets, options.flush_packets - held);
}

void Writer::State::drain() {
  if (records.empty()) return;
  if (compressor) {
    put(compressor->frame(records.bytes()));
  } else {
    put(records.bytes());
  }
  records.clear();
}

// Where the medium fails, what stays is whole: frames, or records.
void Writer::State::put(Bytes bytes) {
  check_is_ours(false);
  const std::uint64_t begun = counts.bytes;
  sys::Written written = output->write(bytes);
  while (sys::is_disk_full(written.error) && options.make_room && options.make_room()) {
    const sys::Written more = output->write(bytes.subspan(written.size));
    written = {written.size + more.size, more.error};
  }
  if (written.error == 0) {
    counts.bytes += bytes.size();
    counts.packets += records.packets();
    return check_is_ours(false);
  }
  if (!compressor) {
    const RecordBuffer::End kept = records.end_before(written.size);
    counts.bytes += kept.offset;
    counts.packets += kept.packets;
  }
  const bool is_ours = output->change(begun + written.size, false) == sys::Change::none;
  if (is_ours) output->cut(counts.bytes);
  records.clear();
  fail(written.error);
}

void Writer::State::flush() {
  if (!output) return;
  check_has_not_failed();
  drain();
  check_is_ours(true);
  if (options.sync) {
    if (const int problem = output->synchronise()) fail(problem);
  }
  flushed = Clock::now();
  flushed_packets = counts.packets;
}

void Writer::State::close() {
  if (!output) return;
  try {
    check_has_not_failed();
    encoder->header(records);
    flush();
  } catch (...) {
    std::exchange(output, nullptr)->close();
    throw;
  }
  if (const int problem = std::exchange(output, nullptr)->close()) fail(problem);
}

RecordEncoder::~RecordEncoder() = default;

Writer::Writer(std::unique_ptr<State> state) noexcept : state_{std::move(state)} {}

// What options cannot be is told before the file is touched.
Writer::Writer(const std::string& path, const WriterOptions& options) {
  auto encoder = make_encoder(options);
  auto compressor = make_compressor(options.compression, options.level);
  state_ = std::make_unique<State>(options.called.empty() ? path : options.called, options,
                                   std::move(encoder), std::move(compressor), open(path, options));
}

Writer Writer::standard_output(const WriterOptions& options) {
  constexpr int descriptor = 1;  // POSIX: standard output
  return Writer{std::make_unique<State>(
      "standard output", options, make_encoder(options),
      make_compressor(options.compression, options.level),
      std::make_unique<FileOutput>(sys::FileDescriptor::borrow(descriptor), options.gives_up))};
}

Writer Writer::memory(std::vector<std::uint8_t>& bytes, const WriterOptions& options) {
  return Writer{std::make_unique<State>("memory", options, make_encoder(options),
                                        make_compressor(options.compression, options.level),
                                        std::make_unique<MemoryOutput>(bytes))};
}

Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

Writer::~Writer() {
  if (!state_) return;
  try {
    state_->close();
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch)
    // Nobody is left to tell: close() before is how to learn of it.
  }
}

void Writer::write(std::span<const Interface> interfaces, std::span<const Packet> packets) {
  do {
    const auto some = packets.first(state_->frame_of(packets.size()));
    state_->add([&] { state_->encoder->packets(interfaces, some, state_->records); });
    packets = packets.subspan(some.size());
  } while (!packets.empty());
}

void Writer::write_section(std::span<const Interface> interfaces,
                           std::shared_ptr<const Section> section) {
  state_->add([&] { state_->encoder->section(interfaces, std::move(section), state_->records); });
}

void Writer::write_blocks(std::span<const Interface> interfaces, std::span<const Block> blocks) {
  state_->add([&] { state_->encoder->blocks(interfaces, blocks, state_->records); });
}

void Writer::write_statistics(std::span<const Interface> interfaces,
                              const InterfaceStatistics& statistics) {
  state_->add([&] { state_->encoder->statistics(interfaces, statistics, state_->records); });
}

void Writer::flush() { state_->flush(); }

void Writer::flush_if_due() {
  if (state_->failure || state_->is_flush_due()) state_->flush();
}

void Writer::close() { state_->close(); }

bool Writer::has_lost_name() const noexcept { return state_->has_lost_name; }

SinkCounts Writer::counts() const noexcept {
  SinkCounts counts = state_->counts;
  counts.held_back = state_->records.bytes().size();
  counts.rounded_times = state_->encoder->rounded_times();
  return counts;
}

}  // namespace weir::savefile
