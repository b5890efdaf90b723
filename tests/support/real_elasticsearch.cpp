#include "tests/support/real_elasticsearch.h"

#include <cstdlib>
#include <iostream>

#include "base/text.h"
#include "tests/support/child_process.h"
#include "tests/support/jdks.h"

namespace test_support {

namespace fs = std::filesystem;

namespace {

/// The directory that a verb of ./dev prints in its last line.
std::optional<fs::path> fetched(const std::string& verb, const std::string& version,
                                const std::string& option = "") {
  std::vector<std::string> argv{std::string(ESBOOT_SOURCE_DIR) + "/dev", verb, version};
  if (!option.empty()) argv.push_back(option);
  const ChildResult made = run_child({argv, "", {}, "."});
  if (made.exit_code != 0) return std::nullopt;
  return fs::path(base::split(base::trim(made.out), '\n').back());
}

}  // namespace

std::optional<fs::path> jdk_for(const std::string& version) {
  const bool is_8 = version.starts_with("8.");
  std::optional<fs::path> newest;
  for (const Jdk& jdk : all_jdks())
    if ((is_8 ? jdk.major == 17 : jdk.major >= 21) && fs::exists(jdk.home / "bin/javac"))
      newest = jdk.home;
  return newest;
}

std::optional<fs::path> es_home(const std::string& version, const std::string& option) {
  auto home = fetched("es", version, option);
  return home && fs::exists(*home / "lib") ? home : std::nullopt;
}

std::optional<fs::path> server_jars(const std::string& version) {
  return fetched("server-jars", version);
}

fs::path cache_directory() {
  const char* other = std::getenv("ESBOOT_CACHE");
  return other != nullptr ? fs::path(other) : fs::path(ESBOOT_SOURCE_DIR) / ".cache";
}

std::string compile_java(const fs::path& jdk, const fs::path& jars, const std::string& name,
                         const fs::path& classes) {
  const ChildResult done = run_child(
      {{(jdk / "bin/javac").string(), "-proc:none", "-d", classes.string(), "-cp",
        (jars / "*").string(), std::string(ESBOOT_SOURCE_DIR) + "/tests/java/" + name + ".java"},
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
