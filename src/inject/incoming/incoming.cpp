// Chooses the way in for each frame, and counts.
#include "weir/inject/incoming.h"

#include <cerrno>
#include <functional>
#include <new>

#include "inject/incoming/link_header.h"
#include "inject/incoming/presence.h"
#include "inject/incoming/redirect_entrance.h"
#include "inject/incoming/xdp_entrance.h"
#include "inject/link_rules.h"
#include "inject/refusal_of.h"
#include "weir/capture/adapter.h"
#include "weir/error.h"

namespace weir::inject {
namespace {

capture::Adapter to_insert_on(const std::string& name) {
  capture::Adapter adapter = capture::adapter(name);
  if (adapter.id == 0) {
    throw Error{ErrorCode::invalid_argument,
                "insert on any: one adapter receives a frame, name it"};
  }
  if (adapter.link_type != LinkType::ethernet && adapter.link_type != LinkType::raw) {
    throw Error{ErrorCode::invalid_argument,
                "insert on " + adapter.name + ": it is neither an Ethernet nor an IP adapter"};
  }
  return adapter;
}

struct Outcome {
  Refusal refusal = Refusal::none;
  int error = 0;
};

}  // namespace

const char* name(IncomingMethod method) noexcept {
  return method == IncomingMethod::xdp ? "xdp" : "redirect";
}

class Incoming::Door {
 public:
  Door(const capture::Adapter& adapter, const IncomingOptions& options)
      : name_{adapter.name},
        index_{adapter.id},
        rules_{adapter.link_type},
        presence_{adapter.id},
        header_{presence_.address()},
        only_xdp_{options.method == IncomingMethod::xdp},
        stop_{options.stop} {
    if (options.method != IncomingMethod::redirect) open_xdp();
    if (!xdp_) redirect_.emplace(index_);
  }

  /// All frames of one call: candidate(i) is one of them.
  template <class Candidates>
  Sent insert(std::uint64_t count, Candidates candidate) noexcept {
    Sent sent{};
    counts_.asked += count;
    for (std::uint64_t next = 0; next < count; ++next) {
      const Candidate asked = candidate(next);
      const Outcome outcome = outcome_of(asked);
      if (outcome.refusal == Refusal::none) {
        ++sent.frames;
        counts_.bytes += asked.frame.size();
        counts_.cut += asked.is_cut ? 1U : 0U;
        continue;
      }
      if (sent) {
        sent.refusal = outcome.refusal;
        sent.error = outcome.error;
      }
      const bool go_on = concerns_one_frame(outcome.refusal);
      counts_.refused_for[static_cast<std::size_t>(outcome.refusal)] += go_on ? 1 : count - next;
      if (!go_on) break;
    }
    counts_.sent += sent.frames;
    return sent;
  }

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const LinkRules& rules() const noexcept { return rules_; }
  [[nodiscard]] const SendCounts& counts() const noexcept { return counts_; }
  [[nodiscard]] IncomingMethod method(std::size_t length) const noexcept {
    const bool by_xdp = xdp_ && (length <= longest_by_xdp || only_xdp_);
    return by_xdp ? IncomingMethod::xdp : IncomingMethod::redirect;
  }

 private:
  void open_xdp() {
    try {
      xdp_.emplace(index_);
    } catch (const SystemError& error) {
      if (only_xdp_ || error.code() == ErrorCode::permission_denied) throw;
    }
  }

  Outcome outcome_of(const Candidate& asked) noexcept {
    if (stop_ && stop_()) return {.refusal = Refusal::stopped};
    return asked.refusal == Refusal::none ? offer(asked.frame) : Outcome{.refusal = asked.refusal};
  }

  Outcome offer(Bytes frame) noexcept {
    Refusal refusal = rules_.check(frame);
    if (refusal == Refusal::none && only_xdp_ && frame.size() > longest_by_xdp) {
      refusal = Refusal::too_long;
    }
    if (refusal == Refusal::none) refusal = presence_.look();
    if (refusal != Refusal::none) return {.refusal = refusal};
    const int error = take_in(frame);
    return {.refusal = refusal_of(error), .error = error};
  }

  /// Returns an errno.
  int take_in(Bytes frame) noexcept {
    const Bytes head = header_.of(rules_.protocol_of(frame));
    if (xdp_ && frame.size() <= longest_by_xdp) return xdp_->insert(head, frame);
    if (!redirect_) {
      try {
        redirect_.emplace(index_);
      } catch (const SystemError& error) {
        return error.system_code().value();
      } catch (const std::bad_alloc&) {
        return ENOMEM;
      }
    }
    return redirect_->insert(head, frame);
  }

  std::string name_;
  std::uint32_t index_;
  LinkRules rules_;
  Presence presence_;
  LinkHeader header_;
  bool only_xdp_;
  std::function<bool()> stop_;
  std::optional<XdpEntrance> xdp_{};
  std::optional<RedirectEntrance> redirect_{};
  SendCounts counts_{};
};

Incoming::Incoming(const std::string& adapter, const IncomingOptions& options)
    : door_{std::make_unique<Door>(to_insert_on(adapter), options)} {}
Incoming::Incoming(Incoming&&) noexcept = default;
Incoming& Incoming::operator=(Incoming&&) noexcept = default;
Incoming::~Incoming() = default;

Sent Incoming::insert(Bytes frame, std::uint64_t times) noexcept {
  return door_->insert(times, [&](std::uint64_t) { return Candidate{frame}; });
}

Sent Incoming::insert(std::span<const Bytes> frames) noexcept {
  return door_->insert(frames.size(),
                       [&](std::uint64_t index) { return Candidate{frames[index]}; });
}

Sent Incoming::insert(std::span<const Packet> packets) noexcept {
  return door_->insert(packets.size(), [&](std::uint64_t index) {
    return door_->rules().candidate(packets[index]);
  });
}

SendCounts Incoming::counts() const noexcept { return door_->counts(); }
IncomingMethod Incoming::method(std::size_t length) const noexcept { return door_->method(length); }
LinkType Incoming::link_type() const noexcept { return door_->rules().link_type(); }
const std::string& Incoming::adapter() const noexcept { return door_->name(); }

Sent insert_incoming(const std::string& adapter, Bytes frame) {
  return Incoming{adapter}.insert(frame);
}

}  // namespace weir::inject
