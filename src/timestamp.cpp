// Times as text.
#include "rfc3339.h"
#include "weir/packet.h"

namespace weir {

std::string to_string(Timestamp time) {
  char text[Rfc3339::size];
  return {text, Rfc3339{}.write(text, time)};
}

}  // namespace weir
