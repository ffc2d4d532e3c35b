// A handler that lets each packet of an adapter go on, until SIGINT; then it says how many:
// weir_bench_handlers gate|netfilter WORKERS ADAPTER DRIVER
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "weir/compat/net_filter.h"
#include "weir/gate/driver.h"
#include "weir/gate/gate.h"

namespace {

using weir::compat::NetFilter;
using Handled = std::atomic<std::uint64_t>;

void wait_for_interrupt() {
  std::puts("ready");
  std::fflush(stdout);
  sigset_t interrupt;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  int number = 0;
  sigwait(&interrupt, &number);
}

void run_gate(Handled& handled, unsigned workers, const std::string& adapter,
              const std::string& driver) {
  weir::gate::GateOptions options;
  options.deadline = std::chrono::seconds{3};
  options.workers = {.min = workers, .max = workers};
  options.driver = std::make_shared<const weir::gate::Driver>(driver);
  weir::gate::Handlers handlers;
  handlers.on_held = [&](weir::gate::HeldPacket& packet) {
    handled.fetch_add(1, std::memory_order_relaxed);
    packet.accept();
  };
  weir::gate::Gate gate{options, handlers};
  gate.add({.adapter = adapter});
  gate.start();
  wait_for_interrupt();
}

void run_net_filter(Handled& handled, unsigned workers, const std::string& adapter,
                    const std::string& driver) {
  constexpr const char* guid = "{9D6A0C52-0B6E-4F0B-8C11-7A2E5F3B0001}";
  NetFilter filter;
  filter.install(driver, guid, 0, NetFilter::INSTALL_OVERWRITE_SAME_VERSION, "");
  filter.initialize(guid);
  filter.set_serialize_events(workers == 1 ? NetFilter::seOnOneWorkerThread
                                           : NetFilter::seOnMultipleThreads);
  filter.config("MaxWorkerThreadCount=" + std::to_string(workers));
  filter.config("MinWorkerThreadCount=" + std::to_string(workers));
  filter.on_packet = [&](weir::compat::NetFilterPacketEventParams& event) {
    handled.fetch_add(1, std::memory_order_relaxed);
    event.action = NetFilter::PACKET_ACTION_SEND;
  };
  filter.list_adapters();
  for (int i = 0; i < filter.get_adapter_count(); ++i) {
    if (filter.get_adapter_name(i) != adapter) continue;
    filter.add_filter_rule(1, filter.get_adapter_id(i), NetFilter::PACKET_DIRECTION_ANY, -1, -1, "",
                           NetFilter::RULE_ACTION_CAPTURE);
  }
  filter.start_filter(3000);
  wait_for_interrupt();
}

}  // namespace

int main(int count, char** words) try {
  if (count != 5) return 2;
  sigset_t interrupt;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  sigprocmask(SIG_BLOCK, &interrupt, nullptr);
  Handled handled{0};
  const auto workers = static_cast<unsigned>(std::atoi(words[2]));
  (words[1] == std::string{"gate"} ? run_gate : run_net_filter)(handled, workers, words[3],
                                                                words[4]);
  std::printf("handled %llu\n", static_cast<unsigned long long>(handled.load()));
} catch (const weir::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
