// Where the password of a first start comes from, and where it goes.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <regex>
#include <string>
#include <vector>

#include "tests/support/file_content.h"
#include "tests/support/stand_in_node.h"
#include "tests/support/stored_secrets.h"

namespace {

namespace fs = std::filesystem;
using test_support::contains;
using test_support::content;
using test_support::hash_matches;
using test_support::keystore_entries;
using test_support::mode_of;
using test_support::StandInNode;

}  // namespace

TEST_CASE("credentials go to the file that was named, whatever stdout is") {
  StandInNode node;
  const auto file = node.log("credentials.json");
  const auto process = node.launch({"--credentials-file", file.string()});
  CHECK(process->wait(std::chrono::seconds(30)) == 0);
  CHECK(mode_of(file) == 0600);
  std::smatch match;
  const std::string json = content(file);
  REQUIRE(std::regex_match(
      json, match,
      std::regex(
          "\\{\"user\":\"elastic\",\"password\":\"([A-Za-z0-9*_=+-]{20})\",\"ca_file\":\"(.*)"
          "\",\"ca_sha256\":\"[0-9a-f]{64}\"\\}\n")));
  CHECK(match[2] == (node.config() / "certs/http_ca.crt").string());
  CHECK(hash_matches(match[1], keystore_entries(node.config() / "elasticsearch.keystore")
                                   .at("autoconfiguration.password_hash")));
  CHECK_FALSE(fs::exists(node.config() / "initial_elastic_password"));
  CHECK(contains(content(node.log("err")), file.string()));
}

TEST_CASE("a credentials file that is the user's is never overwritten") {
  StandInNode node;
  const auto file = node.log("mine");
  node.put(file, "precious");
  node.environment["ES_CREDENTIALS_FILE"] = file.string();
  const auto result = node.start();
  CHECK(result.exit_code == 0);
  CHECK(contains(result.err, "exists already"));
  CHECK(content(file) == "precious");
  CHECK_FALSE(fs::exists(node.config() / "certs"));
  // What the hint says: move it away. An empty one is what a lost attempt leaves.
  node.put(file, "");
  CHECK(contains(node.start().err, "exists already"));  // everybody could read it
  chmod(file.c_str(), 0600);
  CHECK(node.start().exit_code == 0);
  CHECK(fs::exists(node.config() / "certs"));
  CHECK(contains(content(file), "\"password\""));
}

TEST_CASE("a supplied password is stored as bootstrap.password, and shown nowhere") {
  struct Source {
    std::string name;
    void (*supply)(StandInNode& node);
    std::vector<std::string> arguments = {};
  };
  for (const Source& source : std::vector<Source>{
           {"variable",
            [](StandInNode& node) { node.environment["ELASTIC_PASSWORD"] = "canary-password"; }},
           {"file",
            [](StandInNode& node) {
              node.put(node.log("secret"), "canary-password\n");
              chmod(node.log("secret").c_str(), 0444);
              node.environment["ELASTIC_PASSWORD_FILE"] = node.log("secret").string();
            }},
           {"systemd credential",
            [](StandInNode& node) {
              node.put(node.log("elastic_password"), "canary-password");
              chmod(node.log("elastic_password").c_str(), 0400);
              node.environment["CREDENTIALS_DIRECTORY"] = node.log("").parent_path().string();
            }},
           {"descriptor",
            [](StandInNode& node) { node.put(node.log("fd"), "canary-password"); }}}) {
    CAPTURE(source.name);
    StandInNode node;
    source.supply(node);
    test_support::StartResult result;
    if (source.name == "descriptor") {
      const auto process = node.launch({"--password-fd", "9"}, [path = node.log("fd").string()] {
        dup2(open(path.c_str(), O_RDONLY), 9);
      });
      result.exit_code = process->wait(std::chrono::seconds(30)).value_or(-1);
      result.err = content(node.log("err"));
    } else {
      result = node.start();
    }
    REQUIRE_MESSAGE(result.exit_code == 0, result.err);
    const auto entries = keystore_entries(node.config() / "elasticsearch.keystore");
    CHECK(entries.at("bootstrap.password") == "canary-password");
    CHECK_FALSE(entries.contains("autoconfiguration.password_hash"));
    CHECK_FALSE(contains(result.out + result.err, "canary-password"));
    const bool warned = contains(result.err, "can be read by everybody on this host (mode 0444)");
    CHECK(warned == (source.name == "file"));
    CHECK_FALSE(fs::exists(node.config() / "initial_elastic_password"));
    for (const auto& [name, value] : node.record().environment)
      CHECK_FALSE(contains(value, "canary-password"));
  }
}

TEST_CASE("a secret file that others can write, or two sources at once, are refused") {
  StandInNode node;
  node.put(node.log("secret"), "x");
  node.environment["ELASTIC_PASSWORD_FILE"] = node.log("secret").string();
  const auto before = node.snapshot();
  chmod(node.log("secret").c_str(), 0660);
  const auto writable = node.start();
  CHECK(writable.exit_code == 1);
  CHECK(contains(writable.err, "can be written by others (mode 0660)"));
  chmod(node.log("secret").c_str(), 0600);
  node.environment["ELASTIC_PASSWORD"] = "y";
  const auto both = node.start();
  CHECK(both.exit_code == 1);
  CHECK(contains(both.err, "both set"));
  CHECK(node.snapshot() == before);
}
