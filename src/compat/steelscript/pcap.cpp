// Dumping, PCAPReader and PCAPWriter over weir's files.
#include "weir/compat/steelscript/pcap.h"

#include <filesystem>
#include <utility>

#include "compat/steelscript/dumper.h"
#include "compat/steelscript/feed.h"
#include "compat/steelscript/patience.h"
#include "weir/savefile/reader.h"

namespace weir::compat::steelscript {
namespace {

constexpr int most_of_a_packet = 262'144;

pcap_timeval_t now() noexcept {
  const Timestamp time = wall_clock();
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  const auto microseconds = static_cast<std::uint32_t>(
      std::chrono::floor<std::chrono::microseconds>(time - second).count());
  return {second.time_since_epoch().count(), microseconds, microseconds * 1000};
}

pcap_pkthdr_t timed(pcap_pkthdr_t hdr, std::uint32_t tv_sec, std::uint32_t tv_usec) noexcept {
  if (tv_sec != 0 || tv_usec != 0) hdr.ts = {tv_sec, tv_usec, tv_usec * 1000};
  return hdr;
}

savefile::Reader opened(const std::string& filename) {
  return filename == "-" ? savefile::Reader::standard_input() : savefile::Reader{filename};
}

[[noreturn]] void refuse(const std::string& words) {
  throw Error{ErrorCode::invalid_argument, words};
}

}  // namespace

PCAPBase::PCAPBase() : dumper_{std::make_unique<Dumper>()} {}

PCAPBase::~PCAPBase() = default;

void PCAPBase::close_pcap_dumper() { dumper_->close(); }

void PCAPBase::dump_hdr_pkt(const pcap_pkthdr_t& hdr, Bytes data, std::uint32_t tv_sec,
                            std::uint32_t tv_usec) {
  dumper_->refuse_other_link_type();
  dumper_->dump(timed(hdr, tv_sec, tv_usec), data);
}

void PCAPBase::dump_pkt(Bytes data, std::uint32_t tv_sec, std::uint32_t tv_usec) {
  const auto length = static_cast<std::uint32_t>(data.size());
  dumper_->dump(timed({.ts = now(), .caplen = length, .len = length}, tv_sec, tv_usec), data);
}

/// While it is open.
struct PCAPReader::State {
  explicit State(const std::string& filename) : path{filename}, reader{opened(filename)} {}

  /// Reads on. False at the end.
  bool refill(Deadline deadline) {
    const Batch batch = reader.next_batch(deadline);
    feed.take(batch.packets, true);
    return !batch.is_last();
  }
  /// What the file is made of; its first packets are read where that is not told before.
  const Interface& interface() {
    while (reader.interfaces().empty() && feed.is_empty() && refill(Deadline::for_ever())) {
    }
    if (reader.interfaces().empty()) refuse(path + " holds no packets: nothing says of what kind");
    return reader.interfaces().front();
  }

  std::string path;
  savefile::Reader reader;
  Feed feed{};
};

PCAPReader::PCAPReader(const std::string& filename) : state_{std::make_unique<State>(filename)} {}

PCAPReader::~PCAPReader() = default;

int PCAPReader::add_bpf_filter(const std::string& bpf_filter) {
  if (!state_) refuse("the reader is closed");
  filter::Filter filter = filter_of(bpf_filter);
  // A pcapng may have packets of other link types.
  if (state_->reader.format() != savefile::Format::pcapng) {
    static_cast<void>(filter.program(state_->interface().link_type));
  }
  state_->feed.set_filter(std::move(filter));
  return 0;
}

int PCAPReader::open_pcap_dumper(const std::string& file_name) {
  if (!state_) refuse("the reader is closed");
  std::error_code none;
  if (std::filesystem::equivalent(file_name, state_->path, none)) {
    refuse(file_name + " is the file that is read");
  }
  const Interface& interface = state_->interface();
  dumper_->open(file_name, interface);
  return 0;
}

bool PCAPReader::next(PCAPItem& item) {
  PCAPStep step = PCAPStep::nothing;
  while (step == PCAPStep::nothing) step = next_within(item, Duration::max());
  return step == PCAPStep::packet;
}

bool PCAPReader::next_at_hand(PCAPItem& item) noexcept {
  if (!state_ || !state_->feed.next(item)) return false;
  dumper_->at_hand(state_->feed.link_type());
  return true;
}

PCAPStep PCAPReader::next_within(PCAPItem& item, Duration longest) {
  Patience patience{longest};
  while (!next_at_hand(item)) {
    if (!state_) return PCAPStep::end;
    if (patience.is_over()) return PCAPStep::nothing;
    bool goes_on = false;
    try {
      goes_on = state_->refill(patience.left());
    } catch (...) {
      close();
      throw;
    }
    if (!goes_on) close();
  }
  return PCAPStep::packet;
}

void PCAPReader::close() {
  state_.reset();
  dumper_->close();
}

PCAPWriter::PCAPWriter(const std::string& filename, int snaplen) : snaplen_{snaplen} {
  if (snaplen < 0 || snaplen > most_of_a_packet) {
    refuse("snaplen " + std::to_string(snaplen) + ": 0 to " + std::to_string(most_of_a_packet));
  }
  open_pcap_dumper(filename);
}

PCAPWriter::~PCAPWriter() = default;

int PCAPWriter::open_pcap_dumper(const std::string& file_name) {
  Interface ethernet;
  ethernet.snapshot_length = static_cast<std::uint32_t>(snaplen_);
  const auto longest = static_cast<std::size_t>(snaplen_);
  dumper_->open(file_name, ethernet, longest != 0 ? longest : SIZE_MAX);
  return 0;
}

void PCAPWriter::close() { dumper_->close(); }

}  // namespace weir::compat::steelscript
