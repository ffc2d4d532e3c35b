// The table behind win32_error_of().
#include "compat/net_filter/nt_status.h"

#include <algorithm>
#include <iterator>
#include <limits>

namespace weir::compat::net_filter {
namespace {

struct Pair {
  std::uint32_t nt_status;
  std::uint16_t win32_error;
};

constexpr Pair pairs[] = {
#include "compat/net_filter/nt_status.inc"
};
static_assert(std::size(pairs) == 771);
static_assert(std::ranges::is_sorted(pairs, std::ranges::less_equal{}, &Pair::nt_status));

/// ERROR_MR_MID_NOT_FOUND
constexpr int not_there = 317;

}  // namespace

int win32_error_of(std::uint32_t nt_status) noexcept {
  const Pair* const found = std::ranges::lower_bound(pairs, nt_status, {}, &Pair::nt_status);
  const bool is_there = found != std::end(pairs) && found->nt_status == nt_status;
  return is_there ? found->win32_error : not_there;
}

int nt_status_to_win32_error(std::int64_t status) noexcept {
  if (status < std::numeric_limits<std::int32_t>::min()) return not_there;
  if (status > std::numeric_limits<std::uint32_t>::max()) return not_there;
  return win32_error_of(static_cast<std::uint32_t>(status));
}

}  // namespace weir::compat::net_filter
