// What pycap raises: pycap.error, and one of each of its modules.
#pragma once

#include <string>

#include "weir/api.h"
#include "weir/error.h"

namespace weir::compat::pycap {

/// pycap.error: the read timeout was reached, or what is below. What weir itself cannot do throws
/// the Error that its own API throws. A value: const calls from several threads at once.
class WEIR_API error : public Error {
 public:
  using Error::Error;
  ~error() override;
};

namespace capture {
/// pycap.capture.error: nothing came in time, or a file was asked for statistics. A value: const
/// calls from several threads at once.
class WEIR_API error : public compat::pycap::error {
 public:
  using compat::pycap::error::error;
  ~error() override;
};
}  // namespace capture

namespace inject {
/// pycap.inject.error: what was given is no packet. A value: const calls from several threads at
/// once.
class WEIR_API error : public compat::pycap::error {
 public:
  using compat::pycap::error::error;
  ~error() override;
};
}  // namespace inject

namespace protocol {
/// pycap.protocol.error: a packet's IP header is incomplete or wrong. A value: const calls from
/// several threads at once.
class WEIR_API error : public compat::pycap::error {
 public:
  using compat::pycap::error::error;
  ~error() override;
};

/// NotImplementedError in Python: a packet's ARP header is not of IPv4 over Ethernet. A value:
/// const calls from several threads at once.
class WEIR_API not_implemented : public error {
 public:
  using error::error;
  ~not_implemented() override;
};
}  // namespace protocol

}  // namespace weir::compat::pycap
