// Our hashes, as the class sees them with which the server checks passwords.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/text.h"
#include "launcher/password_hash.h"
#include "tests/support/child_process.h"
#include "tests/support/full_run.h"
#include "tests/support/real_elasticsearch.h"

namespace {

namespace fs = std::filesystem;

/// Runs tests/java/PasswordHashes.java with the classes of the distribution.
test_support::ChildResult oracle(const fs::path& jdk, const fs::path& home,
                                 const std::vector<std::string>& arguments,
                                 const std::string& input) {
  std::vector<std::string> argv{
      (jdk / "bin/java").string(), "-cp",
      (home / "lib/*").string() + ":" + (home / "modules/x-pack-core/*").string(),
      std::string(ESBOOT_SOURCE_DIR) + "/tests/java/PasswordHashes.java"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return test_support::run_child({argv, input, {}, "."});
}

/// Costs seconds for each of the two sides.
bool is_slow(const launcher::HashAlgorithm& algorithm) {
  return algorithm.family == launcher::HashAlgorithm::Family::kBcrypt ? algorithm.cost > 11
                                                                      : algorithm.cost > 100000;
}

void compare(const std::string& version) {
  const auto jdk = test_support::jdk_for(version);
  const auto home = jdk ? test_support::es_home(version) : std::nullopt;
  if (!home)
    return test_support::report_skip("password hashes of " + version,
                                     "no JDK or no distribution for it");
  const auto listed = oracle(*jdk, *home, {}, "");
  REQUIRE_MESSAGE(listed.exit_code == 0, listed.err);
  std::string input;
  std::string expected;
  int names = 0;
  for (const std::string& name : base::split(base::trim(listed.out), '\n')) {
    CAPTURE(name);
    const auto algorithm = launcher::parse_hash_algorithm(name);
    REQUIRE(algorithm.has_value());
    ++names;
    if (is_slow(*algorithm) && !test_support::is_full_run()) continue;
    for (const std::string password : {"Vq4-_0*=+abcdefghijk", "p\xC3\xA4sswort \xE2\x82\xAC"}) {
      const auto hash = launcher::hash_password(base::Secret::copy_of(password), *algorithm);
      REQUIRE(hash.ok());
      input += name + "\t" + password + "\t" + std::string(hash.value().expose()) + "\n";
      expected += name + " true false\n";
    }
  }
  CHECK(names > 20);
  const auto verified = oracle(*jdk, *home, {"verify"}, input);
  CHECK(verified.err == "");
  CHECK(verified.out == expected);
  MESSAGE("algorithms: ", names, ", hashes verified: ", base::split(expected, '\n').size() - 1);
}

}  // namespace

TEST_CASE("8.19.21: the server accepts our hash of every algorithm that it has") {
  compare("8.19.21");
}

TEST_CASE("9.5.3: the server accepts our hash of every algorithm that it has") {
  if (test_support::is_full_run()) compare("9.5.3");
}
