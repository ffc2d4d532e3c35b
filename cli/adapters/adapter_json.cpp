// The keys of the records adapter and adapter_event.
#include "cli/adapters/adapter_json.h"

#include <nlohmann/json.hpp>

#include "cli/json_line.h"

namespace weir::cli {
namespace {

using capture::Adapter;
using capture::AdapterFlags;
using Json = nlohmann::ordered_json;

struct FlagName {
  AdapterFlags flag;
  const char* name;
};
constexpr FlagName flag_names[] = {
    {AdapterFlags::up, "up"},
    {AdapterFlags::running, "running"},
    {AdapterFlags::loopback, "loopback"},
    {AdapterFlags::broadcast, "broadcast"},
    {AdapterFlags::multicast, "multicast"},
    {AdapterFlags::point_to_point, "point_to_point"},
    {AdapterFlags::promiscuous, "promiscuous"},
};

Json object_of(const capture::AdapterAddress& address) {
  Json object{{"address", to_string(address.address)},
              {"prefix_length", address.prefix_length},
              {"netmask", to_string(netmask_of(address))},
              {"network", to_string(network_of(address))}};
  if (address.broadcast) object["broadcast"] = to_string(*address.broadcast);
  if (address.peer) object["peer"] = to_string(*address.peer);
  return object;
}

void add_text(Json& line, const char* key, const std::string& text) {
  if (!text.empty()) line[key] = text;
}

template <class T>
void add_known(Json& line, const char* key, const std::optional<T>& value) {
  if (value) line[key] = *value;
}

void add_adapter(Json& line, const Adapter& adapter) {
  line["id"] = adapter.id;
  line["name"] = adapter.name;
  add_text(line, "description", adapter.description);
  add_text(line, "friendly_name", adapter.friendly_name);
  if (!adapter.alternative_names.empty()) line["alternative_names"] = adapter.alternative_names;
  line["interface_type"] = adapter.type;
  line["link_type"] = static_cast<unsigned>(adapter.link_type);
  add_text(line, "mac", adapter.mac);
  line["addresses"] = Json::array();
  for (const auto& address : adapter.addresses) line["addresses"].push_back(object_of(address));
  if (adapter.mtu != 0) line["mtu"] = adapter.mtu;
  line["flags"] = Json::array();
  for (const auto& [flag, name] : flag_names) {
    if (has(adapter.flags, flag)) line["flags"].push_back(name);
  }
  add_known(line, "carrier", adapter.carrier);
  add_known(line, "speed", adapter.speed);
  if (adapter.receive_queues != 0) line["receive_queues"] = adapter.receive_queues;
  if (adapter.transmit_queues != 0) line["transmit_queues"] = adapter.transmit_queues;
  add_known(line, "monitor", adapter.monitor);
}

}  // namespace

void print_json(const Adapter& adapter, IsDefault is_default) {
  Json line{{"type", "adapter"}};
  add_adapter(line, adapter);
  if (is_default == IsDefault::yes) line["default"] = true;
  print_json_line(line);
}

void print_json(const capture::AdapterEvent& event, Timestamp time) {
  Json line{{"type", "adapter_event"}, {"event", name(event.kind)}};
  add_time(line, "time", time);
  add_text(line, "old_name", event.old_name);
  add_adapter(line, event.adapter);
  print_json_line(line);
}

}  // namespace weir::cli
