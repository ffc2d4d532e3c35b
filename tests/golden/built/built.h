// Captures that are written frame by frame, and the headers that most frames are of.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "weir/bytes.h"
#include "weir/wire/ethernet.h"
#include "weir/wire/frame_writer.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/tcp.h"
#include "weir/wire/udp.h"

namespace weir::wire::built {

inline const EthernetFields eth{.destination = {{2, 0, 0, 0, 0, 1}},
                                .source = {{2, 0, 0, 0, 0, 2}}};
inline const Ipv4Fields ip4{.source = {{192, 0, 2, 1}}, .destination = {{198, 51, 100, 2}}};
inline const Ipv6Fields ip6{
    .source = {{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}},
    .destination = {{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}}};
inline const UdpFields udp{.source_port = 50'000, .destination_port = 50'001};
inline const UdpFields tunnel{.source_port = 50'000};
inline const TcpFields tcp{
    .source_port = 50'000, .destination_port = 50'001, .flags = tcp_flags::ack, .window = 512};
inline const std::vector<std::uint8_t> text(41, 'x');  // odd on purpose

/// One capture, written frame by frame.
class Capture {
 public:
  /// `link_type`: LINKTYPE_ number.
  Capture(const std::string& folder, std::string name, std::uint32_t link_type)
      : name_{std::move(name)}, file_{std::fopen((folder + "/" + name_).c_str(), "wb")} {
    // pcap 2.4, in this machine's order of octets.
    const std::array<std::uint32_t, 6> header{0xa1b2c3d4, 4U << 16 | 2U, 0, 0, 65'535, link_type};
    put(header.data(), sizeof(header));
  }
  ~Capture() {
    if (file_ != nullptr) std::fclose(file_);
  }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  Capture(Capture&&) = delete;
  Capture& operator=(Capture&&) = delete;

  /// `bad`: the field that is wrong, if one is.
  template <class... Layers>
  void add(const char* protocols, const char* bad, const Layers&... layers) {
    std::array<std::uint8_t, 2048> buffer{};
    const auto frame = build(buffer, layers...);
    if (!frame) {
      std::fprintf(stderr, "%s: %s\n", protocols, name(frame.error()));
      failed_ = true;
      return;
    }
    const auto size = static_cast<std::uint32_t>(frame->size());
    const std::array<std::uint32_t, 4> header{1'700'000'000, ++number_, size, size};
    put(header.data(), sizeof(header));
    put(frame->data(), frame->size());
    std::printf("%s\t%u\t%s\t%s\n", name_.c_str(), number_, protocols, bad);
  }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  void put(const void* bytes, std::size_t size) {
    failed_ = failed_ || file_ == nullptr || std::fwrite(bytes, size, 1, file_) != 1;
  }

  std::string name_;
  std::FILE* file_;
  std::uint32_t number_ = 0;
  bool failed_ = false;
};

/// Messages within UDP, TCP, ICMPv6 and IGMP.
void add_messages(Capture& to);
/// A capture for each link type; whether all were written.
bool write_link_types(const std::string& folder);

}  // namespace weir::wire::built
