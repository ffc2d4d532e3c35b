// FParser: what it is asked, of the state it shares with its thread.
#include "weir/compat/fparser.h"

#include <signal.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "compat/fparser/state.h"
#include "weir/address.h"
#include "weir/wire/ip_protocol.h"

namespace weir::compat::fparser {
namespace {

[[noreturn]] void refuse(const std::string& words) {
  throw Error{ErrorCode::invalid_argument, words};
}

flow::Endpoint endpoint(std::string_view address, int port) {
  const auto parsed = parse_ip(address);
  if (!parsed) refuse("'" + std::string{address} + "' is no IP address");
  if (port < 0 || port > 65'535) refuse("port " + std::to_string(port) + ": 0 to 65535");
  return {*parsed, static_cast<std::uint16_t>(port)};
}

/// While it lives, new threads of this one take no signals: those are for the program's own.
class WithoutSignals {
 public:
  WithoutSignals() noexcept {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  WithoutSignals(const WithoutSignals&) = delete;
  WithoutSignals& operator=(const WithoutSignals&) = delete;
  ~WithoutSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

template <class Key>
void sort_by(std::vector<FlowPointer>& flows, Key key) {
  using Value = decltype(key(FlowInfo{}));
  std::vector<std::pair<Value, FlowPointer>> keyed;
  keyed.reserve(flows.size());
  for (FlowPointer& flow : flows) {
    const Value value = key(flow->get_info());
    keyed.emplace_back(value, std::move(flow));
  }
  std::ranges::stable_sort(keyed, std::greater{}, [](const auto& one) { return one.first; });
  std::ranges::transform(keyed, flows.begin(), [](auto& one) { return std::move(one.second); });
}

}  // namespace

FParser::FParser(const std::string& source, bool is_file, std::int64_t flow_timeout,
                 std::int64_t fin_timeout, const std::string& filter, int snaplen, int log_level,
                 FlowCallback tcp_callback, FlowCallback udp_callback, KillCallback kill_callback,
                 bool bidirectional, Log log, std::size_t history_budget)
    : state_{std::make_shared<State>(Settings{.source = source,
                                              .is_file = is_file,
                                              .flow_timeout = flow_timeout,
                                              .fin_timeout = fin_timeout,
                                              .filter = filter,
                                              .snaplen = snaplen,
                                              .log_level = log_level,
                                              .bidirectional = bidirectional,
                                              .log = std::move(log),
                                              .history_budget = history_budget})} {
  state_->tcp_callback.set(std::move(tcp_callback));
  state_->udp_callback.set(std::move(udp_callback));
  state_->kill_callback.set(std::move(kill_callback));
  const WithoutSignals without;
  try {
    thread_ = std::thread{[state = state_] { state->run(); }};
  } catch (const std::system_error& error) {
    throw SystemError{error.code().value(), "start a thread for " + source};
  }
}

FParser::~FParser() {
  state_->stop();
  if (thread_.get_id() == std::this_thread::get_id()) {
    thread_.detach();
  } else if (state_->is_in_child()) {
    // Its thread is not here: neither to be joined nor to be detached.
    static_cast<void>(std::make_unique<std::thread>(std::move(thread_)).release());
  } else {
    thread_.join();
  }
}

void FParser::stop() { state_->stop(); }

bool FParser::stop_within(std::chrono::milliseconds most) { return state_->stop_within(most); }

bool FParser::has_ended() const noexcept { return state_->has_ended(); }

void FParser::set_tcp_callback(FlowCallback tcp_callback) {
  state_->check_use();
  state_->tcp_callback.set(std::move(tcp_callback));
}

void FParser::set_udp_callback(FlowCallback udp_callback) {
  state_->check_use();
  state_->udp_callback.set(std::move(udp_callback));
}

std::vector<FlowPointer> FParser::flow_iter(int sort_order) const {
  state_->check_use();
  if (sort_order < SORT_NONE || sort_order > SORT_BPS) {
    refuse("sort order " + std::to_string(sort_order) + ": 0 to 4");
  }
  std::vector<FlowPointer> flows = state_->flows();
  switch (sort_order) {
    case SORT_PKTS:
      sort_by(flows, [](const FlowInfo& info) { return info.size_pkts; });
      break;
    case SORT_BYTES:
      sort_by(flows, [](const FlowInfo& info) { return info.size_bytes; });
      break;
    case SORT_PPS:
      sort_by(flows, [](const FlowInfo& info) { return info.pps; });
      break;
    case SORT_BPS:
      sort_by(flows, [](const FlowInfo& info) { return info.Bps; });
      break;
    default:
      break;
  }
  return flows;
}

FlowPointer FParser::find_tcp_flow(std::string_view src_ip, int sport, std::string_view dest_ip,
                                   int dport) const {
  state_->check_use();
  return state_->find(wire::ip_protocol::tcp, endpoint(src_ip, sport), endpoint(dest_ip, dport));
}

FlowPointer FParser::find_udp_flow(std::string_view src_ip, int sport, std::string_view dest_ip,
                                   int dport) const {
  state_->check_use();
  return state_->find(wire::ip_protocol::udp, endpoint(src_ip, sport), endpoint(dest_ip, dport));
}

FParserInfo FParser::get_info() const {
  state_->check_use();
  return state_->info();
}

}  // namespace weir::compat::fparser
