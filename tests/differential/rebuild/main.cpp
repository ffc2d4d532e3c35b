// weir_differential_rebuild DIR...: every packet of the captures below the folders written again
// from its headers' fields, byte by byte the same. Exits 1 with the packets that are not, and with
// the exceptions that no packet needed.
#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "rebuild.h"
#include "weir/error.h"
#include "weir/savefile/reader.h"

namespace {

using namespace weir::differential;
namespace fs = std::filesystem;
using weir::wire::Protocol;

/// Packets of a capture whose header of that protocol is not the same.
struct Exception {
  const char* capture;
  Protocol protocol;
  const char* reason;
};

// Headers written with every field given.
constexpr std::array<Exception, 0> rewrite_exceptions{};
// Packets put together with what can be filled in left open. None of the lengths is the one that
// what is behind the header has.
constexpr auto rebuild_exceptions = std::to_array<Exception>({
    {"arkime_synthetic.pcap", Protocol::ethernet, "802.3 lengths beyond the frame's end"},
    {"arkime_synthetic.pcap", Protocol::udp, "a length of 0"},
    {"erspan-type-ii-3.pcap", Protocol::ipv4, "a mirrored frame is padded behind its 802.3 length"},
    {"ipv6_invalid_length_2.pcap", Protocol::ipv6, "a length beyond the packet's end"},
    {"kday4.pcap", Protocol::ethernet, "a damaged EtherType, which reads as an 802.3 length"},
    {"temp6.pcap", Protocol::ipv4, "the frame in a GRE tunnel is padded"},
});

constexpr int shown_differences = 20;

/// One way to write packets again: how many were the same, and which were not.
class Tally {
 public:
  Tally(const char* what, std::span<const Exception> exceptions)
      : what_{what}, exceptions_{exceptions} {}

  void count(const fs::path& capture, std::uint64_t number, const Dissected& dissected,
             std::optional<std::size_t> difference) {
    ++packets_;
    if (!difference) return;
    ++different_;
    const bool in_header = *difference < dissected.layers.size();
    const Protocol protocol = in_header ? dissected.layers[*difference].protocol : Protocol::raw;
    for (const Exception& exception : exceptions_) {
      if (capture.filename() != exception.capture || protocol != exception.protocol) continue;
      needed_.insert(&exception);
      return;
    }
    if (++failures_ > shown_differences) return;
    std::printf("%s: packet %llu of %s differs: %s\n", what_,
                static_cast<unsigned long long>(number), capture.c_str(),
                in_header ? std::string{name(protocol)}.c_str() : "payload");
  }

  [[nodiscard]] std::uint64_t packets() const noexcept { return packets_; }

  /// Whether all went as it must; prints how it went. `captures`: the names of those read.
  bool report(const std::set<fs::path>& captures) const {
    bool good = failures_ == 0 && packets_ > 0 && different_ * 100 <= packets_;
    for (const Exception& exception : exceptions_) {
      if (needed_.contains(&exception) || !captures.contains(exception.capture)) continue;
      good = false;
      std::printf("%s: the exception of %s in %s is not needed\n", what_,
                  std::string{name(exception.protocol)}.c_str(), exception.capture);
    }
    std::printf("%s: %llu packets, %llu of them different, %llu without an exception\n", what_,
                static_cast<unsigned long long>(packets_),
                static_cast<unsigned long long>(different_),
                static_cast<unsigned long long>(failures_));
    return good;
  }

 private:
  const char* what_;
  std::span<const Exception> exceptions_;
  std::set<const Exception*> needed_{};
  std::uint64_t packets_ = 0;
  std::uint64_t different_ = 0;
  std::uint64_t failures_ = 0;
};

struct Run {
  Tally rewrite{"rewrite", rewrite_exceptions};
  Tally rebuild{"rebuild", rebuild_exceptions};
  /// Headers by protocol: written from Fields, and left as they were.
  std::map<Protocol, std::uint64_t> written{};
  std::map<Protocol, std::uint64_t> raw{};
  std::uint64_t whole = 0;
  std::set<fs::path> captures{};

  void take(const fs::path& capture, std::uint64_t number, const weir::Packet& packet) {
    const Dissected dissected{packet};
    for (std::size_t i = 0; i < dissected.layers.size(); ++i) {
      const weir::wire::Layer& layer = dissected.layers[i];
      if (layer.header_length != 0) ++(dissected.fields[i] ? written : raw)[layer.protocol];
    }
    rewrite.count(capture, number, dissected, first_difference(dissected, rewritten(dissected)));
    if (packet.data.size() == packet.wire_length) ++whole;
    if (!can_be_rebuilt(dissected)) return;
    const auto bytes = rebuilt(dissected);
    rebuild.count(capture, number, dissected,
                  bytes ? first_difference(dissected, *bytes) : std::optional<std::size_t>{0});
  }

  void take(const fs::path& capture) {
    std::uint64_t number = 0;
    try {
      weir::savefile::Reader reader{capture.string()};
      for (const weir::Packet& packet : reader) take(capture, ++number, packet);
    } catch (const weir::Error&) {
      // No capture, or damaged: what stands before the damage was read.
    }
    if (number != 0) captures.insert(capture.filename());
  }

  [[nodiscard]] bool report() const {
    std::printf("%zu captures, %llu packets whole\n", captures.size(),
                static_cast<unsigned long long>(whole));
    for (const auto& [protocol, count] : written) {
      std::printf("%8llu %s headers written\n", static_cast<unsigned long long>(count),
                  std::string{name(protocol)}.c_str());
    }
    for (const auto& [protocol, count] : raw) {
      std::printf("%8llu %s headers left as they were\n", static_cast<unsigned long long>(count),
                  std::string{name(protocol)}.c_str());
    }
    const bool rewrites = rewrite.report(captures);
    const bool most = rebuild.packets() * 10 >= whole * 9;
    if (!most) std::puts("fewer than nine in ten whole packets could be rebuilt");
    return rebuild.report(captures) && rewrites && most;
  }
};

}  // namespace

int main(int argc, char** argv) {
  Run run;
  std::set<fs::path> files;
  for (int i = 1; i < argc; ++i) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator{argv[i]}) {
      if (entry.is_regular_file()) files.insert(entry.path());
    }
  }
  for (const fs::path& path : files) run.take(path);
  return run.report() ? 0 : 1;
}
