// The table of subcommands.
#include "cli/commands/commands.h"

#include <array>

#include "weir/bpf/jit.h"

namespace weir::cli {
namespace {

constexpr std::array table{
    Command{"adapters", "what can be captured on here, and what happens to it", run_adapters},
    Command{"capture", "show live packets, or write them to a capture file", run_capture},
    Command{"doctor", "what stands in the way of a capture here, and the remedy", run_doctor},
    Command{"filter", "what a filter compiles to, counts, and which term decided", run_filter},
    Command{"flows", "rebuild conversations from captures, show and store them", run_flows},
#ifdef WEIR_WITH_GATE
    Command{"gate", "drop, change, delay and log packets on their way, by rules", run_gate},
#endif
    Command{"info", "what capture files hold", run_info},
    Command{"read", "print the packets of capture files", run_read},
    Command{"send", "replay captures on an adapter, in time, changed on the way", run_send},
    Command{"stats", "count the packets of adapters, interval by interval", run_stats},
};

}  // namespace

std::span<const Command> commands() noexcept { return table; }

std::string features() {
  std::string text = "reads: pcap, pcapng, gzip, zstd, lz4, xz\nfilter engines: ";
  if (bpf::Jit::supported()) text += "jit (x86-64), ";
  text += "interpreter, libpcap\nstores: ";
#ifdef WEIR_WITH_SQLITE
  text += "SQLite";
#else
  text += "none";
#endif
  text += "\ngate: ";
#ifdef WEIR_WITH_GATE
  text += "yes";
#else
  text += "no";
#endif
  return text;
}

}  // namespace weir::cli
