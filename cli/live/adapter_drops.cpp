// Words the counters rx_dropped and rx_missed.
#include "cli/live/adapter_drops.h"

namespace weir::cli {

// Linux 6.1, net/core/dev.c, __netif_receive_skb_core(): a frame that no protocol takes counts in
// rx_dropped, whether it was captured or not.
std::string words_on_drops(std::optional<std::uint64_t> dropped) {
  if (!dropped) return "; what the adapter dropped is not known";
  if (*dropped == 0) return {};
  return "; rx_dropped and rx_missed of the adapter rose by " + std::to_string(*dropped) +
         ", where Linux counts frames too that no protocol wanted";
}

}  // namespace weir::cli
