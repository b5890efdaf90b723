# What `./dev package` makes: deb and rpm of the program that uses shared libraries, and a tgz of the static one.
# packaging/package_kinds.cmake has what differs between the three. They are reproducible: SOURCE_DATE_EPOCH is
# their only time.
include(GNUInstallDirs)
set(package_files ${CMAKE_BINARY_DIR}/package_files)

# The bill of materials, CycloneDX 1.5 (ECMA-424). The versions of the Debian packages tell more than those of the
# libraries: security fixes are in them.
set(bom_components "")
set(bom_references "")
execute_process(COMMAND dpkg-query -W -f "\${source:Package} \${source:Version}\n"
                OUTPUT_VARIABLE installed ERROR_QUIET)
foreach(row ${esboot_dependencies})
  string(REPLACE "|" ";" fields "${row}")
  list(GET fields 0 name)
  list(GET fields 1 version)
  list(GET fields 2 license)
  list(GET fields 3 source)
  set(package_url "")
  if(NOT CMAKE_CROSSCOMPILING AND installed MATCHES "(^|\n)${source} ([^\n]+)")
    string(REPLACE "+" "%2B" source_version "${CMAKE_MATCH_2}")
    set(package_url ", \"purl\": \"pkg:deb/debian/${source}@${source_version}?arch=source\"")
  endif()
  list(APPEND bom_components "    {\"type\": \"library\", \"bom-ref\": \"${name}\", \"name\": \"${name}\", \"version\": \"${version}\", \"licenses\": [{\"expression\": \"${license}\"}]${package_url}}")
  list(APPEND bom_references "\"${name}\"")
endforeach()
list(JOIN bom_components ",\n" bom_components)
list(JOIN bom_references ", " bom_references)
configure_file(packaging/bill_of_materials.json.in ${package_files}/esboot.cdx.json @ONLY)

# Debian policy 12.1 and 12.7: manual pages and the changelog are compressed; -n leaves name and time out.
find_program(GZIP gzip REQUIRED)
file(GLOB manual_pages CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/packaging/man/*.1)
set(compressed "")
foreach(source ${manual_pages} ${CMAKE_SOURCE_DIR}/packaging/debian/changelog)
  get_filename_component(name ${source} NAME)
  add_custom_command(OUTPUT ${package_files}/${name}.gz DEPENDS ${source}
                     COMMAND ${GZIP} -9nc ${source} > ${package_files}/${name}.gz VERBATIM)
  list(APPEND compressed ${package_files}/${name}.gz)
endforeach()
add_custom_target(package_files ALL DEPENDS ${compressed})

set(CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
    WORLD_READ WORLD_EXECUTE)
install(TARGETS esboot_dynamic RUNTIME DESTINATION bin COMPONENT dynamic)
if(ESBOOT_STATIC)
  install(TARGETS esboot RUNTIME DESTINATION bin COMPONENT static)
endif()
foreach(page ${manual_pages})
  get_filename_component(name ${page} NAME)
  install(FILES ${package_files}/${name}.gz DESTINATION share/man/man1 COMPONENT documents)
endforeach()
install(FILES packaging/completions/esboot.bash DESTINATION share/bash-completion/completions RENAME esboot
        COMPONENT documents)
install(FILES packaging/completions/_esboot DESTINATION share/zsh/vendor-completions COMPONENT documents)
install(FILES packaging/completions/esboot.fish DESTINATION share/fish/vendor_completions.d COMPONENT documents)
install(FILES ${package_files}/changelog.gz packaging/debian/copyright ${package_files}/esboot.cdx.json
        DESTINATION share/doc/esboot COMPONENT documents)
# Examples to copy: an installed drop-in would change how a node starts without being asked.
if(IS_DIRECTORY ${CMAKE_SOURCE_DIR}/packaging/systemd)
  install(DIRECTORY packaging/systemd DESTINATION share/esboot COMPONENT documents)
endif()

set(CPACK_PACKAGE_NAME esboot)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The esboot authors <esboot@example.org>")
set(CPACK_PACKAGE_VENDOR "The esboot authors")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "start path of Elasticsearch as one native program")
set(CPACK_PACKAGE_DESCRIPTION "esboot starts Elasticsearch in place of its launcher: it secures
a node on its first start, and then becomes the server. It also has
the commands of the keystore tool, and looks after the certificates
of a node.")
set(CPACK_RPM_PACKAGE_DESCRIPTION "${CPACK_PACKAGE_DESCRIPTION}")
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)
set(CPACK_GENERATOR DEB RPM TGZ)
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_CURRENT_LIST_DIR}/package_kinds.cmake)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/file_times.cmake)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_STRIP_FILES ON)
set(CPACK_ESBOOT_PROCESSOR ${CMAKE_SYSTEM_PROCESSOR})

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)

set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_LICENSE Apache-2.0)
set(CPACK_RPM_PACKAGE_RELEASE 1)
set(CPACK_RPM_PACKAGE_RELOCATABLE OFF)
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION /usr/share/man /usr/share/man/man1)
# The host's name and the times of the build would differ from build to build. Build ids become links under
# /usr/lib/.build-id, which another package may own.
set(CPACK_RPM_SPEC_MORE_DEFINE "%define use_source_date_epoch_as_buildtime 1
%define clamp_mtime_to_source_date_epoch 1
%define _buildhost localhost
%define _build_id_links none")
include(CPack)
