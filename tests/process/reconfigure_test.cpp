#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "launcher/yml_block.h"
#include "tests/support/child_process.h"
#include "tests/support/file_content.h"
#include "tests/support/https_stand_in.h"
#include "tests/support/stand_in_node.h"

namespace {

namespace fs = std::filesystem;
using test_support::contains;
using test_support::content;
using test_support::HttpsStandIn;
using test_support::StandInNode;

std::string enrolling() {
  return test_support::http_reply(200, test_support::enroll_body({"127.0.0.1:9300"}));
}

std::string token_of(const HttpsStandIn& cluster) {
  return test_support::make_token({cluster.address()}, cluster.ca_sha256_hex());
}

/// Configured by `esboot configure`, with one setting of the user before the block, in it, and
/// behind it.
struct ConfiguredNode : StandInNode {
  explicit ConfiguredNode(const std::vector<std::string>& options = {"--key-type", "p256"}) {
    put(config() / "elasticsearch.yml", "node.attr.before: x\n");
    std::vector<std::string> arguments{"configure"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    REQUIRE(start(arguments).exit_code == 0);
    std::string yml = content(config() / "elasticsearch.yml");
    yml.insert(yml.find(launcher::kYmlBlockEnd), "node.attr.inside: [\"a b\", 'c: #d']\n");
    put(config() / "elasticsearch.yml", yml + "node.attr.after: y\n");
  }
};

}  // namespace

TEST_CASE("a node that formed a cluster of its own joins another one instead") {
  const HttpsStandIn cluster(enrolling());
  ConfiguredNode node;
  CHECK(node.start({"keystore", "add", "-x", "-f", "a.secret"}).exit_code == 70);
  const std::string old_ca = content(node.config() / "certs/http_ca.crt");
  const auto done = node.start({"reconfigure", "--yes", "--enrollment-token", token_of(cluster)});
  REQUIRE_MESSAGE(done.exit_code == 0, done.err);
  const std::string yml = content(node.config() / "elasticsearch.yml");
  CHECK(yml.starts_with(
      "node.attr.before: x\nnode.attr.after: y\nnode.attr.inside: [\"a b\", \"c: #d\"]\n\n#---"));
  CHECK(contains(yml, "discovery.seed_hosts: [\"127.0.0.1:9300\"]"));
  CHECK_FALSE(contains(yml, "initial_master_nodes"));
  CHECK(yml.find("BEGIN SECURITY") == yml.rfind("BEGIN SECURITY"));
  CHECK(content(node.config() / "certs/http_ca.crt") != old_ca);
  CHECK_FALSE(fs::exists(node.config() / "initial_elastic_password"));
  for (const auto& entry : fs::directory_iterator(node.config())) {
    CHECK_FALSE(contains(entry.path().filename().string(), ".orig"));
    CHECK_FALSE(contains(entry.path().filename().string(), "esboot-new"));
  }
  const std::string listed = node.start({"keystore", "list"}).out;
  CHECK(listed ==
        "keystore.seed\nxpack.security.http.ssl.keystore.secure_password\n"
        "xpack.security.transport.ssl.keystore.secure_password\n"
        "xpack.security.transport.ssl.truststore.secure_password\n");
  // A second time, to yet another cluster, and called by the stock name.
  const HttpsStandIn other(enrolling());
  fs::create_symlink("esboot", node.home() / "bin/elasticsearch-reconfigure-node");
  CHECK(node.start({"reconfigure", "--yes", "--enrollment-token", token_of(other)}).exit_code == 0);
  CHECK(node.start().exit_code == 0);
}

TEST_CASE("a node whose certificates are PEM files is reconfigured as well") {
  const HttpsStandIn cluster(enrolling());
  ConfiguredNode node({"--key-type", "p256", "--format", "pem"});
  const auto done = node.start({"reconfigure", "--yes", "--enrollment-token", token_of(cluster)});
  REQUIRE_MESSAGE(done.exit_code == 0, done.err);
  CHECK(fs::exists(node.config() / "certs/http.p12"));
  CHECK_FALSE(fs::exists(node.config() / "certs/http.key"));
}

TEST_CASE("a reconfiguration that cannot be done changes nothing, and says why") {
  const HttpsStandIn cluster(enrolling());
  const HttpsStandIn refusing(test_support::http_reply(401, "{}"));
  struct Case {
    std::string broken;  ///< shell commands in the configuration directory
    std::vector<std::string> arguments;
    int exit_code;
    std::string said;
  };
  const std::vector<std::string> right{"--yes", "--enrollment-token", token_of(cluster)};
  for (const Case& each : std::vector<Case>{
           {"true", {}, 64, "--enrollment-token is missing"},
           {"true", {"--yes", "--enrollment-token", "x"}, 65, "token is not valid"},
           {"true", {"--yes", "--enrollment-token", token_of(refusing)}, 69, "answered 401"},
           {"true", {"--enrollment-token", token_of(cluster)}, 70, "standard input"},
           {"mkdir -p ../data/nodes", right, 80, "is not empty"},
           {"rm elasticsearch.yml", right, 78, "does not exist"},
           {"sed -i s/BEGIN/X/ elasticsearch.yml", right, 64, "no security block"},
           {"rm -r certs", right, 64, "certs does not exist"},
           {"../bin/esboot keystore remove xpack.security.http.ssl.keystore.secure_password", right,
            74, "has no entry xpack.security.http.ssl.keystore.secure_password"},
           {"echo 'discovery.seed_hosts: [a]' >>elasticsearch.yml", right, 80, "larger cluster"},
           {"echo 'xpack.security.http.ssl.verification_mode: none' >>elasticsearch.yml", right, 80,
            "verification_mode is set"}}) {
    ConfiguredNode node;
    REQUIRE(test_support::run_child(
                {{"/bin/sh", "-c", each.broken}, "", node.environment, node.config().string()})
                .exit_code == 0);
    test_support::give_to_test_user(node.home());
    const auto before = node.snapshot();
    std::vector<std::string> arguments{"reconfigure"};
    arguments.insert(arguments.end(), each.arguments.begin(), each.arguments.end());
    const auto done = node.start(arguments);
    CAPTURE(each.broken);
    CAPTURE(done.err);
    CHECK(done.exit_code == each.exit_code);
    CHECK(contains(done.err, each.said));
    CHECK(node.snapshot() == before);
  }
}

TEST_CASE("the security block is taken out of any settings file whole") {
  const auto without = [](const std::string& yml) {
    const auto left = launcher::without_security_block(yml, "yml");
    REQUIRE(left.ok());
    return left.value() ? left.value()->yml : std::string("no block");
  };
  const std::string begin = std::string(launcher::kYmlBlockBegin) + "\n";
  const std::string end = std::string(launcher::kYmlBlockEnd) + "\n";
  CHECK(without("a: 1\n") == "no block");
  CHECK(without("a: 1\n" + begin + "b: 2\n") == "no block");
  CHECK(without(begin + end) == "");
  CHECK(without("a: 1\r\n\r\n" + begin + "http.host: x\r\n" + end + "c: 3") == "a: 1\nc: 3\n");
  CHECK(without("a: 1\n" + begin + "x: \"${HOST}\"\n" + end) == "a: 1\nx: \"${HOST}\"\n");
  CHECK_FALSE(launcher::without_security_block(begin + "a: [\n" + end, "yml").ok());
}
