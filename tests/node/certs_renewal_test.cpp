#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/real_node.h"

using test_support::ChildResult;
using test_support::RealNode;
using test_support::run_child;

namespace {

constexpr auto kReload = std::chrono::seconds(60);

ChildResult certs(const RealNode& node, std::vector<std::string> arguments) {
  std::vector<std::string> argv{(node.home() / "bin/esboot").string(), "certs"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return run_child({argv, "", {{"ES_HOME", node.home().string()}, {"ES_PATH_CONF", ""}}, "/"});
}

/// The first certificate in a text, in PEM form.
std::string first_pem(const std::string& text) {
  static const std::string kEnd = "-----END CERTIFICATE-----\n";
  const std::size_t begin = text.find("-----BEGIN CERTIFICATE-----");
  const std::size_t end = text.find(kEnd, begin);
  return end == std::string::npos ? "" : text.substr(begin, end + kEnd.size() - begin);
}

std::string served_certificate(const RealNode& node) {
  return first_pem(run_child({{"/usr/bin/openssl", "s_client", "-connect",
                               "127.0.0.1:" + std::to_string(node.http_port())},
                              "",
                              {},
                              "/"})
                       .out);
}

/// Runs `certs renew` while a client that trusts http_ca.crt asks again and again, until the node
/// serves the new certificate.
void renew_under_load(const RealNode& node, std::vector<std::string> arguments) {
  const std::string before = served_certificate(node);
  CHECK_FALSE(before.empty());
  arguments.insert(arguments.begin(), "renew");
  const ChildResult renewed = certs(node, arguments);
  CHECK_MESSAGE(renewed.exit_code == 0, renewed.err);
  const std::string expected = first_pem(certs(node, {"export", "chain"}).out);
  CHECK(expected != before);
  CHECK(test_support::eventually(
      [&] {
        CHECK(node.authenticate(std::nullopt) == "401");
        return served_certificate(node) == expected;
      },
      kReload));
  CHECK(node.authenticate(std::nullopt) == "401");
}

void renew_on_running_node(const std::string& version) {
  const auto node = RealNode::make("renewal on a running node, " + version, version);
  if (!node) return;
  const auto process = node->start_piped();
  REQUIRE(test_support::eventually([&] { return node->authenticate(std::nullopt) == "401"; },
                                   std::chrono::seconds(90)));
  CHECK(certs(*node, {"check"}).exit_code == 0);
  renew_under_load(*node, {"--valid-days", "10"});
  CHECK(certs(*node, {"check"}).exit_code == 1);
  renew_under_load(*node, {"--ca", "--keep-old-ca"});
  CHECK(certs(*node, {"check"}).exit_code == 0);
  CHECK_FALSE(process->wait(std::chrono::milliseconds(0)).has_value());
  process->signal(SIGTERM);
  CHECK(process->wait(std::chrono::seconds(60)).has_value());
}

}  // namespace

TEST_CASE("8.19.21: a running node takes renewed certificates, and clients never see an error") {
  renew_on_running_node("8.19.21");
}
TEST_CASE("9.5.3: a running node takes renewed certificates, and clients never see an error") {
  renew_on_running_node("9.5.3");
}
