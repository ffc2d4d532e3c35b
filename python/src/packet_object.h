// weir.Packet: a packet that Python may keep for as long as it likes.
#pragma once

#include <cstdint>
#include <memory>

#include "object.h"
#include "weir/packet.h"
#include "weir/source.h"
#include "weir/wire/layers.h"

namespace weir::python {

class Stream;
class Loan;

/// Its bytes are borrowed from the batch it came with until that ends, and its own afterwards.
struct PacketObject {
  PyObject_HEAD Packet packet;
  std::uint64_t number;
  /// What it came from; shared with other packets.
  std::shared_ptr<Stream> stream;
  /// Whoever owns the bytes; null while they are borrowed.
  std::shared_ptr<const void> owner;
  /// The packets that borrow from the same batch; null once it does no more.
  Loan* loan;
  PacketObject* previous;
  PacketObject* next;

  /// From now on it is another packet, which borrows as this one did.
  void become(const Packet& other, std::uint64_t its_number) noexcept;
};

/// The packets that borrow from the batch at hand.
class Loan {
 public:
  Loan() = default;
  Loan(const Loan&) = delete;
  Loan& operator=(const Loan&) = delete;

  void add(PacketObject& packet) noexcept;
  void remove(PacketObject& packet) noexcept;
  /// The batch is about to end: packets that have most of it keep it, of fewer each gets a copy of
  /// its own bytes. `batch_bytes` is what all its packets have. Throws std::bad_alloc: then some
  /// borrow yet, and the batch must stay.
  void settle(PacketSource& source, std::size_t batch_bytes);
  /// Gives one packet its own bytes now. Throws std::bad_alloc. Precondition: it borrows here.
  void copy_out(PacketObject& packet);

 private:
  PacketObject* first_ = nullptr;
};

/// A new packet that borrows, or null with an exception set.
[[nodiscard]] PacketObject* new_packet(const std::shared_ptr<Stream>& stream, Loan& loan,
                                       const Packet& packet, std::uint64_t number) noexcept;
/// The same with bytes of its owner's.
[[nodiscard]] PacketObject* new_packet(const std::shared_ptr<Stream>& stream,
                                       std::shared_ptr<const void> owner, const Packet& packet,
                                       std::uint64_t number) noexcept;
/// weir.Packet.
[[nodiscard]] PyTypeObject* packet_python_type() noexcept;
/// Null with TypeError if it is none.
[[nodiscard]] PacketObject* packet_of(PyObject* object) noexcept;
/// The headers of a packet: decoded when first asked for, and again once another was asked; null
/// with an exception set, of a decoder. Valid until Python's code runs.
[[nodiscard]] const wire::Layers* layers_of(const PacketObject& packet) noexcept;

/// False with an exception set. Before it, add_header_types().
[[nodiscard]] bool add_packet_type(PyObject* module) noexcept;

}  // namespace weir::python
