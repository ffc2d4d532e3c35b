// pycap's inject over inject::Sender.
#include "weir/compat/pycap/inject.h"

#include <cerrno>

#include "compat/pycap/default_device.h"
#include "compat/pycap/frame.h"
#include "weir/inject/sender.h"

namespace weir::compat::pycap::inject {
namespace {

/// The errno of a refusal, where the kernel was not asked too.
int error_of(const weir::inject::Sent& sent) noexcept {
  if (sent.error != 0) return sent.error;
  return sent.refusal == weir::inject::Refusal::too_long ? EMSGSIZE : EIO;
}

}  // namespace

struct injector::State {
  weir::inject::Sender sender;
};

injector::injector(const std::string& device)
    : state_{std::make_unique<State>(State{weir::inject::Sender{device_or_default(device)}})} {}
injector::injector(injector&&) noexcept = default;
injector& injector::operator=(injector&&) noexcept = default;
injector::~injector() = default;

const std::string& injector::device() const noexcept { return state_->sender.adapter(); }

void injector::inject(std::span<const protocol::any_header> headers, Bytes payload) {
  const Frame frame{headers, payload};
  weir::inject::Sender& sender = state_->sender;
  const bool is_ethernet = sender.link_type() == LinkType::ethernet;
  if (is_ethernet != std::holds_alternative<protocol::ethernet>(headers.front())) {
    throw error{ErrorCode::invalid_argument,
                "unknown packet type: packets of " + device() + " begin with " +
                    (is_ethernet ? "an Ethernet header" : "an IP header")};
  }
  const weir::inject::Sent sent =
      sender.send(frame.length(), [&](MutableBytes to) { frame.write(to); });
  if (sent.frames == 0) {
    throw SystemError{error_of(sent),
                      "inject " + std::to_string(frame.length()) + " bytes on " + device()};
  }
}

}  // namespace weir::compat::pycap::inject
