// Capture files made for FParser, what it tells of them, and a parser that is held up.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <vector>

#include "support/frames.h"
#include "support/temporary_folder.h"
#include "weir/compat/fparser.h"
#include "weir/savefile/writer.h"

namespace weir::compat::fparser {

using namespace std::chrono_literals;
using test::Octets;

inline constexpr std::int64_t usual = 600;
inline constexpr std::int64_t usual_fin = 30;

/// A datagram or a segment from 192.0.2.1 to 198.51.100.2, or back.
struct Sent {
  Duration time;
  std::uint8_t protocol = 17;
  std::uint16_t port = 1;
  bool back = false;
  std::uint8_t flags = 0x10;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgment = 0;
  std::uint16_t window = 0;
  std::uint16_t ip_id = 0;
  std::uint8_t ttl = 64;
  /// Bytes, beyond the three that datagrams have at least.
  std::size_t payload = 0;
};

inline Octets frame_of(const Sent& sent) {
  wire::Ipv4Fields ip = test::ip4(sent.protocol);
  ip.identification = sent.ip_id;
  ip.ttl = sent.ttl;
  std::uint16_t from = sent.port;
  std::uint16_t to = 80;
  if (sent.back) {
    std::swap(ip.source, ip.destination);
    std::swap(from, to);
  }
  if (sent.protocol == 6) {
    return test::frame(test::eth(0x0800), ip,
                       wire::TcpFields{.source_port = from,
                                       .destination_port = to,
                                       .sequence_number = sent.sequence,
                                       .acknowledgment_number = sent.acknowledgment,
                                       .flags = sent.flags,
                                       .window = sent.window},
                       test::rest(sent.payload));
  }
  return test::frame(test::eth(0x0800), ip,
                     wire::UdpFields{.source_port = from, .destination_port = to},
                     test::rest(3 + sent.payload));
}

/// What a parser has told, and a gate that holds it up.
struct Told {
  std::vector<FlowPointer> tcp{};
  std::vector<FlowPointer> udp{};
  std::vector<std::string> lines{};
  std::atomic<int> killed = 0;

  FParser::FlowCallback on_tcp() {
    return [this](const FlowPointer& flow) { tcp.push_back(flow); };
  }
  FParser::FlowCallback on_udp() {
    return [this](const FlowPointer& flow) { udp.push_back(flow); };
  }
  FParser::KillCallback on_kill() {
    return [this] {
      ++killed;
      killed.notify_all();
    };
  }
  FParser::Log log() {
    return [this](int, std::string_view line) { lines.emplace_back(line); };
  }
  void wait() const { killed.wait(0); }
};

class FParserFile : public ::testing::Test {
 protected:
  std::string file(const std::vector<Sent>& packets) const {
    const std::string path = folder_.path("made.pcap");
    savefile::Writer writer{path};
    for (const Sent& sent : packets) {
      const Octets octets = frame_of(sent);
      const Interface interface{};
      const Packet packet{.data = octets,
                          .timestamp = Timestamp{1'000'000s} + sent.time,
                          .wire_length = static_cast<std::uint32_t>(octets.size())};
      writer.write({&interface, 1}, {&packet, 1});
    }
    writer.close();
    return path;
  }
  test::TemporaryFolder folder_{};
};

/// A parser whose file has come to the packet of port 99, and is held up there until it goes.
class HeldParser {
 public:
  HeldParser(const std::string& path, std::int64_t timeout, bool bidirectional = false)
      : parser{path,
               true,
               timeout,
               timeout,
               "ip",
               100,
               LOG_ERR,
               {},
               [this](const FlowPointer& flow) { told(flow); },
               [this] { killed = true; },
               bidirectional} {
    reached_.get_future().wait();
  }
  ~HeldParser() { go(); }
  void go() {
    if (!has_gone_.exchange(true)) go_.set_value();
  }

  std::atomic<bool> killed = false;
  std::atomic<int> count = 0;

 private:
  void told(const FlowPointer& flow) {
    ++count;
    if (flow->get_id().sport != 99) return;
    reached_.set_value();
    go_.get_future().wait();
  }

  std::promise<void> reached_{};
  std::promise<void> go_{};
  std::atomic<bool> has_gone_ = false;

 public:
  FParser parser;
};

/// Port 99 ends while the others live.
inline std::vector<Sent> some_that_live() {
  return {{0s, 17, 99}, {50s, 17, 1},    {50s, 17, 2}, {51s, 17, 2},      {59s, 17, 2},
          {60s, 6, 3},  {60500ms, 6, 3}, {61s, 6, 3},  {61s, 17, 1, true}};
}

}  // namespace weir::compat::fparser
