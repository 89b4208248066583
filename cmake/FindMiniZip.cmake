# MiniZip::MiniZip: reading .zip archives, a part of zlib's sources that Debian packs as libminizip-dev.
find_path(MINIZIP_INCLUDE_DIR minizip/unzip.h)
find_library(MINIZIP_LIBRARY minizip)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(MiniZip REQUIRED_VARS MINIZIP_LIBRARY MINIZIP_INCLUDE_DIR)
if(MiniZip_FOUND AND NOT TARGET MiniZip::MiniZip)
    add_library(MiniZip::MiniZip UNKNOWN IMPORTED)
    set_target_properties(MiniZip::MiniZip PROPERTIES
        IMPORTED_LOCATION ${MINIZIP_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${MINIZIP_INCLUDE_DIR})
    target_link_libraries(MiniZip::MiniZip INTERFACE ZLIB::ZLIB)
endif()
