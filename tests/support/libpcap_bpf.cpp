// libpcap behind libpcap_bpf.h.
#include "support/libpcap_bpf.h"

#include <pcap/pcap.h>

#include <memory>
#include <stdexcept>

namespace weir::test::libpcap {
namespace {

static_assert(sizeof(bpf_insn) == sizeof(bpf::Instruction));

bpf_insn to_libpcap(const bpf::Instruction& instruction) {
  return {instruction.code, instruction.jump_true, instruction.jump_false, instruction.k};
}

std::vector<bpf_insn> to_libpcap(bpf::ProgramView program) {
  std::vector<bpf_insn> copy;
  copy.reserve(program.size());
  for (const bpf::Instruction& instruction : program) copy.push_back(to_libpcap(instruction));
  return copy;
}

}  // namespace

bpf::Program compile(const std::string& expression, LinkType link_type, bool optimise) {
  const std::unique_ptr<pcap_t, decltype(&pcap_close)> handle{
      pcap_open_dead(dlt(link_type), 262'144), &pcap_close};
  bpf_program compiled{};
  if (pcap_compile(handle.get(), &compiled, expression.c_str(), optimise ? 1 : 0,
                   PCAP_NETMASK_UNKNOWN) != 0) {
    throw std::invalid_argument{pcap_geterr(handle.get())};
  }
  bpf::Program program;
  for (unsigned i = 0; i < compiled.bf_len; ++i) {
    const bpf_insn& from = compiled.bf_insns[i];
    program.push_back({from.code, from.jt, from.jf, from.k});
  }
  pcap_freecode(&compiled);
  return program;
}

bool validate(bpf::ProgramView program) {
  const std::vector<bpf_insn> copy = to_libpcap(program);
  return bpf_validate(copy.data(), static_cast<int>(copy.size())) != 0;
}

std::uint32_t run(bpf::ProgramView program, Bytes data, std::uint32_t wire_length) {
  // The layouts are the same, member by member.
  const auto* const code = reinterpret_cast<const bpf_insn*>(program.data());
  return bpf_filter(code, data.data(), wire_length, static_cast<unsigned>(data.size()));
}

std::string image(const bpf::Instruction& instruction, std::size_t index) {
  const bpf_insn copy = to_libpcap(instruction);
  return bpf_image(&copy, static_cast<int>(index));
}

}  // namespace weir::test::libpcap
