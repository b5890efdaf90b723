#include <doctest/doctest.h>

#include <string>

#include "tests/support/configured_node.h"
#include "tests/support/file_content.h"
#include "tests/support/https_stand_in.h"

namespace {

using test_support::contains;
using test_support::HttpsStandIn;
using test_support::StandInNode;

constexpr int kUnavailable = 69;

/// A node that has TLS on HTTP, with `ca` as the only certificate that is known.
StandInNode& with_tls(StandInNode& node, const HttpsStandIn& server, const std::string& ca) {
  node.put(node.config() / "ca.crt", ca);
  node.put(node.config() / "elasticsearch.yml",
           "http.port: " + std::to_string(server.port()) +
               "\nxpack.security.http.ssl.enabled: true\n"
               "xpack.security.http.ssl.certificate_authorities: [ca.crt]\n");
  return node;
}

}  // namespace

TEST_CASE("ready takes any answer over TLS that the right certificate vouches for") {
  for (const int status : {200, 401, 503}) {
    HttpsStandIn server(test_support::http_reply(status, "{}"));
    StandInNode node;
    CHECK(with_tls(node, server, server.ca_pem()).start({"ready"}).exit_code == 0);
    REQUIRE(server.requests().size() == 1);
    CHECK(server.requests().front().starts_with("GET / HTTP/1.1\r\n"));
  }
}

TEST_CASE("ready asks where the node is bound to") {
  HttpsStandIn server(test_support::http_reply(200, "{}"));
  StandInNode node;
  with_tls(node, server, server.ca_pem());
  CHECK(node.start({"ready", "-E", "network.host=_lo:ipv4_"}).exit_code == 0);
  const auto elsewhere = node.start({"ready", "-E", "network.host=_lo:ipv6_"});
  CHECK(elsewhere.exit_code == kUnavailable);
  CHECK(contains(elsewhere.err, "no answer from ::1:" + std::to_string(server.port())));
}

TEST_CASE("ready refuses a server with another certificate") {
  HttpsStandIn server(test_support::http_reply(200, "{}"));
  HttpsStandIn other(test_support::http_reply(200, "{}"));
  StandInNode node;
  with_tls(node, server, other.ca_pem());
  const auto refused = node.start({"ready"});
  CHECK(refused.exit_code == kUnavailable);
  CHECK(contains(refused.err, "certificate is not of the CA"));
  CHECK(server.requests().empty());
  node.put(node.log("right.crt"), server.ca_pem());
  CHECK(node.start({"ready", "--ca", node.log("right.crt")}).exit_code == 0);
}

TEST_CASE("ready says where nobody answers, and waits as long as it is told to") {
  int port = 0;
  {
    HttpsStandIn gone(test_support::http_reply(200, "{}"));
    port = gone.port();
  }
  StandInNode node;
  const auto none = node.start({"ready", "-E", "http.port=" + std::to_string(port)});
  CHECK(none.exit_code == kUnavailable);
  CHECK(contains(none.err, "no answer from 127.0.0.1:" + std::to_string(port)));
  const auto begin = std::chrono::steady_clock::now();
  CHECK(node.start({"ready", "--wait", "1", "-E", "http.port=" + std::to_string(port)}).exit_code ==
        kUnavailable);
  CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::seconds(1));
}

TEST_CASE("ready says what it cannot understand, and what it does not know") {
  StandInNode node;
  CHECK(node.start({"ready", "--wait", "soon"}).exit_code == 64);
  CHECK(node.start({"ready", "surplus"}).exit_code == 64);
  const auto unknown = node.start({"ready", "-E", "xpack.security.http.ssl.enabled=true"});
  CHECK(unknown.exit_code == 78);
  CHECK(contains(unknown.err, "--ca"));
  CHECK(node.start({"ready", "--ca", "/nowhere.crt", "-E", "xpack.security.http.ssl.enabled=true"})
            .exit_code == 74);
}
