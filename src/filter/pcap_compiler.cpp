// pcap_compile and bpf_filter.
#include "filter/pcap_compiler.h"

#include <pcap/pcap.h>

#include <memory>
#include <new>
#include <string_view>

namespace weir::filter {
namespace {

constexpr unsigned max_optimised = 4096;
/// Octets of text whose program is short enough without looking: the plain program often takes
/// libpcap longer than the optimised one.
constexpr std::size_t short_text = 640;
constexpr int snapshot_length = 262'144;
/// As tcpdump does for files: "ip broadcast" then means the addresses of all ones and all zeros.
constexpr bpf_u_int32 no_netmask = 0;

using Handle = std::unique_ptr<pcap_t, decltype(&pcap_close)>;

/// A handle for which libpcap compiles what holds in files: any system's number for IPv6 in
/// loopback headers, and no direction where the link header tells none.
Handle open_as_savefile(LinkType link_type) {
  pcap_file_header header{.magic = 0xa1b2c3d4,
                          .version_major = PCAP_VERSION_MAJOR,
                          .version_minor = PCAP_VERSION_MINOR,
                          .thiszone = 0,
                          .sigfigs = 0,
                          .snaplen = snapshot_length,
                          .linktype = static_cast<bpf_u_int32>(link_type)};
  FILE* const file = fmemopen(&header, sizeof header, "r");
  if (file == nullptr) throw std::bad_alloc{};
  char words[PCAP_ERRBUF_SIZE];
  Handle handle{pcap_fopen_offline(file, words), &pcap_close};
  if (handle) return handle;
  // A link type libpcap does not read; numbers and lengths can still be compared.
  fclose(file);
  handle.reset(pcap_open_dead(dlt(link_type), snapshot_length));
  if (!handle) throw std::bad_alloc{};
  return handle;
}

/// A program of libpcap's that frees itself.
class PcapProgram {
 public:
  PcapProgram() = default;
  PcapProgram(const PcapProgram&) = delete;
  PcapProgram& operator=(const PcapProgram&) = delete;
  ~PcapProgram() { pcap_freecode(&program_); }

  bool compile(pcap_t* handle, const std::string& text, bool optimise) {
    pcap_freecode(&program_);
    return pcap_compile(handle, &program_, text.c_str(), optimise ? 1 : 0, no_netmask) == 0;
  }
  [[nodiscard]] unsigned size() const noexcept { return program_.bf_len; }
  [[nodiscard]] bpf::Program copy() const {
    bpf::Program program;
    program.reserve(program_.bf_len);
    for (unsigned i = 0; i < program_.bf_len; ++i) {
      const bpf_insn& from = program_.bf_insns[i];
      program.push_back({from.code, from.jt, from.jf, from.k});
    }
    return program;
  }

 private:
  bpf_program program_{};
};

}  // namespace

std::expected<Compiled, std::string> compile_with_libpcap(const std::string& text,
                                                          LinkType link_type) {
  const Handle handle = open_as_savefile(link_type);
  PcapProgram optimised;
  if (text.size() <= short_text && optimised.compile(handle.get(), text, true)) {
    return Compiled{optimised.copy()};
  }
  PcapProgram plain;
  if (!plain.compile(handle.get(), text, false)) {
    return std::unexpected{std::string{pcap_geterr(handle.get())}};
  }
  if (plain.size() > max_optimised) return Compiled{plain.copy()};
  if (optimised.compile(handle.get(), text, true)) return Compiled{optimised.copy()};
  // What compiles can only fail to be optimised by coming to nothing; the plain program says so
  // packet by packet.
  const std::string_view words = pcap_geterr(handle.get());
  return Compiled{plain.copy(), words.find("rejects all") != std::string_view::npos};
}

}  // namespace weir::filter
