#pragma once

#include <string>

namespace packaging_tests {

/// One line of the file that ESBOOT_PACKAGES_REPORT names; nothing where it names none.
void report_line(const std::string& line);

struct Shell {
  int exit_code = -1;
  std::string out;  ///< stdout and stderr
};

/// Runs a script with bash -e in the directory of the packages; "$@" is `argument`.
[[nodiscard]] Shell shell(const std::string& script, const std::string& argument = "");

/// The package in build/packages whose name ends so. Empty: there is none.
[[nodiscard]] std::string package_file(const std::string& ending);

}  // namespace packaging_tests
