// Answers requests about filters, a line of JSON each, for the scripts of this folder to compare.
//
// {"file": PATH, "expressions": [...]} asks which packets match, {"link": NAME, "expressions":
// [...]} only whether the expressions are accepted. The answer has an array in the order of the
// expressions: {"refused": WORDS}, or {"rejects_all": BOOL, "matches": {ENGINE: NUMBERS}} with
// numbers from 0 as "0-3,7". With --libpcap-version it prints only that.
#include <pcap/pcap.h>

#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/libpcap_bpf.h"
#include "weir/bpf/jit.h"
#include "weir/error.h"
#include "weir/filter/filter.h"
#include "weir/savefile/reader.h"

namespace {

using nlohmann::json;
using weir::LinkType;
using weir::Packet;
using weir::filter::Engine;
using weir::filter::Filter;

/// What an answer calls an engine, and what it is.
struct NamedEngine {
  const char* name;
  Engine engine;
  weir::filter::Interpreter interpreter = nullptr;
};

std::vector<NamedEngine> engines() {
  std::vector<NamedEngine> all{{"interpreter", Engine::interpreter},
                               {"libpcap", Engine::interpreter, weir::test::libpcap::run}};
  if (weir::bpf::Jit::supported()) all.push_back({"jit", Engine::jit});
  return all;
}

/// The packets of one file; damage ends them.
struct Capture {
  std::vector<weir::OwnedPacket> owned{};
  /// Their time stamps are their numbers.
  std::vector<Packet> packets{};
  LinkType link_type = LinkType::ethernet;
};

Capture read(const std::string& path) {
  weir::savefile::Reader reader{path};
  Capture capture;
  try {
    for (const Packet& packet : reader) capture.owned.emplace_back(packet);
  } catch (const weir::FormatError&) {
  }
  if (!reader.interfaces().empty()) capture.link_type = reader.interfaces().front().link_type;
  for (const weir::OwnedPacket& owned : capture.owned) {
    Packet packet = owned.packet();
    if (packet.link_type != capture.link_type) throw std::runtime_error{path + ": two link types"};
    packet.timestamp = weir::Timestamp{weir::Duration{capture.packets.size()}};
    capture.packets.push_back(packet);
  }
  return capture;
}

std::string ranges(std::span<const Packet> matching) {
  std::string text;
  for (std::size_t i = 0; i < matching.size();) {
    const auto number = [&](std::size_t at) {
      return matching[at].timestamp.time_since_epoch().count();
    };
    const std::size_t first = i++;
    while (i < matching.size() && number(i) == number(i - 1) + 1) ++i;
    if (!text.empty()) text += ',';
    text += std::to_string(number(first));
    if (i - first > 1) text += '-' + std::to_string(number(i - 1));
  }
  return text;
}

/// Both ways a filter answers, which have to agree.
std::string matches(const Filter& filter, std::span<const Packet> packets) {
  std::vector<Packet> one_by_one;
  for (const Packet& packet : packets) {
    if (filter.matches(packet)) one_by_one.push_back(packet);
  }
  std::vector<Packet> at_once;
  filter.select(packets, at_once);
  const std::string answer = ranges(at_once);
  if (ranges(one_by_one) != answer || filter.count(packets) != at_once.size()) {
    throw std::runtime_error{"matches(), select() and count() differ"};
  }
  return answer;
}

/// One expression on every engine; compiled once per link type, whatever the number of files.
class Filters {
 public:
  struct One {
    const char* engine;
    Filter filter;
  };
  const std::vector<One>& of(const std::string& expression) {
    auto& filters = filters_[expression];
    if (filters.empty()) {
      const Filter filter{expression, {.engine = Engine::interpreter}};
      for (const NamedEngine& named : engines()) {
        filters.push_back({named.name, filter.on_engine(named.engine, named.interpreter)});
      }
    }
    return filters;
  }

  /// Throws FilterError where it is refused.
  bool rejects_all(const std::string& expression, LinkType link_type) {
    const std::pair key{expression, link_type};
    const auto known = rejects_all_.find(key);
    if (known != rejects_all_.end()) return known->second;
    return rejects_all_[key] = weir::filter::compile(expression, link_type).rejects_all;
  }

 private:
  std::map<std::string, std::vector<One>> filters_;
  std::map<std::pair<std::string, LinkType>, bool> rejects_all_;
};

json answer(Filters& filters, const std::string& expression, const Capture& capture) try {
  const bool never = filters.rejects_all(expression, capture.link_type);
  json by_engine = json::object();
  for (const auto& [engine, filter] : filters.of(expression)) {
    by_engine[engine] = matches(filter, capture.packets);
  }
  return {{"rejects_all", never}, {"matches", by_engine}};
} catch (const weir::FilterError& error) {
  return {{"refused", error.what()}};
}

Capture capture_of(const json& request) {
  if (request.contains("file")) return read(request["file"]);
  const auto link_type = weir::link_type_by_name(request.at("link").get<std::string>());
  if (!link_type) throw std::runtime_error{"unknown link type " + request["link"].dump()};
  return {.link_type = *link_type};
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc == 2 && std::string{argv[1]} == "--libpcap-version") {
    std::cout << pcap_lib_version() << '\n';
    return 0;
  }
  Filters filters;
  for (std::string line; std::getline(std::cin, line);) {
    const json request = json::parse(line);
    const Capture capture = capture_of(request);
    json answers = json::array();
    for (const json& expression : request.at("expressions")) {
      answers.push_back(answer(filters, expression, capture));
    }
    std::cout << answers << '\n';
  }
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 3;
}
