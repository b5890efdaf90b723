#include <doctest/doctest.h>
#include <sys/stat.h>

#include <map>
#include <string>
#include <vector>

#include "base/text.h"
#include "launcher/yml_block.h"
#include "tests/support/file_content.h"
#include "tests/support/server_args_decoder.h"
#include "tests/support/stand_in_node.h"

namespace {

namespace fs = std::filesystem;
using test_support::contains;
using test_support::content;
using test_support::StandInNode;

/// Has data, and what an unsecured node has in its settings.
struct UnsecuredNode : StandInNode {
  explicit UnsecuredNode(const std::string& yml = "xpack.security.enabled: false # for now\n") {
    put(config() / "elasticsearch.yml", "http.port: 9211\n" + yml);
    fs::create_directories(home() / "data/indices");
    test_support::give_to_test_user(home() / "data");
  }

  std::map<std::string, std::string> secrets() {
    forget_record();
    const auto result = start();
    CHECK(result.exit_code == 0);
    return test_support::decode_server_args(record().stdin_bytes).value().secrets;
  }
};

std::vector<std::string> existing(const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments{"configure", "--existing", "--key-type", "p256"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

}  // namespace

TEST_CASE("a node with data is secured on request, and undone without a trace") {
  UnsecuredNode node;
  CHECK(node.start({"keystore", "create"}).exit_code == 0);
  const auto before = node.snapshot();
  const auto done = node.start(existing());
  REQUIRE_MESSAGE(done.exit_code == 0, done.err);
  const std::string yml = content(node.config() / "elasticsearch.yml");
  CHECK(contains(yml, "\n# xpack.security.enabled: false # for now\n"));
  CHECK(contains(yml, "\nxpack.security.enabled: true\n"));
  CHECK(contains(yml, "xpack.security.http.ssl:\n"));
  CHECK(contains(yml, "xpack.security.transport.ssl:\n"));
  CHECK_FALSE(contains(yml, "initial_master_nodes"));
  CHECK_FALSE(contains(yml, "http.host"));
  CHECK(node.secrets().contains("autoconfiguration.password_hash"));
  const auto password = node.config() / "initial_elastic_password";
  CHECK(contains(done.err, password.string()));
  CHECK_FALSE(contains(done.err, std::string(base::trim(content(password)))));
  CHECK(node.start(existing()).exit_code == 3);
  CHECK(node.start({"configure", "--undo"}).exit_code == 0);
  CHECK(node.snapshot() == before);
  CHECK(node.start({"configure", "--undo"}).exit_code == 80);
}

TEST_CASE("each scenario gets the TLS that it names") {
  struct Case {
    std::vector<std::string> options;
    bool http;
    bool transport;
  };
  for (const Case& each :
       std::vector<Case>{{{"--no-tls"}, false, false},
                         {{"--transport-only"}, false, true},
                         {{}, true, true},
                         {{"--transport-only", "--format", "pem"}, false, true}}) {
    UnsecuredNode node("");
    const auto before = node.snapshot();
    const auto done = node.start(existing(each.options));
    REQUIRE_MESSAGE(done.exit_code == 0, done.err);
    const std::string yml = content(node.config() / "elasticsearch.yml");
    CHECK(contains(yml, "xpack.security.http.ssl:") == each.http);
    CHECK(contains(yml, "xpack.security.enrollment.enabled: true") == each.http);
    CHECK(contains(yml, "xpack.security.transport.ssl:") == each.transport);
    CHECK(fs::exists(node.config() / "certs") == each.transport);
    CHECK(fs::exists(node.config() / "certs/http_ca.crt") == each.http);
    const auto secrets = node.secrets();
    CHECK(secrets.contains("xpack.security.http.ssl.keystore.secure_password") == each.http);
    CHECK(node.start({"configure", "--undo"}).exit_code == 0);
    CHECK(node.snapshot() == before);
  }
}

TEST_CASE("undoing keeps aside what somebody changed since, and gives back certs that were there") {
  UnsecuredNode node;
  fs::create_directory(node.config() / "certs");
  node.put(node.config() / "certs/mine", "x");
  test_support::give_to_test_user(node.config() / "certs");
  const auto before = node.snapshot();
  REQUIRE(node.start(existing()).exit_code == 0);
  CHECK_FALSE(fs::exists(node.config() / "certs/mine"));
  const std::string yml = content(node.config() / "elasticsearch.yml") + "node.attr.a: later\n";
  node.put(node.config() / "elasticsearch.yml", yml);
  CHECK(node.start({"configure", "--undo"}).exit_code == 0);
  CHECK(content(node.config() / "elasticsearch.yml.undone") == yml);
  fs::remove(node.config() / "elasticsearch.yml.undone");
  CHECK(node.snapshot() == before);
}

TEST_CASE("a supplied password is that of elastic, and no file is written for it") {
  UnsecuredNode node;
  node.environment["ELASTIC_PASSWORD"] = "given-by-me";
  REQUIRE(node.start(existing()).exit_code == 0);
  node.environment.erase("ELASTIC_PASSWORD");
  CHECK(node.secrets().at("bootstrap.password") == "given-by-me");
  CHECK_FALSE(fs::exists(node.config() / "initial_elastic_password"));
}

TEST_CASE("what cannot be secured is left as it is, and the reason said") {
  struct Case {
    std::string yml;
    std::vector<std::string> options;
    int exit_code;
    std::string said;
  };
  for (const Case& each : std::vector<Case>{
           {"discovery.seed_hosts: [a, b]\n", {}, 80, "larger cluster"},
           {"xpack.security.http.ssl.key: k\n", {}, 80, "TLS is configured already"},
           {"xpack.security:\n  enabled: false\n", {}, 78, "still false"},
           {"network.host: 192.0.2.1\n", {"--no-tls"}, 78, "does not start without TLS"},
           {"", {"--no-tls", "--transport-only"}, 64, "exclude each other"},
           {"", {"--undo"}, 64, "exclude each other"}}) {
    UnsecuredNode node(each.yml);
    const auto before = node.snapshot();
    const auto done = node.start(existing(each.options));
    CAPTURE(each.yml);
    CAPTURE(done.err);
    CHECK(done.exit_code == each.exit_code);
    CHECK(contains(done.err, each.said));
    CHECK(node.snapshot() == before);
  }
  StandInNode fresh;
  const auto done = fresh.start(existing());
  CHECK(done.exit_code == 80);
  CHECK(contains(done.err, "no data yet"));
  CHECK(fresh.start({"configure", "--no-tls"}).exit_code == 64);
}

TEST_CASE("only lines that switch security off become comments") {
  using launcher::without_switching_off;
  CHECK(without_switching_off("xpack.security.enabled: false\n") ==
        "# xpack.security.enabled: false\n");
  CHECK(without_switching_off("a: 1\nxpack.security.http.ssl.enabled : \"false\"") ==
        "a: 1\n# xpack.security.http.ssl.enabled : \"false\"");
  for (const char* const yml :
       {"xpack.security.enabled: true\n", "xpack.security.enabledx: false\n",
        "# xpack.security.enabled: false\n", "xpack.security.enabled: falsey\n",
        "xpack.security.audit.enabled: false\n", ""})
    CHECK(without_switching_off(yml) == yml);
}
