#include "tests/support/jdks.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <string>

namespace test_support {

namespace fs = std::filesystem;

namespace {

int major_of(const fs::path& home) {
  static const std::regex form(R"(^JAVA_VERSION="(\d+).*)");
  std::ifstream in(home / "release");
  std::smatch match;
  for (std::string line; std::getline(in, line);)
    if (std::regex_match(line, match, form)) return std::stoi(match[1]);
  return 0;
}

}  // namespace

std::vector<Jdk> all_jdks() {
  std::vector<fs::path> places;
  for (const char* name : {"ES_JAVA_HOME", "JAVA_HOME"})
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0')
      places.emplace_back(value);
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/usr/lib/jvm", ignored))
    places.push_back(entry.path());
  std::vector<Jdk> found;
  for (const fs::path& place : places) {
    if (!fs::exists(place / "bin/keytool")) continue;
    const Jdk jdk{fs::canonical(place), major_of(place)};
    const bool known = std::any_of(found.begin(), found.end(),
                                   [&](const Jdk& other) { return other.home == jdk.home; });
    if (!known && jdk.major > 0) found.push_back(jdk);
  }
  std::sort(found.begin(), found.end(),
            [](const Jdk& a, const Jdk& b) { return a.major < b.major; });
  return found;
}

}  // namespace test_support
