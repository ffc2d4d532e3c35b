// Logind where weir is built without libsystemd: nobody is there.
#include "compat/net_filter/logind/logind.h"

namespace weir::compat::net_filter {

Logind::Logind() noexcept = default;
Logind::~Logind() = default;

LogindAnswer Logind::ask(const LogindCall& /*call*/) noexcept { return LogindAnswer::refused; }

}  // namespace weir::compat::net_filter
