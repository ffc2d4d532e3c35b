// Flows that a tracker has told of, in their order, until Python takes them.
#pragma once

#include <deque>
#include <optional>

#include "flows/flow_object.h"
#include "weir/flow/tracker.h"

namespace weir::python {

class FlowQueue final : public flow::Observer {
 public:
  struct Wanted {
    bool starts = false;
    bool histories = false;
    /// All flows, if none is said.
    std::optional<flow::Conversation> between{};
  };

  explicit FlowQueue(const Wanted& wanted) noexcept : wanted_{wanted} {}

  /// The tracker that is observed.
  void ask(const flow::Tracker& tracker) noexcept { tracker_ = &tracker; }

  [[nodiscard]] bool wants_all() const noexcept { return !wanted_.between; }
  [[nodiscard]] bool wants_histories() const noexcept { return wanted_.histories; }
  [[nodiscard]] bool is_wanted(const flow::Flow& flow) const noexcept {
    return !wanted_.between || wanted_.between->matches(flow.key());
  }
  /// A live flow as it is.
  [[nodiscard]] ToldFlow live(const flow::Flow& flow) const {
    return {record::row_of(flow, flow::EndReason::end), false, history(flow)};
  }

  void on_start(const flow::Flow& flow) override {
    if (wanted_.starts && is_wanted(flow)) told.push_back(live(flow));
  }
  void on_end(const flow::Flow& flow, flow::EndReason reason) override {
    if (is_wanted(flow)) told.push_back({record::row_of(flow, reason), true, history(flow)});
  }

  std::deque<ToldFlow> told;

 private:
  [[nodiscard]] std::optional<flow::FlowHistory> history(const flow::Flow& flow) const {
    if (!wanted_.histories || !is_wanted(flow)) return std::nullopt;
    return tracker_->history(flow);
  }

  Wanted wanted_;
  const flow::Tracker* tracker_ = nullptr;
};

}  // namespace weir::python
