# armv8.0, with Debian's cross compiler and the libraries of the sysroot that `./dev package` fetches.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_STRIP aarch64-linux-gnu-strip)
if(DEFINED ENV{ESBOOT_SYSROOT_ARM64})
  set(CMAKE_SYSROOT $ENV{ESBOOT_SYSROOT_ARM64})
else()
  set(CMAKE_SYSROOT ${CMAKE_CURRENT_LIST_DIR}/../.cache/roots/sysroot-arm64)
endif()
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
# The default of the compiler, said so that it stays: no instruction of a later version of the architecture, and
# atomics through calls that look at the machine.
set(CMAKE_CXX_FLAGS_INIT "-march=armv8-a")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
