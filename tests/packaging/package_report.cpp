#include "tests/packaging/package_report.h"

#include <filesystem>

#include "tests/support/child_process.h"
#include "tests/support/report.h"

namespace packaging_tests {

namespace fs = std::filesystem;

namespace {

const fs::path kPackages = fs::path(ESBOOT_BINARY_DIR) / "packages";

}  // namespace

void report_line(const std::string& line) {
  static test_support::Report report("ESBOOT_PACKAGES_REPORT", "The packages",
                                     "Written by `./dev test packaging`,", "");
  report.line(line);
}

Shell shell(const std::string& script, const std::string& argument) {
  const auto result = test_support::run_child(
      {{"/bin/bash", "-euo", "pipefail", "-c", "umask 022; exec 2>&1; " + script, "bash", argument},
       "",
       {{"LC_ALL", "C.UTF-8"}},
       kPackages});
  return {result.exit_code, result.out};
}

std::string package_file(const std::string& ending) {
  if (!fs::is_directory(kPackages)) return {};
  for (const auto& entry : fs::directory_iterator(kPackages))
    if (entry.path().string().ends_with(ending)) return entry.path();
  return {};
}

}  // namespace packaging_tests
