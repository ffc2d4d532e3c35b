// fork, a gate, and two pipes.
#include "system/gate/truth/gate_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <iostream>
#include <stdexcept>

#include "weir/gate/gate.h"

namespace weir::test {
namespace {

void be_gate(const gate::GateOptions& options, std::uint8_t mark, int tells, int until) {
  gate::Handlers handlers;
  handlers.on_held = [mark](gate::HeldPacket& packet) { put_mark(packet, mark); };
  gate::Gate gate{options, handlers};
  gate.add({.filter = "ether proto 0x88b5"});
  gate.start();
  static_cast<void>(!::write(tells, "y", 1));
  char byte = 0;
  static_cast<void>(!::read(until, &byte, 1));
  gate.stop();
  MarkedPackets packets{.modified = gate.counters().held.modified.packets};
  for (const gate::AdapterCounters& counters : gate.counters().adapters) {
    packets.reinjected += counters.reinjected.packets;
    packets.foreign += counters.foreign.packets;
    packets.seen += counters.seen.packets;
  }
  static_cast<void>(!::write(tells, &packets, sizeof packets));
}

}  // namespace

void put_mark(gate::HeldPacket& packet, std::uint8_t mark) {
  const MutableBytes bytes = packet.edit(0);
  const std::size_t count = ++bytes[marks_offset];
  bytes[marks_offset + count] = mark;
  packet.accept_modified();
}

GateProcess::GateProcess(const gate::GateOptions& options, std::uint8_t mark) {
  int tells[2] = {-1, -1};
  int until[2] = {-1, -1};
  if (::pipe2(tells, O_CLOEXEC) != 0 || ::pipe2(until, O_CLOEXEC) != 0) {
    throw std::runtime_error{"no pipe"};
  }
  process_ = ::fork();
  if (process_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::close(until[1]);
    try {
      be_gate(options, mark, tells[1], until[0]);
    } catch (const std::exception& error) {
      std::cerr << error.what() << std::endl;
      ::_exit(1);
    }
    ::_exit(0);
  }
  ::close(tells[1]);
  ::close(until[0]);
  until_ = sys::FileDescriptor{until[1]};
  told_ = sys::FileDescriptor{tells[0]};
  char byte = 0;
  if (::read(told_.number(), &byte, 1) != 1) {
    kill();
    throw std::runtime_error{"another process could not start its gate"};
  }
}

MarkedPackets GateProcess::end() {
  MarkedPackets packets;
  static_cast<void>(!::write(until_.number(), "x", 1));
  const bool is_told = ::read(told_.number(), &packets, sizeof packets) == sizeof packets;
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
  if (!is_told) throw std::runtime_error{"another process did not stop its gate"};
  return packets;
}

void GateProcess::kill() {
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

}  // namespace weir::test
