// weir.Sender: what weir.send() returns.
#include "weir/inject/sender.h"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "bindings.h"
#include "live/frames.h"
#include "live/interruption.h"
#include "object.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using inject::Refusal;
using inject::SendCounts;
using inject::Sender;
using inject::SenderOptions;
using inject::Sent;

py::object refusal_name(Refusal refusal) {
  if (refusal == Refusal::none) return py::none();
  return py::str{inject::name(refusal)};
}

std::uint64_t times_in(py::handle given) {
  const auto number = py::reinterpret_steal<py::object>(PyNumber_Index(given.ptr()));
  if (!number) {
    if (PyErr_ExceptionMatches(PyExc_TypeError) == 0) throw py::error_already_set{};
    PyErr_Clear();
    throw py::type_error(std::string{"times: a whole number, not "} +
                         Py_TYPE(given.ptr())->tp_name);
  }
  const std::uint64_t times = PyLong_AsUnsignedLongLong(number.ptr());
  if (PyErr_Occurred() != nullptr) {
    PyErr_Clear();
    throw Error{ErrorCode::invalid_argument,
                "times: a whole number from 0 on, not " + py::str(number).cast<std::string>()};
  }
  return times;
}

/// Frames taken from an iterable before they are sent.
constexpr std::size_t portion = 1024;

/// Sends without the GIL. One thread at a time.
class PacketSender {
 public:
  PacketSender(const std::string& adapter, std::size_t queue_size, std::size_t largest_queue,
               double patience, bool segment)
      : sender_{Sender{adapter, SenderOptions{.queue_size = queue_size,
                                              .largest_queue = largest_queue,
                                              .patience = std::chrono::duration_cast<Duration>(
                                                  std::chrono::duration<double>{patience}),
                                              .segment = segment,
                                              .stop = [this] { return is_interrupted_(); }}}},
        adapter_{sender_->adapter()},
        link_type_{sender_->link_type()},
        mtu_{sender_->mtu()} {}

  PacketSender(const PacketSender&) = delete;
  PacketSender& operator=(const PacketSender&) = delete;

  Sent send(py::handle given, py::handle often) {
    const std::uint64_t times = times_in(often);
    return in_portions(given, times, [times](Sender& sender, std::span<const Packet> packets) {
      return sender.send(packets, times);
    });
  }
  Sent queue(py::handle given, py::handle often) {
    const std::uint64_t times = times_in(often);
    return in_portions(given, times, [times](Sender& sender, std::span<const Packet> packets) {
      return sender.queue(packets, times);
    });
  }
  Sent flush() {
    return alone([](Sender& sender) { return sender.flush(); });
  }
  void discard() {
    alone([](Sender& sender) {
      sender.discard();
      return Sent{};
    });
  }

  void close() {
    if (!sender_) return;
    discard();
    sender_.reset();
  }
  /// At the end of a with block.
  void finish() {
    if (!sender_) return;
    flush();
    close();
  }

  /// As of the end of the last call: while another thread sends they change.
  [[nodiscard]] const SendCounts& counts() const noexcept { return counts_; }
  [[nodiscard]] const std::string& adapter() const noexcept { return adapter_; }
  [[nodiscard]] int link_type() const noexcept { return static_cast<int>(link_type_); }
  [[nodiscard]] std::uint32_t mtu() const noexcept { return mtu_; }

 private:
  template <class Call>
  Sent alone(Call call) {
    if (!sender_) throw Error{ErrorCode::invalid_argument, "the sender is closed"};
    if (is_busy_) throw Error{ErrorCode::invalid_argument, "another thread sends with this sender"};
    const Raised busy{is_busy_};
    Sent sent;
    SendCounts counts;
    {
      const WithoutGil without;
      sent = call(*sender_);
      counts = sender_->counts();
    }
    counts_ = counts;
    if (PyErr_Occurred() != nullptr) throw py::error_already_set{};
    return sent;
  }

  /// Frames that leave once are taken as they come: there may be many of them, or no end.
  template <class Call>
  Sent in_portions(py::handle given, std::uint64_t times, Call call) {
    Sent all{};
    Frames frames{given, link_type_, times == 1 ? portion : SIZE_MAX};
    do {
      const Sent sent = alone([&](Sender& sender) { return call(sender, frames.packets()); });
      all.frames += sent.frames;
      if (all && !sent) {
        all.refusal = sent.refusal;
        all.error = sent.error;
      }
      if (!inject::concerns_one_frame(sent.refusal)) break;
    } while (frames.next());
    return all;
  }

  Interruption is_interrupted_{};
  std::optional<Sender> sender_;
  SendCounts counts_{};
  std::string adapter_;
  LinkType link_type_;
  std::uint32_t mtu_;
  bool is_busy_ = false;
};

py::dict refused_by_name(const SendCounts& counts) {
  py::dict refused;
  for (std::size_t index = 1; index < inject::refusals; ++index) {
    if (counts.refused_for[index] == 0) continue;
    refused[inject::name(static_cast<Refusal>(index))] = counts.refused_for[index];
  }
  return refused;
}

void bind_results(py::module_& module) {
  py::class_<Sent>(module, "Sent", "What became of frames; true if all were taken.", py::is_final())
      .def_readonly("frames", &Sent::frames, "Those the kernel took, or the queue.")
      .def_property_readonly(
          "refusal", [](const Sent& self) { return refusal_name(self.refusal); },
          "Why the first that was not taken was not: \"too_long\", \"adapter_down\", ...; or None.")
      .def_property_readonly(
          "error",
          [](const Sent& self) -> py::object {
            if (self.error == 0) return py::none();
            return py::int_{self.error};
          },
          "The errno that goes with it, or None.")
      .def(
          "__bool__", [](const Sent& self) { return static_cast<bool>(self); },
          "__bool__(self, /)\n--\n\nWhether all were taken.")
      .def(
          "__repr__",
          [](const Sent& self) {
            std::string words = "<weir.Sent frames=" + std::to_string(self.frames);
            if (!self) words += std::string{" refusal="} + inject::name(self.refusal);
            return words + ">";
          },
          "__repr__(self, /)\n--\n\nFor people.");
  py::class_<SendCounts>(module, "SendCounts",
                         "Frames since the beginning: asked = sent + sum(refused) + queued.",
                         py::is_final())
      .def_readonly("asked", &SendCounts::asked, "Frames, each as often as it was to be sent.")
      .def_readonly("sent", &SendCounts::sent, "Those the kernel took.")
      .def_readonly("bytes", &SendCounts::bytes, "Their bytes.")
      .def_readonly("retried", &SendCounts::retried, "How often one had to be tried again.")
      .def_readonly("queued", &SendCounts::queued, "Those that wait for flush().")
      .def_property_readonly("refused", &refused_by_name, "How many were not taken, by cause.");
}

}  // namespace

void bind_sender(py::module_& module) {
  bind_results(module);
  py::class_<PacketSender>(module, "Sender",
                           "Sends frames on an adapter: what weir.send() returns.", py::is_final())
      .def(py::init<const std::string&, std::size_t, std::size_t, double, bool>(),
           py::arg("adapter"), py::arg("queue_size"), py::arg("largest_queue"), py::arg("patience"),
           py::arg("segment"))
      .def("send", &PacketSender::send, py::arg("frames"), py::arg("times") = 1,
           "send(self, frames, times=1)\n--\n\n"
           "Sends at once: bytes, a Packet, or an iterable of them; all of them `times` times. "
           "Once, it may have no end; what is left of it is not taken when the adapter is down, "
           "gone or stays full.")
      .def("queue", &PacketSender::queue, py::arg("frames"), py::arg("times") = 1,
           "queue(self, frames, times=1)\n--\n\n"
           "Puts the same behind what waits for flush().")
      .def("flush", &PacketSender::flush,
           "flush(self)\n--\n\n"
           "Sends what waits. What an adapter that is down or full did not take waits on.")
      .def("discard", &PacketSender::discard,
           "discard(self)\n--\n\n"
           "Gives up what waits; it counts as \"stopped\".")
      .def("close", &PacketSender::close,
           "close(self)\n--\n\n"
           "Gives up what waits, and the adapter.")
      .def_property_readonly("counts", &PacketSender::counts, py::return_value_policy::copy,
                             "SendCounts until the end of the last call.")
      .def_property_readonly("adapter", &PacketSender::adapter, "The kernel's name of it.")
      .def_property_readonly("link_type", &PacketSender::link_type,
                             "What frames begin with: a LINKTYPE number.")
      .def_property_readonly("mtu", &PacketSender::mtu,
                             "Bytes behind the link-layer header that it takes at most.")
      .def(
          "__enter__", [](py::object self) { return self; }, "__enter__(self)\n--\n\nItself.")
      .def(
          "__exit__", [](PacketSender& self, const py::args&) { self.finish(); },
          "__exit__(self, *exception)\n--\n\nSends what waits, and closes.");
}

}  // namespace weir::python
