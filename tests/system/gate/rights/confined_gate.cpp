// fork(2), and a socket that keeps questions and answers apart.
#include "system/gate/rights/confined_gate.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <mutex>
#include <stdexcept>

#include "weir/gate/broker.h"
#include "weir/gate/gate.h"
#include "weir/gate/rule_text.h"
#include "weir/sandbox/sandbox.h"

namespace weir::test {
namespace {

void send(const sys::FileDescriptor& socket, const std::string& text) {
  static_cast<void>(::send(socket.number(), text.data(), text.size(), MSG_NOSIGNAL));
}

/// Nothing once nobody is left.
std::string receive(const sys::FileDescriptor& socket) {
  std::string text(65'536, '\0');
  const ssize_t size = ::recv(socket.number(), text.data(), text.size(), 0);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  return text;
}

class Confined {
 public:
  Confined(gate::Attachment how, const std::string& rules)
      : gate_{{.broker = std::make_shared<gate::Broker>(),
               .before_threads = [] { static_cast<void>(sandbox::enter({.runs_gate = true})); },
               .attachment = how},
              {.on_held = [](gate::HeldPacket& packet) { packet.accept(); },
               .on_error =
                   [this](const gate::GateError& error) {
                     const std::lock_guard lock{mutex_};
                     errors_ += error.message + '\n';
                   }}} {
    gate_.replace(gate::parse_rules(rules, "rules"));
    gate_.start();
  }

  std::string answer(const std::string& question) {
    if (question.starts_with("put ")) {
      gate_.replace(gate::parse_rules(question.substr(4), "rules"));
    } else if (question == "adapters") {
      std::string names;
      for (const std::string& name : gate_.adapters()) names += name + ' ';
      return names;
    } else if (question == "errors") {
      const std::lock_guard lock{mutex_};
      return errors_;
    } else if (question == "accepted") {
      return std::to_string(gate_.counters().held.accepted.packets);
    } else if (question == "stop") {
      gate_.stop();
    }
    return {};
  }

 private:
  std::mutex mutex_{};
  std::string errors_{};
  gate::Gate gate_;
};

void be_gate(gate::Attachment how, const std::string& rules, const sys::FileDescriptor& socket) {
  try {
    Confined gate{how, rules};
    send(socket, "=");
    for (;;) {
      const std::string question = receive(socket);
      if (question.empty()) return;
      try {
        send(socket, "=" + gate.answer(question));
      } catch (const std::exception& error) {
        send(socket, std::string{"="} + error.what());
      }
    }
  } catch (const std::exception& error) {
    send(socket, error.what());
  }
}

}  // namespace

ConfinedGate::ConfinedGate(gate::Attachment how, const std::string& rules) {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    throw std::runtime_error{"no socketpair"};
  }
  socket_ = sys::FileDescriptor{ends[0]};
  sys::FileDescriptor other{ends[1]};
  process_ = ::fork();
  if (process_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    socket_.close();
    be_gate(how, rules, other);
    ::_exit(0);
  }
  other.close();
  const std::string answer = receive(socket_);
  if (answer != "=") {
    signal(SIGKILL);
    wait();
    throw std::runtime_error{answer};
  }
}

ConfinedGate::~ConfinedGate() {
  signal(SIGKILL);
  wait();
}

std::string ConfinedGate::ask(const std::string& question) {
  send(socket_, question);
  const std::string answer = receive(socket_);
  if (!answer.starts_with('=')) throw std::runtime_error{"the gate has ended"};
  return answer.substr(1);
}

void ConfinedGate::signal(int number) const noexcept {
  if (process_ > 0) ::kill(process_, number);
}

void ConfinedGate::wait() noexcept {
  if (process_ > 0) ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

pid_t ConfinedGate::broker() const {
  const std::string id = std::to_string(process_);
  std::ifstream children{"/proc/" + id + "/task/" + id + "/children"};
  pid_t child = -1;
  children >> child;
  return child;
}

}  // namespace weir::test
