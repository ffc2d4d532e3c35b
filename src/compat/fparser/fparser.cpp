// FParser: what it is asked, of the state it shares with its thread.
#include "weir/compat/fparser.h"

#include <signal.h>

#include <system_error>
#include <utility>

#include "compat/fparser/refuse.h"
#include "compat/fparser/state.h"
#include "weir/address.h"
#include "weir/wire/ip_protocol.h"

namespace weir::compat::fparser {
namespace {

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

std::vector<FlowPointer> FParser::flow_iter(int sort_order, std::size_t most) const {
  state_->check_use();
  return state_->flows(sort_order, most);
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
