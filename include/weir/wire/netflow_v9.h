// NetFlow version 9 (RFC 3954): flow sets, templates, and the records that only templates explain.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>

#include "weir/api.h"
#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/tlv_list.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// One flow set (RFC 3954 5): its number says what is in it. payload() of a NetflowView is a list
/// of them.
struct NetflowFlowSet {
  static constexpr std::uint16_t templates = 0;
  static constexpr std::uint16_t options_templates = 1;
  /// Numbers from here on are those of the template its records follow.
  static constexpr std::uint16_t first_data = 256;

  std::uint16_t id = 0;
  /// What follows number and length; padding at its end included.
  Bytes body{};

  /// See Tlv; damaged with a length below 4 or beyond the bytes.
  [[nodiscard]] static std::size_t read(Bytes rest, NetflowFlowSet& set) noexcept {
    if (rest.size() < 4) return 0;
    const std::size_t length = load_be<std::uint16_t>(rest.data() + 2);
    if (length < 4 || length > rest.size()) return 0;
    set = {.id = load_be<std::uint16_t>(rest.data()), .body = rest.subspan(4, length - 4)};
    return length;
  }
  /// Writes number, length and body; zeros fill up to a multiple of four bytes.
  [[nodiscard]] WEIR_API Written write(MutableBytes to) const noexcept;
};
using NetflowFlowSetList = TlvList<NetflowFlowSet>;

/// One field of a template: IANA's IPFIX element up to 127, Cisco's beyond; and its bytes.
struct NetflowTemplateField {
  std::uint16_t type = 0;
  std::uint16_t length = 0;
  bool operator==(const NetflowTemplateField&) const noexcept = default;
};

/// A template as it stands in a flow set of them.
struct NetflowTemplateRecord {
  std::uint16_t id = 0;
  /// Of options templates: bytes of field specifiers that name the scope; they come first.
  std::uint16_t scope_length = 0;
  /// Four bytes each: type, length.
  Bytes fields{};

  [[nodiscard]] std::size_t field_count() const noexcept { return fields.size() / 4; }
  /// Precondition: index < field_count().
  [[nodiscard]] NetflowTemplateField field(std::size_t index) const noexcept {
    const std::uint8_t* const at = fields.data() + index * 4;
    return {.type = load_be<std::uint16_t>(at), .length = load_be<std::uint16_t>(at + 2)};
  }

  /// See Tlv; of a template flow set (RFC 3954 5.2). Padding is damaged.
  [[nodiscard]] static std::size_t read(Bytes rest, NetflowTemplateRecord& record) noexcept {
    if (rest.size() < 4) return 0;
    const std::size_t length = load_be<std::uint16_t>(rest.data() + 2) * std::size_t{4};
    if (length > rest.size() - 4) return 0;
    record = {.id = load_be<std::uint16_t>(rest.data()), .fields = rest.subspan(4, length)};
    return 4 + length;
  }
};
using NetflowTemplateList = TlvList<NetflowTemplateRecord>;

/// The same of an options template flow set (RFC 3954 6.1).
struct NetflowOptionsTemplateRecord : NetflowTemplateRecord {
  [[nodiscard]] static std::size_t read(Bytes rest, NetflowOptionsTemplateRecord& record) noexcept {
    if (rest.size() < 6) return 0;
    const std::size_t scope = load_be<std::uint16_t>(rest.data() + 2);
    const std::size_t length = scope + load_be<std::uint16_t>(rest.data() + 4);
    if (scope % 4 != 0 || length % 4 != 0 || length > rest.size() - 6) return 0;
    record.id = load_be<std::uint16_t>(rest.data());
    record.scope_length = static_cast<std::uint16_t>(scope);
    record.fields = rest.subspan(6, length);
    return 6 + length;
  }
};
using NetflowOptionsTemplateList = TlvList<NetflowOptionsTemplateRecord>;

/// Why a template is not kept.
enum class NetflowTemplateError : std::uint8_t {
  bad_id,           ///< below 256: no flow set could follow it
  no_fields,        ///< none, or all of no bytes: records would never end
  too_many_fields,  ///< more than are kept
  too_long,         ///< records longer than a flow set can be
  table_full,       ///< as many templates as are kept
};

/// "bad_id", "no_fields", ...
[[nodiscard]] WEIR_API const char* name(NetflowTemplateError error) noexcept;

/// One template that is kept.
struct NetflowTemplate {
  static constexpr std::size_t max_fields = 64;

  std::uint32_t source_id = 0;
  std::uint16_t id = 0;
  std::uint16_t record_length = 0;
  std::uint16_t field_count = 0;
  /// How many of the fields name the scope: of options templates.
  std::uint16_t scope_count = 0;
  std::array<NetflowTemplateField, max_fields> all_fields{};

  [[nodiscard]] std::span<const NetflowTemplateField> fields() const noexcept {
    return std::span{all_fields}.first(field_count);
  }
};

/// The templates of one exporter, at most so many: a value of some 34 kB that the caller keeps from
/// packet to packet. A template replaces the one of its number. Allocates nothing; one thread at a
/// time, const calls from several.
class WEIR_API NetflowTemplates {
 public:
  static constexpr std::size_t max_templates = 128;

  /// Keeps a template, or says why not; then the table is as before.
  std::expected<void, NetflowTemplateError> add(std::uint32_t source_id,
                                                const NetflowTemplateRecord& record) noexcept;
  /// Null where there is none of that number. Good until the table changes.
  [[nodiscard]] const NetflowTemplate* find(std::uint32_t source_id,
                                            std::uint16_t id) const noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Adds all templates of a flow set of them, options templates too. How many were kept, and how
  /// many refused: what is left of the set and no padding counts as one.
  struct Added {
    std::size_t kept = 0;
    std::size_t refused = 0;
  };
  Added add_all(std::uint32_t source_id, const NetflowFlowSet& set) noexcept;

 private:
  std::array<NetflowTemplate, max_templates> templates_{};
  std::size_t size_ = 0;
};

/// The records of a data flow set, as their template has them: all have the same length, what is
/// left behind the last one is padding. Borrows both.
class NetflowRecords {
 public:
  NetflowRecords(const NetflowTemplate& by, const NetflowFlowSet& set) noexcept
      : template_{&by}, body_{set.body} {}

  [[nodiscard]] std::size_t size() const noexcept {
    return template_->record_length == 0 ? 0 : body_.size() / template_->record_length;
  }
  /// Precondition: index < size().
  [[nodiscard]] Bytes record(std::size_t index) const noexcept {
    return body_.subspan(index * template_->record_length, template_->record_length);
  }
  /// The bytes of the first field of that type in a record, behind its scope; nothing where the
  /// template has none.
  [[nodiscard]] std::optional<Bytes> field(std::size_t index, std::uint16_t type) const noexcept {
    return find(index, type, template_->scope_count, template_->field_count);
  }
  /// The same of its scope, whose types have numbers of their own (RFC 3954 6.1): 1 system,
  /// 2 interface, 3 line card, 4 cache, 5 template.
  [[nodiscard]] std::optional<Bytes> scope(std::size_t index, std::uint16_t type) const noexcept {
    return find(index, type, 0, template_->scope_count);
  }
  /// field() as a number; nothing of no bytes or of more than eight.
  [[nodiscard]] std::optional<std::uint64_t> number(std::size_t index,
                                                    std::uint16_t type) const noexcept {
    const auto bytes = field(index, type);
    if (!bytes || bytes->empty() || bytes->size() > 8) return std::nullopt;
    std::uint64_t value = 0;
    for (const std::uint8_t octet : *bytes) value = value << 8 | octet;
    return value;
  }

 private:
  // Among the fields from `first` to before `end`.
  [[nodiscard]] std::optional<Bytes> find(std::size_t index, std::uint16_t type, std::size_t first,
                                          std::size_t end) const noexcept {
    std::size_t at = 0;
    for (std::size_t i = 0; i < end; ++i) {
      const NetflowTemplateField& field = template_->all_fields[i];
      if (i >= first && field.type == type) return record(index).subspan(at, field.length);
      at += field.length;
    }
    return std::nullopt;
  }

  const NetflowTemplate* template_;
  Bytes body_;
};

/// Records in the flow sets of one packet, templates among them: what its header counts. Nothing
/// where a set follows a template that does not stand before it in the packet.
[[nodiscard]] WEIR_API std::optional<std::size_t> netflow_v9_record_count(Bytes flow_sets) noexcept;

/// Writes a template record for the body of a flow set; with a scope, of options templates: so many
/// of the fields, which come first. Returns the bytes written.
[[nodiscard]] WEIR_API Written write_netflow_template(
    MutableBytes to, std::uint16_t id, std::span<const NetflowTemplateField> fields,
    std::optional<std::size_t> scope_count = std::nullopt) noexcept;

}  // namespace weir::wire
