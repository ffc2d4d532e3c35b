// weir.Editor: a copy of a packet that is changed in place.
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "bindings.h"
#include "editor_attribute.h"
#include "field_value.h"
#include "made_packet.h"
#include "raise.h"
#include "stream.h"
#include "value_object.h"
#include "weir/error.h"
#include "weir/record/header_row.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using wire::Edited;
using wire::EditError;
using wire::Which;

constexpr record::FieldsFormat editor_format{
    .name = "Editor", .title = {}, .fields = {}, .defaults = {}};

const char* reason(EditError error) noexcept {
  switch (error) {
    case EditError::no_such_header:
      return "the packet has no header with that";
    case EditError::not_captured:
      return "the header, or what its checksum covers, was cut off by the capture";
    case EditError::no_room:
      return "there is no room for it";
    case EditError::bad_value:
      return "it does not fit there, or a header cannot tell the length";
    case EditError::fragment:
      return "it is in another fragment, or needs all of them";
    case EditError::encrypted:
      return "the header is encrypted";
    case EditError::authenticated:
      return "AH or MACsec cover it: only who has the key can change it";
    case EditError::offloaded:
      return "the checksums of these segments are left to the adapter";
    case EditError::nesting_limit:
      return "the packet has more headers than are looked through";
  }
  return "";
}

[[noreturn]] void refuse(const std::string& what, EditError error) {
  throw Error{ErrorCode::invalid_argument, what + ": " + reason(error)};
}

/// What a field is set to; throws TypeError and Error (invalid_argument) that name it.
FieldValue value_of(const record::SettableField& field, py::handle given) {
  const auto refuse = [&](record::FieldError error) {
    raise_refused(editor_format, field, given.ptr(), error);
    throw py::error_already_set{};
  };
  FieldValue value;
  if (given.is_none()) refuse(record::FieldError::not_left_open);
  if (!field_value(editor_format, field, given.ptr(), value)) throw py::error_already_set{};
  const auto* const number = std::get_if<std::uint64_t>(&value.value.content());
  if (number != nullptr && *number > field.max) refuse(record::FieldError::out_of_range);
  return value;
}

/// A copy with room around it, and what changes it.
class PacketEditor {
 public:
  PacketEditor(const PacketObject& from, bool inner)
      : stream_{from.stream},
        number_{from.number},
        link_type_{from.packet.link_type},
        which_{inner ? Which::inner : Which::outer} {
    place(from.packet, spare, spare);
  }
  PacketEditor(const PacketEditor&) = delete;
  PacketEditor& operator=(const PacketEditor&) = delete;
  ~PacketEditor() = default;

  void set(const EditorAttribute& attribute, py::handle given) {
    const FieldValue value = value_of(attribute.field, given);
    expect(std::string{attribute.field.description.name},
           attribute.set(editor(), value.value, which_));
  }

  [[nodiscard]] py::object get(const EditorAttribute& attribute) const {
    const wire::Layers& layers = editor().layers();
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const wire::Layer& layer = layers[which_ == Which::inner ? layers.size() - 1 - i : i];
      for (const ReadPlace& place : attribute.places) {
        if (layer.protocol != place.protocol) continue;
        return checked(value_object(read(layer, place)));
      }
    }
    return py::none();
  }

  [[nodiscard]] Bytes payload() const {
    const wire::Layers& layers = editor().layers();
    return editor_->packet().data.subspan(layers.payload_offset, layers.payload_length);
  }

  void set_payload(py::handle given) {
    if (PyObject_CheckBuffer(given.ptr()) == 0) {
      throw py::type_error(std::string{"payload: bytes, not "} + Py_TYPE(given.ptr())->tp_name);
    }
    const Ref bytes = Ref::steal(PyBytes_FromObject(given.ptr()));
    if (!bytes) throw py::error_already_set{};
    const Bytes octets = octets_of(bytes.get());
    reshape("payload", octets.size(), [&] { return editor_->set_payload(octets); });
  }

  void push_vlan(std::uint16_t identifier, std::uint8_t priority, bool drop_eligible,
                 std::uint16_t tag_protocol) {
    const wire::VlanFields tag{.tag_protocol = tag_protocol,
                               .priority = priority,
                               .drop_eligible = drop_eligible,
                               .identifier = identifier};
    reshape("push_vlan", spare, [&] { return editor_->push_vlan(tag); });
  }
  void pop_vlan() {
    reshape("pop_vlan", 0, [&] { return editor_->pop_vlan(); });
  }

  void push_mpls(std::uint32_t label, std::uint8_t traffic_class, std::uint8_t ttl) {
    const wire::MplsFields entry{.label = label, .traffic_class = traffic_class, .ttl = ttl};
    reshape("push_mpls", spare, [&] { return editor_->push_mpls(entry); });
  }
  void pop_mpls(std::optional<std::uint16_t> ether_type) {
    reshape("pop_mpls", 0, [&] { return editor_->pop_mpls(ether_type); });
  }
  void pop_outer() {
    reshape("pop_outer", 0, [&] { return editor_->pop_outer(); });
  }
  void pop_link() {
    reshape("pop_link", 0, [&] { return editor_->pop_link(); });
  }
  void clamp_mss(std::uint16_t size) { expect("clamp_mss", editor().clamp_mss(size, which_)); }
  void complete_checksums() { expect("complete_checksums", editor().complete_checksums()); }

  [[nodiscard]] py::bytes bytes() const {
    return checked(bytes_object(editor().packet().data)).cast<py::bytes>();
  }

  [[nodiscard]] py::object packet() const {
    const Packet& packet = editor().packet();
    return checked(
        made_packet(packet, packet.link_type == link_type_ ? stream_ : nullptr, number_));
  }

 private:
  static constexpr std::size_t spare = 64;

  static void expect(const std::string& what, const Edited& done) {
    expect_no_exception();
    if (!done) refuse(what, done.error());
  }
  /// Of a decoder that is a Python function.
  static void expect_no_exception() {
    if (PyErr_Occurred() != nullptr) throw py::error_already_set{};
  }

  [[nodiscard]] record::Value read(const wire::Layer& layer, const ReadPlace& place) const {
    const record::HeaderRow row{editor_->packet(), editor_->layers(), layer};
    const auto fields = row.format().fields();
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].name != place.field) continue;
      const record::Value value = row.value(i);
      const auto* const number = std::get_if<std::uint64_t>(&value.content());
      return number == nullptr ? value : record::Value{*number >> place.shift & place.mask};
    }
    return {};
  }

  /// The packet, copied into new room.
  void place(const Packet& from, std::size_t before, std::size_t behind) {
    std::vector<std::uint8_t> room(before + from.data.size() + behind);
    if (!from.data.empty()) std::memcpy(room.data() + before, from.data.data(), from.data.size());
    Packet packet = from;
    packet.meta = nullptr;
    editor_.reset();
    room_ = std::move(room);
    packet.data = Bytes{room_}.subspan(before, from.data.size());
    editor_.emplace(MutableBytes{room_}, before, packet, stream_->decoders());
    expect_no_exception();
  }

  /// What every call but reshape() goes through: an editor that decodes is in no state to be asked
  /// by a decoder that is a Python function, or by another thread meanwhile.
  [[nodiscard]] wire::Editor& editor() {
    expect_idle();
    return *editor_;
  }
  [[nodiscard]] const wire::Editor& editor() const {
    expect_idle();
    return *editor_;
  }
  void expect_idle() const {
    if (decodes_) throw Error{ErrorCode::invalid_argument, "the Editor is being changed"};
  }

  /// Changes which headers there are; in more room where there is too little: `more` bytes before
  /// and behind.
  template <class Change>
  void reshape(const char* what, std::size_t more, Change change) {
    expect_idle();
    const Raised decoding{decodes_};
    Edited done = change();
    if (!done && done.error() == EditError::no_room) {
      const Packet packet = editor_->packet();
      place(packet, spare, more + spare);
      done = change();
    }
    expect(what, done);
  }

  std::shared_ptr<Stream> stream_;
  std::uint64_t number_;
  LinkType link_type_;
  Which which_;
  std::vector<std::uint8_t> room_;
  std::optional<wire::Editor> editor_;
  bool decodes_ = false;
};

/// A whole number up to `max`, as value_of() has it.
template <class T>
T whole(const char* name, py::handle given, std::uint64_t max) {
  const record::SettableField field{.description = {name, record::FieldKind::integer, {}},
                                    .max = max};
  return static_cast<T>(std::get<std::uint64_t>(value_of(field, given).value.content()));
}

void add_attributes(py::class_<PacketEditor>& type) {
  for (const EditorAttribute& attribute : editor_attributes()) {
    const record::FieldDescription& field = attribute.field.description;
    const std::string documentation = std::string{name(field.kind)} + ": " +
                                      std::string{field.meaning} + "; None where it is not";
    const EditorAttribute* const row = &attribute;
    const py::cpp_function get{[row](const PacketEditor& self) { return self.get(*row); }};
    const py::cpp_function set{
        [row](PacketEditor& self, const py::object& value) { self.set(*row, value); }};
    const auto add = [&](std::string_view name) {
      type.def_property(name.data(), get, set, documentation.c_str());
    };
    add(field.name);
    const std::string_view alias = record::short_name(field.name);
    if (!alias.empty()) add(alias);
  }
}

void add_headers(py::class_<PacketEditor>& type) {
  type.def(
          "push_vlan",
          [](PacketEditor& self, const py::object& identifier, const py::object& priority,
             bool drop_eligible, const py::object& tag_protocol) {
            self.push_vlan(whole<std::uint16_t>("identifier", identifier, 4095),
                           whole<std::uint8_t>("priority", priority, 7), drop_eligible,
                           whole<std::uint16_t>("tag_protocol", tag_protocol, 0xffff));
          },
          py::arg("identifier"), py::arg("priority") = 0, py::arg("drop_eligible") = false,
          py::arg("tag_protocol") = 0x8100,
          "push_vlan(self, identifier, priority=0, drop_eligible=False, tag_protocol=33024)\n--\n\n"
          "Puts a VLAN tag behind the MAC addresses.")
      .def("pop_vlan", &PacketEditor::pop_vlan,
           "pop_vlan(self)\n--\n\nTakes out the tag behind the MAC addresses.")
      .def(
          "push_mpls",
          [](PacketEditor& self, const py::object& label, const py::object& traffic_class,
             const py::object& ttl) {
            self.push_mpls(whole<std::uint32_t>("label", label, 0xfffff),
                           whole<std::uint8_t>("traffic_class", traffic_class, 7),
                           whole<std::uint8_t>("ttl", ttl, 255));
          },
          py::arg("label"), py::arg("traffic_class") = 0, py::arg("ttl") = 64,
          "push_mpls(self, label, traffic_class=0, ttl=64)\n--\n\nPuts a label in front of what "
          "the Ethernet header and its VLAN tags carry.")
      .def(
          "pop_mpls",
          [](PacketEditor& self, const py::object& ether_type) {
            std::optional<std::uint16_t> left;
            if (!ether_type.is_none())
              left = whole<std::uint16_t>("ether_type", ether_type, 0xffff);
            self.pop_mpls(left);
          },
          py::arg("ether_type") = py::none(),
          "pop_mpls(self, ether_type=None)\n--\n\nTakes out the outermost label. `ether_type`: "
          "what is left, if that is neither IPv4 nor IPv6.")
      .def("pop_outer", &PacketEditor::pop_outer,
           "pop_outer(self)\n--\n\nTakes off the outermost tunnel.")
      .def("pop_link", &PacketEditor::pop_link,
           "pop_link(self)\n--\n\nTakes off what stands around the outermost IP datagram.");
}

}  // namespace

void bind_editor(py::module_& module) {
  py::class_<PacketEditor> type{
      module, "Editor",
      "Editor(packet, inner=False)\n--\n\nA copy of a packet that is changed by attribute: see "
      "Packet.edit(). Checksums and lengths follow.\nWhat cannot be changed raises ArgumentError, "
      "a ValueError, and stays as it was."};
  type.def(py::init([](const py::object& packet, bool inner) {
             const PacketObject* const from = packet_of(packet.ptr());
             if (from == nullptr) throw py::error_already_set{};
             return std::make_unique<PacketEditor>(*from, inner);
           }),
           py::arg("packet"), py::arg("inner") = false,
           "__init__(self, packet, inner=False)\n--\n\ninner: change the innermost headers of a "
           "tunnel, not the outermost.");
  add_attributes(type);
  add_headers(type);
  type.def_property(
          "payload",
          [](const PacketEditor& self) {
            return checked(bytes_object(self.payload())).cast<py::bytes>();
          },
          [](PacketEditor& self, const py::object& given) { self.set_payload(given); },
          "hex: what stands behind the last header; may be set to bytes of any length")
      .def(
          "clamp_mss",
          [](PacketEditor& self, const py::object& size) {
            self.clamp_mss(whole<std::uint16_t>("size", size, 0xffff));
          },
          py::arg("size"),
          "clamp_mss(self, size)\n--\n\nLowers the maximum segment size of a SYN to `size`.")
      .def("complete_checksums", &PacketEditor::complete_checksums,
           "complete_checksums(self)\n--\n\nFills in checksums that were left to the adapter.")
      .def("packet", &PacketEditor::packet,
           "packet(self)\n--\n\nThe packet as it is now: a weir.Packet with bytes of its own.")
      .def("__bytes__", &PacketEditor::bytes, "__bytes__(self)\n--\n\nThe bytes as they are now.");
}

}  // namespace weir::python
