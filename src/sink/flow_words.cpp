// Words about flows.
#include "sink/flow_words.h"

#include <array>

#include "record/ip_protocol_names.h"

namespace weir::sink {

std::string endpoint_text(const flow::Endpoint& endpoint) {
  std::string text = to_string(endpoint.address);
  if (endpoint.port == 0) return text;
  if (endpoint.address.version() == 6) text = '[' + text + ']';
  return text + ':' + std::to_string(endpoint.port);
}

std::string protocol_text(const record::FlowRow& row) {
  const std::string_view name = record::ip_protocol_name(row.protocol);
  return name.empty() ? std::to_string(row.protocol) : std::string{name};
}

std::string tcp_flag_names(std::uint8_t flags) {
  constexpr std::array names{"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"};
  std::string text;
  for (std::size_t bit = 0; bit < names.size(); ++bit) {
    if ((flags >> bit & 1) != 0) text += (text.empty() ? "" : " ") + std::string{names[bit]};
  }
  return text;
}

std::string tcp_flag_letters(std::uint8_t flags) {
  constexpr std::string_view letters = "FSRP.UEW";
  std::string text;
  for (std::size_t bit = 0; bit < letters.size(); ++bit) {
    if ((flags >> bit & 1) != 0) text += letters[bit];
  }
  return text.empty() ? "none" : text;
}

}  // namespace weir::sink
