// savefile::Reader: finds out what a file is, then hands out what its format reader walks over.
#include "weir/savefile/reader.h"

#include <atomic>
#include <optional>

#include "savefile/compress/decompressed_source.h"
#include "savefile/followed_file.h"
#include "savefile/known_formats.h"
#include "savefile/pcap_reader.h"
#include "savefile/pcapng/pcapng_reader.h"
#include "savefile/watermark.h"

namespace weir::savefile {
namespace {

constexpr std::size_t magic_size = 8;

WaitLimit limit_of(Deadline deadline) {
  if (deadline.wait() == Duration::max()) return std::nullopt;
  return std::chrono::steady_clock::now() + deadline.wait();
}

sys::FileDescriptor opened(const std::string& path, const ReaderOptions& options) {
  sys::FileDescriptor descriptor{options.open ? options.open(path) : -1};
  return descriptor.is_open() ? std::move(descriptor) : sys::open_for_reading(path);
}

std::string first_bytes(Bytes window) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t octet : window.first(std::min<std::size_t>(window.size(), 4))) {
    text += {' ', digits[octet >> 4], digits[octet & 15]};
  }
  return text;
}

}  // namespace

struct Reader::State {
  std::string name;
  ReaderOptions options;
  std::optional<sys::WakeUp> wake_up;  // only where a read can block
  ByteInput input;
  std::unique_ptr<FormatReader> format;
  Compression compression = Compression::none;
  PacketBlock block;
  ReaderCounts counts;
  Watermark watermark;
  std::uint64_t region_start = 0;
  std::atomic<bool> stopped = false;
  bool searching = false;  // passing over damage
  bool ended = false;
  bool is_over = false;  // the last batch was the last there is, or none for damage

  State(sys::FileDescriptor descriptor, std::string named, ReaderOptions chosen)
      : name{std::move(named)},
        options{std::move(chosen)},
        input{source_of(std::move(descriptor))} {
    open();
  }
  State(Bytes memory, ReaderOptions chosen)
      : name{"memory"}, options{std::move(chosen)}, input{memory} {
    open();
  }

  std::unique_ptr<ByteSource> source_of(sys::FileDescriptor descriptor);
  void open();
  void open_compressed();
  Batch next(Deadline deadline);
  std::optional<SourceState> step(const WaitLimit& limit);
  void at_fault(const Fault& fault);
  bool search(bool at_end);
  [[nodiscard]] std::uint64_t passed_over() const noexcept;
  [[noreturn]] void fail(const Fault& fault) const;
};

// What waits sees wake_up, which therefore is made first.
std::unique_ptr<ByteSource> Reader::State::source_of(sys::FileDescriptor descriptor) {
  const bool regular = sys::is_regular_file(descriptor);
  if (!regular || options.follow) wake_up.emplace();
  if (regular && options.follow) {
    return std::make_unique<FollowedFile>(std::move(descriptor), name, *wake_up);
  }
  return std::make_unique<FileSource>(std::move(descriptor), name, wake_up ? &*wake_up : nullptr);
}

void Reader::State::fail(const Fault& fault) const {
  const std::string message =
      name + ", offset " + std::to_string(fault.offset) + ": " + fault.cause;
  if (fault.is_limit) throw BeyondLimit{fault.offset, message};
  throw FormatError{fault.code, fault.offset, message};
}

void Reader::State::open() {
  input.require(magic_size);
  compression = compression_of(input.window());
  if (compression != Compression::none || is_skippable_frame(input.window())) open_compressed();
  const Bytes start = input.window();
  if (start.empty()) throw FormatError{ErrorCode::empty_file, 0, name + ": the file is empty"};
  Fault fault;
  switch (recognise(start)) {
    case Magic::pcap:
      input.require(PcapReader::header_size);
      format = PcapReader::open(
          input.window(),
          options.skip_damaged ? PcapReader::Blanks::are_damage : PcapReader::Blanks::are_records,
          block, fault);
      if (format) input.consume(PcapReader::header_size);
      break;
    case Magic::pcapng:
      format = PcapngReader::open(
          input,
          options.skip_damaged ? PcapngReader::Lengths::rounded : PcapngReader::Lengths::exact,
          block, fault);
      break;
    case Magic::cut:
      fault = {ErrorCode::truncated, 0, "the file header is cut short"};
      break;
    case Magic::foreign:
      throw FormatError{ErrorCode::unsupported_format, 0,
                        name + ": " + foreign_name(start) + ", which weir does not read"};
    default:
      throw FormatError{ErrorCode::not_a_capture, 0,
                        name + ": not a capture file (starts with" + first_bytes(start) + ")"};
  }
  if (!format) fail(fault);
}

void Reader::State::open_compressed() {
  const Bytes first = input.rest();
  auto source =
      std::make_unique<DecompressedSource>(compression, first, input.release_source(), name);
  const DecompressedSource& stream = *source;
  input = ByteInput{std::move(source)};
  input.require(magic_size);
  compression = stream.compression();
}

Batch Reader::State::next(Deadline deadline) {
  block.clear();
  std::optional<SourceState> state;
  WaitLimit limit;
  if (wake_up) limit = limit_of(deadline);
  try {
    while (!state) state = step(limit);
  } catch (...) {
    ended = is_over = true;
    block.clear();
    throw;
  }
  if (*state == SourceState::timeout && block.empty() && deadline.wait() <= Duration::zero()) {
    state = SourceState::would_block;
  }
  is_over = *state == SourceState::end || *state == SourceState::stopped;
  if (options.ordinals) block.number_from(counts.packets + 1);
  counts.packets += block.count;
  const std::span<const Packet> packets{block.packets.data(), block.count};
  if (block.count != 0) watermark.note(packets, Timestamp{Duration{block.latest}});
  return {packets, *state, watermark.now()};
}

// One walk over the window, or one fill of it; a state once there is something to tell.
std::optional<SourceState> Reader::State::step(const WaitLimit& limit) {
  if (stopped.load(std::memory_order_relaxed)) return SourceState::stopped;
  if (ended) return SourceState::end;
  if (!searching || search(false)) {
    Fault fault;
    switch (format->walk(input, block, fault)) {
      case Walk::packets:
        return block.count != 0 ? SourceState::packets : SourceState::timeout;
      case Walk::fault:
        at_fault(fault);
        return std::nullopt;
      case Walk::needs_bytes:
        break;
    }
  }
  switch (input.fill(limit)) {
    case ReadState::bytes:
      return std::nullopt;
    case ReadState::timeout:
      if (!limit) return std::nullopt;  // a signal, which may have called stop()
      return SourceState::timeout;
    case ReadState::stopped:
      return SourceState::stopped;
    case ReadState::end:
      break;
  }
  if (searching) {
    search(true);
    return std::nullopt;
  }
  ended = input.window().empty() && format->between_records();
  if (!ended) at_fault(format->cut(input));
  return std::nullopt;
}

void Reader::State::at_fault(const Fault& fault) {
  if (!options.skip_damaged) fail(fault);
  searching = true;
  ++counts.skipped_regions;
  region_start = fault.offset;
  const std::size_t step = format->fault_step(input);
  input.consume(std::min(step, input.window().size()));
}

bool Reader::State::search(bool at_end) {
  if (!format->resynchronise(input, at_end)) return false;
  searching = false;
  counts.skipped_bytes += input.offset() - region_start;
  return true;
}

// Since the last damage. Of a stream that failed, what could not be searched to its end too.
std::uint64_t Reader::State::passed_over() const noexcept {
  const std::uint64_t unsearched = ended ? input.window().size() : 0;
  return input.offset() + unsearched - region_start;
}

FormatReader::~FormatReader() = default;
Source::~Source() = default;
BeyondLimit::~BeyondLimit() = default;

std::span<const std::uint32_t> Source::origins() const noexcept { return {}; }

Reader::Reader(const std::string& path, ReaderOptions options)
    : state_{std::make_unique<State>(opened(path, options), path, std::move(options))} {}

Reader::Reader(std::unique_ptr<State> state) noexcept : state_{std::move(state)} {}

Reader Reader::descriptor(int number, std::string called, ReaderOptions options) {
  return Reader{std::make_unique<State>(sys::FileDescriptor::borrow(number), std::move(called),
                                        std::move(options))};
}

Reader Reader::standard_input(ReaderOptions options) {
  return descriptor(0, "standard input", std::move(options));  // POSIX
}

Reader Reader::memory(Bytes bytes, ReaderOptions options) {
  return Reader{std::make_unique<State>(bytes, std::move(options))};
}

Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

Batch Reader::next(Deadline deadline) { return state_->next(deadline); }

std::span<const Interface> Reader::interfaces() const noexcept {
  return state_->format->interfaces();
}

BatchContext Reader::context() const noexcept {
  const State& state = *state_;
  return {.interfaces = state.format->interfaces(),
          .sections = state.format->sections(),
          .blocks = {state.block.others.data(), state.block.other_count},
          .statistics = state.format->statistics(),
          .ends_file = state.is_over};
}

void Reader::stop() noexcept {
  state_->stopped.store(true, std::memory_order_relaxed);
  if (state_->wake_up) state_->wake_up->set();
}

std::shared_ptr<const void> Reader::keep_batch() { return state_->input.keep(); }

Format Reader::format() const noexcept { return state_->format->format(); }
Compression Reader::compression() const noexcept { return state_->compression; }
ByteOrder Reader::byte_order() const noexcept { return state_->format->byte_order(); }

ReaderCounts Reader::counts() const noexcept {
  ReaderCounts counts = state_->counts;
  counts.stream_bytes = state_->input.offset();
  counts.backward = state_->block.backward;
  counts.rounded_times = state_->block.rounded_times;
  counts.no_timestamp = state_->block.no_timestamp;
  counts.rounded_lengths = state_->block.rounded_lengths;
  if (state_->searching) counts.skipped_bytes += state_->passed_over();
  return counts;
}

}  // namespace weir::savefile
