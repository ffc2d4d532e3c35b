# Finds what the libraries are made of; every package is Debian's.
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(ZLIB REQUIRED)
pkg_check_modules(PCAP REQUIRED IMPORTED_TARGET libpcap)
pkg_check_modules(SQLITE IMPORTED_TARGET sqlite3)
option(WEIR_WITH_SQLITE "Build weir::stores with SQLite" ${SQLITE_FOUND})
