#include "tests/packaging/package_report.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/support/child_process.h"

namespace packaging_tests {

namespace fs = std::filesystem;

namespace {

const fs::path kPackages = fs::path(ESBOOT_BINARY_DIR) / "packages";

std::ofstream begin_report(const char* file) {
  std::ofstream out(file);
  out << "# The packages\n\nWritten by `./dev test packaging`, "
      << shell("cd " ESBOOT_SOURCE_DIR
               "; echo \"$(date -u +%F), commit $(git rev-parse --short HEAD).\"")
             .out
      << std::endl;
  return out;
}

}  // namespace

void report_line(const std::string& line) {
  static const char* const file = std::getenv("ESBOOT_PACKAGES_REPORT");
  if (file == nullptr) return;
  static std::ofstream out = begin_report(file);
  out << line << std::endl;
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
