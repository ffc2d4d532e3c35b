// A netlink socket: asks the kernel, or is told by it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sys/file_descriptor.h"
#include "sys/netlink_message.h"

namespace weir::sys {

/// One that subscribes should do nothing else: answers and news would mix.
class NetlinkSocket {
 public:
  /// `protocol` is NETLINK_ROUTE or NETLINK_GENERIC. Throws SystemError.
  explicit NetlinkSocket(int protocol);

  /// The answer to a question: its messages with their headers, for take_message(). `flags` go
  /// beside NLM_F_REQUEST; `body` is what follows the header. With NLM_F_DUMP all of a list, read
  /// again while it changes under the reading. Throws SystemError, its number the kernel's.
  [[nodiscard]] std::vector<std::uint8_t> ask(std::uint16_t type, std::uint16_t flags, Bytes body);

  /// The same, of what has one answer, without throwing: an errno. Allocates nothing while
  /// questions are no longer than the longest before; `answer` is valid until the next call.
  [[nodiscard]] int ask_once(std::uint16_t type, Bytes body, Bytes& answer) noexcept;

  /// Has the kernel tell what happens in `group` (RTNLGRP_...). Throws SystemError.
  void subscribe(std::uint32_t group);

  enum class News : std::uint8_t {
    messages,
    none,
    lost,  ///< the kernel had to drop some; what it holds yet is from before
  };
  /// What the kernel tells next, without waiting; `messages` is valid until the next call. Throws
  /// SystemError.
  [[nodiscard]] News receive(Bytes& messages);

  [[nodiscard]] const FileDescriptor& descriptor() const noexcept { return descriptor_; }

 private:
  struct Answer {
    std::vector<std::uint8_t> messages{};
    bool is_complete = false;
    /// Of a list that did not change while the kernel wrote it.
    bool is_consistent = true;
  };

  /// An errno.
  [[nodiscard]] int send(std::uint16_t type, std::uint16_t flags, Bytes body);
  [[nodiscard]] Answer read_answer();
  void take_datagram(Bytes datagram, Answer& answer) const;

  FileDescriptor descriptor_;
  std::vector<std::uint8_t> buffer_;
  std::vector<std::uint8_t> request_;
  std::uint32_t sequence_ = 0;
};

}  // namespace weir::sys
