// bpf_filter() behind run_with_libpcap().
#include "cli/filter/libpcap_engine.h"

#include <pcap/pcap.h>

namespace weir::cli {

std::uint32_t run_with_libpcap(bpf::ProgramView program, Bytes data, std::uint32_t wire_length) {
  static_assert(sizeof(bpf_insn) == sizeof(bpf::Instruction));
  return bpf_filter(reinterpret_cast<const bpf_insn*>(program.data()), data.data(), wire_length,
                    static_cast<unsigned>(data.size()));
}

}  // namespace weir::cli
