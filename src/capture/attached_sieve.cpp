// AttachedSieve: which programs the kernel gets.
#include "capture/attached_sieve.h"

#include <span>
#include <utility>

#include "capture/adapter/pseudo_adapter.h"
#include "capture/live_limits.h"
#include "capture/sieve.h"

namespace weir::capture {

int AttachedSieve::attach(bpf::ProgramView program, Traffic traffic, std::uint32_t snapshot_length,
                          Cut cut) {
  // What user space decides on comes whole, so that the snapshot length has no say in it.
  const bool decides = !program.empty();
  SieveOptions options{.traffic = counts_all_ ? Traffic::any : traffic,
                       .snapshot_length = snapshot_length,
                       .loopback = loopback_in(adapter_)};
  // The sieve refuses them too; this spares the kernel the way there.
  const bool ignores_outgoing = options.traffic == Traffic::in || adapter_.loopback;
  if (decides && !user_space_only_) {
    auto cutting = sieve_with(program, options);
    options.snapshot_length = longest_snapshot;
    const auto sieve = cut == Cut::now ? cutting : sieve_with(program, options);
    if (sieve && socket_.attach(std::as_bytes(std::span{*sieve})) == 0) {
      socket_.ignore_outgoing(ignores_outgoing);
      cutting_ = cut == Cut::now ? bpf::Program{} : std::move(*cutting);
      has_refused_ = true;
      is_enough_ = true;
      return 0;
    }
  }
  if (decides) options.snapshot_length = longest_snapshot;
  const bpf::Program sieve = sieve_without_program(options);
  if (const int error = socket_.attach(std::as_bytes(std::span{sieve}))) return error;
  socket_.ignore_outgoing(ignores_outgoing);
  cutting_.clear();
  has_refused_ = has_refused_ || options.traffic != Traffic::any || options.loopback != 0;
  is_enough_ = !decides;
  return 0;
}

int AttachedSieve::refuse_everything() {
  const bpf::Program nothing = refuse_all();
  return socket_.attach(std::as_bytes(std::span{nothing}));
}

void AttachedSieve::cut_in_kernel() noexcept {
  // If the kernel refuses, packets go on coming whole and are cut here.
  static_cast<void>(socket_.attach(std::as_bytes(std::span{cutting_})));
  cutting_.clear();
}

}  // namespace weir::capture
