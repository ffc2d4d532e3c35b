// SendBatch: arrays of struct mmsghdr and what they point to.
#include "sys/send_batch.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>

namespace weir::sys {
namespace {

// A header, the frame before its checksum, the checksum, the frame behind it.
constexpr std::size_t pieces = 4;

// struct virtio_net_hdr, whose header is no C++. Integers are the machine's.
struct OffloadHeader {
  std::uint8_t flags;
  std::uint8_t segments;
  std::uint16_t header_length;
  std::uint16_t segment_size;
  std::uint16_t checksum_start;
  std::uint16_t checksum_offset;
};
static_assert(sizeof(OffloadHeader) == 10);
constexpr std::uint8_t needs_checksum = 1;
constexpr std::uint8_t congestion_bit = 0x80;

std::uint8_t segments_of(const Offload& offload) noexcept {
  const auto kind = static_cast<std::uint8_t>(offload.segments);
  return offload.congestion ? kind | congestion_bit : kind;
}

iovec piece(Bytes bytes) noexcept {
  // The kernel only reads them.
  return {.iov_base = const_cast<std::uint8_t*>(bytes.data()), .iov_len = bytes.size()};
}

}  // namespace

struct SendBatch::Messages {
  std::array<mmsghdr, capacity> headers{};
  std::array<std::array<iovec, pieces>, capacity> vectors{};
  std::array<sockaddr_ll, capacity> addresses{};
  std::array<std::size_t, capacity> sizes{};
  std::array<OffloadHeader, capacity> offloads{};
  std::array<std::array<std::uint8_t, 2>, capacity> checksums{};
  /// None, where frames have no departures.
  std::unique_ptr<std::array<DepartureMessages, capacity>> departures{};
};

SendBatch::SendBatch(std::uint32_t adapter, bool offload_headers,
                     std::optional<DepartureLimits> departures)
    : messages_{std::make_unique<Messages>()},
      offload_headers_{offload_headers},
      departures_{departures} {
  if (departures) {
    messages_->departures = std::make_unique<std::array<DepartureMessages, capacity>>();
  }
  for (std::size_t at = 0; at < capacity; ++at) {
    messages_->addresses[at].sll_family = AF_PACKET;
    messages_->addresses[at].sll_ifindex = static_cast<int>(adapter);
    messages_->headers[at].msg_hdr.msg_iov = messages_->vectors[at].data();
    OffloadHeader& header = messages_->offloads[at];
    if (offload_headers) {
      messages_->vectors[at][0] = {.iov_base = &header, .iov_len = sizeof header};
    }
  }
}

SendBatch::SendBatch(SendBatch&&) noexcept = default;
SendBatch& SendBatch::operator=(SendBatch&&) noexcept = default;
SendBatch::~SendBatch() = default;

void SendBatch::add(Bytes frame, std::uint16_t protocol, const Offload* offload) noexcept {
  const std::size_t at = size_++;
  messages_->sizes[at] = frame.size();
  msghdr& message = messages_->headers[at].msg_hdr;
  sockaddr_ll& address = messages_->addresses[at];
  address.sll_protocol = htons(protocol);
  message.msg_name = protocol == 0 ? nullptr : &address;
  message.msg_namelen = protocol == 0 ? 0 : sizeof address;
  message.msg_controllen = 0;

  std::array<iovec, pieces>& vector = messages_->vectors[at];
  if (offload == nullptr) {
    if (offload_headers_) messages_->offloads[at] = {};
    message.msg_iovlen = offload_headers_ ? 2 : 1;
    vector[message.msg_iovlen - 1] = piece(frame);
    return;
  }
  messages_->offloads[at] = {.flags = needs_checksum,
                             .segments = segments_of(*offload),
                             .header_length = offload->header_length,
                             .segment_size = offload->segment_size,
                             .checksum_start = offload->checksum_start,
                             .checksum_offset = offload->checksum_offset};
  std::array<std::uint8_t, 2>& checksum = messages_->checksums[at];
  checksum = {static_cast<std::uint8_t>(offload->pseudo_header >> 8U),
              static_cast<std::uint8_t>(offload->pseudo_header)};
  const std::size_t field = std::size_t{offload->checksum_start} + offload->checksum_offset;
  vector[1] = piece(frame.first(field));
  vector[2] = piece(checksum);
  vector[3] = piece(frame.subspan(field + checksum.size()));
  message.msg_iovlen = pieces;
}

void SendBatch::add(Bytes frame, std::uint16_t protocol, const Offload* offload,
                    const Departure& departure) noexcept {
  const std::size_t at = size_;
  add(frame, protocol, offload);
  DepartureMessages& messages = (*messages_->departures)[at];
  msghdr& message = messages_->headers[at].msg_hdr;
  message.msg_control = messages.data();
  message.msg_controllen = messages.write(departure, *departures_);
}

std::size_t SendBatch::frame_size(std::size_t index) const noexcept {
  return messages_->sizes[index];
}

SendBatch::Outcome SendBatch::send(const PacketSocket& socket, std::size_t first) noexcept {
  const int sent = ::sendmmsg(socket.descriptor().number(), &messages_->headers[first],
                              static_cast<unsigned>(size_ - first), 0);
  if (sent < 0) return {.sent = 0, .error = errno};
  return {.sent = static_cast<std::size_t>(sent), .error = 0};
}

}  // namespace weir::sys
