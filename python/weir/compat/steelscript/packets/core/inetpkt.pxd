# steelscript.packets.core.inetpkt for Cython. Fields that are declared here are read from the objects as C numbers;
# everything else is an attribute as Python has it. The C text is that of inetpkt_object.h.
cdef extern from *:
    """
    #ifndef WEIR_INETPKT_OBJECT_H
    #define WEIR_INETPKT_OBJECT_H

    #include <Python.h>
    #include <stdint.h>

    /* What all packet classes begin with. */
    typedef struct {
      PyObject ob_base;
      const void* kind;   /* the class, as C++ knows it */
      PyObject* payload;  /* NULL until it is asked for */
      PyObject* data;     /* the bytes it was read from, or NULL */
      PyObject* l7_ports; /* a dict, or NULL */
      PyObject* said;     /* what was set of pkt_name, pq_type and query_fields: a dict, or NULL */
      uint32_t payload_at;
      uint32_t payload_length;
      uint32_t trailer_at;
      uint32_t trailer_length;
      uint8_t depth;
      uint8_t next;
      uint8_t has_said_length; /* that of the payload was set, and the payload not since */
    } WeirPkt;

    /* Ethernet: attributes as Python has them, addresses in the order of the wire. */
    typedef struct {
      WeirPkt pkt;
      uint8_t src_mac[6];
      uint8_t dst_mac[6];
      uint16_t type;
      uint16_t tpid;
      uint8_t priority_code;
      uint8_t drop_eligible;
      uint16_t vlan_id;
    } WeirEthernet;

    #endif
    """

    ctypedef class weir.compat.steelscript.packets.core.inetpkt.PKT [object WeirPkt, check_size ignore]:
        pass

    ctypedef class weir.compat.steelscript.packets.core.inetpkt.Ethernet(PKT) [object WeirEthernet, check_size ignore]:
        cdef const unsigned short type
        cdef const unsigned short tpid
        cdef const unsigned char priority_code
        cdef const unsigned char drop_eligible
        cdef const unsigned short vlan_id
