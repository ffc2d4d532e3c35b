// Gates of a few instructions, in this process and in others.
#include "system/gate/attach/attached_gate.h"

#include <fcntl.h>
#include <net/if.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <stdexcept>

#include "system/sys/programs.h"

namespace weir::test {
namespace {

sys::TrafficControlProgram passing() {
  return sys::TrafficControlProgram{as_bytes(returning(next_program)), "weir_test"};
}

/// Tells `facts` and stays until there is something to read, or nobody left who could write it.
void be_gate(std::int32_t altitude, const std::vector<std::string>& adapters, gate::Attachment how,
             int facts, int until) {
  AttachedGate gate{altitude};
  for (const std::string& adapter : adapters) gate.attach(adapter, how);
  const gate::Neighbor us{.rank = gate.rank(),
                          .ingress = gate.program(sys::Hook::ingress),
                          .egress = gate.program(sys::Hook::egress)};
  static_cast<void>(!::write(facts, &us, sizeof us));
  char byte = 0;
  static_cast<void>(!::read(until, &byte, 1));
}

}  // namespace

AttachedGate::AttachedGate(std::int32_t altitude)
    : claim_{altitude}, ingress_{passing()}, egress_{passing()} {
  claim_.publish(program(sys::Hook::ingress), program(sys::Hook::egress));
}

void AttachedGate::attach(const std::string& adapter, gate::Attachment how) {
  hooks_.emplace_back(::if_nametoindex(adapter.c_str()), dispatchers(), rank(), how, clsact_);
}

std::uint32_t AttachedGate::program(sys::Hook hook) const {
  return sys::program_id(dispatchers().at(hook).descriptor());
}

GateProcess::GateProcess(std::int32_t altitude, const std::vector<std::string>& adapters,
                         gate::Attachment how) {
  int facts[2] = {-1, -1};
  int until[2] = {-1, -1};
  if (::pipe2(facts, O_CLOEXEC) != 0 || ::pipe2(until, O_CLOEXEC) != 0) {
    throw std::runtime_error{"no pipe"};
  }
  process_ = ::fork();
  if (process_ == 0) {
    ::close(until[1]);
    try {
      be_gate(altitude, adapters, how, facts[1], until[0]);
      ::_exit(0);
    } catch (const std::exception& error) {
      std::cerr << error.what() << std::endl;
      static_cast<void>(!::write(facts[1], "x", 1));
      ::_exit(1);
    }
  }
  ::close(facts[1]);
  ::close(until[0]);
  until_ = sys::FileDescriptor{until[1]};
  const sys::FileDescriptor told{facts[0]};
  if (::read(told.number(), &facts_, sizeof facts_) != sizeof facts_) {
    end();
    throw std::runtime_error{"another process could not attach its gate"};
  }
}

void GateProcess::end() {
  // Processes forked since may hold the pipe too.
  if (process_ > 0) static_cast<void>(!::write(until_.number(), "x", 1));
  wait();
}

void GateProcess::kill() {
  if (process_ > 0) ::kill(process_, SIGKILL);
  wait();
}

void GateProcess::wait() {
  if (process_ > 0) ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

std::vector<std::uint32_t> programs_in_order(const std::string& adapter, sys::Hook hook,
                                             gate::Attachment how) {
  const std::uint32_t index = ::if_nametoindex(adapter.c_str());
  if (how == gate::Attachment::tcx) return sys::programs_at(index, hook)->program_ids;
  std::vector<std::uint32_t> programs;
  for (const sys::Clsact::Filter& filter : sys::Clsact{}.filters(index, hook)) {
    programs.push_back(filter.program_id);
  }
  return programs;
}

void AttachTest::SetUp() {
  NetworkTest::SetUp();
  if (IsSkipped()) return;
  const std::string reason = sys::why_no_bpf();
  if (!reason.empty()) GTEST_SKIP() << "bpf(2) is refused here: " << reason;
  // The kernel speaks IPv6 unasked.
  static_cast<void>(
      std::system("echo 1 2>/dev/null >/proc/sys/net/ipv6/conf/default/disable_ipv6"));
  ip("link add near type veth peer name far");
  if (GetParam() == gate::Attachment::tcx) {
    if (!sys::programs_at(1, sys::Hook::ingress)) GTEST_SKIP() << "needs tcx (Linux 6.6)";
    return;
  }
  try {
    AttachedGate{0}.attach("near", GetParam());
  } catch (const SystemError& error) {
    GTEST_SKIP() << "needs sch_ingress and cls_bpf: " << error.what();
  }
}

std::string name_of_attachment(const ::testing::TestParamInfo<gate::Attachment>& tested) {
  return tested.param == gate::Attachment::tcx ? "tcx" : "clsact";
}

}  // namespace weir::test
