#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>

#include "tests/support/certificate_files.h"
#include "tests/support/child_process.h"
#include "tests/support/real_node.h"

namespace {

constexpr int kCurlEmptyReply = 52;

/// What the node answers who asks to let another node join.
std::string enrollment_answer(const test_support::RealNode& node, const std::string& password) {
  return test_support::run_child(
             {{"/usr/bin/curl", "-s", "-m", "10", "--cacert",
               (node.config() / "certs/http_ca.crt").string(), "-u", "elastic:" + password,
               "https://localhost:" + std::to_string(node.http_port()) + "/_security/enroll/node"},
              "",
              {{"CURL_CA_BUNDLE", ""}},
              "."})
      .out;
}

}  // namespace

TEST_CASE("8.19.21: a node with PEM files boots, and serves who has the password") {
  const auto node = test_support::RealNode::make("first start with PEM files", "8.19.21");
  if (!node) return;
  const auto process =
      node->start_piped({"--format=pem", "--key-type=p384", "--san=pem.example.org"});
  const auto file = node->config() / "initial_elastic_password";
  std::string password;
  REQUIRE(test_support::eventually(
      [&] { return !(password = test_support::read_whole_file(file)).empty(); },
      std::chrono::seconds(60)));
  password.pop_back();
  CHECK(node->authenticate_when_up(password) == "200");
  CHECK(node->authenticate("wrong-" + password) == "401");
  CHECK(node->authenticate(std::nullopt) == "401");
  CHECK(node->plain_http() == kCurlEmptyReply);
  // What --help says of such a node.
  const std::string answer = enrollment_answer(*node, password);
  CHECK_MESSAGE(answer.find("Unable to enroll node") != std::string::npos, answer);
  CHECK_FALSE(std::filesystem::exists(node->config() / "certs/http.p12"));
  process->signal(SIGTERM);
  CHECK(process->wait(std::chrono::seconds(60)).has_value());
}
