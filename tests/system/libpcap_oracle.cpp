// Calls libpcap; its struct bpf_insn never meets the kernel's.
#include "system/libpcap_oracle.h"

#include <pcap/pcap.h>

#include <cstring>
#include <memory>
#include <stdexcept>

extern "C" int bpf_validate(const struct bpf_insn*, int);

namespace weir::test {

namespace {

constexpr int snapshot_length = 262144;
constexpr bpf_u_int32 netmask = 0xffffff00;

std::vector<bpf_insn> to_libpcap(bpf::ProgramView program) {
  std::vector<bpf_insn> out;
  out.reserve(program.size());
  for (const bpf::Instruction& it : program) {
    out.push_back({it.code, it.jump_true, it.jump_false, it.k});
  }
  return out;
}

}  // namespace

bpf::Program compile(const std::string& expression, bool optimise) {
  const std::unique_ptr<pcap_t, decltype(&pcap_close)> handle{
      pcap_open_dead(DLT_EN10MB, snapshot_length), &pcap_close};
  bpf_program compiled;
  if (pcap_compile(handle.get(), &compiled, expression.c_str(), optimise ? 1 : 0, netmask) != 0) {
    throw std::invalid_argument{expression + ": " + pcap_geterr(handle.get())};
  }
  bpf::Program program;
  for (unsigned i = 0; i < compiled.bf_len; ++i) {
    const bpf_insn& it = compiled.bf_insns[i];
    program.push_back({it.code, it.jt, it.jf, it.k});
  }
  pcap_freecode(&compiled);
  return program;
}

bool is_valid(bpf::ProgramView program) {
  const auto instructions = to_libpcap(program);
  return bpf_validate(instructions.data(), static_cast<int>(instructions.size())) != 0;
}

bool matches(bpf::ProgramView program, Bytes frame) {
  auto instructions = to_libpcap(program);
  const bpf_program compiled{static_cast<unsigned>(instructions.size()), instructions.data()};
  pcap_pkthdr header{};
  header.caplen = header.len = static_cast<bpf_u_int32>(frame.size());
  return pcap_offline_filter(&compiled, &header, frame.data()) != 0;
}

}  // namespace weir::test
