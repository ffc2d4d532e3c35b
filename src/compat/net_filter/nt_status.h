// What Win32 calls the errors of Windows' kernel.
#pragma once

#include <cstdint>

namespace weir::compat::net_filter {

/// The Win32 code of an NTSTATUS by Microsoft's table of them, of which 771 are here: all that two
/// independent copies of it agree on, whose code is one of Win32 (less than 65,536). 317
/// (ERROR_MR_MID_NOT_FOUND) for what is not there.
[[nodiscard]] int win32_error_of(std::uint32_t nt_status) noexcept;

/// The same of a status as languages without unsigned numbers have it, too: 0xC0000022 and
/// -1073741790 are one. 317 for what has more than 32 bits.
[[nodiscard]] int nt_status_to_win32_error(std::int64_t status) noexcept;

}  // namespace weir::compat::net_filter
