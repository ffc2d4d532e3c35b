"""What `record` records: one function per scenario, run with the namespaces a and b joined."""

import os
import socket
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
MAC_A, MAC_B = "02:00:5e:10:00:01", "02:00:5e:10:00:02"
V4, V6 = "192.0.2.2", "2001:db8:1::2"


def python(link, side, text, check=True):
    link.run(side, "/usr/bin/python3", "-c", text, check=check)


def wait_for_port(link, port, kind="-tln"):
    for _ in range(100):
        if f":{port} " in link.run("b", "ss", kind):
            return
        time.sleep(0.05)
    raise RuntimeError(f"nothing listens on port {port}")


def neighbours(link):
    """ARP, neighbour and router discovery, multicast membership, spanning tree."""
    link.run("a", "ping", "-c", "2", "-i", "0.2", V4)
    link.run("a", "ping", "-c", "2", "-i", "0.2", V6)
    link.run("a", "ping", "-c", "1", "-W", "1", "192.0.2.77", check=False)
    link.run("a", "ping", "-c", "1", "-W", "1", "2001:db8:1::77", check=False)
    link.run("a", "arping", "-c", "1", "-0", V4, check=False)
    link.run("a", "arping", "-c", "1", "-U", "192.0.2.1", check=False)
    python(link, "a", """
import socket, struct, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(0, socket.IP_ADD_MEMBERSHIP, socket.inet_aton("233.252.0.1") + socket.inet_aton("192.0.2.1"))
t = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
t.setsockopt(41, socket.IPV6_JOIN_GROUP, socket.inet_pton(10, "ff0e::db8:1") + struct.pack("I", socket.if_nametoindex("eth0")))
r = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 58)
r.setsockopt(41, socket.IPV6_MULTICAST_HOPS, 255)
r.sendto(bytes.fromhex("8500000000000000"), ("ff02::2%eth0", 0))
time.sleep(0.5)
""")
    # A router advertisement with prefix, MTU, DNS server and link-layer address (RFC 4861, 8106).
    python(link, "b", """
import socket
r = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 58)
r.setsockopt(41, socket.IPV6_MULTICAST_HOPS, 255)
a = bytes.fromhex("86000000400807080000000000000000" "010102005e100002" "05010000000005dc"
                  "0304408000015180 00003840 00000000 20010db8000100000000000000000000"
                  "1903000000000e10 20010db8000100000000000000000002")
r.sendto(a, ("ff02::1%eth0", 0))
""")
    link.ip("b", "link", "add", "br0", "type", "bridge", "stp_state", "1", "hello_time", "100", check=False)
    link.ip("b", "link", "set", "br0", "up", check=False)
    link.ip("b", "link", "set", "eth0", "master", "br0", check=False)
    time.sleep(2.5)
    link.ip("b", "link", "set", "eth0", "nomaster", check=False)
    link.ip("b", "link", "del", "br0", check=False)


def ping(link):
    """Echo of several sizes, fragments, IP options, errors, timestamps."""
    link.run("a", "ping", "-c", "3", "-i", "0.2", V4)
    link.run("a", "ping", "-c", "3", "-i", "0.2", V6)
    link.run("a", "ping", "-c", "2", "-i", "0.2", "-s", "4000", V4)
    link.run("a", "ping", "-c", "2", "-i", "0.2", "-s", "4000", V6)
    link.run("a", "ping", "-c", "1", "-R", V4)
    link.run("a", "ping", "-c", "1", "-T", "tsandaddr", V4)
    link.run("a", "ping", "-c", "1", "-Q", "0x2e", "-s", "0", V4)
    link.run("a", "ping", "-c", "1", "-F", "0x12345", V6)
    link.run("a", "ping", "-c", "1", "-W", "1", "-b", "192.0.2.255", check=False)
    link.run("b", "ip", "route", "add", "unreachable", "198.51.100.8")
    link.run("b", "ip", "route", "add", "prohibit", "198.51.100.9")
    link.run("b", "ip", "-6", "route", "add", "unreachable", "2001:db8:99::8")
    link.run("b", "ip", "-6", "route", "add", "prohibit", "2001:db8:99::9")
    for address in "198.51.100.8", "198.51.100.9", "198.51.100.10", "2001:db8:99::8", "2001:db8:99::9":
        link.run("a", "ping", "-c", "1", "-W", "1", address, check=False)
    link.run("b", "ip", "route", "add", "198.51.100.64/26", "via", "192.0.2.1", "dev", "eth0")
    link.run("a", "ping", "-c", "1", "-t", "1", "-W", "1", "198.51.100.70", check=False)
    link.run("a", "ping", "-c", "1", "-t", "4", "-W", "1", "198.51.100.70", check=False)
    link.run("b", "ip", "-6", "route", "add", "2001:db8:99:2::/64", "via", "2001:db8:1::1")
    link.run("a", "ping", "-c", "1", "-t", "3", "-W", "1", "2001:db8:99:2::1", check=False)
    python(link, "a", """
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
s.sendto(bytes.fromhex("0d00 f1d9 0001 0001 00010203 00000000 00000000"), ("192.0.2.2", 0))
s.sendto(bytes.fromhex("1100 eefd 0001 0001 00000000"), ("192.0.2.2", 0))
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 253)
s.sendto(b"an experiment", ("192.0.2.2", 0))
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 254)
s.sendto(b"another", ("2001:db8:1::2", 0))
""")
    time.sleep(0.5)


def udp(link):
    """Datagrams of many sizes, answered and refused, multicast, IPv6 extension headers."""
    echo = link.start("b", "/usr/bin/python3", "-c", """
import socket
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.bind(("::", 7777))
print("ready", flush=True)
while True:
    data, source = s.recvfrom(65536)
    s.sendto(data, source)
""", ready="ready")
    python(link, "a", """
import socket, struct
for family, address in (socket.AF_INET, "192.0.2.2"), (socket.AF_INET6, "2001:db8:1::2"):
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.settimeout(1)
    for size in 0, 1, 17, 18, 19, 512, 1472, 3000:
        s.sendto(bytes(b"weir"[i % 4] for i in range(size)), (address, 7777))
        s.recv(65536)
    for port in 9, 33434:
        s.sendto(b"nobody is here", (address, port))
    s.close()
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(0, socket.IP_MULTICAST_TTL, 3)
s.setsockopt(0, socket.IP_MULTICAST_IF, socket.inet_aton("192.0.2.1"))
s.sendto(b"to a group", ("233.252.0.1", 5000))
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.sendto(b"to a group", ("ff0e::db8:1", 5000, 0, socket.if_nametoindex("eth0")))
s.settimeout(1)
pad = bytes([0, 0, 1, 4, 0, 0, 0, 0])
s.setsockopt(41, socket.IPV6_DSTOPTS, pad)
s.sendto(b"destination options", ("2001:db8:1::2", 7777)); s.recv(999)
s.setsockopt(41, socket.IPV6_HOPOPTS, bytes([0, 0, 5, 2, 0, 0, 1, 0]))
s.sendto(b"router alert", ("2001:db8:1::2", 7777)); s.recv(999)
raw = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 43)
raw.sendto(bytes([59, 2, 2, 1, 0, 0, 0, 0]) + socket.inet_pton(10, "2001:db8:1::2"), ("2001:db8:1::2", 0))
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, 11, 1)
s.sendto(b"no checksum", ("192.0.2.2", 7777))
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 136)
s.sendto(bytes.fromhex("3039 1e61 0008 2f73") + b"UDP-Lite", ("192.0.2.2", 0))
""")
    link.stop(echo)


def serve_http(link, port):
    folder = os.path.join(link.scratch, "www")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "index.html"), "w", encoding="ascii") as page:
        page.write("<html><body><p>A weir is a low wall across a river.</p></body></html>\n")
    with open(os.path.join(folder, "numbers.txt"), "w", encoding="ascii") as page:
        page.write("".join(f"{n:5}" for n in range(4000)))
    server = link.start("b", "/usr/bin/python3", "-m", "http.server", str(port), "--bind", "::",
                        "--directory", folder)
    wait_for_port(link, port)
    return server


def curl(link, *arguments):
    link.run("a", "curl", "-s", "-o", "/dev/null", "-m", "5", *arguments, check=False)


def http(link):
    """Web pages on ports 80 and 8080, an error, a refused connection, an upload."""
    for port in 80, 8080:
        server = serve_http(link, port)
        curl(link, f"http://{V4}:{port}/")
        curl(link, f"http://[{V6}]:{port}/missing")
        if port == 80:
            curl(link, f"http://[{V6}]/numbers.txt")
            curl(link, "-X", "POST", "-d", "level=3", f"http://{V4}/")
            curl(link, "--resolve", f"example.com:80:{V4}", "http://example.com/?level=3")
        link.stop(server)
    curl(link, f"http://{V4}:81/")
    curl(link, f"http://[{V6}]:81/")


def tls(link):
    """HTTPS with server names, TLS 1.2 and 1.3, IPv4 and IPv6."""
    key, page = os.path.join(link.scratch, "key.pem"), os.path.join(link.scratch, "cert.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-keyout", key, "-out", page, "-days", "2", "-subj", "/CN=example.com"],
                   check=True, capture_output=True)
    servers = [link.start("b", "openssl", "s_server", version, "-accept", "443", "-key", key, "-cert", page,
                          "-www", "-quiet") for version in ("-4", "-6")]
    time.sleep(0.3)
    wait_for_port(link, 443)
    curl(link, "-k", "--resolve", f"example.com:443:{V4}", "https://example.com/")
    curl(link, "-k", "--resolve", f"www.example.org:443:[{V6}]", "https://www.example.org/")
    curl(link, "-k", "--tls-max", "1.2", "--resolve", f"example.net:443:{V4}", "https://example.net/")
    curl(link, "-k", f"https://{V4}/")
    for server in servers:
        link.stop(server)


def dns(link):
    """Questions and answers over UDP and TCP: many types, errors, EDNS, multicast DNS."""
    server = link.start(
        "b", "dnsmasq", "--keep-in-foreground", "--user=root", "--no-resolv", "--no-hosts",
        "--conf-file=/dev/null", "--pid-file=", "--port=53", "--local-ttl=300",
        "--host-record=www.example.com,198.51.100.80,2001:db8:99::80", "--address=/pool.example.com/198.51.100.1",
        "--address=/pool.example.com/198.51.100.2", "--cname=alias.example.com,www.example.com",
        "--mx-host=example.com,mail.example.com,10", "--txt-record=example.com,v=spf1 -all,second string",
        "--srv-host=_sip._udp.example.com,sip.example.com,5060,1,2", "--local=/example.com/",
        "--local=/example.org/", "--ptr-record=80.100.51.198.in-addr.arpa,www.example.com",
        "--naptr-record=example.com,100,10,S,SIP+D2U,,_sip._udp.example.com",
        "--caa-record=example.com,0,issue,ca.example.net",
        "--dns-rr=example.com,99,0b763d73706631202d616c6c")
    wait_for_port(link, 53, "-uln")
    questions = ("www.example.com A", "www.example.com AAAA", "alias.example.com A", "pool.example.com A",
                 "example.com MX", "example.com TXT", "_sip._udp.example.com SRV", "nothing.example.com A",
                 "-x 198.51.100.80", "-x 2001:db8:99::80", "example.com NAPTR", "example.com CAA",
                 "example.com ANY", "example.net A", "version.bind TXT CH", "example.com SOA", "example.com NS",
                 "example.com TYPE99", "example.com HTTPS", "example.com DS")
    for number, question in enumerate(questions):
        at = "@" + (V4 if number % 2 == 0 else V6)
        link.run("a", "dig", "+tries=1", "+time=1", at, *question.split(), check=False)
    for options in "+tcp", "+noedns", "+noedns +norecurse", "+dnssec +cd", "+bufsize=512 +subnet=198.51.100.0/24", \
            "+noedns +tcp", "+noedns +adflag":
        link.run("a", "dig", "+tries=1", "+time=1", "@" + V4, "www.example.com", *options.split(), check=False)
    link.run("a", "dig", "+tries=1", "+time=1", "-p", "54", "@" + V4, "www.example.com", check=False)
    link.stop(server)
    link.run("a", "dig", "+tries=1", "+time=1", "@" + V4, "www.example.com", check=False)
    python(link, "a", """
import socket
q = bytes.fromhex("0000 0000 0001 0000 0000 0000 055f68747470 045f746370 056c6f63616c 00 000c 8001")
a = bytes.fromhex("0000 8400 0000 0001 0000 0000 0477656972 056c6f63616c 00 0001 8001 00000078 0004 c0000201")
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(0, socket.IP_MULTICAST_TTL, 255)
s.setsockopt(0, socket.IP_MULTICAST_IF, socket.inet_aton("192.0.2.1"))
s.bind(("192.0.2.1", 5353))
s.sendto(q, ("224.0.0.251", 5353))
s.sendto(a, ("224.0.0.251", 5353))
""")


def ssh(link):
    """A login with a key and a command."""
    keys = os.path.join(link.scratch, "ssh")
    os.makedirs(keys)
    for name in "host", "user":
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "weir", "-f",
                        os.path.join(keys, name)], check=True)
    os.makedirs("/run/sshd", exist_ok=True)
    server = link.start("b", "/usr/sbin/sshd", "-D", "-f", "/dev/null", "-h", f"{keys}/host", "-p", "22",
                        "-o", f"AuthorizedKeysFile={keys}/user.pub", "-o", "StrictModes=no", "-o", "UsePAM=no",
                        "-o", "PidFile=none", "-o", "PermitRootLogin=yes", "-o", "PrintMotd=no")
    wait_for_port(link, 22)
    for address in V4, V6:
        link.run("a", "ssh", "-i", f"{keys}/user", "-o", "UserKnownHostsFile=/dev/null",
                 "-o", "StrictHostKeyChecking=no", "-o", "LogLevel=ERROR", "-F", "/dev/null",
                 f"root@{address}", "seq 200; sleep 0.2; seq 5")
    link.stop(server)


def iperf3(link):
    """Bulk TCP and UDP; only the first bytes of each packet are kept."""
    server = link.start("b", "iperf3", "-s", "--forceflush", ready="listening")
    link.run("a", "iperf3", "-c", V4, "-n", "800K", "-b", "20M")
    link.run("a", "iperf3", "-c", V6, "-n", "400K", "-b", "20M", "-R")
    link.run("a", "iperf3", "-u", "-c", V4, "-l", "64", "-n", "30K", "-b", "1M")
    link.stop(server)


def offload(link):
    """The sender's checksums and segments are left to the adapter: bad checksums, large frames."""
    link.offloads("a", "on")
    server = serve_http(link, 8000)
    curl(link, "-T", os.path.join(link.scratch, "www", "numbers.txt"), f"http://{V4}:8000/")
    curl(link, f"http://[{V6}]:8000/numbers.txt")
    link.stop(server)
    link.run("a", "dig", "+tries=1", "+time=1", "@" + V4, "www.example.com", check=False)
    link.offloads("a", "off")


def carry(link, number, kind):
    """Starts a carrier at both ends and gives the inner link addresses."""
    outer = ("2001:db8:1::1", V6) if kind in ("gre6", "ip6ip6") else ("192.0.2.1", V4)
    processes = []
    for side, other in "ab", "ba":
        local, remote = outer if side == "a" else outer[::-1]
        macs = (MAC_A, MAC_B) if side == "a" else (MAC_B, MAC_A)
        processes.append(link.start(side, "/usr/bin/python3", os.path.join(HERE, "carrier"), kind, f"in{number}",
                                    local, remote, *macs, ready="ready"))
        host = 1 if side == "a" else 2
        link.run(side, "sysctl", "-qw", f"net.ipv6.conf.in{number}.addr_gen_mode=1", check=False)
        if kind in ("vlan", "qinq", "vxlan", "geneve", "gretap"):
            link.ip(side, "link", "set", f"in{number}", "address", f"02:00:5e:10:{number:02x}:0{host}")
        if kind not in ("sit", "ip6ip6"):
            link.ip(side, "address", "add", f"198.51.100.{128 + 4 * number + host}/30", "dev", f"in{number}")
        if kind != "ipip":
            link.ip(side, "address", "add", f"2001:db8:{16 + number:x}::{host}/64", "dev", f"in{number}", "nodad")
        link.ip(side, "link", "set", f"in{number}", "mtu", "1400", "up")
    return processes


def tunnels(link):
    """Echo and a web page inside VLAN tags, MPLS, PPPoE, VXLAN, Geneve, GRE and IP in IP."""
    kinds = "vlan", "qinq", "mpls", "pppoe", "vxlan", "geneve", "gre", "gre6", "gretap", "ipip", "sit", "ip6ip6"
    server = serve_http(link, 8080)
    for number, kind in enumerate(kinds, 1):
        processes = carry(link, number, kind)
        if kind not in ("sit", "ip6ip6"):
            address = f"198.51.100.{128 + 4 * number + 2}"
            link.run("a", "ping", "-c", "1", "-W", "1", address)
            curl(link, f"http://{address}:8080/")
        if kind != "ipip":
            address = f"2001:db8:{16 + number:x}::2"
            link.run("a", "ping", "-c", "1", "-W", "1", address)
            curl(link, f"http://[{address}]:8080/")
        for process in processes:
            link.stop(process)
    link.stop(server)


def cooked(link):
    """Everything on every interface of a, with the kernel's pseudo-header instead of Ethernet."""
    server = serve_http(link, 8080)
    link.run("a", "ping", "-c", "1", V4)
    link.run("a", "ping", "-c", "1", "127.0.0.1")
    link.run("a", "ping", "-c", "1", V6)
    link.run("a", "ip", "neigh", "flush", "dev", "eth0")
    curl(link, f"http://{V4}:8080/")
    curl(link, f"http://[{V6}]:8080/")
    link.stop(server)


def raw(link):
    """The inner packets of an IP-in-IP tunnel, seen on its device: no link header at all."""
    server = serve_http(link, 8080)
    processes = carry(link, 20, "gre")
    finish = link.record("raw.pcap", interface="in20")
    link.run("a", "ping", "-c", "2", "-i", "0.2", "198.51.100.210")
    link.run("a", "ping", "-c", "1", "2001:db8:24::2")
    curl(link, "http://198.51.100.210:8080/")
    finish()
    for process in processes:
        link.stop(process)
    link.stop(server)


SCENARIOS = (
    ("neighbours", neighbours, {}),
    ("ping", ping, {}),
    ("udp", udp, {}),
    ("dns", dns, {}),
    ("http", http, {}),
    ("tls", tls, {}),
    ("ssh", ssh, {}),
    ("iperf3", iperf3, {"snap": 96}),
    ("offload", offload, {"snap": 200}),
    ("tunnels", tunnels, {}),
    ("cooked", cooked, {"interface": "any"}),
    ("cooked1", cooked, {"interface": "any", "options": ("-y", "LINUX_SLL")}),
    ("raw", raw, None),
)
