# The published name, for Cython: see weir.compat.publish().
