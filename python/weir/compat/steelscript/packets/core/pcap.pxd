# steelscript.packets.core.pcap for Cython: objects are what `import` gives; iteration and calls are typed as Cython
# types them, by the variables they are put in.
cdef extern from *:
    """
    #ifndef WEIR_PCAP_OBJECT
    #define WEIR_PCAP_OBJECT
    typedef struct {
      PyObject_HEAD
    } WeirPcapObject;
    #endif
    """

    ctypedef class weir.compat.steelscript.packets.core.pcap.PCAPSocket [object WeirPcapObject, check_size ignore]:
        pass

    ctypedef class weir.compat.steelscript.packets.core.pcap.PCAPReader [object WeirPcapObject, check_size ignore]:
        pass

    ctypedef class weir.compat.steelscript.packets.core.pcap.PCAPWriter [object WeirPcapObject, check_size ignore]:
        pass
