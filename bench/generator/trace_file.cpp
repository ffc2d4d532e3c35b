// Writes a microsecond pcap of Ethernet frames and keeps the books of what it wrote.
#include "trace_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

namespace bench {
namespace {

constexpr std::size_t buffer_size = 1 << 20;
constexpr std::size_t largest_record = 20'000;
constexpr std::uint64_t first_second = 1'700'000'000;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error{errno, std::generic_category(), what};
}

}  // namespace

TraceFile::TraceFile(const std::string& path)
    : fd_{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)},
      buffer_(buffer_size) {
  if (fd_ < 0) fail(path);
  put32(0xa1b2c3d4);  // microseconds, this machine's byte order
  put32(2 | 4 << 16);
  put32(0);
  put32(0);
  put32(262144);
  put32(1);  // LINKTYPE_ETHERNET
}

TraceFile::~TraceFile() {
  if (fd_ >= 0) ::close(fd_);
}

void TraceFile::write(Kind kind, std::uint64_t time_us, std::span<const std::uint8_t> headers,
                      std::span<const std::uint8_t> rest) {
  if (buffer_size - used_ < largest_record) flush();
  const std::size_t length = headers.size() + rest.size();
  put32(static_cast<std::uint32_t>(first_second + time_us / 1'000'000));
  put32(static_cast<std::uint32_t>(time_us % 1'000'000));
  put32(static_cast<std::uint32_t>(length));
  put32(static_cast<std::uint32_t>(length));
  put(headers);
  put(rest);
  Truth::Count& count = truth_[kind];
  ++count.packets;
  count.bytes += length;
}

void TraceFile::close() {
  flush();
  const int result = ::close(fd_);
  fd_ = -1;
  if (result != 0) fail("close");
}

void TraceFile::put32(std::uint32_t value) {
  std::memcpy(buffer_.data() + used_, &value, sizeof value);
  used_ += sizeof value;
}

void TraceFile::put(std::span<const std::uint8_t> bytes) {
  std::copy(bytes.begin(), bytes.end(), buffer_.begin() + static_cast<std::ptrdiff_t>(used_));
  used_ += bytes.size();
}

void TraceFile::flush() {
  for (std::size_t done = 0; done < used_;) {
    const ssize_t n = ::write(fd_, buffer_.data() + done, used_ - done);
    if (n > 0) {
      done += static_cast<std::size_t>(n);
    } else if (errno != EINTR) {
      fail("write");
    }
  }
  used_ = 0;
}

void write_truth(const std::string& path, const std::string& title, const Truth& truth) {
  std::ofstream out{path};
  Truth::Count total;
  for (const Truth::Count& count : truth.kinds) {
    total.packets += count.packets;
    total.bytes += count.bytes;
    total.flows += count.flows;
  }
  out << title << "packets " << total.packets << "\nbytes " << total.bytes << "\nflows "
      << total.flows << '\n';
  for (std::size_t i = 0; i < kind_names.size(); ++i) {
    const Truth::Count& count = truth.kinds[i];
    out << "packets_" << kind_names[i] << ' ' << count.packets << "\nbytes_" << kind_names[i] << ' '
        << count.bytes << "\nflows_" << kind_names[i] << ' ' << count.flows << '\n';
  }
  out << "retransmitted " << truth.retransmitted << "\nreordered " << truth.reordered
      << "\nfragments " << truth.fragments << "\nfragmented_datagrams "
      << truth.fragmented_datagrams << '\n';
  out.close();
  if (!out) fail(path);
}

}  // namespace bench
