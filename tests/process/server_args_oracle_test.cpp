// The server's own ServerArgs reads what esboot writes, for versions that have no distribution to
// start: only their server jar is published.
#include <doctest/doctest.h>

#include <string>

#include "base/text.h"
#include "launcher/version_table.h"
#include "tests/support/child_process.h"
#include "tests/support/full_run.h"
#include "tests/support/plain_store.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/stand_in_node.h"
#include "tests/support/temp_dir.h"

namespace {

namespace fs = std::filesystem;
using test_support::StandInNode;

constexpr const char* kPassphrase = "a passphrase, größer als ASCII";

/// The compiled reader and the jar of one version, or the reason why there is none.
class Reader {
 public:
  explicit Reader(const std::string& version) {
    const auto jdk = test_support::jdk_for(version);
    const auto jars = test_support::server_jars(version);
    if (!jdk || !jars) {
      missing_ = !jdk ? "no JDK for it" : "its server jar could not be fetched";
      return;
    }
    java_ = (*jdk / "bin/java").string();
    class_path_ = classes_.path().string() + ":" + (*jars / "*").string();
    const std::string errors =
        test_support::compile_java(*jdk, *jars, "ServerArgsReader", classes_.path());
    REQUIRE_MESSAGE(errors.empty(), errors);
  }

  [[nodiscard]] const std::string& missing() const { return missing_; }

  [[nodiscard]] std::string read(const std::string& bytes) const {
    const fs::path file = classes_ / "bytes";
    test_support::put_file(file, bytes);
    const auto done = test_support::run_child(
        {{java_, "-Xmx256m", "-cp", class_path_, "ServerArgsReader", file.string()}, "", {}, "."});
    CHECK_MESSAGE(done.exit_code == 0, done.err);
    return done.out;
  }

 private:
  test_support::TempDir classes_;
  std::string java_;
  std::string class_path_;
  std::string missing_;
};

std::string hex_of(const std::string& text) {
  return base::to_hex({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

/// A node with all that ServerArgs can carry, started once.
struct StartedNode : StandInNode {
  StartedNode(const std::string& version, const launcher::VersionFacts& facts)
      : StandInNode(version) {
    store.format = facts.keystore_format;
    store.passphrase = kPassphrase;
    store.entries = {{"keystore.seed", hex_of("12345678901234567890")},
                     {"some.secret", hex_of("größe€😀")},
                     {"some.file", "00ff8001"}};
    test_support::save_store(config() / "elasticsearch.keystore", store);
    test_support::give_to_test_user(config() / "elasticsearch.keystore");
    put(config() / "elasticsearch.yml",
        "xpack.security.enabled: false\ncluster.name: größe€😀\ndiscovery.seed_hosts: [a, b]\n");
    environment["KEYSTORE_PASSWORD"] = kPassphrase;
    const auto done = start({"-q", "-p", "run/es.pid"});
    REQUIRE_MESSAGE(done.exit_code == 0, done.err);
  }
  test_support::PlainStore store;
};

/// What the reader has to print, from what was written.
std::string expected(const StartedNode& node, launcher::ServerArgsForm form) {
  const std::string home = node.home().string();
  std::string text = "daemonize false\nquiet true\npidFile " + home + "/run/es.pid\n";
  if (form == launcher::ServerArgsForm::kKeystorePassword) {
    text += "passphrase " + std::string(kPassphrase) + "\n";
  } else {
    text += "format " + std::to_string(node.store.format) + "\nprotected true\n";
    for (const auto& [name, hex] : node.store.entries)
      text.append("secret ").append(name).append(" ").append(hex).append("\n");
  }
  text +=
      "setting cluster.name [größe€😀]\nsetting discovery.seed_hosts [a, b]\n"
      "setting node.name [standin]\nsetting path.home [" +
      home + "]\nsetting path.logs [" + home +
      "/logs]\nsetting xpack.security.enabled [false]\nconfigDir " + home + "/config\n";
  if (form == launcher::ServerArgsForm::kSecretsAndLogsDir) text += "logsDir " + home + "/logs\n";
  return text + "left 0\n";
}

void check_version(const std::string& version) {
  const Reader reader(version);
  if (!reader.missing().empty())
    return test_support::report_skip("ServerArgs of " + version, reader.missing());
  const auto number = launcher::parse_version(version);
  REQUIRE(number.has_value());
  const auto row = launcher::facts_for(*number);
  REQUIRE(row.ok());
  CHECK(row.value().verified == launcher::Verified::kBetweenRows);
  const StartedNode node(version, *row.value().facts);
  CAPTURE(version);
  CHECK(reader.read(node.record().stdin_bytes) == expected(node, row.value().facts->server_args));
}

}  // namespace

TEST_CASE("the server's own class reads ServerArgs: 8.14.3") {
  check_version("8.14.3");
}

TEST_CASE("the server's own class reads ServerArgs: every version between the rows" *
          doctest::skip(!test_support::is_full_run())) {
  for (const char* const version :
       {"8.4.3", "8.5.3", "8.6.2", "8.9.2", "8.12.2", "8.16.6", "8.18.8", "9.3.3"})
    check_version(version);
}
