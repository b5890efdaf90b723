#include "tests/support/real_elasticsearch.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <regex>
#include <vector>

#include "base/text.h"
#include "tests/support/child_process.h"

namespace test_support {

namespace fs = std::filesystem;

namespace {

/// The major version in the `release` file of a JDK; 0 where it is none.
int java_major(const fs::path& home) {
  if (!fs::exists(home / "bin/javac")) return 0;
  std::ifstream in(home / "release");
  std::smatch match;
  static const std::regex form(R"(^JAVA_VERSION="(\d+).*)");
  for (std::string line; std::getline(in, line);)
    if (std::regex_match(line, match, form)) return std::stoi(match[1]);
  return 0;
}

std::vector<fs::path> candidate_jdks() {
  std::vector<fs::path> homes;
  for (const char* name : {"ES_JAVA_HOME", "JAVA_HOME"})
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0')
      homes.emplace_back(value);
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/usr/lib/jvm", ignored))
    homes.push_back(entry.path());
  return homes;
}

}  // namespace

std::optional<fs::path> jdk_for(const std::string& version) {
  const bool is_8 = version.starts_with("8.");
  std::optional<fs::path> best;
  int best_major = 0;
  for (const fs::path& home : candidate_jdks()) {
    const int major = java_major(home);
    const bool fits = is_8 ? major == 17 : major >= 21;
    if (!fits || major <= best_major) continue;
    best = fs::canonical(home);
    best_major = major;
  }
  return best;
}

std::optional<fs::path> es_home(const std::string& version) {
  const ChildResult made =
      run_child({{std::string(ESBOOT_SOURCE_DIR) + "/dev", "es", version}, "", {}, "."});
  if (made.exit_code != 0) return std::nullopt;
  const auto lines = base::split(base::trim(made.out), '\n');
  if (!fs::exists(fs::path(lines.back()) / "lib")) return std::nullopt;
  return fs::path(lines.back());
}

fs::path cache_directory() {
  const char* other = std::getenv("ESBOOT_CACHE");
  return other != nullptr ? fs::path(other) : fs::path(ESBOOT_SOURCE_DIR) / ".cache";
}

std::string compile_java(const fs::path& jdk, const fs::path& home, const std::string& name,
                         const fs::path& classes) {
  const ChildResult done =
      run_child({{(jdk / "bin/javac").string(), "-proc:none", "-d", classes.string(), "-cp",
                  (home / "lib/*").string(),
                  std::string(ESBOOT_SOURCE_DIR) + "/tests/java/" + name + ".java"},
                 "",
                 {},
                 "."});
  if (done.exit_code == 0) return "";
  return "javac: " + done.out + done.err;
}

void report_skip(const std::string& test, const std::string& reason) {
  std::cout << "SKIPPED: " << test << ": " << reason << std::endl;
}

}  // namespace test_support
