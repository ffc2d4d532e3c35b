// Tags between an Ethernet header and its EtherType, beside VLAN's: port extenders, redundancy,
// security, backbones. What is behind a tag is printed as if the tag were not there; -e shows it.
#include "print/printer.h"
#include "weir/wire/ether_type.h"
#include "weir/wire/macsec.h"

namespace weir::print {

/// Goes on with what the last two bytes of a tag of `size` bytes name.
void Printer::behind_tag(std::size_t size, const Header& header) {
  if (!header.need(0, size)) return;
  const std::uint16_t type = header.u16(size - 2);
  const Header rest = header.from(size);
  if (options_.link_header) {
    if (type > wire::ether_type::max_length) {
      put_ether_type(type);
      line_.put(", ");
    }
  }
  if (depth_ == 0) link_header_ += size;
  by_type_or_length(type, rest);
}

void Printer::vn_tag(const Header& header) {
  line_.reading("vntag");
  if (options_.link_header) {
    const std::uint32_t word = header.u32(0);
    line_.print("VN-Tag {} dst {}{}, src {}{}, ", (word & 0x80000000U) != 0 ? "down" : "up",
                word >> 16 & 0x3fff, (word & 0x40000000U) != 0 ? " (list)" : "", word & 0xfff,
                (word & 0x8000) != 0 ? ", looped" : "");
  }
  behind_tag(6, header);
}

void Printer::e_tag(const Header& header) {
  line_.reading("etag");
  if (options_.link_header) {
    const std::uint16_t control = header.u16(0);
    const std::uint16_t channel = header.u16(2);
    line_.print("E-Tag {}, ingress {}, p {}{}, ", unsigned{header.u8(5)} << 12 | (channel & 0xfffU),
                unsigned{header.u8(4)} << 12 | (control & 0xfffU), control >> 13,
                (control & 0x1000) != 0 ? ", DEI" : "");
  }
  behind_tag(8, header);
}

void Printer::r_tag(const Header& header) {
  line_.reading("rtag");
  if (options_.link_header) line_.print("R-Tag seq {}, ", header.u16(2));
  behind_tag(6, header);
}

void Printer::hsr(const Header& header) {
  line_.reading("hsr");
  if (options_.link_header) {
    line_.print("HSR path {}, seq {}, ", header.u16(0) >> 12, header.u16(2));
  }
  behind_tag(6, header);
}

void Printer::hsr_supervision(const Header& header) {
  line_.reading("hsr");
  line_.print("HSR/PRP supervision, seq {}, length {}", header.u16(2), header.length());
}

void Printer::macsec(const Header& header) {
  line_.reading("macsec");
  const auto tag = wire::MacsecView::parse(header.captured());
  if (!tag) return line_.cut();
  if (options_.link_header || tag->is_encrypted()) {
    line_.print("MACsec an {}, pn {}", tag->association_number(), tag->packet_number());
    if (tag->has_secure_channel()) line_.print(", sci {:016x}", tag->secure_channel());
    if (tag->is_encrypted()) return line_.print(", encrypted, length {}", header.length());
    line_.put(", ");
  }
  const std::size_t tag_length = tag->tag_length();
  std::size_t length = header.length() - std::min(header.length(), tag_length);
  length -= std::min(length, wire::MacsecView::check_value_length);
  if (tag->short_length() >= 2) length = tag->short_length();
  behind_tag(tag->header_length(), header.first(tag_length + std::max<std::size_t>(length, 2)));
}

void Printer::cisco_metadata(const Header& header) {
  line_.reading("cmd");
  if (options_.link_header) line_.print("CMD sgt {}, ", header.u16(4));
  behind_tag(8, header);
}

void Printer::service_tag(const Header& header) {
  line_.reading("pbb");
  if (options_.link_header) {
    line_.print("I-SID {}, p {}{}, ", header.u32(0) & 0xffffff, header.u8(0) >> 5,
                (header.u8(0) & 0x10) != 0 ? ", DEI" : "");
    line_.put(header.mac(10));
    line_.put(" > ");
    line_.put(header.mac(4));
    line_.put(", ");
  }
  behind_tag(18, header);
}

void Printer::trill(const Header& header) {
  line_.reading("trill");
  line_.print("TRILL, ingress 0x{:04x}, egress 0x{:04x}{}, hops {}", header.u16(4), header.u16(2),
              (header.u8(0) & 8) != 0 ? " (tree)" : "", header.u8(1) & 0x3f);
  inner(behind(header));
}

}  // namespace weir::print
