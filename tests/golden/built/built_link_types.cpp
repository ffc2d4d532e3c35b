// Frames of the link types other than Ethernet, each in a capture of its own.
#include "built.h"
#include "weir/wire/avs.h"
#include "weir/wire/c_hdlc.h"
#include "weir/wire/fddi.h"
#include "weir/wire/frame_relay.h"
#include "weir/wire/ieee80211.h"
#include "weir/wire/ipoib.h"
#include "weir/wire/linux_sll.h"
#include "weir/wire/linux_sll2.h"
#include "weir/wire/llc.h"
#include "weir/wire/nflog.h"
#include "weir/wire/null_loopback.h"
#include "weir/wire/ppi.h"
#include "weir/wire/ppp.h"
#include "weir/wire/prism.h"
#include "weir/wire/radiotap.h"
#include "weir/wire/token_ring.h"

namespace weir::wire::built {
namespace {

/// Writes captures of one frame.
class Links {
 public:
  explicit Links(const std::string& folder) : folder_{folder} {}

  template <class... Layers>
  void add(std::uint32_t link_type, const char* protocols, const Layers&... layers) {
    Capture capture{folder_, "link_" + std::to_string(link_type) + ".pcap", link_type};
    capture.add(protocols, "", layers...);
    failed_ = failed_ || capture.failed();
  }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  const std::string& folder_;
  bool failed_ = false;
};

}  // namespace

bool write_link_types(const std::string& folder) {
  Links to{folder};
  const std::vector<std::uint8_t> items(120);  // ten of them, as most drivers write
  const MacAddress mac{{2, 0, 0, 0, 0, 1}};
  const WlanFields wlan{.to_ds = true, .address_1 = mac, .address_2 = mac, .address_3 = mac};
  to.add(0, "null:ip:udp:data", NullFields{}, ip4, udp, text);
  to.add(6, "tr:llc:ip:udp:data", TokenRingFields{.destination = mac, .source = mac}, LlcFields{},
         SnapFields{}, ip4, udp, text);
  to.add(9, "ppp:ip:udp:data", PppFields{.has_address_and_control = true, .protocol = 0x0021}, ip4,
         udp, text);
  to.add(10, "fddi:llc:ip:udp:data", FddiFields{.destination = mac, .source = mac}, LlcFields{},
         SnapFields{}, ip4, udp, text);
  to.add(101, "raw:ip:udp:data", ip4, udp, text);
  to.add(104, "chdlc:ip:udp:data", CiscoHdlcFields{}, ip4, udp, text);
  to.add(105, "wlan:llc:ip:udp:data", wlan, LlcFields{}, SnapFields{}, ip4, udp, text);
  to.add(107, "fr:ip:udp:data", FrameRelayFields{.dlci = 100}, ip4, udp, text);
  to.add(113, "sll:ethertype:ip:udp:data", SllFields{.address_length = 6}, ip4, udp, text);
  to.add(119, "prism:wlan_radio:wlan:llc:ip:udp:data", PrismFields{.items = items}, wlan,
         LlcFields{}, SnapFields{}, ip4, udp, text);
  to.add(127, "radiotap:wlan_radio:wlan:llc:ip:udp:data", RadiotapFields{}, wlan, LlcFields{},
         SnapFields{}, ip4, udp, text);
  to.add(163, "wlancap:wlan_radio:wlan:llc:ip:udp:data", AvsFields{}, wlan, LlcFields{},
         SnapFields{}, ip4, udp, text);
  to.add(192, "ppi:wlan_radio:wlan:llc:ip:udp:data", PpiFields{}, wlan, LlcFields{}, SnapFields{},
         ip4, udp, text);
  to.add(239, "nflog:ip:udp:data", NflogFields{}, ip4, udp, text);
  to.add(242, "ipoib:ip:udp:data", IpoibFields{}, ip4, udp, text);
  to.add(276, "sll:ethertype:ip:udp:data", Sll2Fields{.address_length = 6}, ip4, udp, text);
  return !to.failed();
}

}  // namespace weir::wire::built
