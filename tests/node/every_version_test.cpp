#include <doctest/doctest.h>
#include <sys/wait.h>

#include <csignal>
#include <string>

#include "tests/support/full_run.h"
#include "tests/support/plain_store.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/real_node.h"

namespace {

namespace fs = std::filesystem;
using test_support::RealNode;

constexpr auto kStop = std::chrono::seconds(60);

void stop(test_support::BackgroundProcess* node) {
  node->signal(SIGTERM);
  const auto status = node->wait(kStop);
  REQUIRE(status.has_value());
  CHECK((WIFSIGNALED(*status) ? 128 + WTERMSIG(*status) : WEXITSTATUS(*status)) == 143);
}

void boot_twice(const std::string& version) {
  CAPTURE(version);
  const auto node = RealNode::make("a boot of " + version, version);
  if (!node) return;
  std::string password;
  {
    const auto fresh = node->start_piped();
    const fs::path file = node->config() / "initial_elastic_password";
    REQUIRE_MESSAGE(
        test_support::eventually([&] { return fs::exists(file); }, std::chrono::seconds(60)),
        node->text_of("err"));
    password = test_support::file_content(file);
    password.pop_back();
    CHECK(node->authenticate_when_up(password) == "200");
    CHECK(node->authenticate("wrong-" + password) == "401");
    CHECK(node->authenticate(std::nullopt) == "401");
    stop(fresh.get());
  }
  const auto again = node->start_redirected();
  CHECK(node->authenticate_when_up(password) == "200");
  CHECK(node->authenticate(std::nullopt) == "401");
  stop(again.get());
}

}  // namespace

TEST_CASE("every version boots, secured, and boots again" *
          doctest::skip(!test_support::is_full_run())) {
  for (const char* const version : {"8.3.3", "8.7.1", "8.11.4", "8.13.4", "8.15.5", "8.17.10",
                                    "8.19.21", "9.0.8", "9.1.10", "9.2.8", "9.5.3"})
    boot_twice(version);
}
