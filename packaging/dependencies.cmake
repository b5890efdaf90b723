# What the program is made of: the one table behind `esboot version` and the bill of materials.
# Rows of "name|version|SPDX license|Debian source package"; versions are those that were found.

file(STRINGS ${CRYPT_INCLUDE}/crypt.h crypt_version REGEX "define XCRYPT_VERSION_STR ")
string(REGEX REPLACE ".*\"(.*)\".*" "\\1" crypt_version "${crypt_version}")

execute_process(COMMAND ${CMAKE_CXX_COMPILER} -x c++ -E -P - OUTPUT_VARIABLE libc_version INPUT_FILE
                ${CMAKE_CURRENT_LIST_DIR}/libc_version.txt)
string(REGEX REPLACE ".*version ([0-9]+) ([0-9]+).*" "\\1.\\2" libc_version "${libc_version}")

set(esboot_dependencies
    "OpenSSL|${OPENSSL_VERSION}|Apache-2.0|openssl"
    "yaml-cpp|${yaml-cpp_VERSION}|MIT|yaml-cpp"
    "Boost|${Boost_VERSION_STRING}|BSL-1.0|boost1.81"
    "CLI11|${CLI11_VERSION}|BSD-3-Clause|cli11"
    "libxcrypt|${crypt_version}|LGPL-2.1-or-later|libxcrypt"
    "libstdc++|${CMAKE_CXX_COMPILER_VERSION}|GPL-3.0-or-later WITH GCC-exception-3.1|gcc-12"
    "glibc|${libc_version}|LGPL-2.1-or-later|glibc")

set(listing "")
foreach(row ${esboot_dependencies})
  string(REGEX REPLACE "^([^|]*)\\|([^|]*)\\|.*" "\\1=\\2" pair "${row}")
  string(APPEND listing "${pair},")
endforeach()
set_source_files_properties(
  ${CMAKE_SOURCE_DIR}/launcher/version_command.cpp TARGET_DIRECTORY esboot_launcher
  PROPERTIES COMPILE_DEFINITIONS "ESBOOT_DEPENDENCIES=\"${listing}\";ESBOOT_ARCHITECTURE=\"${CMAKE_SYSTEM_PROCESSOR}\"")
