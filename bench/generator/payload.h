// The bytes that packets of the mixed trace carry.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "octets.h"
#include "plan.h"

namespace bench {

class Payloads {
 public:
  explicit Payloads(std::uint64_t seed);

  /// The payload of an event: the same whenever the same segment is sent again. Valid until the
  /// next call.
  std::span<const std::uint8_t> make(const Conversation& conversation, const Event& event);

 private:
  void filler(const Conversation& conversation, const Event& event, std::size_t length);
  void tls_hello(const Conversation& conversation, const Event& event);
  void http(const Conversation& conversation, const Event& event);
  void dns(const Conversation& conversation, bool reply);
  void name(const Conversation& conversation);

  std::vector<std::uint8_t> noise_;
  Octets out_;
};

}  // namespace bench
