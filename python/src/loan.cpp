// Loan: what becomes of packets that outlive their batch.
#include <cstring>

#include "packet_object.h"

namespace weir::python {

void Loan::add(PacketObject& packet) noexcept {
  packet.loan = this;
  packet.previous = nullptr;
  packet.next = first_;
  if (first_ != nullptr) first_->previous = &packet;
  first_ = &packet;
}

void Loan::remove(PacketObject& packet) noexcept {
  if (packet.previous != nullptr) packet.previous->next = packet.next;
  if (packet.next != nullptr) packet.next->previous = packet.previous;
  if (first_ == &packet) first_ = packet.next;
  packet.loan = nullptr;
}

void Loan::settle(PacketSource& source, std::size_t batch_bytes) {
  if (first_ == nullptr) return;
  std::size_t kept_bytes = 0;
  for (const PacketObject* packet = first_; packet != nullptr; packet = packet->next) {
    kept_bytes += packet->packet.data.size();
  }
  std::shared_ptr<const void> batch;
  if (2 * kept_bytes >= batch_bytes) batch = source.keep_batch();
  while (first_ != nullptr) {
    PacketObject& packet = *first_;
    if (batch) {
      packet.owner = batch;
      packet.packet.meta = nullptr;
      remove(packet);
    } else {
      copy_out(packet);
    }
  }
}

void Loan::copy_out(PacketObject& packet) {
  const Bytes data = packet.packet.data;
  const auto own = std::make_shared_for_overwrite<std::uint8_t[]>(data.size());
  if (!data.empty()) std::memcpy(own.get(), data.data(), data.size());
  packet.packet.data = {own.get(), data.size()};
  packet.packet.meta = nullptr;
  packet.owner = own;
  remove(packet);
}

}  // namespace weir::python
