#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "launcher/enrollment.h"
#include "tests/support/file_content.h"
#include "tests/support/https_stand_in.h"
#include "tests/support/server_args_decoder.h"
#include "tests/support/stand_in_node.h"

namespace {

namespace fs = std::filesystem;
using test_support::contains;
using test_support::content;
using test_support::HttpsStandIn;
using test_support::StandInNode;

std::string fingerprint(char digit) {
  return std::string(64, digit);
}

/// A start that must fail to join, say so and leave nothing behind.
void check_refused(const std::string& token, int exit_code, const std::string& said) {
  StandInNode node;
  const auto before = node.snapshot();
  const auto result = node.start({"--enrollment-token", token});
  CAPTURE(said);
  CAPTURE(result.err);
  CHECK(result.exit_code == exit_code);
  CHECK(contains(result.err, said));
  CHECK(contains(result.err, "hint: "));
  CHECK_FALSE(contains(result.err, token.empty() ? "\x01" : token));
  CHECK(node.snapshot() == before);
  CHECK_FALSE(node.record().complete);
}

}  // namespace

TEST_CASE("a node joins by a token: the cluster's CA and transport key, its own HTTP certificate") {
  const HttpsStandIn cluster(test_support::http_reply(
      200, test_support::enroll_body({"127.0.0.1:9300", "192.0.2.77:9300"})));
  // The first address does not answer; the next one does.
  const std::string token =
      test_support::make_token({"127.0.0.1:1", cluster.address()}, cluster.ca_sha256_hex());
  StandInNode node;
  const auto result = node.start({"--enrollment-token", token});
  REQUIRE_MESSAGE(result.exit_code == 0, result.err);
  const std::string yml = content(node.config() / "elasticsearch.yml");
  CHECK(contains(yml, "discovery.seed_hosts: [\"127.0.0.1:9300\", \"192.0.2.77:9300\"]"));
  CHECK(contains(yml, "\ntransport.host: 0.0.0.0\n"));
  CHECK_FALSE(contains(yml, "initial_master_nodes"));
  REQUIRE(cluster.requests().size() == 1);
  const std::string request = cluster.requests().front();
  CHECK(request.starts_with("GET /_security/enroll/node HTTP/1.1\r\n"));
  CHECK(contains(request, "ApiKey YW4taWQ6YS1rZXk="));
  const auto args = test_support::decode_server_args(node.record().stdin_bytes).value();
  CHECK(args.secrets.contains("xpack.security.http.ssl.keystore.secure_password"));
  CHECK_FALSE(args.secrets.contains("autoconfiguration.password_hash"));
  CHECK_FALSE(fs::exists(node.config() / "initial_elastic_password"));
  for (const std::string& argument : node.record().argv) CHECK_FALSE(contains(argument, token));
  // Once configured, another token is refused and changes nothing.
  const auto before = node.snapshot();
  CHECK(node.start({"--enrollment-token", token}).exit_code == 80);
  CHECK(node.snapshot() == before);
  // A container keeps its variable on later starts.
  node.environment["ENROLLMENT_TOKEN"] = token;
  CHECK(node.start().exit_code == 0);
  CHECK(cluster.requests().size() == 1);
}

TEST_CASE("a node whose cluster is all on this host keeps transport to itself") {
  const HttpsStandIn cluster(
      test_support::http_reply(200, test_support::enroll_body({"127.0.0.1:9300"})));
  StandInNode node;
  REQUIRE(node.start({"--enrollment-token",
                      test_support::make_token({cluster.address()}, cluster.ca_sha256_hex())})
              .exit_code == 0);
  CHECK(contains(content(node.config() / "elasticsearch.yml"), "\n#transport.host: 0.0.0.0\n"));
}

TEST_CASE(
    "whatever a cluster answers, a join that fails leaves nothing and says what was answered") {
  const std::string body = test_support::enroll_body({"127.0.0.1:9300"});
  struct Case {
    std::string reply;
    int exit_code;
    std::string said;
  };
  for (const Case& each : std::vector<Case>{
           {test_support::http_reply(401, "{}"), 69, "answered 401 (the token has expired"},
           {test_support::http_reply(503, ""), 69, "answered 503"},
           {test_support::http_reply(200, ""), 65, "no JSON object"},
           {test_support::http_reply(200, "[]"), 65, "no JSON object"},
           {test_support::http_reply(200, "{\"http_ca_key\": \"!\"}"), 65,
            "http_ca_key, http_ca_cert, transport_key, transport_ca_cert, transport_cert, "
            "nodes_addresses"},
           {test_support::http_reply(200, body.substr(0, body.size() / 2)), 65, "no JSON object"},
           {"HTTP/1.1 200 X\r\ncontent-length: 100000\r\n\r\nshort", 69, "127.0.0.1:"},
           {"HTTP/1.1 200 X\r\ncontent-length: 99999999999\r\n\r\n", 69, "body limit exceeded"},
           {"HTTP/1.1 200 X\r\nx: " + std::string(100000, 'x') + "\r\n\r\n", 69, "127.0.0.1:"},
           {"no HTTP at all\r\n\r\n", 69, "127.0.0.1:"},
           {"", 69, "127.0.0.1:"}}) {
    const HttpsStandIn cluster(each.reply);
    check_refused(test_support::make_token({cluster.address()}, cluster.ca_sha256_hex()),
                  each.exit_code, each.said);
  }
}

TEST_CASE("a server of another CA, or another name, is not talked to") {
  const HttpsStandIn cluster(
      test_support::http_reply(200, test_support::enroll_body({"127.0.0.1:9300"})));
  check_refused(test_support::make_token({cluster.address()}, fingerprint('a')), 69,
                "not of the CA that was named");
  const std::string port = cluster.address().substr(cluster.address().find(':'));
  check_refused(test_support::make_token({"localhost" + port}, cluster.ca_sha256_hex()), 69,
                "not for this address");
  CHECK(cluster.requests().empty());
  check_refused(test_support::make_token({"127.0.0.1:1", "[::1]:1"}, fingerprint('a')), 69,
                "[::1]:1");
}

TEST_CASE("a token that is none is refused before anything is asked or generated") {
  for (const char* const token :
       {"", "x", "!!!!", "e30=", "eyJ2ZXIiOiI4In0=", "W10=",
        // an object of the four fields and one more
        "eyJ2ZXIiOiIxIiwiYWRyIjpbImE6MSJdLCJmZ3IiOiJhIiwia2V5IjoiYTpiIiwieCI6MX0="})
    check_refused(token, 65, "token is not valid");
  StandInNode node;
  CHECK(node.start({"--enrollment-token", "a", "--enrollment-token", "b"}).exit_code == 64);
}

TEST_CASE("addresses are split, and told whether they are elsewhere") {
  CHECK(launcher::split_address("h:1").host == "h");
  CHECK(launcher::split_address("[fe80::1]:9200").host == "fe80::1");
  CHECK(launcher::split_address("[fe80::1]:9200").port == "9200");
  CHECK(launcher::split_address("h").port.empty());
  CHECK_FALSE(launcher::any_remote({"127.0.0.1:1", "[::1]:1", "192.0.2.1:1"}, {"192.0.2.1"}));
  CHECK(launcher::any_remote({"127.0.0.1:1", "192.0.2.1:1"}, {"192.0.2.2"}));
}
