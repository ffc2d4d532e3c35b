"""Constants of DNS in steelscript.packets, by their published names."""

from typing import Final


class DNS_CONST:
    """Numbers of DNS: of the class, and of its objects."""

    # Types of records.
    DNSTYPE_ANY: Final = 0
    DNSTYPE_A: Final = 1
    DNSTYPE_NS: Final = 2
    DNSTYPE_CNAME: Final = 5
    DNSTYPE_SOA: Final = 6
    DNSTYPE_WKS: Final = 11
    DNSTYPE_PTR: Final = 12
    DNSTYPE_HINFO: Final = 13
    DNSTYPE_MX: Final = 15
    DNSTYPE_TXT: Final = 16
    DNSTYPE_SIG: Final = 24
    DNSTYPE_KEY: Final = 25
    DNSTYPE_GPOS: Final = 27
    DNSTYPE_AAAA: Final = 28
    DNSTYPE_LOC: Final = 29
    DNSTYPE_EID: Final = 31
    DNSTYPE_SRV: Final = 33
    DNSTYPE_KX: Final = 36
    DNSTYPE_CERT: Final = 37
    DNSTYPE_OPT: Final = 41
    DNSTYPE_RRSIG: Final = 46
    DNSTYPE_NSEC: Final = 47
    DNSTYPE_DNSKEY: Final = 48
    DNSTYPE_DHCID: Final = 49
    DNSTYPE_NSEC3: Final = 50
    DNSTYPE_NSEC3PARAM: Final = 51
    DNSTYPE_IXFR: Final = 251
    DNSTYPE_AXFR: Final = 252
    DNSTYPE_ALL: Final = 255
    DNSTYPE_RESERVED: Final = 65535
    # Operations.
    OPTCODE_QUERY: Final = 0
    OPTCODE_STATUS: Final = 2
    OPTCODE_NOTIFY: Final = 4
    OPTCODE_UPDATE: Final = 5
    # Response codes.
    RCODE_NOERROR: Final = 0
    RCODE_FORMERR: Final = 1
    RCODE_SERVFAIL: Final = 2
    RCODE_NXDOMAIN: Final = 3
    RCODE_NOTIMP: Final = 4
    RCODE_REFUSED: Final = 5
    RCODE_YXDOMAIN: Final = 6
    RCODE_YXRRSET: Final = 7
    RCODE_NXRRSET: Final = 8
    RCODE_NOTAUTH: Final = 9
    RCODE_NOTZONE: Final = 10
    # Classes.
    RCLASS_IN: Final = 1
    RCLASS_NONE: Final = 254
    RCLASS_ANY: Final = 255
