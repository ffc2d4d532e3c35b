// Dumps over savefile::Writer.
#include "compat/steelscript/dumper.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "weir/savefile/reader.h"

namespace weir::compat::steelscript {
namespace {

constexpr std::uint32_t everything = 262'144;
constexpr std::uint32_t microseconds_per_second = 1'000'000;
constexpr std::uint32_t nanoseconds_per_second = 1'000'000'000;

/// In the second. Where tv_nsec is not that of tv_usec, this was set and that left as it was.
std::uint32_t nanoseconds_of(const pcap_timeval_t& time) {
  const auto refuse_beyond = [](const char* name, std::uint32_t value, std::uint32_t end) {
    if (value < end) return;
    throw Error{ErrorCode::invalid_argument,
                fmt::format("{} {}: from 0 to {}", name, value, end - 1)};
  };
  refuse_beyond("tv_usec", time.tv_usec, microseconds_per_second);
  refuse_beyond("tv_nsec", time.tv_nsec, nanoseconds_per_second);
  return time.tv_nsec / 1000 == time.tv_usec ? time.tv_nsec : time.tv_usec * 1000;
}

Timestamp time_of(const pcap_timeval_t& time) {
  if (time.tv_sec < 0 || time.tv_sec > UINT32_MAX) {
    throw Error{ErrorCode::invalid_argument,
                fmt::format("tv_sec {}: from 0 to {}", time.tv_sec, UINT32_MAX)};
  }
  return Timestamp{std::chrono::seconds{time.tv_sec}} + Duration{nanoseconds_of(time)};
}

}  // namespace

void PCAPBase::Dumper::open(const std::string& file_name, const Interface& interface,
                            std::size_t longest) {
  close();
  file_name_ = file_name;
  longest_ = longest;
  has_nanoseconds_ = interface.ticks_per_second > microseconds_per_second;
  interface_ = {};
  interface_.link_type = interface.link_type;
  interface_.fcs_length = interface.fcs_length;
  interface_.snapshot_length =
      interface.snapshot_length == 0 ? everything : interface.snapshot_length;
  writer_ = made();
}

/// With its header, so that it is a capture from the first moment on.
savefile::Writer PCAPBase::Dumper::made() const {
  savefile::WriterOptions options;
  options.format = has_nanoseconds_ ? savefile::Format::pcap_nanosecond : savefile::Format::pcap;
  options.buffered = true;
  savefile::Writer writer = file_name_ == "-" ? savefile::Writer::standard_output(options)
                                              : savefile::Writer{file_name_, options};
  writer.write({&interface_, 1}, {});
  return writer;
}

void PCAPBase::Dumper::close() {
  if (!writer_) return;
  savefile::Writer writer = std::move(*writer_);
  writer_.reset();
  writer.close();
}

void PCAPBase::Dumper::flush_if_due() {
  if (writer_) writer_->flush_if_due();
}

void PCAPBase::Dumper::refuse_other_link_type() const {
  if (!writer_ || !at_hand_ || *at_hand_ == interface_.link_type) return;
  throw Error{ErrorCode::cannot_hold, file_name_ + ": a pcap file has packets of one link type"};
}

/// Longer records no other program reads, libpcap neither.
Bytes PCAPBase::Dumper::kept(const pcap_pkthdr_t& hdr, Bytes data) const {
  const Bytes captured = data.first(std::min<std::size_t>(hdr.caplen, data.size()));
  const Bytes bytes = captured.first(std::min(longest_, captured.size()));
  if (bytes.size() <= everything) return bytes;
  throw Error{ErrorCode::invalid_argument,
              fmt::format("a packet of {} bytes: a pcap file holds up to {} of each", bytes.size(),
                          everything)};
}

void PCAPBase::Dumper::dump(const pcap_pkthdr_t& hdr, Bytes data) {
  if (!writer_) {
    throw Error{ErrorCode::invalid_argument, "no dump is open: open_pcap_dumper() opens one"};
  }
  const Packet packet{.data = kept(hdr, data),
                      .timestamp = time_of(hdr.ts),
                      .wire_length = hdr.len,
                      .link_type = interface_.link_type};
  const bool needs_nanoseconds = packet.timestamp.time_since_epoch().count() % 1000 != 0;
  if (needs_nanoseconds && !has_nanoseconds_) refine();
  writer_->write({&interface_, 1}, {&packet, 1});
}

/// What cannot be written anew, a pipe say, keeps its microseconds.
void PCAPBase::Dumper::refine() {
  std::error_code none;
  if (!std::filesystem::is_regular_file(file_name_, none)) return;
  close();
  has_nanoseconds_ = true;
  std::vector<std::uint8_t> copied;
  savefile::Writer copy =
      savefile::Writer::memory(copied, {.format = savefile::Format::pcap_nanosecond});
  savefile::Reader{file_name_}.copy_to(copy);
  copy.close();
  writer_ = made();
  savefile::Reader::memory(copied).copy_to(*writer_);
}

}  // namespace weir::compat::steelscript
