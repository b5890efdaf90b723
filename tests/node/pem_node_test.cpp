#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>

#include "tests/support/certificate_files.h"
#include "tests/support/real_node.h"

namespace {

constexpr int kCurlEmptyReply = 52;

}  // namespace

TEST_CASE("8.19.21: a node with PEM files boots, and serves who has the password") {
  const auto node = test_support::RealNode::make("first start with PEM files", "8.19.21");
  if (!node) return;
  const auto process =
      node->start_piped({"--format=pem", "--key-type=p384", "--san=pem.example.org"});
  const auto file = node->config() / "initial_elastic_password";
  // It is there, empty, before the commit of which it is a part.
  std::string password;
  REQUIRE(test_support::eventually(
      [&] { return !(password = test_support::read_whole_file(file)).empty(); },
      std::chrono::seconds(60)));
  password.pop_back();
  CHECK(node->authenticate_when_up(password) == "200");
  CHECK(node->authenticate("wrong-" + password) == "401");
  CHECK(node->authenticate(std::nullopt) == "401");
  CHECK(node->plain_http() == kCurlEmptyReply);
  CHECK_FALSE(std::filesystem::exists(node->config() / "certs/http.p12"));
  process->signal(SIGTERM);
  CHECK(process->wait(std::chrono::seconds(60)).has_value());
}
