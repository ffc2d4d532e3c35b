// The link types filters can be about, those met most first.
#include "weir/filter/filter.h"

namespace weir::filter {
namespace {

constexpr LinkType link_types[] = {
    LinkType::ethernet,
    LinkType::linux_sll,
    LinkType::linux_sll2,
    LinkType::raw,
    LinkType::null,
    LinkType::ieee802_11,
    LinkType::ppp,
    LinkType::ieee802_11_radiotap,
    LinkType::ipv4,
    LinkType::ipv6,
    LinkType::loop,
    LinkType::ppi,
    LinkType::token_ring,
    LinkType::arcnet,
    LinkType::slip,
    LinkType::fddi,
    LinkType::ppp_hdlc,
    LinkType::ppp_ether,
    LinkType{99},
    LinkType{100},
    LinkType{102},
    LinkType{103},
    LinkType::c_hdlc,
    LinkType{106},
    LinkType::frame_relay,
    LinkType{109},
    LinkType{114},
    LinkType{117},
    LinkType::ieee802_11_prism,
    LinkType{122},
    LinkType{123},
    LinkType::arcnet_linux,
    LinkType{138},
    LinkType::ieee802_11_avs,
    LinkType{164},
    LinkType{165},
    LinkType::ppp_with_direction,
    LinkType::ipnet,
    LinkType{240},
    LinkType{241},
};

}  // namespace

std::span<const LinkType> usual_link_types() noexcept { return link_types; }

}  // namespace weir::filter
