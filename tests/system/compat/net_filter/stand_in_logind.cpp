// dbus-daemon(1) and python-dbusmock behind StandInLogind.
#include "system/compat/net_filter/stand_in_logind.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "system/network_namespace.h"

namespace weir::test {
namespace {

constexpr const char* variable = "DBUS_SYSTEM_BUS_ADDRESS";
constexpr const char* nowhere = "unix:path=/nonexistent/bus";
/// The one that Debian's packages are for, whatever other comes first in PATH.
constexpr const char* python = "/usr/bin/python3";

/// Repeats a command of a shell until it succeeds. Throws std::runtime_error after a while.
void wait_for(const std::string& command) {
  run("timeout 30 sh -c 'until " + command + " > /dev/null 2>&1; do sleep 0.02; done'");
}

}  // namespace

TestProcess::TestProcess(const std::vector<std::string>& words) : number_{::fork()} {
  if (number_ != 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}

TestProcess::~TestProcess() {
  if (number_ <= 0) return;
  ::kill(number_, SIGKILL);
  ::waitpid(number_, nullptr, 0);
}

TestBus::TestBus()
    : address_{"unix:path=" + folder_.path("bus")}, daemon_{[&] -> std::vector<std::string> {
        std::ofstream{folder_.path("configuration")}
            << "<busconfig><type>session</type><listen>" << address_ << "</listen>"
            << "<auth>EXTERNAL</auth><policy context='default'><allow send_destination='*'/>"
            << "<allow receive_sender='*'/><allow own='*'/></policy></busconfig>";
        return {"dbus-daemon", "--nofork", "--config-file=" + folder_.path("configuration")};
      }()} {
  wait_for("test -S " + folder_.path("bus"));
  ::setenv(variable, address_.c_str(), 1);
}

TestBus::~TestBus() { have_no_system_bus(); }

void have_no_system_bus() { ::setenv(variable, nowhere, 1); }

bool is_harmless() {
  const char* const address = std::getenv(variable);
  if (address == nullptr) return false;
  const std::string ours = "unix:path=" + std::filesystem::temp_directory_path().string();
  return std::string{address} == nowhere || std::string{address}.starts_with(ours);
}

bool StandInLogind::is_offered() {
  const std::string command = std::string{"command -v dbus-daemon dbus-send > /dev/null && "} +
                              python + " -c 'import dbusmock' 2> /dev/null";
  return std::system(command.c_str()) == 0;
}

StandInLogind::StandInLogind(const TestBus& bus)
    : bus_{bus},
      process_{{python, "-m", "dbusmock", "--system", "--template", "logind", "--logfile",
                bus.path("log")}} {
  wait_for("dbus-send --bus=" + bus.address() +
           " --print-reply --dest=org.freedesktop.login1 /org/freedesktop/login1"
           " org.freedesktop.DBus.Peer.Ping");
}

void StandInLogind::learn(const std::string& method, const std::string& signature,
                          const std::string& code) {
  run("dbus-send --bus=" + bus_.address() +
      " --print-reply --dest=org.freedesktop.login1 /org/freedesktop/login1"
      " org.freedesktop.DBus.Mock.AddMethod string:org.freedesktop.login1.Manager string:" +
      method + " string:" + signature + " string: string:'" + code + "' > /dev/null");
}

void StandInLogind::refuse(const std::string& method, const std::string& signature,
                           const std::string& error) {
  learn(method, signature, "raise dbus.exceptions.DBusException(\"no\", name=\"" + error + "\")");
}

std::vector<std::string> StandInLogind::asked() {
  std::vector<std::string> lines;
  std::ifstream log{bus_.path("log")};
  for (std::string line; std::getline(log, line);) {
    // Behind the time.
    line.erase(0, line.find(' ') + 1);
    if (!line.contains(" raised: ")) lines.push_back(line);
  }
  const std::size_t before = std::exchange(told_, lines.size());
  lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(before));
  return lines;
}

}  // namespace weir::test
