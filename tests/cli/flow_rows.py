"""What tests of flow records share: captures with known flows, and their rows."""

from support import CAPTURES, CommandTest

DEMO, HTTP, PING, TUNNELS = (CAPTURES / name for name in
                             ("demo.pcapng.gz", "http.pcap", "ping.pcap", "tunnels.pcap"))


class FlowTest(CommandTest):
    def rows(self, *words):
        return self.run_ok("flows", "--json", *words).json

    def packets(self, *words):
        """Packets per flow, both directions, in the order flows end."""
        return [row["orig_packets"] + row["resp_packets"] for row in self.rows(*words)]

    def table(self, *words):
        """The lines of the table without its heading."""
        return self.run_ok("flows", *words).lines[1:]
